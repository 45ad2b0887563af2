"""Coded excerpts as a table: a row an excerpt, the columns found by name.

Taguette's export of highlights, MAXQDA's coded segments, ATLAS.ti's quotations, an NVivo-like coding summary, or a team's own sheet. A
table with codes but no excerpts is a codebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.exchange._codes import CodeList
from nptlens.exchange._grid import read_grid
from nptlens.exchange._table_columns import TableColumns, columns_of, says_yes
from nptlens.exchange._taguette_table import is_taguette_table, read_taguette_rows
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.safety.cells import guarded
from nptlens.schemas.records import NONE_CODE, STANCES, Problem, Severity

_TOOLS = (
    ("MAXQDA", {"documentname", "code", "segment"}),
    ("MAXQDA", {"dokumentname", "code", "segment"}),
    ("ATLAS.ti", {"quotationname", "document", "codes"}),
    ("Dedoose", {"mediatitle", "excerptcopy"}),
    ("NVivo", {"name", "files", "references"}),
)
_PATH = re.compile(r"\s+>\s+|\s*>>\s*|\\+")
_ROOTS = {"nodes", "codes"}  # the folders that NVivo puts before a path
_SEPARATORS = re.compile(r"[;|\n]")
_COMMAS = ("Dedoose", "Delve")  # tools that part codes by commas
_Numbered = tuple[int, dict[str, str]]
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
    r"""Return the excerpts of a CSV or Excel table, or its codebook where it holds no excerpts.

    Cells of several codes are split at ``;``, ``|`` and line ends; `` > `` and ``\\`` lead from a code to one below it. Raises ReadingError
    where the
    columns that are needed are not there or it is no table.
    """
    grid = read_grid(data, where=where)
    columns = columns_of(grid.rows)
    header, at = columns.names, dict(columns.at)
    if is_taguette_table(header):
        return read_taguette_rows(header, grid.rows[columns.header + 1 :], grid.problems, where=where)
    if min(at["start"], at["end"]) < 0:  # an end alone counts something else, such as paragraphs
        at["start"] = at["end"] = -1
    tool = next((tool for tool, names in _TOOLS if names <= set(header)), "table")
    if not columns.codes and not (columns.applied and max(at["source"], at["quote"]) >= 0):
        raise ReadingError(f"no column with codes among {_shown(grid.rows[columns.header])}", where=where, hint=_HINT)
    rows = [
        (line, _cells(row, at) | {"code": _codes_in(columns, row)})
        for line, row in enumerate(grid.rows[columns.header + 1 :], start=columns.header + 2)
    ]
    rows, commas = _at_commas(rows, tool, {name for _, name in columns.applied})
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
    problems = (*grid.problems, *_commas(where, commas), *(_problem(where, what, lines) for what, lines in kept.faults.items()))
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


def _cells(row: Sequence[str], at: Mapping[str, int]) -> dict[str, str]:
    return {role: canonical(row[column]) if 0 <= column < len(row) else "" for role, column in at.items()}


def _codes_in(columns: TableColumns, row: Sequence[str]) -> str:
    """Return a row's codes with ``;`` between them, from its columns of codes or of yes and no."""
    cells = [row[place] for place in columns.codes if place < len(row) and row[place].strip()]
    cells += [name for place, name in columns.applied if place < len(row) and says_yes(row[place])]
    return canonical(";".join(cells))


def _at_commas(rows: list[_Numbered], tool: str, named: set[str]) -> tuple[list[_Numbered], dict[str, list[int]]]:
    """Return the rows with codes parted at commas where their parts are codes of other cells, and the cells that are left whole."""
    written = (" ".join(cell.split()) for _, row in rows for cell in _SEPARATORS.split(row["code"]))
    alone = named | {part for part in written if part and "," not in part}
    whole: dict[str, list[int]] = {}
    result: list[_Numbered] = []
    for line, row in rows:
        cells = []
        for cell in _SEPARATORS.split(row["code"]):
            parts = [" ".join(part.split()) for part in cell.split(",")]
            if len(parts) > 1 and (tool in _COMMAS or all(part in alone for part in parts)):
                cells += parts
                continue
            if len(parts) > 1:
                whole.setdefault(" ".join(cell.split()), []).append(line)
            cells.append(cell)
        result.append((line, row | {"code": ";".join(cells)}))
    return result, whole


def _commas(where: str, whole: dict[str, list[int]]) -> Iterator[Problem]:
    """Yield what is read as one code although it holds a comma."""
    if whole:
        shown = ", ".join(f'"{cell}" (row {lines[0]})' for cell, lines in list(whole.items())[:3]) + (", …" if len(whole) > 3 else "")
        what = f"{len(whole)} cells of codes hold a comma and are read as one code each: {shown}"
        yield Problem(where, what, "write several codes with ; between them")


def _shown(header: Sequence[str]) -> str:
    named = [" ".join(cell.split()) for cell in header if cell.strip()]
    return ", ".join(named[:8]) + (", …" if len(named) > 8 else "") if named else "none"


def _path(cell: str) -> tuple[str, ...]:
    found = tuple(name for part in _PATH.split(cell) if (name := " ".join(part.split())))
    return found[1:] if len(found) > 1 and found[0].casefold() in _ROOTS and "\\" in cell else found


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
