"""OpenDocument spreadsheets (.ods): the first visible sheet that has a column of words, each cell as it was shown when it was saved."""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.core.text import count_words
from nptlens.reading.formats._sheets import MOST_COLUMNS, MOST_ROWS, Sheet, address, turns_of_sheets
from nptlens.reading.layouts._columns import Cell
from nptlens.reading.layouts._parsed import Shaped
from nptlens.safety.archives import ArchiveLimits, open_archive
from nptlens.safety.xml import parse_xml

_LIMITS = ArchiveLimits(total_bytes=128 * 1024 * 1024)
_MANIFEST, _KIND = "META-INF/manifest.xml", "application/vnd.oasis.opendocument.spreadsheet"
_SHOWN = ("", "visible")
_RUN = re.compile("[ \t\r\n]+")
_ERROR = re.compile(r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)|Err:[0-9]{3}")
_TIME = re.compile(r"-?P(?:(?P<days>[0-9]+)D)?T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+(?:[.,][0-9]+)?)S)?")
_ASIDES = ("annotation", "shapes", "tracked-changes", "ruby-text", "annotation-end")
_MOST_SPACES = 1000


@dataclass(frozen=True, slots=True)
class _Styles:
    """Names of styles that strike out, hide the sheet, or hide the text."""

    struck: frozenset[str]
    hiding: frozenset[str]


def read_ods(data: bytes, *, where: str) -> Shaped:
    """Return a spreadsheet: one utterance for each row that has words; titles above the header row are no speech.

    Raises ReadingError where it is no readable archive, breaks a limit, is locked, declares a document type, or has no column of words.
    """
    with open_archive(data, where=where, limits=_LIMITS) as archive:
        try:
            names = archive.namelist()
            if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
                raise ReadingError("it is locked with a password", where=where, hint="save it without a password")
            if "content.xml" not in names:
                raise ReadingError("the archive holds no OpenDocument spreadsheet", where=where, hint="save it again as .ods")
            roots = [parse_xml(archive.read(name), where=where) for name in ("content.xml", "styles.xml") if name in names]
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
            raise ReadingError(f"a damaged spreadsheet ({type(error).__name__})", where=where, hint="open it and save it again") from None
    book = next(roots[0].iter("{*}spreadsheet"), None)
    if book is None:
        raise ReadingError("this is no spreadsheet", where=where, hint="save it as .ods from a spreadsheet program")
    styles = _styles(roots)
    sheets = [_Reader(table, styles, where).read() for table in book if _local(table) == "table"]
    return turns_of_sheets(sheets, where=where)


class _Reader:
    """Reads one sheet."""

    def __init__(self, table: Any, styles: _Styles, where: str) -> None:
        self.table, self.styles, self.where = table, styles, where
        self.sheet = Sheet(_of(table, "name"), _of(table, "style-name") in styles.hiding)
        columns = [each for each, times in _repeated(table, "table-column") for _ in range(min(times, MOST_COLUMNS))][:MOST_COLUMNS]
        self.columns = [_of(each, "visibility") not in _SHOWN for each in columns]
        self.defaults = [_of(each, "default-cell-style-name") for each in columns]
        self.filled = False
        self.covered: dict[tuple[int, int], Cell] = {}
        self.going_on: dict[int, tuple[int, Cell]] = {}  # by column: the last row of a merged cell, and what it holds
        self.hidden_used: set[int] = set()

    def read(self) -> Sheet:
        """Return the sheet as it is shown."""
        number = 0
        for row, times in _repeated(self.table, "table-row"):
            hidden = _of(row, "visibility") not in _SHOWN
            for again in range(times):
                words = self._row(row, number + again, hidden)
                self.sheet.hidden_words += words
                self.sheet.hidden_rows += hidden and words > 0
                if again == 0 and not (words or self.filled):
                    break  # an empty row, however often it is repeated
                if max(again, len(self.sheet.rows)) > MOST_ROWS:
                    raise ReadingError(f"a sheet has more than {MOST_ROWS} rows", where=self.where, hint="save a part of it")
            number += times
        self.sheet.hidden_columns = len(self.hidden_used)
        self.sheet.covered = self.covered
        return self.sheet

    def _row(self, row: Any, number: int, hidden: bool) -> int:
        """Take a row's visible cells in; return the number of words that are hidden in it."""
        cells: list[Cell] = []
        concealed = column = 0
        for cell, times in _repeated(row, "table-cell", "covered-table-cell"):
            if not len(cell) and _of(cell, "value-type") == "" and not _of(cell, "formula"):
                column += times
                continue
            for _ in range(times):
                place = column
                column += 1
                if place >= MOST_COLUMNS:
                    self.sheet.beyond += 1
                    break
                if hidden or (place < len(self.columns) and self.columns[place]):
                    words = count_words(_text(cell, self.styles)[0])
                    concealed += words
                    self.hidden_used.update([place] if words and not hidden else [])
                    continue
                value = self._value(cell, number, place)
                if value is not None:
                    cells.extend([None] * (place + 1 - len(cells)))
                    cells[place] = value
                    if (rows := _number(cell, "number-rows-spanned")) > 1:
                        self.going_on[place] = (number + rows - 1, value)
        self.filled = any(cell is not None for cell in cells)
        if self.filled:
            for column, (last, value) in self.going_on.items():
                if number <= last and (column >= len(cells) or cells[column] is None):
                    self.covered[len(self.sheet.rows), column] = value
            self.sheet.rows.append(cells)
        return concealed

    def _value(self, cell: Any, number: int, column: int) -> Cell:
        """Return what a cell shows; a time is kept as one, since it may be shown cut short."""
        text, struck = _text(cell, self.styles)
        if (_of(cell, "style-name") or (self.defaults[column] if column < len(self.defaults) else "")) in self.styles.struck:
            text, struck = "", struck + count_words(text)
        self.sheet.struck_words += struck
        kind, formula = _of(cell, "value-type"), _of(cell, "formula")
        if _ERROR.fullmatch(text.strip()) and (formula or kind in ("error", "")):
            self.sheet.errors.append(address(number, column))
            return None
        if formula and not kind:
            self.sheet.formulas.append(address(number, column))
            return None
        if kind == "time" and (stated := _TIME.fullmatch(_of(cell, "time-value"))):
            parts = {name: float((part or "0").replace(",", ".")) for name, part in stated.groupdict().items()}
            return datetime.timedelta(**parts)
        return text if text.strip() else None


def _styles(roots: list[Any]) -> _Styles:
    """Return the styles that strike out or hide, by themselves or by what they are made from."""
    struck: dict[str, bool | None] = {}
    parents: dict[str, str] = {}
    hiding = set()
    for root in roots:
        for style in root.iter("{*}style"):
            name = _of(style, "name")
            parents[name] = _of(style, "parent-style-name")
            for properties in style:
                line = _of(properties, "text-line-through-style") or _of(properties, "text-line-through-type")
                if line or name not in struck:
                    struck[name] = line != "none" if line else None
                if _of(properties, "display") in ("false", "none") and _local(properties) in ("table-properties", "text-properties"):
                    hiding.add(name)
    return _Styles(frozenset(name for name in parents if _inherited(name, struck, parents)), frozenset(hiding))


def _inherited(name: str, struck: dict[str, bool | None], parents: dict[str, str]) -> bool:
    for _ in range(20):  # styles that stand in a circle
        if not name:
            return False
        own = struck.get(name)
        if own is not None:
            return own
        name = parents.get(name, "")
    return False


def _text(cell: Any, styles: _Styles) -> tuple[str, int]:
    """Return the lines of a cell, and how many struck-out words were left out of them."""
    struck: list[str] = []
    lines = ["".join(_pieces(line, styles, struck)) for line in cell if _local(line) in ("p", "h")]
    return "\n".join(lines), sum(map(count_words, struck))


def _pieces(element: Any, styles: _Styles, struck: list[str]) -> Iterator[str]:
    yield _RUN.sub(" ", element.text or "")
    for child in element:
        name = _local(child)
        if name == "s":
            yield " " * min(_number(child, "c"), _MOST_SPACES)
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        elif _of(child, "style-name") in styles.struck:
            struck.append("".join(_pieces(child, styles, [])))
        elif name not in _ASIDES:
            yield from _pieces(child, styles, struck)
        yield _RUN.sub(" ", child.tail or "")


def _repeated(element: Any, *names: str) -> Iterator[tuple[Any, int]]:
    """Yield the rows, columns or cells of a table, inside of groups and headers too, and how often each is repeated."""
    kind = "number-rows-repeated" if "table-row" in names else "number-columns-repeated"
    for child in element:
        name = _local(child)
        if name in names:
            yield child, min(_number(child, kind), 2**20)
        elif name.startswith("table-") and (name.endswith(("-group", "s")) and name != "table-source"):
            yield from _repeated(child, *names)


def _number(element: Any, name: str) -> int:
    value = _of(element, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 8 else 1


def _of(element: Any, name: str) -> str:
    """Return an attribute by its local name, "" where it is not there."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
