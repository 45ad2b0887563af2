"""Traces of what was forgotten: its names, and the words of its excerpts, looked for in any file of a study."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_LEAST_NAME, _LEAST_TEXT = 3, 20
_MOST_BYTES = 1_000_000_000  # of one member of a zip file: beyond it, it is told as unread


@dataclass(frozen=True)
class Traces:
    """Names (ids, file names, labels) and stretches of text by which a file is known to hold something of a transcript.

    They live in memory only. Names of fewer than three letters and stretches of fewer than twenty stand in many places by chance.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...] = ()

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        found = sorted({re.escape(name.casefold()) for name in self.names if len(name) >= _LEAST_NAME})
        return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)") if found else None

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(sorted({" ".join(text.casefold().split()) for text in self.texts if len(text) >= _LEAST_TEXT}))

    def stand_in(self, text: str) -> bool:
        """Tell whether a text holds one of them, whatever its case and spaces."""
        folded = " ".join(text.casefold().split())
        return bool(self._names and self._names.search(folded)) or any(each in folded for each in self._texts)

    def in_file(self, path: Path) -> bool:
        """Tell whether a file's name or content holds one of them: as text, in members of a zip file, Parquet values or SQLite rows."""
        return self.stand_in(path.name) or any(self.stand_in(text) for text in contents(path))


def contents(path: Path) -> Iterator[str]:
    """Yield what a file holds, as text; what cannot be unpacked comes as its bytes alone."""
    yield path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix == ".sqlite":
        yield from _sqlite(path)
    elif zipfile.is_zipfile(path):
        yield from _zip(path)


def _parquet(path: Path) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        return
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            yield "\n".join(each for each in column.to_pylist() if each)


def _sqlite(path: Path) -> Iterator[str]:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as database:  # makes no files beside it
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                quoted = name.replace('"', '""')
                for row in database.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608
                    yield "\n".join(each for each in row if isinstance(each, str))
    except sqlite3.Error:
        return


def _zip(path: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.file_size <= _MOST_BYTES:
                    yield archive.read(member).decode("utf-8", "replace")
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return


def files_with(traces: Traces, paths: Iterable[Path]) -> list[Path]:
    """Return those of the files that hold a trace, or cannot be opened."""
    found = []
    for path in paths:
        try:
            if path.is_file() and traces.in_file(path):
                found.append(path)
        except OSError:
            found.append(path)
    return found
