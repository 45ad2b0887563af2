"""The rows of a table in bytes, as text: a CSV file in any spelling, an Excel or an OpenDocument workbook."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nptlens.core.delimited import TableText, numbered_rows, table_text
from nptlens.core.errors import ReadingError
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

_MOST_ROWS = 1_000_000
_MOST_CELLS = 5_000_000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_HINT = "save it as CSV in UTF-8, or as .xlsx"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells and the lines they stand in; `problems` tell of an encoding that had to be guessed, or of sheets not read."""

    rows: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()
    lines: tuple[int, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]], problems: tuple[Problem, ...] = ()) -> Grid:
        """Return the rows that hold anything, numbered from 1."""
        return cls.numbered(enumerate(rows, start=1), problems)

    @classmethod
    def numbered(cls, rows: Iterable[tuple[int, Sequence[str]]], problems: tuple[Problem, ...] = ()) -> Grid:
        """Return the rows that hold anything, with the lines they stand in."""
        kept = [(line, tuple(row)) for line, row in rows if any(cell.strip() for cell in row)]
        return cls(tuple(row for _, row in kept), problems, tuple(line for line, _ in kept))


def is_workbook(data: bytes) -> bool:
    """Tell whether bytes are those of a workbook, old, locked or readable, and no text."""
    return data.startswith((_ZIP, _OLE))


def read_grid(data: bytes, *, where: str) -> Grid:
    """Return the rows that hold anything; raises ReadingError where the bytes are neither CSV nor an Excel sheet."""
    if data.startswith(_OLE):
        raise ReadingError("an old or password-protected Excel file", where=where, hint=_HINT)
    grid = _archive(data, where) if data.startswith(_ZIP) else _csv(data, where)
    if not grid.rows:
        raise ReadingError("the table is empty", where=where)
    return grid


def decoded(data: bytes, *, where: str) -> tuple[str, tuple[Problem, ...]]:
    """Return bytes as text, and a Problem where their encoding had to be guessed; raises ReadingError for no text."""
    table = table_text(data, where=where)
    return table.text, _guessed(table, where)


def _guessed(table: TableText, where: str) -> tuple[Problem, ...]:
    return tuple(Problem(where, note, "look at its accents") for note in table.notes())


def _csv(data: bytes, where: str) -> Grid:
    table = table_text(data, where=where)
    rows = []
    for line, row in numbered_rows(table.text, table.separator, where=where, strict=False):
        rows.append((line, row))
        _bounded(len(rows), where)
    return Grid.numbered(rows, _guessed(table, where))


def _archive(data: bytes, where: str) -> Grid:
    """Return the first sheet of a workbook: Excel's, or OpenDocument's."""
    from nptlens.safety.ods import is_ods, ods_rows

    if is_ods(data, where=where):
        sheets, rows = ods_rows(data, where=where)
    else:
        sheets, rows = _excel(data, where)
    told = (Problem(where, f"{sheets - 1} further sheets are not read", "only the first sheet is", Severity.NOTE),) if sheets > 1 else ()
    return Grid.of(rows, told)


def _excel(data: bytes, where: str) -> tuple[int, list[tuple[str, ...]]]:
    import warnings

    import openpyxl

    with open_archive(data, where=where) as archive:
        try:
            for name in archive.namelist():
                if name.lower().endswith((".xml", ".rels")):
                    parse_xml(archive.read(name), where=where)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
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
    return len(sheets), rows


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
