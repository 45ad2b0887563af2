"""Coded projects and codebooks of other tools: one reader per suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.exchange.project import ImportedProject
from nptlens.safety.paths import read_bytes
from nptlens.schemas.records import Codebook

Reader = Callable[[bytes, str, Codebook], ImportedProject]
"""Takes a file's bytes, its name and the study's codebook; raises ReadingError where it cannot be read at all."""

_NO_CODES = Codebook("", "", ())


def _qdpx(data: bytes, where: str, _: Codebook = _NO_CODES) -> ImportedProject:
    from nptlens.exchange._refi import read_qdpx

    return read_qdpx(data, where=where)


def _qdc(data: bytes, where: str, _: Codebook = _NO_CODES) -> ImportedProject:
    from nptlens.exchange._refi import project_of_qdc

    return project_of_qdc(data, where=where)


def _database(data: bytes, where: str, _: Codebook = _NO_CODES) -> ImportedProject:
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


def _table(data: bytes, where: str, own: Codebook = _NO_CODES) -> ImportedProject:
    from nptlens.exchange._table import read_table

    return read_table(data, where=where, own=own)


def _marked_text(data: bytes, where: str, _: Codebook = _NO_CODES) -> ImportedProject:
    """Read a text with qcoder's marks, a list of codes, or NVivo's references."""
    from nptlens.exchange._markup import read_text
    from nptlens.exchange._nvivo import is_nvivo, project_of_references
    from nptlens.safety.grid import decoded

    text, problems = decoded(data, where=where)
    if is_nvivo(text):
        project = project_of_references(text, where=where)
        return replace(project, problems=(*problems, *project.problems))
    return read_text(data, where=where)


def _word(data: bytes, where: str, own: Codebook = _NO_CODES) -> ImportedProject:
    """Read a Word document: NVivo's references, else comments that name codes, else a table of codings or codes."""
    from nptlens.exchange._comments import project_of_comments
    from nptlens.exchange._nvivo import is_nvivo, project_of_references
    from nptlens.exchange._table import holds_codes, project_of_grid
    from nptlens.exchange._word import read_word
    from nptlens.safety.grid import Grid

    document = read_word(data, where=where)
    if is_nvivo(document.text):
        return project_of_references(document.text, where=where)
    if document.comments:
        return project_of_comments(document, own, where=where)
    for table in document.tables:
        if holds_codes(table):
            return project_of_grid(Grid.of(table), where=where, own=own)
    hint = "codes are read from comments, from NVivo's references and from tables"
    raise ReadingError("no comments and no table of codes in the document", where=where, hint=hint)


_READERS: dict[str, Reader] = {
    ".qdpx": _qdpx,
    ".qdc": _qdc,
    **dict.fromkeys((".sqlite3", ".sqlite", ".db", ".qda", ".rqda", ".zip"), _database),
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".xlsm", ".ods"), _table),
    **dict.fromkeys((".docx", ".docm"), _word),
    **dict.fromkeys((".txt", ".md"), _marked_text),
}


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of the files that `read_project` can read."""
    return tuple(sorted(_READERS))


def read_project(path: Path, *, max_megabytes: int, own: Codebook = _NO_CODES) -> ImportedProject:
    """Read a coded project or a codebook that another tool wrote, by the file's suffix; `own` are the codes that the study knows.

    Raises ReadingError where the suffix is unknown, the file is empty or has more than `max_megabytes`, or its content cannot be read.
    """
    if path.is_dir() and (path / "data.qda").is_file():  # QualCoder's project is a folder
        path = path / "data.qda"
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadingError(f"{path.suffix or 'a file without suffix'} is no project that can be imported", where=path.name,
                           hint=f"known are {', '.join(suffixes())}")
    return reader(read_bytes(path, max_megabytes=max_megabytes), path.name, own)
