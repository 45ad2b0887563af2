"""Taguette projects: the SQLite file of an exported project or of a whole server.

A highlight's offsets count UTF-8 bytes over the text of the document's HTML. The log of commands says who put which tag on it.
"""

from __future__ import annotations

import json
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.exchange._codes import CodeList
from nptlens.exchange._html_text import HtmlText
from nptlens.exchange._said import repaired
from nptlens.exchange._sources import Gathered
from nptlens.exchange._sqlite import Tables, open_tables, whole, words
from nptlens.exchange._taguette_table import tag_above
from nptlens.exchange.project import ImportedProject
from nptlens.schemas.records import Problem, Severity

_NEEDED = {
    "documents": ("id", "name", "contents"),
    "highlights": ("id", "document_id", "start_offset", "end_offset"),
    "tags": ("id", "path"),
    "highlight_tags": ("highlight_id", "tag_id"),
}

_EXPORTED = "admin"
_Pair = tuple[int | None, int | None]


def read_taguette(data: bytes, *, where: str) -> ImportedProject:
    """Return a Taguette project; raises ReadingError where the database is damaged or not Taguette's."""
    with open_tables(data, where=where) as tables:
        if not is_taguette(tables):
            raise ReadingError("the database is not Taguette's", where=where)
        return project_of_taguette(tables, where=where)


def is_taguette(tables: Tables) -> bool:
    """Tell whether the tables are Taguette's."""
    return all(tables.has(table, *columns) for table, columns in _NEEDED.items())


def project_of_taguette(tables: Tables, *, where: str) -> ImportedProject:
    """Return what Taguette's tables hold; of several projects all, the name of each before its sources and tags."""
    names = {whole(key): words(name) for key, name in tables.rows("projects", "id", "name")}
    before = {key: f"{name}/" for key, name in names.items()} if len(names) > 1 else {}
    codes = _codes(tables, before)
    codebook = codes.codebook(next(iter(names.values())).strip() or Path(where).stem if len(names) == 1 else Path(where).stem)
    gathered = Gathered(where)
    pages: dict[int | None, HtmlText] = {}
    for key, name, contents, memo, project in tables.rows("documents", "id", "name", "contents", "description", "project_id"):
        page = HtmlText(words(contents), where=where)
        pages.setdefault(whole(key), page)
        gathered.source(whole(key), before.get(whole(project), "") + words(name), page.text, words(memo))
    problems = _codings(tables, gathered, pages, codes, where)
    if gathered.codings and {coding.coder for coding in gathered.codings} == {_EXPORTED}:
        what = f"every coding is said to be by {_EXPORTED}: Taguette names nobody else in the export of a project"
        hint = "where several people coded, use the server's database, or one project for each of them"
        problems.append(Problem(where, what, hint, Severity.NOTE))
    garbled = sum(bool(repaired(source.text)) for source in gathered.sources)
    if garbled:
        what = f"{garbled} documents were read by Taguette in a wrong encoding: their accents and emoji are other signs there"
        hint = "put the file itself among the transcripts, then import: marked words are found in it"
        problems.append(Problem(where, what, hint))
    if len(names) > 1:
        problems.append(Problem(where, f"it holds {len(names)} projects", "all are read, each under its name", Severity.NOTE))
    return ImportedProject("Taguette", codebook, tuple(gathered.sources), tuple(gathered.codings), tuple(problems))


def _codings(
    tables: Tables, gathered: Gathered, pages: dict[int | None, HtmlText], codes: CodeList, where: str
) -> list[Problem]:
    coders = _coders(tables)
    tagged: dict[int | None, list[int | None]] = {}
    for highlight, tag in tables.rows("highlight_tags", "highlight_id", "tag_id"):
        tagged.setdefault(whole(highlight), []).append(whole(tag))
    bare = 0
    for key, document, start, end, snippet in tables.rows(
        "highlights", "id", "document_id", "start_offset", "end_offset", "snippet"
    ):
        page = pages.get(whole(document))
        first, last = page.points(whole(start), whole(end)) if page else (None, None)
        quote = HtmlText(words(snippet), where=where).text.strip() if snippet else ""
        for tag in tagged.get(whole(key), ()):
            coder = coders.get((whole(key), tag)) or coders.get((whole(key), None), "")
            gathered.coding(whole(document), codes.id_of(tag), start=first, end=last, quote=quote, coder=coder)
        bare += whole(key) not in tagged
    notes = [Problem(where, f"{bare} highlights carry no tag", "they are left out", Severity.NOTE)] if bare else []
    return [*gathered.problems(), *notes]


def _codes(tables: Tables, before: dict[int | None, str]) -> CodeList:
    """Return the tags; a tag is below the one it names, or else below the one whose path is its own up to a point."""
    rows = [
        (whole(key), words(path), words(memo), whole(project), whole(parent))
        for key, path, memo, project, parent in tables.rows("tags", "id", "path", "description", "project_id", "parent_id")
    ]
    by_path: dict[int | None, dict[str, int | None]] = {}
    for key, path, _, project, _ in rows:
        by_path.setdefault(project, {})[path] = key
    codes = CodeList()
    for key, path, memo, project, parent in rows:
        named = tag_above(path, by_path[project]) if parent is None else None
        above = by_path[project][named] if named is not None else parent
        codes.add(key, before.get(project, "") + path, memo, above)
    return codes


def _coders(tables: Tables) -> dict[_Pair, str]:
    """Return, for each highlight and tag, who put the tag there; under (highlight, None) who touched the highlight last."""
    coders: dict[_Pair, str] = {}
    rows = tables.rows("commands", "id", "user_login", "payload")
    commands = [(whole(key) or 0, words(user), words(payload)) for key, user, payload in rows]
    for _, user, payload in sorted(commands, key=lambda row: row[0]):
        try:
            told = json.loads(payload)
        except (ValueError, RecursionError):
            continue
        if not isinstance(told, dict) or told.get("type") != "highlight_add":
            continue
        highlight, tags = told.get("highlight_id"), told.get("tags")
        if isinstance(highlight, int) and isinstance(tags, list):
            coders[highlight, None] = user
            for tag in tags:
                if isinstance(tag, int):
                    coders.setdefault((highlight, tag), user)
    return coders
