"""SQLite files from strangers: read in memory, nothing of theirs is run.

The bytes are loaded into a private database in memory, so that nothing can be written and no copy of a transcript lies on a disk. Only
plain tables are read, column by column; an authorizer refuses everything else (views, functions, triggers, attached files).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from nptlens.core.errors import ReadingError

MAGIC = b"SQLite format 3\0"
_SECONDS = 30.0
_MOST_BYTES = 512 * 1024 * 1024
_STEPS = 20_000
_BROKEN = "the database is damaged"
_WAL, _PLAIN = b"\x02\x02", b"\x01\x01"

Value = str | int | float | bytes | None


class Tables:
    """The plain tables of one database, read by name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        kinds = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        self._columns: dict[str, tuple[str, ...]] = {}
        for name, sql in kinds:
            if str(sql or "").lstrip().upper().startswith("CREATE VIRTUAL"):
                continue
            rows = connection.execute(f"PRAGMA table_info({_quoted(str(name))})").fetchall()
            self._columns[str(name).casefold()] = tuple(str(row[1]).casefold() for row in rows)

    def has(self, table: str, *columns: str) -> bool:
        """Tell whether the table is there with all of the columns."""
        return table in self._columns and set(columns) <= set(self._columns[table])

    def rows(self, table: str, *columns: str) -> Iterator[tuple[Value, ...]]:
        """Yield the columns of each row in the order of the file; a column that is not there gives None."""
        if table not in self._columns:
            return
        there = self._columns[table]
        # A name goes into the statement only if the file has it as a plain column.
        wanted = ", ".join(_quoted(column) if column in there else "NULL" for column in columns)
        yield from self._connection.execute(f"SELECT {wanted} FROM {_quoted(table)}")  # noqa: S608

    def count(self, table: str) -> int:
        """Return the number of rows, 0 where there is no such table."""
        return sum(1 for _ in self.rows(table, *self._columns.get(table, ())[:1]))


@contextmanager
def open_tables(data: bytes, *, where: str) -> Iterator[Tables]:
    """Give the tables of a database; every fault of it, also while it is read, becomes a ReadingError."""
    if not data.startswith(MAGIC):
        raise ReadingError("not an SQLite database", where=where)
    if len(data) > _MOST_BYTES:
        raise ReadingError(f"the database has {len(data)} bytes, more than {_MOST_BYTES}", where=where)
    if data[18:20] == _WAL:  # such a database asks for a second file beside it, which memory has not
        data = data[:18] + _PLAIN + data[20:]
    connection = sqlite3.connect(":memory:")
    try:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.deserialize(data)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.set_authorizer(_allowed)
        connection.set_progress_handler(_deadline(), _STEPS)
        yield Tables(connection)
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, OverflowError, MemoryError) as error:
        late = "interrupted" in str(error)
        what = f"the database takes longer than {_SECONDS:.0f} s to read" if late else _BROKEN
        raise ReadingError(what, where=where, hint="open it in its own program and save it again") from error
    finally:
        connection.close()


def words(value: Value) -> str:
    """Return a value as text, "" for none."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def whole(value: Value) -> int | None:
    """Return a value as a whole number, None where it is none (R stores offsets as reals)."""
    try:
        return int(float(value)) if isinstance(value, str | float) else value if isinstance(value, int) else None
    except (ValueError, OverflowError):
        return None


def _allowed(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
    del second, database
    if action == sqlite3.SQLITE_SELECT or (action == sqlite3.SQLITE_READ and source is None):
        return sqlite3.SQLITE_OK
    pragmas: Sequence[str | None] = ("table_info",)
    return sqlite3.SQLITE_OK if action == sqlite3.SQLITE_PRAGMA and first in pragmas else sqlite3.SQLITE_DENY


def _deadline() -> Callable[[], int]:
    end = time.thread_time() + _SECONDS  # of the processor: a busy machine costs no file
    return lambda: int(time.thread_time() > end)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
