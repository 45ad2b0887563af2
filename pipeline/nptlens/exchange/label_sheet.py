"""A sheet of excerpts for a person to label: written with empty columns for codes and stance, read again when they are filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nptlens.errors import ReadingError
from nptlens.exchange._grid import read_grid
from nptlens.records import NONE_CODE, STANCES, Codebook, Problem
from nptlens.safety.cells import guarded
from nptlens.text import canonical

COLUMNS = ("excerpt_id", "transcript", "participant", "excerpt", "suggested", "why", "codes", "stance", "note")
_WIDTHS = (16, 12, 12, 80, 24, 40, 18, 14, 30)
_NEEDED = ("excerpt_id", "excerpt", "codes")
_EPOCH = datetime(2000, 1, 1)
_MOST_CHARACTERS = 32_767


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
        """Return the cells under `COLUMNS`, guarded against a spreadsheet that would run them."""
        return tuple(guarded(getattr(self, name)) for name in COLUMNS)


def label_csv(rows: Sequence[LabelRow]) -> bytes:
    """Return the sheet as CSV (UTF-8 with a byte-order mark, so that spreadsheets know the encoding)."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.cells() for row in rows)
    return buffer.getvalue().encode("utf-8-sig", "replace")


def label_xlsx(rows: Sequence[LabelRow], codebook: Codebook) -> bytes:
    """Return the sheet as a workbook: the cells of codes and stance offer lists, a second sheet holds the codebook."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": "Excerpts to label", "created": _EPOCH})
    style = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    head = book.add_format({"bold": True, "valign": "top", "bottom": 1})
    page, codes = book.add_worksheet("excerpts"), book.add_worksheet("codes")
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        page.set_column(column, column, width, style)
        _put(page, 0, column, name, head)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row.cells()):
            _put(page, number, column, cell, style)
    page.freeze_panes(1, 1)
    listed = [(code.id, code.name, code.definition) for code in codebook] + [(NONE_CODE, "no code", "no code fits")]
    for number, line in enumerate([("code", "name", "definition"), *listed]):
        for column, cell in enumerate(line):
            _put(codes, number, column, guarded(cell), style if number else head)
    codes.set_column(0, 1, 24)
    codes.set_column(2, 2, 90)
    if rows:
        _lists(page, len(rows), len(listed))
    book.close()
    return buffer.getvalue()


def _lists(page: Any, rows: int, codes: int) -> None:
    place = COLUMNS.index("codes")
    several = {"input_title": "codes", "input_message": "Choose a code, or type several with ; between them."}
    # A list allows one value only; more than one may be typed, so what is not in the list is accepted, and checked when it is read.
    source = {"validate": "list", "source": f"=codes!$A$2:$A${codes + 1}", "show_error": False, **several}
    page.data_validation(1, place, rows, place, source)
    place = COLUMNS.index("stance")
    page.data_validation(1, place, rows, place, {"validate": "list", "source": list(STANCES)})


def _put(page: Any, row: int, column: int, text: str, style: Any) -> None:
    # The library takes a string from "<r>" to "</r>" for its own mark-up, written raw; as two runs it is escaped.
    if text.startswith("<r>") and text.endswith("</r>"):
        page.write_rich_string(row, column, text[:1], style, text[1:], style)
    else:
        page.write_string(row, column, text[:_MOST_CHARACTERS], style)


def read_labels(data: bytes, *, where: str) -> tuple[tuple[LabelRow, ...], tuple[Problem, ...]]:
    """Return the rows of a filled sheet (CSV or XLSX) and what a person should know of its encoding or further sheets.

    Raises ReadingError where it is no table or lacks excerpt_id, excerpt or codes.
    """
    grid = read_grid(data, where=where)
    header = [cell.strip().casefold() for cell in grid.rows[0]]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise ReadingError(f"lacks the columns {', '.join(missing)}", where=where, hint="fill in what nptlens seeds suggest wrote")
    at = {name: header.index(name) for name in COLUMNS if name in header}
    found = []
    for line, row in enumerate(grid.rows[1:], start=2):
        cells = {name: _bare(canonical(row[column])) if column < len(row) else "" for name, column in at.items()}
        found.append(LabelRow(**{name: cells.get(name, "") for name in COLUMNS}, line=line))
    further = tuple(problem for problem in grid.problems if "further sheets" not in problem.what)  # our own sheet of codes
    return tuple(found), further


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell
