"""Workbooks by openpyxl, read only: the first sheet that has a column of words under a header row."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.reading._columns import Columns, columns_of, no_columns, shape_rows
from nptlens.reading._parsed import Shaped
from nptlens.safety.archives import ArchiveLimits, open_archive
from nptlens.safety.xml import parse_xml

_OLE = b"\xd0\xcf\x11\xe0"
_LIMITS = ArchiveLimits(total_bytes=64 * 1024 * 1024)
_Sheet = tuple[Columns, list[Sequence[Any]], int]
_MOST_ROWS, _MOST_COLUMNS, _TITLE_ROWS = 200_000, 200, 20


def read_xlsx(data: bytes, *, where: str) -> Shaped:
    """Return a workbook: one utterance for each row that has words; titles above the header row are no speech.

    Raises ReadingError where it is no readable archive, breaks a limit, declares a document type, or has no column of
    words.
    """
    if data.startswith(_OLE):
        raise ReadingError("an old or password-protected workbook", where=where, hint="save it as .xlsx without password")
    with open_archive(data, where=where, limits=_LIMITS) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                parse_xml(archive.read(name), where=where)
    found = _sheets(data, where)
    if not found:
        raise no_columns(where)
    columns, rows, titles = found[0]
    notes = [f"{len(found) - 1} more sheets with a column of words are left out"] if len(found) > 1 else []
    notes += [f"{titles} rows above the header row are left out"] if titles else []
    return shape_rows(
        [columns.row(row) for row in rows], where=where, layout=columns.layout(), milliseconds=columns.milliseconds, notes=notes
    )


def _sheets(data: bytes, where: str) -> list[_Sheet]:
    """Return the sheets that have a column of words."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            found = [sheet for sheet in (_sheet(sheet, where) for sheet in book.worksheets) if sheet]
            book.close()
    except ReadingError:
        raise
    except Exception as error:  # openpyxl fails in many ways on parts that are not what they should be
        raise ReadingError(f"a damaged workbook ({type(error).__name__})", where=where, hint="open it and save it again") from None
    return found


def _sheet(sheet: Any, where: str) -> _Sheet | None:
    """Return the columns, the rows below them and the number of rows above them; None where no row names them."""
    rows = list(_filled(sheet, where))
    for index, row in enumerate(rows[:_TITLE_ROWS]):
        columns = columns_of(row)
        if columns is not None and sum(cell is not None for cell in row) > (0 if index == 0 else 1):
            return columns, rows[index + 1 :], index
    return None


def _filled(sheet: Any, where: str) -> Iterator[Sequence[Any]]:
    """Yield the rows that hold anything; what the sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)):
        if number >= _MOST_ROWS:
            raise ReadingError(f"a sheet has more than {_MOST_ROWS} rows", where=where, hint="save a part of it")
        if any(cell is not None for cell in row):
            yield row
