"""A sheet of excerpts for a person to label: written with empty columns for codes and stance, read again when they are filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.exchange._sheet import AFTER, BEFORE, Layout, read_cells, write_csv, write_xlsx
from nptlens.schemas.records import Codebook, Problem

_CELLS = {
    "excerpt_id": ("excerpt_id", 16), "transcript": ("transcript", 12), "participant": ("participant", 12), BEFORE: ("before", 40),
    "excerpt": ("excerpt", 80), AFTER: ("after", 30), "suggested": ("suggested", 24), "why": ("why", 40), "codes": ("codes", 18),
    "stance": ("stance", 14), "note": ("note", 30),
}  # fmt: skip
"""Each column with the field of a row that it holds, and its width."""
_NEEDED = ("excerpt_id", "excerpt", "codes")
_READ = ("excerpt_id", "transcript", "participant", "excerpt", "why", "codes", "stance", "note")


@dataclass(frozen=True, slots=True)
class LabelRow:
    """An excerpt of the sheet with what was said before and after it; `suggested` is the machine's guess, "" where it is hidden.

    `codes`, `stance` and `note` are a person's, `line` the row as a spreadsheet counts it.
    """

    excerpt_id: str
    transcript: str
    participant: str
    excerpt: str
    before: str = ""
    after: str = ""
    suggested: str = ""
    why: str = ""
    codes: str = ""
    stance: str = ""
    note: str = ""
    line: int = 0


def label_csv(rows: Sequence[LabelRow]) -> bytes:
    """Return the sheet as CSV; a cell that a spreadsheet could run is guarded."""
    layout = _layout(rows)
    return write_csv(layout, _cells(layout, rows))


def label_xlsx(rows: Sequence[LabelRow], codebook: Codebook) -> bytes:
    """Return the sheet as a workbook: the cells of codes and stance offer lists, a second sheet holds the codebook."""
    layout = _layout(rows)
    return write_xlsx(layout, _cells(layout, rows), codebook)


def _layout(rows: Sequence[LabelRow]) -> Layout:
    """Return the columns of a sheet: that of guesses only where there are any."""
    guessed = any(row.suggested for row in rows)
    columns = tuple(name for name in _CELLS if guessed or name != "suggested")
    return Layout("Excerpts to label", columns, tuple(_CELLS[name][1] for name in columns), grey=(BEFORE, AFTER))


def _cells(layout: Layout, rows: Sequence[LabelRow]) -> list[list[str]]:
    return [[str(getattr(row, _CELLS[name][0])) for name in layout.columns] for row in rows]


def read_labels(data: bytes, *, where: str) -> tuple[tuple[LabelRow, ...], tuple[Problem, ...]]:
    """Return the rows of a filled sheet (CSV or XLSX) and what a person should know of its encoding or further sheets.

    Raises ReadingError where it is no table or lacks excerpt_id, excerpt or codes.
    """
    hint = "fill in a sheet as it was written by: nptlens seeds suggest STUDY --to FILE"
    found = read_cells(data, where=where, needed=_NEEDED, hint=hint)
    rows = tuple(LabelRow(**{name: found.of(row, name) for name in _READ}, line=line) for line, row in found.rows)
    return rows, found.problems
