"""The rows of the first sheet of an OpenDocument workbook, each cell as it is shown."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MOST_ROWS, _MOST_COLUMNS, _MOST_SPACES = 1_000_000, 16_384, 1_000
_HINT = "save it as .xlsx or CSV"


def is_ods(data: bytes, *, where: str) -> bool:
    """Tell whether an archive is an OpenDocument file."""
    with open_archive(data, where=where) as archive:
        return "content.xml" in archive.namelist()


def ods_rows(data: bytes, *, where: str) -> tuple[int, list[tuple[str, ...]]]:
    """Return how many sheets there are and the rows of the first; raises ReadingError where it is no spreadsheet, damaged or locked."""
    try:
        with open_archive(data, where=where) as archive:
            content = archive.read("content.xml")
            if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise ReadingError("it is locked with a password", where=where, hint="save it without a password")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise ReadingError("the archive is damaged or locked", where=where, hint=_HINT) from error
    sheets = list(parse_xml(content, where=where).iter(f"{_TABLE}table"))
    if not sheets:
        raise ReadingError("this is no spreadsheet", where=where, hint=_HINT)
    rows: list[tuple[str, ...]] = []
    for row in sheets[0].iter(f"{_TABLE}table-row"):
        cells = _cells(row, where)
        times = _times(row, "rows")
        if not any(cells):  # a sheet ends with one row that stands for all that follow
            times = min(times, 1_000)
        if len(rows) + times > _MOST_ROWS:
            raise ReadingError(f"the table has more than {_MOST_ROWS} rows", where=where)
        rows += [cells] * times
    return len(sheets), rows


def _cells(row: Any, where: str) -> tuple[str, ...]:
    cells: list[str] = []
    blank = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        words, times = _words(cell), _times(cell, "columns")
        if not words:
            blank += times
            continue
        if len(cells) + blank + times > _MOST_COLUMNS:
            raise ReadingError(f"a row has more than {_MOST_COLUMNS} columns", where=where)
        cells += [""] * blank + [words] * times
        blank = 0
    return tuple(cells)


def _words(cell: Any) -> str:
    if cell.tag != f"{_TABLE}table-cell":
        return ""  # it lies below a merged cell
    return "\n".join("".join(_pieces(paragraph)) for paragraph in cell.iterchildren(f"{_TEXT}p"))


def _pieces(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag != f"{_OFFICE}annotation":
            yield from _pieces(child)
        yield child.tail or ""


def _times(element: Any, what: str) -> int:
    found = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(found) if found.isdecimal() and len(found) < 8 else 1
