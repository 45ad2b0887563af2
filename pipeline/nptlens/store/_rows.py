"""Rows that were computed once: found by who made them and of what, each sealed by a digest, so that a damaged one is made again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from nptlens.store._sqlite import is_damage, opened, remove, told
from nptlens.store.salt import study_salt

_FORMAT = b"nptlens rows 1"  # another number for another meaning of the columns: files of other formats are made anew
_DIGEST = 16  # bytes
_MOST = 900  # keys in a query: SQLite takes so many parameters in any build
_SCHEMA = "CREATE TABLE IF NOT EXISTS row (maker TEXT, key BLOB, value BLOB, seal BLOB, PRIMARY KEY (maker, key)) WITHOUT ROWID"
_T = TypeVar("_T")


class RowCache:
    """The rows of one maker (a model, a library and its version) in an SQLite file: bytes by key.

    A key is a digest of words, or of what is drawn; it is stored salted. A row whose seal does not hold counts as not there, and a file
    that is damaged, or of another format or salt, is made anew: it is only a cache. Each method raises StorageError where the disk or a
    right does not let the file be read or written, LockedError where another process holds it.
    """

    def __init__(self, path: Path, maker: str) -> None:
        self._path, self._maker, self._salt = path, maker, study_salt(path.parent)
        self._format = int.from_bytes(blake2b(_FORMAT, key=self._salt, digest_size=3).digest()) + 1
        self._sealed = blake2b(f"{len(maker)} {maker} ".encode(), key=self._salt, digest_size=_DIGEST)
        self._db: sqlite3.Connection | None = None
        self._do(lambda database: None)

    def get(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield key and value of the keys that are known, in any order."""
        hidden = {self._hidden(key): key for key in keys}
        ordered = sorted(hidden)  # they lie beside each other on the disk
        for start in range(0, len(ordered), _MOST):
            block = ordered[start : start + _MOST]
            query = f"SELECT key, value, seal FROM row WHERE maker = ? AND key IN ({', '.join('?' * len(block))})"  # noqa: S608
            for key, value, seal in self._rows(query, (self._maker, *block)):
                if key in hidden and seal == self._seal(key, value):
                    yield hidden[key], value

    def put(self, values: Mapping[str, bytes]) -> None:
        """Store rows, in one transaction; each takes the place of the one before."""
        keyed = [(self._hidden(key), value) for key, value in values.items()]
        rows = [(self._maker, key, value, self._seal(key, value)) for key, value in keyed]
        self._write("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?)", rows)

    def forget_others(self, keys: Iterable[str]) -> None:
        """Delete every row, of whichever maker, that is not one of this maker's under these keys."""
        kept = {(self._maker.encode(), self._hidden(key)) for key in keys}
        found = {(maker, key) for maker, key in self._rows("SELECT maker, key FROM row", ())}
        self._write("DELETE FROM row WHERE CAST(maker AS BLOB) = ? AND key = ?", sorted(found - kept))

    def close(self) -> None:
        """Close the database."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def _hidden(self, key: str) -> bytes:
        return blake2b(key.encode(), key=self._salt, digest_size=_DIGEST).digest()

    def _seal(self, key: bytes, value: bytes) -> bytes:
        sealed = self._sealed.copy()
        sealed.update(key)
        sealed.update(value)
        return sealed.digest()

    def _rows(self, query: str, parameters: tuple[object, ...]) -> list[tuple[bytes, ...]]:
        """Return the rows whose columns are all bytes, as they were put; a flipped bit can make a number of one, or nothing."""
        found = self._do(lambda database: database.execute(query, parameters).fetchall())
        return [row for row in found if all(isinstance(each, bytes) for each in row)]

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        def write(database: sqlite3.Connection) -> None:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(statement, rows)
            database.execute("COMMIT")

        self._do(write)

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            return self._once(work)
        except _DamagedError:
            self.close()
            remove(self._path)
        return self._once(work)

    def _once(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        try:
            if self._db is None:
                self._db = self._opened()
            return work(self._db)
        except sqlite3.Error as error:
            self._undo()
            found = told(error, self._path)
            if found is not None:
                raise found from error
            if is_damage(error):
                raise _DamagedError from error
            raise
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._db is not None and self._db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def _opened(self) -> sqlite3.Connection:
        database = opened(self._path)
        try:
            database.text_factory = bytes
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version == 0 and database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                database.execute("BEGIN IMMEDIATE")
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA user_version = {self._format}")
                database.execute("COMMIT")
            elif version != self._format:
                raise _DamagedError
        except BaseException:
            database.close()
            raise
        return database


class _DamagedError(Exception):
    """The file is no database, or one of another format or salt."""
