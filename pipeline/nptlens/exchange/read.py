"""Coded projects and codebooks of other tools: one reader per suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.exchange.project import ImportedProject
from nptlens.safety.paths import read_bytes

Reader = Callable[[bytes, str], ImportedProject]
"""Takes a file's bytes and its name; raises ReadingError where it cannot be read at all."""


def _qdpx(data: bytes, where: str) -> ImportedProject:
    from nptlens.exchange._refi import read_qdpx

    return read_qdpx(data, where=where)


def _qdc(data: bytes, where: str) -> ImportedProject:
    from nptlens.exchange._refi import project_of_qdc

    return project_of_qdc(data, where=where)


def _database(data: bytes, where: str) -> ImportedProject:
    """Read a Taguette, QualCoder or RQDA database, told apart by its tables; QualCoder's also zipped."""
    from nptlens.exchange import _qualcoder, _rqda, _taguette
    from nptlens.exchange._sqlite import MAGIC, open_tables

    if not data.startswith(MAGIC):
        return _qualcoder.read_qualcoder(data, where=where)
    known = (
        (_taguette.is_taguette, _taguette.project_of_taguette),
        (_qualcoder.is_qualcoder, _qualcoder.project_of_qualcoder),
        (_rqda.is_rqda, _rqda.project_of_rqda),
    )
    with open_tables(data, where=where) as tables:
        for fits, project_of in known:
            if fits(tables):
                return project_of(tables, where=where)
    raise ReadingError("the database is of no tool that is known", where=where, hint="known are Taguette, QualCoder and RQDA")


def _table(data: bytes, where: str) -> ImportedProject:
    from nptlens.exchange._table import read_table

    return read_table(data, where=where)


def _marked_text(data: bytes, where: str) -> ImportedProject:
    from nptlens.exchange._markup import read_text

    return read_text(data, where=where)


_READERS: dict[str, Reader] = {
    ".qdpx": _qdpx,
    ".qdc": _qdc,
    **dict.fromkeys((".sqlite3", ".sqlite", ".db", ".qda", ".rqda", ".zip"), _database),
    **dict.fromkeys((".csv", ".tsv", ".xlsx"), _table),
    **dict.fromkeys((".txt", ".md"), _marked_text),
}


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of the files that `read_project` can read."""
    return tuple(sorted(_READERS))


def read_project(path: Path, *, max_megabytes: int) -> ImportedProject:
    """Read a coded project or a codebook that another tool wrote, by the file's suffix.

    Raises ReadingError where the suffix is unknown, the file is empty or has more than `max_megabytes`, or its content cannot be read.
    """
    if path.is_dir() and (path / "data.qda").is_file():  # QualCoder's project is a folder
        path = path / "data.qda"
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadingError(f"{path.suffix or 'a file without suffix'} is no project that can be imported", where=path.name,
                           hint=f"known are {', '.join(suffixes())}")
    return reader(read_bytes(path, max_megabytes=max_megabytes), path.name)
