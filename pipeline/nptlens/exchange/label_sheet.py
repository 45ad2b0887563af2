"""A sheet of excerpts for a person to label: written with empty columns for codes and stance, read again when they are filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.exchange._sheet import Layout, read_cells, write_csv, write_xlsx
from nptlens.schemas.records import Codebook, Problem

COLUMNS = ("excerpt_id", "transcript", "participant", "excerpt", "suggested", "why", "codes", "stance", "note")
_LAYOUT = Layout("Excerpts to label", COLUMNS, (16, 12, 12, 80, 24, 40, 18, 14, 30))
_NEEDED = ("excerpt_id", "excerpt", "codes")


@dataclass(frozen=True, slots=True)
class LabelRow:
    """An excerpt of the sheet; `codes`, `stance` and `note` are a person's, `line` the row as a spreadsheet counts it."""

    excerpt_id: str
    transcript: str
    participant: str
    excerpt: str
    suggested: str
    why: str
    codes: str = ""
    stance: str = ""
    note: str = ""
    line: int = 0

    def cells(self) -> tuple[str, ...]:
        """Return the cells under `COLUMNS`."""
        return tuple(getattr(self, name) for name in COLUMNS)


def label_csv(rows: Sequence[LabelRow]) -> bytes:
    """Return the sheet as CSV; a cell that a spreadsheet could run is guarded."""
    return write_csv(_LAYOUT, [row.cells() for row in rows])


def label_xlsx(rows: Sequence[LabelRow], codebook: Codebook) -> bytes:
    """Return the sheet as a workbook: the cells of codes and stance offer lists, a second sheet holds the codebook."""
    return write_xlsx(_LAYOUT, [row.cells() for row in rows], codebook)


def read_labels(data: bytes, *, where: str) -> tuple[tuple[LabelRow, ...], tuple[Problem, ...]]:
    """Return the rows of a filled sheet (CSV or XLSX) and what a person should know of its encoding or further sheets.

    Raises ReadingError where it is no table or lacks excerpt_id, excerpt or codes.
    """
    hint = "fill in a sheet as it was written by: nptlens seeds suggest STUDY --to FILE"
    found = read_cells(data, where=where, needed=_NEEDED, hint=hint)
    rows = tuple(LabelRow(**{name: found.of(row, name) for name in COLUMNS}, line=line) for line, row in found.rows)
    return rows, found.problems
