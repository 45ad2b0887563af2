"""QualCoder projects: the database ``data.qda``, alone or in a zipped project folder."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.exchange._codes import CodeList
from nptlens.exchange._refi_codes import NOT_CODABLE
from nptlens.exchange._sources import Gathered, not_taken
from nptlens.exchange._sqlite import MAGIC, Tables, open_tables, whole, words
from nptlens.exchange.project import ImportedCase, ImportedProject
from nptlens.safety.archives import open_archive
from nptlens.schemas.records import Problem, Severity

_DATABASE = "data.qda"
_NOT_TAKEN = {
    "code_image": "codings of pictures",
    "code_av": "codings of sound or film",
    "journal": "journals",
}


def read_qualcoder(data: bytes, *, where: str) -> ImportedProject:
    """Return a QualCoder project; raises ReadingError where there is no database of QualCoder in it or it is damaged."""
    with open_tables(data if data.startswith(MAGIC) else _unzipped(data, where), where=where) as tables:
        if not is_qualcoder(tables):
            raise ReadingError("the database is not QualCoder's", where=where)
        return project_of_qualcoder(tables, where=where)


def is_qualcoder(tables: Tables) -> bool:
    """Tell whether the tables are QualCoder's."""
    needed = {"code_text": ("cid", "fid", "pos0", "pos1"), "code_name": ("cid", "name"), "source": ("id", "name", "fulltext")}
    return all(tables.has(table, *columns) for table, columns in needed.items())


def project_of_qualcoder(tables: Tables, *, where: str) -> ImportedProject:
    """Return the project that QualCoder's tables hold."""
    codes = _codes(tables)
    codebook = codes.codebook(Path(where).stem)
    gathered, media = Gathered(where), 0
    notes: dict[int | None, list[str]] = {}
    for fid, memo in tables.rows("annotation", "fid", "memo"):
        notes.setdefault(whole(fid), []).append(words(memo).strip())
    for fid, name, text, memo in tables.rows("source", "id", "name", "fulltext", "memo"):
        if text is None:
            media += 1
        else:
            said = [words(memo).strip(), *notes.get(whole(fid), ())]
            gathered.source(whole(fid), words(name), words(text), "\n\n".join(filter(None, said)))
    for cid, fid, quote, first, last, owner, memo in tables.rows("code_text", "cid", "fid", "seltext", "pos0", "pos1", "owner", "memo"):
        code, start, end = codes.id_of(("code", whole(cid))), whole(first), whole(last)
        gathered.coding(whole(fid), code, start=start, end=end, quote=words(quote), coder=words(owner), memo=words(memo))
    problems = [*gathered.problems(), *not_taken(tables, _NOT_TAKEN, where=where)]
    of_files = sum(words(kind) != "case" for (kind,) in tables.rows("attribute", "attr_type"))
    if of_files:
        problems.append(Problem(where, f"{of_files} attributes of sources are not taken over", "", Severity.NOTE))
    if media:
        problems.append(Problem(where, f"{media} sources hold no text", "pictures, sound and film are not read", Severity.NOTE))
    return ImportedProject(
        "QualCoder", codebook, tuple(gathered.sources), tuple(gathered.codings), tuple(problems), _cases(tables, gathered)
    )


def _cases(tables: Tables, gathered: Gathered) -> tuple[ImportedCase, ...]:
    values: dict[int | None, list[tuple[str, str]]] = {}
    for name, kind, value, key in tables.rows("attribute", "name", "attr_type", "value", "id"):
        if words(kind) == "case" and words(value).strip():
            values.setdefault(whole(key), []).append((words(name), words(value)))
    sources: dict[int | None, dict[str, None]] = {}
    for key, fid in tables.rows("case_text", "caseid", "fid"):
        if source := gathered.name_of(whole(fid)):
            sources.setdefault(whole(key), {})[source] = None
    return tuple(
        ImportedCase(words(name), words(memo).strip(), tuple(values.get(whole(key), ())), tuple(sources.get(whole(key), ())))
        for key, name, memo in tables.rows("cases", "caseid", "name", "memo")
    )


def _codes(tables: Tables) -> CodeList:
    codes = CodeList()
    for catid, name, memo, above in tables.rows("code_cat", "catid", "name", "memo", "supercatid"):
        parent = None if above is None else ("category", whole(above))
        codes.add(("category", whole(catid)), words(name), words(memo), parent, NOT_CODABLE)
    for cid, name, memo, catid, above in tables.rows("code_name", "cid", "name", "memo", "catid", "supercid"):
        category = None if catid is None else ("category", whole(catid))
        codes.add(("code", whole(cid)), words(name), words(memo), category if above is None else ("code", whole(above)))
    return codes


def _unzipped(data: bytes, where: str) -> bytes:
    with open_archive(data, where=where) as archive:
        names = sorted((n for n in archive.namelist() if n.replace("\\", "/").rsplit("/", 1)[-1] == _DATABASE), key=lambda n: (len(n), n))
        if not names:
            raise ReadingError(f"the archive holds no {_DATABASE}", where=where, hint="zip the whole project folder")
        try:
            return archive.read(names[0])
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
            raise ReadingError("the archive is damaged or locked", where=where) from error
