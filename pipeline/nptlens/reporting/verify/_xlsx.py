"""Workbooks, cell by cell as the file holds them.

openpyxl, which others read workbooks with, gives the escapes of control characters (``_x0001_``) back as they stand and loses what looks
like one, so a quotation would not come back exactly.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.quotations import Quotation
from nptlens.reporting.verify._tables import rows_quotations
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import iter_xml, parse_xml

if TYPE_CHECKING:
    from lxml import etree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_GUARDED = frozenset({"text"})  # the column of words of exports; a report's own workbook holds words as they are
UNKNOWN = "\x00"
"""Stands for a cell whose words cannot be told: a formula that failed, or whose result the file does not hold."""


def xlsx_quotations(data: bytes, *, where: str) -> tuple[Quotation, ...]:
    """Return the quotations of all sheets; raises ReadingError where it is no acceptable workbook."""
    found: list[Quotation] = []
    for name, rows in _read(data, _value, where):
        found += rows_quotations(name, rows, guards=_GUARDED, cell=True)
    return tuple(found)


def sheet_rows(data: bytes, *, where: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield each sheet that holds anything: its name and its cells; UNKNOWN is in those that give no words. Raises as `xlsx_quotations`."""
    return _read(data, _told, where)


def _read(
    data: bytes, value: Callable[[etree._Element, list[str]], str], where: str
) -> Iterator[tuple[str, list[list[str]]]]:
    with open_archive(data, where=where) as archive:
        try:
            strings = _strings(archive, where)
            for name, member in _sheets(archive, where):
                rows = _rows(archive.read(member), strings, where, value)
                if rows:
                    yield name, rows
        except (KeyError, IndexError, ValueError, zipfile.BadZipFile, NotImplementedError, zlib.error) as error:
            raise ReadingError(f"a damaged workbook ({type(error).__name__})", where=where) from None


def _sheets(archive: zipfile.ZipFile, where: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each sheet and the member that holds it."""
    relations = parse_xml(archive.read("xl/_rels/workbook.xml.rels"), where=where)
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    for sheet in parse_xml(archive.read("xl/workbook.xml"), where=where).iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)]
        yield sheet.get("name") or "", target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _strings(archive: zipfile.ZipFile, where: str) -> list[str]:
    """Return the strings that cells name by number."""
    name = "xl/sharedStrings.xml"
    if name not in archive.namelist():
        return []
    return [_words(item) for item in iter_xml(archive.read(name), f"{_MAIN}si", where=where)]


def _rows(data: bytes, strings: list[str], where: str, value: Callable[[etree._Element, list[str]], str]) -> list[list[str]]:
    """Return a sheet's cells; rows and cells that the file leaves out are empty."""
    rows: list[list[str]] = []
    for row in iter_xml(data, f"{_MAIN}row", where=where):
        number = int(row.get("r") or len(rows) + 1)
        if number <= len(rows) or number > 1_048_576:
            raise ValueError
        rows += [[] for _ in range(number - len(rows))]
        for cell in row.iter(f"{_MAIN}c"):
            column = _column(cell.get("r") or "")
            rows[-1] += [""] * (column - len(rows[-1]))
            rows[-1].append(value(cell, strings))
    return rows


def _column(reference: str) -> int:
    """Return the number, from 0, of the column in a reference such as ``AB12``."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= 16_384:
        raise ValueError
    return number - 1


def _value(cell: etree._Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _words(cell)
    value = cell.findtext(f"{_MAIN}v") or ""
    return strings[int(value)] if cell.get("t") == "s" else value


def _told(cell: etree._Element, strings: list[str]) -> str:
    """Return a cell's words, UNKNOWN where it is an error or a formula whose result is not in the file."""
    unsaved = cell.find(f"{_MAIN}f") is not None and not cell.findtext(f"{_MAIN}v")
    return UNKNOWN if unsaved or cell.get("t") == "e" else _value(cell, strings)


def _words(item: etree._Element) -> str:
    """Return a string's words, of all its runs; how the words are pronounced, which stands beside them, is not among them."""
    raw = "".join(text.text or "" for text in item.iter(f"{_MAIN}t") if text.getparent().tag != f"{_MAIN}rPh")
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), raw)
