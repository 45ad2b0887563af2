"""Sheets of units for a person to code: blind (no coding is on them), or with two coders side by side, to decide where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.exchange._sheet import AFTER, BEFORE, Layout, read_cells, write_csv, write_xlsx
from nptlens.schemas.records import Codebook, Problem

_UNITS = ("excerpt_id", "transcript", BEFORE, "excerpt", AFTER)
BLIND = Layout("Units to code", (*_UNITS, "codes", "stance", "note"), (18, 14, 45, 80, 35, 18, 14, 30), grey=(BEFORE, AFTER))
_DECIDE = ("why", "decision", "stance", "note")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of the sheet with what was said before and after it; `first`, `second` and `why` are of mismatches only."""

    excerpt_id: str
    transcript: str
    before: str
    excerpt: str
    after: str
    first: str = ""
    second: str = ""
    why: str = ""

    def unit(self) -> tuple[str, ...]:
        """Return the cells that every sheet begins with."""
        return (self.excerpt_id, self.transcript, self.before, self.excerpt, self.after)


@dataclass(frozen=True, slots=True)
class FilledRow:
    """What a person filled in; `line` is the row as a spreadsheet counts it."""

    excerpt_id: str
    excerpt: str
    codes: str
    stance: str
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """The rows of a filled sheet; `decides` tells a sheet of mismatches from a blind one."""

    rows: tuple[FilledRow, ...]
    decides: bool
    problems: tuple[Problem, ...]


def blind_sheet(rows: Sequence[UnitRow], codebook: Codebook, *, kind: str) -> bytes:
    """Return a blind sheet as ".csv" or ".xlsx"."""
    return _write(BLIND, [(*row.unit(), "", "", "") for row in rows], codebook, kind)


def decision_sheet(rows: Sequence[UnitRow], coders: tuple[str, str], codebook: Codebook, *, kind: str) -> bytes:
    """Return a sheet of mismatches as ".csv" or ".xlsx": the codes of both coders side by side, and an empty column for the decision."""
    columns = (*_UNITS, *(f"codes of {coder}" for coder in coders), *_DECIDE)
    layout = Layout("Mismatches to decide", columns, (18, 14, 40, 70, 30, 18, 18, 40, 18, 14, 30), codes="decision", grey=(BEFORE, AFTER))
    cells = [(*row.unit(), row.first, row.second, row.why, "", "", "") for row in rows]
    return _write(layout, cells, codebook, kind)


def _write(layout: Layout, cells: Sequence[Sequence[str]], codebook: Codebook, kind: str) -> bytes:
    return write_csv(layout, cells) if kind == ".csv" else write_xlsx(layout, cells, codebook)


def read_filled(data: bytes, *, where: str) -> FilledSheet:
    """Return the rows of a filled sheet (CSV or XLSX), blind or of mismatches.

    Raises ReadingError where it is no table, or lacks excerpt_id, excerpt, or both codes and decision.
    """
    hint = "fill in a sheet as it was written by: nptlens validate sheet STUDY --coder NAME"
    found = read_cells(data, where=where, needed=("excerpt_id", "excerpt"), hint=hint)
    decides = "decision" in found.header
    column = "decision" if decides else "codes"
    if not decides:
        found = read_cells(data, where=where, needed=("excerpt_id", "excerpt", column), hint=hint)
    rows = tuple(
        FilledRow(
            excerpt_id=found.of(row, "excerpt_id").strip(),
            excerpt=found.of(row, "excerpt"),
            codes=found.of(row, column),
            stance=found.of(row, "stance").strip().casefold(),
            note=found.of(row, "note").strip(),
            line=line,
        )
        for line, row in found.rows
    )
    return FilledSheet(rows, decides, found.problems)
