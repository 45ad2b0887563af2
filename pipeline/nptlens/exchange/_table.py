"""Coded excerpts as a table: a row an excerpt, the columns found by name.

Taguette's export of highlights, MAXQDA's coded segments, ATLAS.ti's quotations, an NVivo-like coding summary, or a team's own sheet. A
table with codes but no excerpts is a codebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.exchange._code_cells import CodeCells, strays
from nptlens.exchange._codes import CodeList
from nptlens.exchange._path import path_of
from nptlens.exchange._table_columns import TableColumns, columns_of, says
from nptlens.exchange._taguette_table import is_taguette_table, read_taguette_rows
from nptlens.exchange.project import ImportedCoding, ImportedProject, ImportedSource
from nptlens.safety.cells import unguarded
from nptlens.safety.grid import Grid, read_grid
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook, Problem, Severity

_TOOLS = (
    ("MAXQDA", {"documentname", "code", "segment"}),
    ("MAXQDA", {"dokumentname", "code", "segment"}),
    ("ATLAS.ti", {"quotationname", "document", "codes"}),
    ("Dedoose", {"mediatitle", "excerptcopy"}),
    ("NVivo", {"name", "files", "references"}),
)
_HINT = "name one column transcript, one code, and one quote (or start and end)"
_NO_CODES = Codebook("", "", ())


@dataclass(slots=True)
class _Kept:
    codings: list[tuple[str, tuple[str, ...], str, Span | None, str, str, str]] = field(default_factory=list)
    sources: dict[str, None] = field(default_factory=dict)
    faults: dict[str, list[int]] = field(default_factory=dict)

    def fault(self, what: str, line: int) -> None:
        """Note a row that does not fit."""
        self.faults.setdefault(what, []).append(line)


def read_table(data: bytes, *, where: str, own: Codebook = _NO_CODES) -> ImportedProject:
    """Return the excerpts of a CSV, Excel or OpenDocument table, or its codebook where it holds no excerpts; `own` are the study's codes.

    Raises ReadingError where the columns that are needed are not there or it is no table.
    """
    return project_of_grid(read_grid(data, where=where), where=where, own=own)


def holds_codes(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a table has columns that can be read."""
    columns = columns_of(rows) if rows else None
    return columns is not None and columns.fit()


def project_of_grid(grid: Grid, *, where: str, own: Codebook = _NO_CODES) -> ImportedProject:
    """Return what `read_table` does, of rows that are there already."""
    columns = columns_of(grid.rows)
    below = list(zip(grid.lines, grid.rows, strict=True))[columns.header + 1 :]
    if is_taguette_table(columns.names):
        return read_taguette_rows(columns.names, [row for _, row in below], grid.problems, where=where)
    at = dict(columns.at)
    if min(at["start"], at["end"]) < 0:  # an end alone counts something else, such as paragraphs
        at["start"] = at["end"] = -1
    tool = next((tool for tool, names in _TOOLS if names <= set(columns.names)), "table")
    if not columns.codes and not (columns.applied and max(at["source"], at["quote"]) >= 0):
        raise ReadingError(f"no column with codes among {_shown(grid.rows[columns.header])}", where=where, hint=_HINT)
    rows = [(line, _cells(row, at) | {"code": _written(columns, row)}) for line, row in below]
    cells = CodeCells((row["code"] for _, row in rows), tool, named=[name for _, name in columns.applied], own=own)
    problems = [*grid.problems, *strays(below, columns.applied, says, where), *_unread(columns, below, where)]
    if at["source"] < 0 and (at["quote"] < 0 or at["definition"] >= 0):
        return _codebook(rows, tool, tuple(problems), where)
    _demand(columns, at, where)
    kept = _Kept()
    for (line, row), (_, raw) in zip(rows, below, strict=True):
        _keep(kept, line, row, cells.paths(row["code"], line, applied=_applied(columns, raw)))
    codes = CodeList()
    for _, path, *_rest in kept.codings:
        for depth in range(1, len(path) + 1):
            codes.add(path[:depth], path[depth - 1], parent=path[: depth - 1] or None)
    codebook = codes.codebook(Path(where).stem)
    codings = tuple(
        ImportedCoding(source, str(codes.id_of(path)), coder or Path(where).stem, span, quote, stance, memo)
        for source, path, coder, span, quote, stance, memo in kept.codings
    )
    problems += [*cells.problems(where), *(_problem(where, what, lines) for what, lines in kept.faults.items())]
    return ImportedProject(tool, codebook, tuple(ImportedSource(name, "") for name in kept.sources), codings, tuple(problems))


def _demand(columns: TableColumns, at: Mapping[str, int], where: str) -> None:
    """Raise ReadingError where nothing says what is coded."""
    placed = at["quote"] >= 0 or (at["start"] >= 0 and at["end"] >= 0)
    if at["source"] >= 0 and not placed and columns.applied:
        what = "the table says which codes a transcript has, but not for which words"
        raise ReadingError(what, where=where, hint="export a row for each excerpt, with its words")
    if at["source"] < 0 or not placed:
        raise ReadingError("no column names the transcript, or none gives words or offsets", where=where, hint=_HINT)


def _unread(columns: TableColumns, rows: Sequence[tuple[int, Sequence[str]]], where: str) -> Iterator[Problem]:
    """Yield a note that names the columns which hold something and are not read."""
    held = [name for place, name in columns.unread() if any(place < len(row) and row[place].strip() for _, row in rows)]
    if held:
        shown = ", ".join(held[:8]) + (", …" if len(held) > 8 else "")
        yield Problem(where, f"{len(held)} columns are not read: {shown}", _HINT, Severity.NOTE)


def _keep(kept: _Kept, line: int, row: dict[str, str], paths: Sequence[tuple[str, ...]]) -> None:
    source = " ".join(row["source"].split())
    if not source:
        return kept.fault("name no transcript", line)
    kept.sources.setdefault(source)
    if not paths:
        return kept.fault("carry no code", line)
    quote = unguarded(row["quote"])
    span = _span(row["start"], row["end"])
    if span is None and (row["start"].strip() or row["end"].strip()):
        kept.fault("have offsets that are no whole numbers in order", line)
    if span is None and not quote.strip():
        return kept.fault("give neither words nor offsets", line)
    stance = row["stance"].strip().casefold()
    if stance not in {"", *STANCES}:
        kept.fault("have a stance that is not known and is left empty", line)
        stance = ""
    for path in paths:
        if path == (NONE_CODE,):
            kept.fault("say that nothing is coded and are left out", line)
            continue
        kept.codings.append((source, path, row["coder"].strip(), span, quote, stance, row["memo"].strip()))
    return None


def _codebook(rows: list[tuple[int, dict[str, str]]], tool: str, problems: tuple[Problem, ...], where: str) -> ImportedProject:
    codes = CodeList()
    for _, row in rows:
        path = path_of(row["code"])
        for depth in range(1, len(path)):
            codes.add(path[:depth], path[depth - 1], parent=path[: depth - 1] or None)
        if path:
            codes.add(path, path[-1], row["definition"], path[:-1] or path_of(row["parent"]) or None)
    if not len(codes):
        raise ReadingError("no code in the table", where=where, hint=_HINT)
    return ImportedProject(tool, codes.codebook(Path(where).stem), (), (), problems)


def _cells(row: Sequence[str], at: Mapping[str, int]) -> dict[str, str]:
    return {role: canonical(row[column]) if 0 <= column < len(row) else "" for role, column in at.items()}


def _written(columns: TableColumns, row: Sequence[str]) -> str:
    """Return what stands in a row's columns of codes, with ``;`` between them."""
    return canonical(";".join(row[place] for place in columns.codes if place < len(row) and row[place].strip()))


def _applied(columns: TableColumns, row: Sequence[str]) -> list[str]:
    """Return the codes whose own columns say yes."""
    return [canonical(name) for place, name in columns.applied if place < len(row) and says(row[place])]


def _shown(header: Sequence[str]) -> str:
    named = [" ".join(cell.split()) for cell in header if cell.strip()]
    return ", ".join(named[:8]) + (", …" if len(named) > 8 else "") if named else "none"


def _span(start: str, end: str) -> Span | None:
    try:
        return Span(int(start), int(end))
    except ValueError:
        return None



def _problem(where: str, what: str, lines: list[int]) -> Problem:
    shown = ", ".join(str(line) for line in lines[:5]) + (", …" if len(lines) > 5 else "")
    return Problem(where, f"{len(lines)} rows {what}", f"rows {shown}", Severity.WARNING)
