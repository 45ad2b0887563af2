"""CSV and tab-separated files with a row for each turn; their columns are found by name."""

from __future__ import annotations

import csv
import io

from nptlens.reading._columns import Columns, columns_of, no_columns, shape_captions, shape_rows
from nptlens.reading._decode import decode, encoding_notes
from nptlens.reading._shape import Shaped

_SEPARATORS = (",", ";", "\t")


def read_csv(data: bytes, *, where: str) -> Shaped:
    """Return a CSV file: the text cells joined by line ends, one utterance for each row that has words.

    Raises ReadingError where no header row names a column with the words, or a cell is too large.
    """
    raw, encoding = decode(data, where=where)
    columns, rows = _table(raw.removeprefix("\ufeff"), where)
    return shape_rows(
        [columns.row(row) for row in rows],
        where=where,
        layout=columns.layout(),
        milliseconds=columns.milliseconds,
        notes=encoding_notes(encoding),
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


def _table(text: str, where: str) -> tuple[Columns, list[list[str]]]:
    """Return the columns and the rows, for whichever separator gives a column of words."""
    for separator in _SEPARATORS:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        columns = columns_of(rows[0]) if rows else None
        if columns is not None:
            return columns, rows[1:]
    raise no_columns(where)
