"""Coded excerpts as a table: a row an excerpt, the columns found by name.

Taguette's export of highlights, MAXQDA's coded segments, ATLAS.ti's quotations, an NVivo-like coding summary, or a team's own sheet. A
table with codes but no excerpts is a codebook.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.exchange._codes import CodeList
from nptlens.exchange._grid import read_grid
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.safety.cells import guarded
from nptlens.schemas.records import NONE_CODE, STANCES, Problem, Severity

# The first name that a table has is the column; names are compared without case, spaces and punctuation.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "source": (
        "transcript", "transcriptid", "source", "sourcename", "sourcefile", "document", "documentname", "documenttitle", "file",
        "filename", "interview", "attachmenttitle", "title", "citekey",
    ),
    "code": ("code", "codes", "codename", "codenames", "tag", "tags", "node", "nodes", "theme", "themes", "label", "labels"),
    "quote": (
        "quote", "quotation", "quotationcontent", "textcontent", "codedtext", "segment", "codedsegment", "excerpt", "content", "text",
        "seltext", "selectedtext", "snippet",
    ),
    "coder": ("coder", "codedby", "user", "author", "owner", "createdby", "modifiedby", "annotator", "rater", "analyst"),
    "start": ("start", "startoffset", "startposition", "positionstart", "pos0", "selfirst", "startindex", "charstart"),
    "end": ("end", "endoffset", "endposition", "positionend", "pos1", "selend", "endindex", "charend"),
    "stance": ("stance",),
    "memo": ("memo", "comment", "comments", "note", "notes"),
    "definition": ("definition", "description", "codedescription", "memo", "comment"),
    "parent": ("parent", "parentcode", "category"),
}
_TOOLS = (
    ("Taguette", {"id", "document", "tag", "content"}),
    ("MAXQDA", {"documentname", "code", "segment"}),
    ("ATLAS.ti", {"quotationname", "document", "codes"}),
)
_PATH = re.compile(r"\s+>\s+|\s*>>\s*")
_SEPARATORS = re.compile(r"[;\n]")
_HINT = "name one column transcript, one code, and one quote (or start and end)"


@dataclass(slots=True)
class _Kept:
    codings: list[tuple[str, tuple[str, ...], str, Span | None, str, str, str]] = field(default_factory=list)
    sources: dict[str, None] = field(default_factory=dict)
    faults: dict[str, list[int]] = field(default_factory=dict)

    def fault(self, what: str, line: int) -> None:
        """Note a row that does not fit."""
        self.faults.setdefault(what, []).append(line)


def read_table(data: bytes, *, where: str) -> ImportedProject:
    """Return the excerpts of a CSV or Excel table, or its codebook where it holds no excerpts.

    Cells of several codes are split at ``;`` and line ends; `` > `` leads from a code to one below it. Raises ReadingError where the
    columns that are needed are not there or it is no table.
    """
    grid = read_grid(data, where=where)
    header = [re.sub(r"[\W_]+", "", cell.casefold()) for cell in grid.rows[0]]
    at = {role: next((header.index(name) for name in names if name in header), -1) for role, names in _COLUMNS.items()}
    if min(at["start"], at["end"]) < 0:  # an end alone counts something else, such as paragraphs
        at["start"] = at["end"] = -1
    tool = next((tool for tool, names in _TOOLS if names <= set(header)), "table")
    if at["code"] < 0:
        raise ReadingError("no column with codes", where=where, hint=_HINT)
    rows = [
        (line, {role: canonical(row[column]) if 0 <= column < len(row) else "" for role, column in at.items()})
        for line, row in enumerate(grid.rows[1:], start=2)
    ]
    if at["source"] < 0 and (at["quote"] < 0 or at["definition"] >= 0):
        return _codebook(rows, tool, grid.problems, where)
    if at["source"] < 0 or (at["quote"] < 0 and (at["start"] < 0 or at["end"] < 0)):
        raise ReadingError("no column names the transcript, or none gives words or offsets", where=where, hint=_HINT)
    kept = _Kept()
    for line, row in rows:
        _keep(kept, line, row)
    codes = CodeList()
    for _, path, *_rest in kept.codings:
        for depth in range(1, len(path) + 1):
            codes.add(path[:depth], path[depth - 1], parent=path[: depth - 1] or None)
    codebook = codes.codebook(Path(where).stem)
    codings = tuple(
        ImportedCoding(source, str(codes.id_of(path)), coder or Path(where).stem, span, quote, stance, memo)
        for source, path, coder, span, quote, stance, memo in kept.codings
    )
    problems = (*grid.problems, *(_problem(where, what, lines) for what, lines in kept.faults.items()))
    return ImportedProject(tool, codebook, tuple(ImportedSource(name, "") for name in kept.sources), codings, problems)


def _keep(kept: _Kept, line: int, row: dict[str, str]) -> None:
    source = " ".join(row["source"].split())
    paths = [path for cell in _SEPARATORS.split(row["code"]) if (path := _path(cell))]
    if not source:
        return kept.fault("name no transcript", line)
    kept.sources.setdefault(source)
    if not paths:
        return kept.fault("carry no code", line)
    quote = _bare(row["quote"])
    span = _span(row["start"], row["end"])
    if span is None and (row["start"].strip() or row["end"].strip()):
        kept.fault("have offsets that are no whole numbers in order", line)
    if span is None and not quote.strip():
        return kept.fault("give neither words nor offsets", line)
    stance = row["stance"].strip().casefold()
    if stance not in {"", *STANCES}:
        kept.fault("have a stance that is not known and is left empty", line)
        stance = ""
    for path in dict.fromkeys(paths):
        if path == (NONE_CODE,):
            kept.fault("say that nothing is coded and are left out", line)
            continue
        kept.codings.append((source, path, row["coder"].strip(), span, quote, stance, row["memo"].strip()))
    return None


def _codebook(rows: list[tuple[int, dict[str, str]]], tool: str, problems: tuple[Problem, ...], where: str) -> ImportedProject:
    codes = CodeList()
    for _, row in rows:
        path = _path(row["code"])
        for depth in range(1, len(path)):
            codes.add(path[:depth], path[depth - 1], parent=path[: depth - 1] or None)
        if path:
            codes.add(path, path[-1], row["definition"], path[:-1] or _path(row["parent"]) or None)
    if not len(codes):
        raise ReadingError("no code in the table", where=where, hint=_HINT)
    return ImportedProject(tool, codes.codebook(Path(where).stem), (), (), problems)


def _path(cell: str) -> tuple[str, ...]:
    return tuple(name for part in _PATH.split(cell) if (name := " ".join(part.split())))


def _span(start: str, end: str) -> Span | None:
    try:
        return Span(int(start), int(end))
    except ValueError:
        return None


def _bare(cell: str) -> str:
    """Return a cell's words without the apostrophe that keeps a spreadsheet from running them."""
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


def _problem(where: str, what: str, lines: list[int]) -> Problem:
    shown = ", ".join(str(line) for line in lines[:5]) + (", …" if len(lines) > 5 else "")
    return Problem(where, f"{len(lines)} rows {what}", f"rows {shown}", Severity.WARNING)
