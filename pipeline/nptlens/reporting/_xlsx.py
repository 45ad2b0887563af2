"""Sheets as a workbook: excerpts.xlsx of a report, and the books of validations and of changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nptlens.reporting import _sheets
from nptlens.reporting._codings import excerpts_sheet
from nptlens.reporting._columns import Cell, Sheet
from nptlens.reporting._complementary_suppression import Hidden
from nptlens.reporting._index import Index
from nptlens.reporting._truncation import ROWS
from nptlens.reporting._words import counted
from nptlens.reporting.charts.tables import framework_sheet, pairs_sheet
from nptlens.reporting.fieldwork.tables import sheets as around_sheets
from nptlens.safety.workbooks import LONGEST, new_workbook, write_text

if TYPE_CHECKING:
    from nptlens.reporting._view import ReportView



def workbook(index: Index, view: ReportView) -> bytes:
    """Return excerpts.xlsx."""
    sheets = (
        excerpts_sheet(index),
        _sheets.codes(view),
        _sheets.practices(view),
        _sheets.topics(view),
        _sheets.readings(view),
        framework_sheet(index),
        pairs_sheet(index),
        _sheets.agreement(view),
        _sheets.verdicts(view),
        *around_sheets(index.inputs.fieldwork, index.inputs.settings.smallest_cell),
        _sheets.set_aside(view),
    )
    return book(view.title, sheets, lambda notices: _sheets.about(view, notices), "codings.csv")


def book(title: str, sheets: Iterable[Sheet], about: Callable[[list[str]], Sheet], whole: str) -> bytes:
    """Return a workbook of `sheets` and, last, the one that `about` makes of what did not fit; `whole` names the file that holds it all."""
    made, buffer = new_workbook(title)
    writer = _Writer(made, whole)
    for sheet in sheets:
        writer.write(sheet)
    writer.write(about(writer.notices))
    made.close()
    return buffer.getvalue()


@dataclass(slots=True)
class _Writer:
    book: Any
    whole: str
    notices: list[str] = field(default_factory=list)
    formats: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        base = {"valign": "top"}
        self.formats = {
            "head": self.book.add_format({**base, "bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E8EEF0"}),
            "text": self.book.add_format({**base, "text_wrap": True, "num_format": "@"}),
            "whole": self.book.add_format({**base, "num_format": "#,##0"}),
            "real": self.book.add_format({**base, "num_format": "0.0000"}),
        }

    def write(self, sheet: Sheet) -> None:
        """Write one sheet with a frozen, filtered header; what Excel cannot hold is counted in `notices`."""
        page = self.book.add_worksheet(sheet.name)
        for column, (title, width) in enumerate(sheet.columns):
            page.set_column(column, column, width)
            write_text(page, 0, column, title, self.formats["head"])
        cut = self._rows(page, sheet.rows[:ROWS])
        page.freeze_panes(1, sheet.frozen)
        if sheet.rows:
            page.autofilter(0, 0, min(len(sheet.rows), ROWS), len(sheet.columns) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        if cut:
            self.notices.append(
                f"{sheet.name}: {counted(cut, 'cell')} cut at {LONGEST:,} characters; {self.whole} holds the whole."
            )
        if len(sheet.rows) > ROWS:
            self.notices.append(f"{sheet.name}: the first {ROWS:,} of {len(sheet.rows):,} rows; the others are left out.")
        if sheet.left_out:
            self.notices.append(f"{sheet.name}: {sheet.left_out}; {self.whole} holds them all.")

    def _rows(self, page: Any, rows: Iterable[Sequence[Cell]]) -> int:
        cut = 0
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, Hidden):
                    page.write_string(number, column, str(cell), self.formats["text"])
                elif isinstance(cell, str):
                    cut += write_text(page, number, column, cell, self.formats["text"])
                elif cell is not None and math.isfinite(cell):
                    page.write_number(number, column, cell, self.formats["whole" if isinstance(cell, int) else "real"])
        return cut
