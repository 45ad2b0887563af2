"""CSV with a row for each turn; its columns are found by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from nptlens.errors import ReadingError
from nptlens.reading._decode import decode, encoding_notes
from nptlens.reading._labels import bare_label
from nptlens.reading._shape import Shaped, shaped
from nptlens.reading._times import cell_seconds
from nptlens.records import Utterance
from nptlens.text import Span, canonical

_TEXT = ("text", "utterance", "words", "comment", "content")
_SPEAKER = ("speaker", "name", "participant", "respondent")
_START = ("start", "timestamp", "time")
_END = ("end",)
_HINT = f"name the column with the words one of: {', '.join(_TEXT)}"


def read_csv(data: bytes, *, where: str) -> Shaped:
    """Return a CSV file: the text cells joined by line ends, one utterance for each row that has words.

    Raises ReadingError where no header row names a column with the words, or a cell is too large.
    """
    raw, encoding = decode(data, where=where)
    header, rows = _table(raw.removeprefix("\ufeff"))
    words = _column(header, _TEXT)
    if words is None:
        raise ReadingError("no column with the words of the transcript", where=where, hint=_HINT)
    speaker, start, end = _column(header, _SPEAKER), _column(header, _START), _column(header, _END)
    cells: list[str] = []
    turns: list[Utterance] = []
    position = 0
    for row in rows:
        cell = canonical(_cell(row, words))
        if not cell.strip():
            continue
        label = bare_label(canonical(_cell(row, speaker))) or None
        span = Span(position, position + len(cell))
        turns.append(Utterance(span, label, cell_seconds(_cell(row, start)), cell_seconds(_cell(row, end))))
        cells.append(cell)
        position = span.end + 1
    named = [name for name, column in (("speaker", speaker), ("time", start)) if column is not None]
    return shaped(
        "\n".join(cells), layout=", ".join(["columns: text", *named]), turns=turns, notes=encoding_notes(encoding)
    )


def _table(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the header in small letters and the rows, for whichever separator gives a column of words."""
    for separator in (",", ";", "\t"):
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        header = [cell.strip().casefold() for cell in rows[0]] if rows else []
        if _column(header, _TEXT) is not None:
            return header, rows[1:]
    return [], []


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""
