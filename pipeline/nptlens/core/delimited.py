"""The one dialect of a study's tables (CSV and its kin): bytes to rows under named columns with line numbers, and rows to text.

Cells are parted by ``,`` ``;`` or tabs, as the first row shows; the encoding is told by `core.decoding`; names of columns are compared
without case and surrounding space; rows that hold nothing are passed over; every cell is canonical text (`core.text`).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.decoding import decode_table, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.plain_file import read_plain_file
from nptlens.core.text import canonical

SEPARATORS = (",", ";", "\t")
_QUOTED = re.compile(r'"[^"]*(?:"|\Z)')
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
    """A row that holds something: the line of the file that it begins in, its cells by column, and what stands beyond the columns."""

    line: int
    cells: Mapping[str, str]
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table below its header; `columns` are the names in the header, `line` the line that it stands in."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int = 1
    notes: tuple[str, ...] = ()

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
    """Return the text of a table's bytes; raises ReadingError where they are no text."""
    text, encoding = decode_table(data, where=where)
    return TableText(text, encoding, separator_of(text))


def separator_of(text: str) -> str:
    """Return what parts the cells: what stands most often in the first row outside quotation marks, a comma where nothing does.

    A spreadsheet in a country that writes decimals with a comma parts cells with semicolons.
    """
    head = _QUOTED.sub("", re.split(r"[\r\n]", text.lstrip("\ufeff\r\n "), maxsplit=1)[0])
    return max(SEPARATORS, key=head.count)


def read_rows(table: TableText | Path, *, where: str = "", strict: bool = True) -> Rows:
    """Return the rows of a table by the names of its columns, "" for a cell that a short row lacks.

    Raises ReadingError where a path cannot be opened or is no text, where `strict` finds a quotation mark that is not closed or not
    doubled, and for a cell that is too large.
    """
    if isinstance(table, Path):
        where = where or table.name
        table = read_table_text(table)
    found = list(numbered_rows(table.text, table.separator, where=where, strict=strict))
    if not found:
        return Rows((), (), notes=table.notes())
    columns = tuple(canonical(cell).strip().casefold() for cell in found[0][1])
    rows = []
    for line, row in found[1:]:
        cells = [canonical(cell) for cell in row]
        held = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))
        held.pop("", None)
        rows.append(Row(line, held, tuple(cell for cell in cells[len(columns) :] if cell.strip())))
    return Rows(columns, tuple(rows), found[0][0], table.notes())


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
