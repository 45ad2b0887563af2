"""How an SQLite file of the store is opened, and what its errors mean.

One process at a time writes in a study, and its folder often lies on a network share. A write-ahead log needs memory that is shared
between processes, which no network share has; a rollback journal does with plain files and costs the same here.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from nptlens.core.errors import LockedError, NptlensError, StorageError, storage_error
from nptlens.store.folders import make_folder, new_file

SIDE_FILES = ("-journal", "-wal", "-shm")
# ERROR: a table or a column lacks; READONLY, where the system lets us write: a number in the file's head forbids it.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_READONLY}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNOPENED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_NUMBERS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_PROTOCOL: errno.ENOLCK,
    sqlite3.SQLITE_NOLFS: errno.EFBIG,
}


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a database, made for its owner alone where it is missing; each statement is its own transaction.

    Raises StorageError where the disk or a right does not let it, sqlite3.Error where the file is no database.
    """
    make_folder(path.parent)
    try:
        os.close(new_file(path))
    except FileExistsError:
        pass
    except OSError as error:
        raise storage_error(error, path) from error
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last rows, hardly ever the file
        database.execute("PRAGMA secure_delete=ON")  # what is deleted is not left on free pages
        database.execute("PRAGMA temp_store=MEMORY")  # nothing of a study goes to the system's folder for temporary files
    except sqlite3.Error:
        database.close()
        raise
    return database


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether an error says that the file's content is wrong; a full disk, a right or a lock is none."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # the library's own words for text that is none
        return isinstance(error, sqlite3.OperationalError)
    return code & 0xFF in _DAMAGED


def told(error: sqlite3.Error, path: Path) -> NptlensError | None:
    """Return the error of a disk, a right or a lock that lies behind one of SQLite's; None where it is another."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _HELD:
        return LockedError("another process holds this file", where=str(path), hint="wait until it has ended")
    if code in _UNOPENED:
        return _why_unopened(path) or StorageError("the file cannot be opened", where=str(path), hint="see who may write in its folder")
    if code == sqlite3.SQLITE_READONLY:
        refused = StorageError("the file cannot be written", where=str(path), hint="run the same command again")
        return _why_unopened(path) or (refused if _may_be_written(path) else None)
    number = _NUMBERS.get(code)
    return None if number is None else storage_error(OSError(number, os.strerror(number)), path)


def _why_unopened(path: Path) -> StorageError | None:
    """SQLite does not tell why it cannot open a file, or write it; the system does when it is asked. None where it lets us."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")  # where a folder takes no journal, it takes no other file
    try:
        os.close(os.open(path, os.O_RDWR))
        os.close(new_file(beside))
        beside.unlink()
    except OSError as error:
        return storage_error(error, path)
    return None


def _may_be_written(path: Path) -> bool:
    """Tell whether a database's own head lets it be written (bytes 18 and 19 are 1 or 2, https://sqlite.org/fileformat.html).

    Where it does, SQLite itself has opened the file for reading only, as it does where opening it for writing has failed once.
    """
    try:
        with path.open("rb") as file:
            head = file.read(20)
    except OSError:
        return False
    return len(head) == 20 and all(each in (1, 2) for each in head[18:])


def remove(path: Path) -> None:
    """Remove a database and the files beside it; raises StorageError where that cannot be done."""
    try:
        for each in (path, *(path.with_name(path.name + end) for end in SIDE_FILES)):
            each.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, path) from error
