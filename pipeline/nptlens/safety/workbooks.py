"""What is odd about writing workbooks, in one place: text stays text, bytes stay the same, nothing is put on disk."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from nptlens.safety.cells import guarded

_EPOCH = datetime(2000, 1, 1)
LONGEST = 32_767
"""Characters that a workbook's cell holds."""


def new_workbook(title: str) -> tuple[Any, io.BytesIO]:
    """Return a workbook in memory and where its bytes go when it is closed; no clock is read, and no text becomes anything else."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": title[:255], "created": _EPOCH})
    return book, buffer


def add_sheet(book: Any, name: str, lines: Iterable[Sequence[str | float | None]]) -> None:
    """Add a sheet whose first line stays in sight: text that no program runs, and numbers; None leaves a cell empty."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for number, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                write_text(sheet, number, column, guarded(cell))
            elif cell is not None:
                sheet.write_number(number, column, cell)


def write_text(page: Any, row: int, column: int, text: str, style: Any = None) -> bool:
    """Write text as text into a cell and tell whether it was cut.

    The library takes a string from "<r>" to "</r>" for its own mark-up, written raw; as several runs it is escaped (and without a
    style, two are too few: it would write nothing).
    """
    held = text[:LONGEST]
    if held.startswith("<r>") and held.endswith("</r>"):
        page.write_rich_string(row, column, *((held[:1], held[1:2], held[2:]) if style is None else (held[:1], style, held[1:], style)))
    else:
        page.write_string(row, column, held, style)
    return len(held) < len(text)
