"""The rows of a CSV file or of an Excel sheet, as text."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from nptlens.core.delimited import SEPARATORS, numbered_rows, separator_of, table_text
from nptlens.core.errors import ReadingError
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

_MOST_ROWS = 1_000_000
_MOST_CELLS = 5_000_000
_TOP = 25  # lines in which a header is looked for
_NAMED = re.compile(r"\ufeff?sep=(?P<separator>[^\r\n])[ \t]*\r?\n", re.IGNORECASE)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_HINT = "save it as CSV in UTF-8, or as .xlsx"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells, the header first; `problems` tell of an encoding that had to be guessed, or of sheets not read."""

    rows: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()


def read_grid(data: bytes, *, where: str) -> Grid:
    """Return the rows that hold anything; raises ReadingError where the bytes are neither CSV nor an Excel sheet."""
    if data.startswith(_OLE):
        raise ReadingError("an old or password-protected Excel file", where=where, hint=_HINT)
    rows, problems = _excel(data, where) if data.startswith(_ZIP) else _csv(data, where)
    kept = tuple(row for row in rows if any(cell.strip() for cell in row))
    if not kept:
        raise ReadingError("the table is empty", where=where)
    return Grid(kept, problems)


def decoded(data: bytes, *, where: str) -> tuple[str, tuple[Problem, ...]]:
    """Return bytes as text, and a Problem where their encoding had to be guessed; raises ReadingError for no text."""
    table = table_text(data, where=where)
    return table.text, tuple(Problem(where, note, "look at its accents") for note in table.notes())


def _csv(data: bytes, where: str) -> tuple[list[tuple[str, ...]], tuple[Problem, ...]]:
    text, problems = decoded(data, where=where)
    rows = []
    named = _NAMED.match(text)
    text = text[named.end() :] if named else text
    for _, row in numbered_rows(text, named["separator"] if named else _separator(text), where=where, strict=False):
        rows.append(tuple(row))
        _bounded(len(rows), where)
    return rows, problems


def _separator(text: str) -> str:
    """Return what parts the cells: told by the first rows, since titles may stand above the header."""
    first = separator_of(text)
    lines = [line for line in text.split("\n")[:_TOP] if line.strip()]
    if any(first in line for line in lines[:1]):
        return first
    return max((*SEPARATORS, "|"), key=lambda sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines)))


def _excel(data: bytes, where: str) -> tuple[list[tuple[str, ...]], tuple[Problem, ...]]:
    import warnings

    import openpyxl

    with open_archive(data, where=where) as archive:
        try:
            for name in archive.namelist():
                if name.lower().endswith((".xml", ".rels")):
                    parse_xml(archive.read(name), where=where)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
            raise ReadingError("the archive is damaged or locked", where=where) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            sheets = book.worksheets
            rows = list(_cells(sheets[0], where)) if sheets else []
        finally:
            book.close()
    except ReadingError:
        raise
    except Exception as error:  # openpyxl names no exception of its own for a damaged part
        raise ReadingError("not a readable Excel file", where=where, hint=_HINT) from error
    others = len(sheets) - 1
    told = (Problem(where, f"{others} further sheets are not read", "only the first sheet is", Severity.NOTE),) if others > 0 else ()
    return rows, told


def _cells(sheet: object, where: str) -> Iterator[tuple[str, ...]]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # what a file says of its size may be anything
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):  # type: ignore[attr-defined]
        cells += len(row)
        _bounded(number, where, cells)
        yield tuple("" if cell is None else _shown(cell) for cell in row)


def _shown(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _bounded(rows: int, where: str, cells: int = 0) -> None:
    if rows > _MOST_ROWS or cells > _MOST_CELLS:
        raise ReadingError(f"the table has more than {_MOST_ROWS} rows or {_MOST_CELLS} cells", where=where)
