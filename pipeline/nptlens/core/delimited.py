"""The one dialect of a study's tables (CSV and its kin): bytes to rows under named columns with line numbers, and rows to text.

Cells are parted by ``,`` ``;`` ``|`` or tabs, as a first line ``sep=;`` or the first row that has any of them shows; the encoding is told
by `core.decoding`; names of columns are compared without case and surrounding space; titles above the header and rows that hold nothing
are passed over; every cell is canonical text (`core.text`).
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.decoding import decode_table, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.plain_file import read_plain_file
from nptlens.core.text import canonical

SEPARATORS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)')
_DECLARED = re.compile(r'\s*"?sep=(?P<mark>[^\w\s"]|\t)"?[,;|\t ]*(?=[\r\n]|\Z)', re.IGNORECASE)
_LINES, _TITLES = 40, 20  # lines that are looked at for what parts cells, and rows that may stand above a header
_HINT = "save it as CSV in UTF-8"


@dataclass(frozen=True, slots=True)
class TableText:
    """The text of a table, how it was decoded, and what stands between its cells."""

    text: str
    encoding: str
    separator: str = ","

    def notes(self) -> tuple[str, ...]:
        """Return what had to be guessed."""
        return encoding_notes(self.encoding)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something: the line of the file that it begins in, its cells by column, and what belongs to no column.

    `beyond` are the cells to the right of the header, `unnamed` those in columns whose heading is empty; neither is in `cells`.
    """

    line: int
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table below its header, and the line that it stands in.

    `columns` are the names in the header, in small letters, `headings` the same as they are written.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int = 1
    notes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    def lacking(self, *needed: str) -> tuple[str, ...]:
        """Return the columns that are needed and not there."""
        return tuple(name for name in needed if name not in self.columns)

    def twice(self) -> tuple[str, ...]:
        """Return the columns that come more than once, in the order of the alphabet: of such cells only the last could be read."""
        return tuple(sorted(name for name, count in Counter(self.columns).items() if name and count > 1))


def read_table_text(path: Path) -> TableText:
    """Return a table of a study as text; raises ReadingError where it cannot be opened or is no text."""
    try:
        data = read_plain_file(path)
    except OSError as error:
        raise ReadingError(f"cannot be opened: {error.strerror}", where=path.name) from None
    return table_text(data, where=path.name)


def table_text(data: bytes, *, where: str) -> TableText:
    """Return the text of a table's bytes, without a line ``sep=;`` before it; raises ReadingError where they are no text."""
    text, encoding = decode_table(data, where=where)
    rest, declared = without_declaration(text)
    return TableText(rest, encoding, declared or separator_of(rest))


def without_declaration(text: str) -> tuple[str, str]:
    """Return a table with a first line ``sep=;`` emptied, so that lines keep their numbers, and what it declares; "" where it does not."""
    found = _DECLARED.match(text)
    return (text[found.end() :], found["mark"]) if found else (text, "")


def separator_of(text: str) -> str:
    """Return what parts the cells: what stands most often in the first row outside quotation marks, a comma where nothing does.

    Where the first row has none it may be a title: then the first two rows decide that have as many of one. A spreadsheet in a country
    that writes decimals with a comma parts cells with semicolons.
    """
    lines = [line for line in re.split(r"[\r\n]+", _QUOTED.sub("", text.lstrip("\ufeff\r\n ")), maxsplit=_LINES)[:_LINES] if line]
    for number, line in enumerate(lines):
        mark = max(SEPARATORS, key=line.count)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if mark in line and (number == 0 or line.count(mark) == following.count(mark)):
            return mark
    return SEPARATORS[0]


def plain_name(cell: object) -> str:
    """Return a column's name in small letters without accents, blanks and signs: ``Sprecher/in`` and ``SPRECHERIN`` are one."""
    folded = unicodedata.normalize("NFKD", "" if cell is None else str(cell)).casefold()
    return "".join(character for character in folded if character.isalnum())


def header_at(rows: Sequence[Sequence[object]], known: Callable[[Sequence[object]], int]) -> int | None:
    """Return which of the first rows is the header: that in which `known` finds most columns, the first of equals; None where none has any.

    What stands above it are titles. A lone cell in a row of several columns may be a title, so that another row goes before it.
    """
    best, most = None, 0
    for index, row in enumerate(rows[:_TITLES]):
        if (found := known(row)) > most:
            best, most = index, found
    return best


def read_rows(table: TableText | Path, *, where: str = "", strict: bool = True, known: Collection[str] = ()) -> Rows:
    """Return the rows of a table by the names of its columns, "" for a cell that a short row lacks.

    The header is the first row; where names of columns are `known`, that of the first rows which has most of them, and a heading that
    differs from a known name in case, blanks and signs alone (``Seed ID``) is that name. Raises ReadingError where a path cannot be
    opened or is no text, where `strict` finds a quotation mark that is not closed or not doubled, and for a cell that is too large.
    """
    if isinstance(table, Path):
        where = where or table.name
        table = read_table_text(table)
    return rows_of(list(numbered_rows(table.text, table.separator, where=where, strict=strict)), known=known, notes=table.notes())


def rows_of(found: Sequence[tuple[int, Sequence[str]]], *, known: Collection[str] = (), notes: Sequence[str] = ()) -> Rows:
    """Return rows that are numbered by the names of their columns, as `read_rows` does; `notes` are those of whoever read them."""
    if not found:
        return Rows((), (), notes=tuple(notes))
    names = {plain_name(name): name for name in known}
    above = header_at([row for _, row in found], lambda row: len(names.keys() & set(map(plain_name, row)))) or 0
    headings = tuple(" ".join(canonical(cell).split()) for cell in found[above][1])
    columns = tuple(names.get(plain_name(heading), heading.casefold()) for heading in headings)
    rows = []
    for line, row in found[above + 1 :]:
        cells = [canonical(cell) for cell in row]
        held = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))
        held.pop("", None)
        unnamed = tuple(cell for name, cell in zip(columns, cells, strict=False) if not name and cell.strip())
        rows.append(Row(line, held, tuple(cell for cell in cells[len(columns) :] if cell.strip()), unnamed))
    titles = (f"{above} rows above the header row are left out",) if above else ()
    return Rows(columns, tuple(rows), found[above][0], (*notes, *titles), headings)


def numbered_rows(text: str, separator: str, *, where: str, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, each with the line that it begins in; raises ReadingError as `read_rows`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        why = "a cell is too large" if "larger" in str(error) else "a quotation mark is not closed, or not doubled inside a cell"
        raise ReadingError(f"not a readable table: line {before + 1}: {why}", where=where, hint=_HINT) from None


def delimited(rows: Iterable[Iterable[object]], separator: str = ",") -> str:
    """Return rows as CSV text with ``\\n`` line ends; None is an empty cell. What a spreadsheet could run is not guarded here."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def as_opened(text: str) -> bytes:
    """Return the text of a table as bytes for people: UTF-8 with the byte-order mark without which Excel reads another encoding."""
    return text.encode("utf-8-sig", "replace")
