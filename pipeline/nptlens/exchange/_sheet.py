"""A table for a person to fill in, as CSV or as a workbook that offers the codes; and its cells when it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nptlens.core.delimited import as_opened, delimited
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.safety.cells import guarded, unguarded
from nptlens.safety.grid import read_grid
from nptlens.safety.workbooks import new_workbook, write_text
from nptlens.schemas.records import NONE_CODE, STANCES, Codebook, Problem


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a sheet and their widths; `codes` is the one that codes are written in, `grey` those that are context only."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    codes: str = "codes"
    grey: tuple[str, ...] = ()


BEFORE, AFTER = "before it (context: do not code)", "after it (context: do not code)"
"""What the columns of context are called."""
_CODES = ("code", "name", "definition", "include", "exclude")


def write_csv(layout: Layout, rows: Sequence[Sequence[str]]) -> bytes:
    """Return the sheet as CSV; no cell of it runs."""
    return as_opened(delimited([layout.columns, *([guarded(cell) for cell in row] for row in rows)]))


def write_xlsx(layout: Layout, rows: Sequence[Sequence[str]], codebook: Codebook) -> bytes:
    """Return the sheet as a workbook: the cells of codes and stance offer lists, a second sheet holds the codebook."""
    book, buffer = new_workbook(layout.title)
    style = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    head = book.add_format({"bold": True, "valign": "top", "bottom": 1})
    grey = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "italic": True, "font_color": "#666666"})
    styles = [grey if name in layout.grey else style for name in layout.columns]
    page, codes = book.add_worksheet("excerpts"), book.add_worksheet("codes")
    for column, (name, width) in enumerate(zip(layout.columns, layout.widths, strict=True)):
        page.set_column(column, column, width, styles[column])
        write_text(page, 0, column, name, head)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            write_text(page, number, column, guarded(cell), styles[column])
    page.freeze_panes(1, 1)
    listed = [tuple(getattr(code, name) for name in ("id", *_CODES[1:])) for code in codebook]
    listed.append((NONE_CODE, "no code", "no code fits", "", ""))
    for number, line in enumerate([_CODES, *listed]):
        for column, cell in enumerate(line):
            write_text(codes, number, column, guarded(cell), style if number else head)
    codes.set_column(0, 1, 24)
    codes.set_column(2, 4, 60)
    codes.freeze_panes(1, 1)
    if rows:
        _lists(page, layout, len(rows), len(listed))
    book.close()
    return buffer.getvalue()


def _lists(page: Any, layout: Layout, rows: int, codes: int) -> None:
    place = layout.columns.index(layout.codes)
    several = {"input_title": layout.codes, "input_message": "Choose a code, or type several with ; between them."}
    # A list allows one value only; more than one may be typed, so what is not in the list is accepted, and checked when it is read.
    source = {"validate": "list", "source": f"=codes!$A$2:$A${codes + 1}", "show_error": False, **several}
    page.data_validation(1, place, rows, place, source)
    place = layout.columns.index("stance")
    page.data_validation(1, place, rows, place, {"validate": "list", "source": list(STANCES)})


@dataclass(frozen=True, slots=True)
class Cells:
    """A filled sheet: `rows` are a row's number, as a spreadsheet counts it, and its cells by the columns in `header`."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...]

    def of(self, row: tuple[str, ...], name: str) -> str:
        """Return a row's cell, "" where the sheet lacks the column."""
        place = self.header.index(name) if name in self.header else len(row)
        return row[place] if place < len(row) else ""


def read_cells(data: bytes, *, where: str, needed: Sequence[str], hint: str) -> Cells:
    """Return the cells of a filled sheet (CSV or XLSX), guards taken off; raises ReadingError where it is no table or lacks a column."""
    grid = read_grid(data, where=where)
    header = tuple(cell.strip().casefold() for cell in grid.rows[0])
    missing = [name for name in needed if name not in header]
    if missing:
        raise ReadingError(f"lacks the columns {', '.join(missing)}", where=where, hint=hint)
    rows = tuple((line, tuple(unguarded(canonical(cell)) for cell in row)) for line, row in enumerate(grid.rows[1:], start=2))
    further = tuple(problem for problem in grid.problems if "further sheets" not in problem.what)  # our own sheet of codes
    return Cells(header, rows, further)
