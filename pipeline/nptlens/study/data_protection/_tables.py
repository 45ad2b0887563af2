"""Rows of tables taken out: what is left of a table stays as it was, byte for byte."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nptlens.core.decoding import decode
from nptlens.core.delimited import SEPARATORS, delimited, header_at, separator_of, without_declaration
from nptlens.core.errors import ReadingError
from nptlens.safety.grid import read_grid
from nptlens.study.data_protection._removal_plan import Subject, plain

_FIELDS = {mark: re.compile(rf'(?:"[^"]*(?:""[^"]*)*(?:"|\Z))?[^{mark}\r\n]*') for mark in SEPARATORS}
_END = re.compile(r"\r\n|\n|\r")
_TRANSCRIPT = frozenset({"transcript", "transcript_id", "transcripts", "group", "source", "file", "document"})
_PERSON = frozenset({"participant", "participant_id"})
_FIRST = 20  # rows among which the header stands
_CASE = "case"  # of summaries: a transcript or a participant
_WORDS = "words"
Knows = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file without what is forgotten: its bytes, and how many rows or entries went."""

    data: bytes
    rows: int
    entries: int

    def changed(self) -> bool:
        """Tell whether anything went."""
        return self.rows + self.entries > 0


def without_rows(data: bytes, subject: Subject, *, knows: Knows | None = None) -> Rewritten:
    """Return a CSV table without the rows of what is forgotten, and without its places in the lists of other rows.

    A row belongs to a transcript where a column that names transcripts names it or any cell is a place in it, to a participant where a
    column that names participants does. Where `knows` is given, words of a column `words` that it does not know go as well, and a row
    that is left without exemplars and without words. Raises ReadingError where the bytes are no text.
    """
    text, encoding = decode(data, where="table")
    mark, encoding = _spelling(text, encoding, data)
    table, declared = without_declaration(text)
    mark_of_cells = declared or separator_of(table)
    rows = list(_rows(table, mark_of_cells))
    first = [_cells(row, mark_of_cells) for row in rows[:_FIRST]]
    above, header = _header_row(first), _header(first)
    kept, gone, entries = [text.removesuffix(table)], 0, 0
    for number, row in enumerate(rows):
        if number == above:
            kept.append(row)
            continue
        cells = _cells(row, mark_of_cells)
        if belongs(header, cells, subject):
            gone += 1
            continue
        shorter = [_shorter(name, cell, subject, knows) for name, cell in zip(header, cells, strict=False)]
        changed = sum(before != after for before, after in zip(cells, shorter, strict=False))
        if changed and _is_empty(header, shorter):
            gone += 1
            continue
        entries += changed
        kept.append(_row([*shorter, *cells[len(header) :]], row, mark_of_cells) if changed else row)
    return Rewritten((mark + "".join(kept)).encode(encoding) if gone or entries else data, gone, entries)


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    """Return which row is the header: titles may stand above it."""
    names = [[plain(cell).casefold() for cell in row] for row in rows[:_FIRST]]
    return header_at(names, lambda row: len({*_TRANSCRIPT, *_PERSON, _CASE}.intersection(map(str, row)))) or 0


def _header(rows: Sequence[Sequence[str]]) -> list[str]:
    return [plain(cell).casefold() for cell in rows[_header_row(rows)]] if rows else []


def rows_named(data: bytes, subject: Subject) -> int:
    """Return how many rows of a workbook's first sheet are of what is forgotten; raises ReadingError where it cannot be read."""
    rows = read_grid(data, where="table").rows
    header = _header(rows)
    return sum(belongs(header, row, subject) for row in rows)


def _spelling(text: str, encoding: str, data: bytes) -> tuple[str, str]:
    """Return the mark and the encoding that give the bytes again."""
    for mark, name in (("", encoding), ("\ufeff", "utf-8"), ("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be")):
        try:
            if (mark + text).encode(name) == data:
                return mark, name
        except UnicodeEncodeError:
            continue
    raise ReadingError("its encoding cannot be told", where="table", hint="save it as CSV in UTF-8")


def belongs(header: Sequence[str], cells: Sequence[str], subject: Subject) -> bool:
    """Tell whether a row under the column names `header` (in small letters) is of what is forgotten."""
    for number, cell in enumerate(map(plain, cells)):
        name = header[number] if number < len(header) else ""
        if subject.is_place(cell) or _is_named(name, cell, subject):
            return True
    return False


def _is_named(name: str, cell: str, subject: Subject) -> bool:
    named = name in _TRANSCRIPT and subject.is_transcript(cell)
    return named or (name in _PERSON and cell in subject.participants) or (name == _CASE and cell in subject.names())


def _shorter(name: str, cell: str, subject: Subject, knows: Knows | None) -> str:
    """Return a cell of a list without what is forgotten, any other cell as it is."""
    if name == _WORDS and knows is not None:
        words = [part for part in cell.split(",") if part.strip()]
        kept = [word for word in words if knows(word.strip())]
        return ",".join(kept).strip() if len(kept) < len(words) else cell
    if ";" not in cell:
        return cell
    parts = cell.split(";")
    left = [part for part in parts if not subject.is_place(_place(part)) and not _is_named(name, plain(part), subject)]
    return ";".join(left).strip() if len(left) < len(parts) else cell


def _place(part: str) -> str:
    # Nearest seeds stand as SEED=likeness.
    return plain(part).rsplit("=", 1)[0]


def without_places(cell: str, subject: Subject) -> str:
    """Return a list parted by semicolons without the places of what is forgotten."""
    return _shorter("", cell, subject, None) if ";" in cell else ("" if subject.is_place(_place(cell)) else cell)


def _is_empty(header: Sequence[str], cells: Sequence[str]) -> bool:
    told = dict(zip(header, cells, strict=False))
    return "exemplars" in told and not told["exemplars"].strip() and not told.get(_WORDS, "").strip()


def _rows(text: str, separator: str = ",") -> Iterator[str]:
    """Yield the rows of a table as they stand, each with its line end; quotes are read as the csv module reads them."""
    start = at = 0
    while at < len(text):
        found = _FIELDS[separator].match(text, at)
        assert found is not None, "a field may be empty"
        at = found.end()
        if text.startswith(separator, at):
            at += 1
            if at < len(text):
                continue
        end = _END.match(text, at)
        at = end.end() if end else at
        yield text[start:at]
        start = at


def _cells(row: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(row, newline=""), delimiter=separator), [])
    except csv.Error:
        return [row]


def _row(cells: Sequence[str], old: str, separator: str) -> str:
    end = re.search(r"(?:\r\n|\n|\r)?\Z", old)
    return delimited([cells], separator).removesuffix("\n") + (end.group() if end else "")


def without_sheet_rows(data: bytes, subject: Subject, holds: Knows) -> Rewritten:
    """Return a workbook without the rows of what is forgotten; other cells that hold a trace are emptied, the rest keeps its values.

    `holds` tells whether a text holds a trace. Raises ReadingError where it cannot be read.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception as error:  # the library's own errors may quote the workbook
        raise ReadingError(f"cannot be read ({type(error).__name__})", where="workbook") from None
    rows = entries = 0
    for page in book.worksheets:
        lines = [["" if cell.value is None else str(cell.value) for cell in row] for row in page.iter_rows()]
        header = _header(lines)
        gone = [number for number, line in enumerate(lines, start=1) if belongs(header, line, subject)]
        for row in page.iter_rows():
            for cell in row:
                if cell.row not in gone and isinstance(cell.value, str) and holds(cell.value):
                    cell.value = None
                    entries += 1
        for number in reversed(gone):
            page.delete_rows(number)
        rows += len(gone)
    if not rows + entries:
        return Rewritten(data, 0, 0)
    buffer = io.BytesIO()
    book.save(buffer)
    return Rewritten(buffer.getvalue(), rows, entries)


def without_list_entries(data: bytes, subject: Subject) -> Rewritten | None:
    """Return study.toml without the ids of what is forgotten in its lists; None where they stand somewhere else too.

    All else stays as it is, comments included.
    """
    text = data.decode("utf-8")
    names = subject.names()
    count = 0
    for name in sorted(names):
        quoted = rf"(?:\"{re.escape(name)}\"|'{re.escape(name)}')"
        text, first = re.subn(rf"(?<=\[)(\s*){quoted}\s*(?:,\s*|(?=\]))", r"\1", text)
        text, later = re.subn(rf"\s*,\s*{quoted}(?=\s*[,\]])", "", text)
        count += first + later
    try:
        if tomllib.loads(text) != _pruned(tomllib.loads(data.decode("utf-8")), names):
            return None
    except tomllib.TOMLDecodeError:
        return None
    return Rewritten(text.encode("utf-8") if count else data, 0, count)


def _pruned(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(each, names) for key, each in value.items()}
    return [_pruned(each, names) for each in value if each not in names] if isinstance(value, list) else value
