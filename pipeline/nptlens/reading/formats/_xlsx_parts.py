"""The parts of a workbook (SpreadsheetML) into sheets of cells: stored values as they are shown, what is hidden or struck out apart."""

from __future__ import annotations

import posixpath
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.core.text import count_words
from nptlens.reading.formats._sheets import MOST_COLUMNS, MOST_ROWS, Sheet, address
from nptlens.reading.layouts._columns import Cell
from nptlens.safety.xml import parse_xml

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"
_FIXED = re.compile(r"0(?:\.(?P<decimals>0{1,9}))?(?P<percent>%?)")
_FALSE = ("0", "false", "off")
Words = tuple[str, int]  # the text of a cell, and how many words in it are struck out


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell's format says of its value."""

    date: bool = False
    duration: bool = False
    decimals: int | None = None
    percent: bool = False
    struck: bool = False
    invisible: bool = False


_PLAIN = Style()


class Workbook:
    """A workbook's parts in an archive that keeps the limits."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self.archive, self.where = archive, where
        self.names = {name.lower(): name for name in archive.namelist()}
        roots = self._related("", "officeDocument")
        self.path = roots[0] if roots else "xl/workbook.xml"
        self.root = self._part(self.path)
        if _local(self.root) != "workbook":
            raise ReadingError("a damaged workbook: its list of sheets is not there", where=where, hint="open it and save it again")
        properties = next((child for child in self.root if _local(child) == "workbookPr"), None)
        self.since_1904 = properties is not None and properties.get("date1904", "0") not in _FALSE
        strings = self._related(self.path, "sharedStrings")
        self.strings = [_words(item) for item in self._part(strings[0])] if strings else []
        styles = self._related(self.path, "styles")
        self.styles = _styles(self._part(styles[0])) if styles else []

    def sheets(self) -> Iterator[Sheet]:
        """Yield the worksheets in their order; charts and macro sheets hold no rows."""
        targets = dict(self._relations(self.path))
        for entry in self.root.iter("{*}sheet"):
            number = next((value for name, value in entry.attrib.items() if name.endswith("}id")), "")
            kind, target = targets.get(number, ("", ""))
            if kind == "worksheet" and target.lower() in self.names:
                sheet = Sheet(entry.get("name", ""), entry.get("state", "visible") != "visible")
                yield _SheetReader(self, self._part(target), sheet).read()

    def _part(self, path: str) -> Any:
        name = self.names.get(path.lower())
        if name is None:
            raise ReadingError("a damaged workbook: a part is missing", where=self.where, hint="open it and save it again")
        return parse_xml(self.archive.read(name), where=self.where)

    def _relations(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        folder, file = posixpath.split(path)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        if relations.lower() in self.names:
            for each in self._part(relations):
                target = each.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                yield each.get("Id", ""), (each.get("Type", "").rsplit("/", 1)[-1], whole)

    def _related(self, path: str, kind: str) -> list[str]:
        return [target for _, (found, target) in self._relations(path) if found == kind]


class _SheetReader:
    """Reads the rows of one sheet."""

    def __init__(self, book: Workbook, root: Any, sheet: Sheet) -> None:
        self.book, self.root, self.sheet = book, root, sheet
        space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
        self.v, self.f, self.inline, self.row_tag = f"{space}v", f"{space}f", f"{space}is", f"{space}row"
        self.space = space
        self.hidden_columns = frozenset(self._hidden_columns())
        self.columns: dict[str, int] = {}
        self.hidden_used: set[int] = set()

    def read(self) -> Sheet:
        """Return the sheet as it is shown."""
        numbers: list[int] = []
        number = -1
        data = self.root.find(f"{self.space}sheetData")
        for row in () if data is None else data:
            if row.tag != self.row_tag:
                continue
            number = int(row.get("r") or number + 2) - 1
            hidden = row.get("hidden", "0") not in _FALSE or row.get("ht") == "0"
            cells, concealed = self._cells(row, number, hidden)
            if hidden:
                self.sheet.hidden_rows += concealed > 0
            elif any(cell is not None for cell in cells):
                self.sheet.rows.append(cells)
                numbers.append(number)
                if len(numbers) > MOST_ROWS:
                    raise ReadingError(f"a sheet has more than {MOST_ROWS} rows", where=self.book.where, hint="save a part of it")
            self.sheet.hidden_words += concealed
        self.sheet.hidden_columns = len(self.hidden_used)
        self.sheet.covered = dict(self._covered(numbers))
        return self.sheet

    def _hidden_columns(self) -> Iterator[int]:
        for column in self.root.iterfind(f"{self.space}cols/{self.space}col"):
            if column.get("hidden", "0") not in _FALSE or column.get("width") == "0":
                yield from range(int(column.get("min", "1")) - 1, min(int(column.get("max", "1")), MOST_COLUMNS))

    def _cells(self, row: Any, number: int, hidden: bool) -> tuple[list[Cell], int]:
        """Return the visible cells of a row and the number of words that are hidden in it."""
        cells: list[Cell] = []
        column = -1
        concealed = 0
        for cell in row:
            reference = cell.get("r")
            column = self._column(reference) if reference else column + 1
            if column >= MOST_COLUMNS:
                self.sheet.beyond += 1
                continue
            style = self._style(cell)
            if hidden or column in self.hidden_columns or style.invisible:
                value, _ = self._value(cell, style, None)
                words = count_words(value) if isinstance(value, str) else 0
                concealed += words
                if words and column in self.hidden_columns:
                    self.hidden_used.add(column)
                continue
            value, struck = self._value(cell, style, (number, column))
            self.sheet.struck_words += struck
            if value is not None:
                if column >= len(cells):
                    cells.extend([None] * (column - len(cells) + 1))
                cells[column] = value
        return cells, concealed

    def _column(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        found = self.columns.get(letters)
        if found is None:
            found = 0
            for letter in letters.upper():
                found = found * 26 + ord(letter) - 64
            self.columns[letters] = found = max(0, found - 1)
        return found

    def _style(self, cell: Any) -> Style:
        number = cell.get("s")
        if number is None:
            return _PLAIN
        place = int(number)
        return self.book.styles[place] if place < len(self.book.styles) else _PLAIN

    def _value(self, cell: Any, style: Style, place: tuple[int, int] | None) -> tuple[Cell, int]:
        """Return a cell's stored value and how many of its words are struck out; what is wrong at a visible `place` is noted."""
        kind = cell.get("t")
        stored: str | None = None
        formula = False
        for child in cell:
            if child.tag == self.v:
                stored = child.text
            elif child.tag == self.f:
                formula = True
            elif child.tag == self.inline:
                return _struck(*_words(child), style)
        if stored is None or (kind == "e"):
            if place is not None and kind == "e":
                self.sheet.errors.append(address(*place))
            elif place is not None and formula and kind != "str":
                self.sheet.formulas.append(address(*place))
            return None, 0
        if kind == "s":
            return _struck(*self.book.strings[int(stored)], style)
        if kind in ("str", "d", "inlineStr"):
            return _struck(_unescaped(stored), 0, style)
        if kind == "b":
            return stored.strip() not in _FALSE, 0
        return (None, 0) if style.struck else (self._number(stored, style), 0)

    def _number(self, stored: str, style: Style) -> Cell:
        value = float(stored)
        if style.date:
            from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

            try:
                epoch = CALENDAR_MAC_1904 if self.book.since_1904 else CALENDAR_WINDOWS_1900
                return from_excel(value, epoch, timedelta=style.duration)
            except (OverflowError, ValueError):  # no date has this number
                return value
        if style.percent:
            return f"{value * 100:.{style.decimals or 0}f}%"
        if style.decimals:
            return f"{value:.{style.decimals}f}"
        return int(value) if value.is_integer() and abs(value) < 1e15 else value

    def _covered(self, numbers: list[int]) -> Iterator[tuple[tuple[int, int], Cell]]:
        """Yield the visible rows below the top of each merged cell, in its first column, with what the top holds."""
        for merged in self.root.iterfind(f"{self.space}mergeCells/{self.space}mergeCell"):
            first, _, last = merged.get("ref", "").replace("$", "").partition(":")
            top, bottom = _row_of(first), _row_of(last)
            column = self._column(first)
            start = bisect_right(numbers, top)
            if start and numbers[start - 1] == top and column < len(self.sheet.rows[start - 1]):
                held = self.sheet.rows[start - 1][column]
                if held is not None:
                    yield from (((at, column), held) for at in range(start, bisect_right(numbers, bottom)))


def _row_of(reference: str) -> int:
    digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return int(digits) - 1 if digits.isdecimal() else -1


def _struck(text: str, struck: int, style: Style) -> tuple[Cell, int]:
    return (None, struck + count_words(text)) if style.struck else (text, struck)


def _words(item: Any) -> Words:
    """Return the text of a string and how many of its words are struck out; how it is pronounced is left out."""
    texts: list[str] = []
    struck: list[str] = []
    for child in item:
        name = _local(child)
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            text = "".join(each.text or "" for each in child if _local(each) == "t")
            (struck if any(_is_on(each, "strike") for each in child if _local(each) == "rPr") else texts).append(text)
    return _unescaped("".join(texts)), sum(count_words(_unescaped(text)) for text in struck)


def _is_on(properties: Any, name: str) -> bool:
    return any(_local(each) == name and each.get("val", "1") not in _FALSE for each in properties)


def _unescaped(text: str) -> str:
    """Return a text with ``_x000D_`` and its like, which stand for characters that XML cannot hold, as these characters."""
    if "_x" not in text:
        return text
    found = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _styles(root: Any) -> list[Style]:
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    parts = {_local(child): child for child in root}
    formats = {int(each.get("numFmtId", "-1")): each.get("formatCode", "") for each in parts.get("numFmts", ())}
    struck = [_is_on(font, "strike") for font in parts.get("fonts", ())]
    found = []
    for each in parts.get("cellXfs", ()):
        number, font = int(each.get("numFmtId", "0")), int(each.get("fontId", "0"))
        code = formats.get(number) or BUILTIN_FORMATS.get(number, "General")
        fixed = _FIXED.fullmatch(code)
        decimals = len(fixed["decimals"] or "") if fixed else None
        date = is_date_format(code)
        found.append(
            Style(
                date=date,
                duration=date and is_timedelta_format(code),
                decimals=decimals,
                percent=fixed is not None and fixed["percent"] == "%",
                struck=font < len(struck) and struck[font],
                invisible=code.strip() == ";;;",
            )
        )
    return found


def _local(element: Any) -> str:
    tag: str = element.tag
    return tag.rpartition("}")[2]
