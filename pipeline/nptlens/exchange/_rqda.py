"""RQDA projects: an SQLite database with the texts in it; rows of status 0 are those that RQDA's user deleted."""

from __future__ import annotations

from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.exchange._codes import CodeList
from nptlens.exchange._refi_codes import NOT_CODABLE
from nptlens.exchange._sources import Gathered, not_taken
from nptlens.exchange._sqlite import Tables, Value, open_tables, whole, words
from nptlens.exchange.project import ImportedProject
from nptlens.schemas.records import Problem, Severity

_NOT_TAKEN = {
    "imagecoding": "codings of pictures",
    "annotation": "annotations",
    "journal": "journals",
    "cases": "cases",
    "caseattr": "attributes of cases",
    "fileattr": "attributes of sources",
    "coding2": "codings of the second table",
}


def read_rqda(data: bytes, *, where: str) -> ImportedProject:
    """Return an RQDA project; raises ReadingError where the database is damaged or not RQDA's."""
    with open_tables(data, where=where) as tables:
        if not is_rqda(tables):
            raise ReadingError("the database is not RQDA's", where=where)
        return project_of_rqda(tables, where=where)


def is_rqda(tables: Tables) -> bool:
    """Tell whether the tables are RQDA's."""
    needed = {"coding": ("cid", "fid", "selfirst", "selend"), "freecode": ("id", "name"), "source": ("id", "name", "file")}
    return all(tables.has(table, *columns) for table, columns in needed.items())


def project_of_rqda(tables: Tables, *, where: str) -> ImportedProject:
    """Return the project that RQDA's tables hold. A code in several categories stands below the first; the others are told."""
    deleted, problems = 0, []
    codes, several = _codes(tables)
    codebook = codes.codebook(Path(where).stem)
    gathered = Gathered(where)
    for fid, name, text, memo, status in tables.rows("source", "id", "name", "file", "memo", "status"):
        if _alive(status):
            gathered.source(whole(fid), words(name), words(text), words(memo))
        else:
            deleted += 1
    columns = ("cid", "fid", "seltext", "selfirst", "selend", "owner", "memo", "status")
    for cid, fid, quote, first, last, owner, memo, status in tables.rows("coding", *columns):
        if not _alive(status):
            deleted += 1
            continue
        code, start, end = codes.id_of(("code", whole(cid))), whole(first), whole(last)
        gathered.coding(whole(fid), code, start=start, end=end, quote=words(quote), coder=words(owner), memo=words(memo))
    if deleted:
        problems.append(Problem(where, f"{deleted} deleted sources and codings are left out", "", Severity.NOTE))
    if several:
        problems.append(Problem(where, f"{several} codes are in several categories", "each is put below the first", Severity.NOTE))
    problems += [*gathered.problems(), *not_taken(tables, _NOT_TAKEN, where=where)]
    return ImportedProject("RQDA", codebook, tuple(gathered.sources), tuple(gathered.codings), tuple(problems))


def _codes(tables: Tables) -> tuple[CodeList, int]:
    categories: dict[int | None, int | None] = {}
    several = 0
    for cid, catid, status in tables.rows("treecode", "cid", "catid", "status"):
        if _alive(status):
            several += whole(cid) in categories
            categories.setdefault(whole(cid), whole(catid))
    codes = CodeList()
    for catid, name, memo, status in tables.rows("codecat", "catid", "name", "memo", "status"):
        if _alive(status):
            codes.add(("category", whole(catid)), words(name), words(memo), source=NOT_CODABLE)
    for cid, name, memo, status in tables.rows("freecode", "id", "name", "memo", "status"):
        if _alive(status):
            category = categories.get(whole(cid))
            codes.add(("code", whole(cid)), words(name), words(memo), None if category is None else ("category", category))
    return codes, several


def _alive(status: Value) -> bool:
    return status is None or whole(status) != 0
