"""Rows of speaker, words and times, from whichever kind of table: each row that has words is one utterance."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical, count_words
from nptlens.reading._cues import Cue, turns_of_cues
from nptlens.reading._labels import bare_label
from nptlens.reading._parsed import SPACE, Shaped, shaped
from nptlens.reading._references import RESOLVED, resolved, uses_references
from nptlens.reading._times import cell_seconds
from nptlens.schemas.records import Utterance

_TEXT = ("text", "utterance", "words", "comment", "content", "transcript", "transcription", "sentence", "speech")
_SPEAKER = ("speaker", "speaker name", "name", "participant", "respondent", "who", "speaker label", "speaker id")
_START = ("start", "start time", "start s", "start sec", "start seconds", "start ms", "begin", "timestamp", "time", "timecode", "in")
_END = ("end", "end time", "end s", "end sec", "end seconds", "end ms", "out")
_HINT = f"name the column with the words one of: {', '.join(_TEXT[:7])}"
_FEW_WORDS_A_SECOND = 0.1  # nobody talks so slowly over a whole recording: the figures are milliseconds

Cell = object


@dataclass(frozen=True, slots=True)
class Row:
    """A turn as a table states it; times are cells as they were found, None where there is none."""

    words: str
    speaker: str = ""
    start: Cell = None
    end: Cell = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a header row has the words, and where it has speaker and times, None where it has not."""

    words: int
    speaker: int | None
    start: int | None
    end: int | None
    milliseconds: bool

    def row(self, cells: Sequence[Cell]) -> Row:
        """Return a table row as a Row; cells that it lacks are empty."""
        words, speaker = _text(_cell(cells, self.words)), _text(_cell(cells, self.speaker))
        return Row(words, speaker, _cell(cells, self.start), _cell(cells, self.end))

    def layout(self) -> str:
        """Return the layout's name: the columns that were found."""
        named = [name for name, column in (("speaker", self.speaker), ("time", self.start)) if column is not None]
        return ", ".join(["columns: text", *named])


def columns_of(header: Sequence[Cell]) -> Columns | None:
    """Return the columns that a header row names, None where none holds the words."""
    names = [re.sub(r"[\s_()\[\]*:]+", " ", _text(cell).casefold()).strip() for cell in header]
    words = _column(names, _TEXT)
    if words is None:
        return None
    start = _column(names, _START)
    milliseconds = start is not None and names[start].endswith(" ms")
    return Columns(words, _column(names, _SPEAKER), start, _column(names, _END), milliseconds)


def no_columns(where: str) -> ReadingError:
    """Return the error for a table without a column of words."""
    return ReadingError("no column with the words of the transcript", where=where, hint=_HINT)


def shape_rows(
    rows: Iterable[Row], *, where: str, layout: str, milliseconds: bool = False, notes: Sequence[str] = ()
) -> Shaped:
    """Return the words of the rows joined by line ends, one utterance for each row that has words.

    Times that are whole numbers too large for seconds of speech are milliseconds, as Whisper writes them. Raises
    ReadingError where a cell holds a NUL.
    """
    kept = [row for row in rows if row.words.strip()]
    if any("\0" in row.words + row.speaker for row in kept):
        raise ReadingError("this is not text", where=where, hint="save the table again")
    references = uses_references([row.words for row in kept])
    factor = 0.001 if milliseconds or _in_milliseconds(kept) else 1.0
    cells: list[str] = []
    turns: list[Utterance] = []
    position = 0
    for row in kept:
        cell = canonical(resolved(row.words) if references else row.words)
        label = bare_label(canonical(row.speaker)) or None
        span = Span(position, position + len(cell))
        turns.append(Utterance(span, label, _seconds(row.start, factor), _seconds(row.end, factor)))
        cells.append(cell)
        position = span.end + 1
    return shaped("\n".join(cells), layout=layout, turns=turns, notes=[*notes, *([RESOLVED] if references else [])])


def shape_captions(
    rows: Iterable[Row], *, where: str, layout: str, milliseconds: bool = False, notes: Sequence[str] = ()
) -> Shaped:
    """Return the rows of a speech recogniser, which end in the middle of sentences, as the turns that they make up.

    Raises ReadingError as `shape_rows` does.
    """
    rough = shape_rows(rows, where=where, layout=layout, milliseconds=milliseconds, notes=notes)
    said = {turn.span: turn for turn in rough.utterances}
    spans = sorted([*said, *(piece.span for piece in rough.furniture if piece.kind != SPACE)])
    turns = [said.get(span, Utterance(span)) for span in spans]
    cues = [Cue(turn.span.of(rough.text), turn.start_s, turn.end_s, turn.speaker) for turn in turns]
    return replace(turns_of_cues(cues, notes=rough.notes), layout=layout)


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _cell(cells: Sequence[Cell], column: int | None) -> Cell:
    return cells[column] if column is not None and column < len(cells) else None


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _whole(cell: Cell) -> int | None:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    return int(cell) if isinstance(cell, str) and re.fullmatch(r"\s*[0-9]{1,12}\s*", cell) else None


def _in_milliseconds(rows: Sequence[Row]) -> bool:
    """Tell whether all times are whole numbers, and far too large to be seconds of so few words."""
    stated = [cell for row in rows for cell in (row.start, row.end) if cell not in (None, "")]
    times = [time for cell in stated if (time := _whole(cell)) is not None]
    if not times or len(times) < len(stated):
        return False
    return max(times) >= 1000 and sum(count_words(row.words) for row in rows) < _FEW_WORDS_A_SECOND * max(times)


def _seconds(cell: Cell, factor: float) -> float | None:
    """Return a time cell in seconds; only plain whole numbers are scaled, never ``m:ss``."""
    if isinstance(cell, datetime.timedelta):
        value: float | None = cell.total_seconds()
    elif isinstance(cell, datetime.time):
        value = cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
    elif isinstance(cell, str):
        whole = _whole(cell)
        value = whole * factor if whole is not None else cell_seconds(cell)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        value = cell * factor
    else:
        return None
    return round(value, 3) if value is not None and math.isfinite(value) and 0 <= value < 1e8 else None
