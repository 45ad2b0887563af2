"""CSV and tab-separated files with a row for each turn; their columns are found by name."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from nptlens.core.decoding import decode_table, encoding_notes
from nptlens.core.delimited import SEPARATORS, separator_of, without_declaration
from nptlens.core.errors import ReadingError
from nptlens.reading.layouts._columns import Columns, no_columns, shape_captions
from nptlens.reading.layouts._grid import Grid, turns_of_grid
from nptlens.reading.layouts._headings import HEAD, Heading, find_heading, named_heading
from nptlens.reading.layouts._parsed import Shaped

_END = "\uffff"  # no character: a row of its own at the end, unless an open quotation mark swallows it


def read_csv(data: bytes, *, where: str) -> Shaped:
    """Return a CSV file: the text cells joined by line ends, one utterance for each row that has words.

    Raises ReadingError where no column holds the words, a cell is too large, or a quotation mark is never closed, so that rows of several
    speakers would run together.
    """
    raw, encoding = decode_table(data, where=where)
    text, declared = without_declaration(raw)
    separator = _separator(text, declared, where)
    rows = _rows(text, separator, where)
    heading = find_heading(rows)
    if heading is None:
        raise no_columns(where)
    whole, notes = _whole(rows, heading, separator)
    remarks = (*encoding_notes(encoding), *_doubts(text, separator), *notes)
    return turns_of_grid(Grid(whole), heading, where=where, notes=remarks)


def read_tsv(data: bytes, *, where: str) -> Shaped:
    """Return a tab-separated file. Whisper's (start, end, text) hold milliseconds and unquoted text.

    Raises ReadingError where no column holds the words.
    """
    raw, encoding = decode_table(data, where=where)
    head, _, body = raw.partition("\n")
    if head.rstrip("\r").casefold().split("\t") != ["start", "end", "text"]:
        return read_csv(data, where=where)
    columns = Columns(words=2, speaker=None, start=0, end=1, milliseconds=True)
    rows = [columns.row(line.rstrip("\r").split("\t", 2)) for line in body.split("\n")]
    return shape_captions(rows, where=where, layout=columns.layout(), milliseconds=True, notes=encoding_notes(encoding))


def _separator(text: str, declared: str, where: str) -> str:
    """Return what parts the cells: by which a heading names most columns and is as wide as most rows, else what cuts rows most evenly."""
    likely = declared or separator_of(text)
    first = {mark: list(islice(_filled(text, mark, where), HEAD * 2)) for mark in dict.fromkeys((likely, *SEPARATORS))}
    named = {mark: named_heading(rows) for mark, rows in first.items()}
    headings = {mark: heading for mark, heading in named.items() if heading is not None and heading.score}
    if headings:
        return max(headings, key=lambda mark: (headings[mark].score, _as_wide(first[mark], headings[mark].below)))
    return declared or max(first, key=lambda mark: _evenness(first[mark]))


def _as_wide(rows: Sequence[Sequence[str]], below: int) -> float:
    """Return the share of the rows under a heading that have as many cells as it: a mark that stands in the words alone parts no cells."""
    width = len(rows[below - 1]) if below else 0
    return sum(len(row) == width for row in rows[below:]) / max(len(rows) - below, 1)


def _evenness(rows: Sequence[Sequence[str]]) -> float:
    """Return the share of rows that have the most usual number of cells, where that is more than one."""
    widths = Counter(map(len, rows))
    width, times = max(widths.items(), key=lambda each: each[1], default=(0, 0))
    return times / len(rows) if width > 1 else 0.0


def _rows(text: str, separator: str, where: str) -> list[list[str]]:
    """Return the rows that hold anything; raises ReadingError where a quotation mark is never closed."""
    rows = list(_filled(f"{text}\n{_END}", separator, where))
    if rows and rows[-1] == [_END]:
        return rows[:-1]
    start = before = 0
    reader = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=separator)
    for _ in reader:
        start, before = before, reader.line_num
    what = f"the quotation mark that is open in line {start + 1} is never closed"
    raise ReadingError(what, where=where, hint="close it, or export the table again")


def _filled(text: str, separator: str, where: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(row):
                yield row
    except csv.Error:
        raise ReadingError("a cell of its table is too large", where=where, hint="export the table again") from None


def _whole(rows: list[list[str]], heading: Heading, separator: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """Give the last column what a row has beyond it: somebody typed a separator into words without quoting them."""
    width = len(rows[heading.below - 1]) if heading.below else max(map(len, rows))
    below = rows[heading.below :]
    wide = sum(any(cell.strip() for cell in row[width:]) for row in below if len(row) > width)
    if not wide:
        return rows, ()
    words = heading.columns.words
    if words != width - 1 or heading.asked:
        cut = [row[:width] for row in rows]
        return cut, (f"{wide} rows have more cells than the first row: what stands beyond is not read",)
    joined = [[*row[:words], separator.join(row[words:])] if any(c.strip() for c in row[width:]) else row for row in below]
    return [*rows[: heading.below], *joined], (f"{wide} rows have more cells than the first row: the words in them are read as one cell",)


def _doubts(text: str, separator: str) -> Sequence[str]:
    """Return a remark where a quotation mark inside a cell is not doubled, after which rows may have run together."""
    if '"' not in text:
        return ()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    last = 0
    try:
        for _ in reader:
            last = reader.line_num
    except csv.Error:
        return (f"from line {last + 1} on, quotation marks inside cells are not doubled: look whether rows ran together",)
    return ()
