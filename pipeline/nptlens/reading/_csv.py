"""CSV and tab-separated files with a row for each turn; their columns are found by name."""

from __future__ import annotations

import csv
import io

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.delimited import SEPARATORS
from nptlens.core.errors import ReadingError
from nptlens.reading._columns import Columns, columns_of, no_columns, shape_captions, shape_rows
from nptlens.reading._parsed import Shaped

_END = "\uffff"  # no character: a row of its own at the end, unless an open quotation mark swallows it


def read_csv(data: bytes, *, where: str) -> Shaped:
    """Return a CSV file: the text cells joined by line ends, one utterance for each row that has words.

    Raises ReadingError where no header row names a column with the words, a cell is too large, or a quotation mark is
    never closed, so that rows of several speakers would run together.
    """
    raw, encoding = decode(data, where=where)
    columns, rows, notes = _table(raw.removeprefix("\ufeff"), where)
    return shape_rows(
        [columns.row(row) for row in rows],
        where=where,
        layout=columns.layout(),
        milliseconds=columns.milliseconds,
        notes=(*encoding_notes(encoding), *notes),
    )


def read_tsv(data: bytes, *, where: str) -> Shaped:
    """Return a tab-separated file. Whisper's (start, end, text) hold milliseconds and unquoted text.

    Raises ReadingError where no header row names a column with the words.
    """
    raw, encoding = decode(data, where=where)
    head, _, body = raw.removeprefix("\ufeff").partition("\n")
    if head.rstrip("\r").casefold().split("\t") != ["start", "end", "text"]:
        return read_csv(data, where=where)
    columns = Columns(words=2, speaker=None, start=0, end=1, milliseconds=True)
    rows = [columns.row(line.rstrip("\r").split("\t", 2)) for line in body.split("\n")]
    return shape_captions(rows, where=where, layout=columns.layout(), milliseconds=True, notes=encoding_notes(encoding))


def _table(text: str, where: str) -> tuple[Columns, list[list[str]], tuple[str, ...]]:
    """Return the columns and the rows, for whichever separator gives a column of words, and remarks."""
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=separator)
        rows: list[list[str]] = []
        last = 0
        for row in reader:
            rows.append(row)
            last, before = reader.line_num, last
        columns = columns_of(rows[0])
        if columns is not None:
            if rows[-1] != [_END]:
                what = f"the quotation mark that is open in line {before + 1} is never closed"
                raise ReadingError(what, where=where, hint="close it, or export the table again")
            whole, notes = _whole(rows[1:-1], len(rows[0]), columns.words, separator)
            return columns, whole, (*_doubts(text, separator), *notes)
    raise no_columns(where)


def _whole(rows: list[list[str]], width: int, words: int, separator: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """Give the last column what a row has beyond it: somebody typed a separator into words without quoting them."""
    wide = sum(any(cell.strip() for cell in row[width:]) for row in rows)
    if not wide:
        return rows, ()
    if words != width - 1:
        return rows, (f"{wide} rows have more cells than the first row: what stands beyond is not read",)
    joined = [[*row[:words], separator.join(row[words:])] if any(c.strip() for c in row[width:]) else row for row in rows]
    return joined, (f"{wide} rows have more cells than the first row: the words in them are read as one cell",)


def _doubts(text: str, separator: str) -> tuple[str, ...]:
    """Return a remark where a quotation mark inside a cell is not doubled, after which rows may have run together."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    last = 0
    try:
        for _ in reader:
            last = reader.line_num
    except csv.Error:
        return (f"from line {last + 1} on, quotation marks inside cells are not doubled: look whether rows ran together",)
    return ()
