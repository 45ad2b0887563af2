"""Rows of speaker, words and times, from whichever kind of table: each row that has words is one utterance."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical, count_words
from nptlens.reading.layouts._column_names import (
    ANSWERING,
    ANSWERS,
    ASKING,
    ENDS,
    QUESTIONS,
    SPEAKERS,
    STARTS,
    TRANSLATIONS,
    WORDS,
    column_called,
    in_milliseconds,
    is_language,
    spellings,
)
from nptlens.reading.layouts._cues import Cue, turns_of_cues
from nptlens.reading.layouts._labels import bare_label
from nptlens.reading.layouts._parsed import SPACE, Shaped, shaped
from nptlens.reading.layouts._references import RESOLVED, resolved, uses_references
from nptlens.reading.layouts._times import cell_seconds
from nptlens.schemas.records import Furniture, Problem, Severity, Utterance

_HINT = "name the column with the words one of: text, words, transcript, comment, Inhalt, contenu, texto, tekst; that of speakers: speaker"
QUESTION = "question"
INTERVIEWER = "Interviewer"  # who a table's questions are given to, so that they are context and never coded
_CLOCK = r"(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,9})?"
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_RANGE = re.compile(
    rf"(?P<start>{_CLOCK}|{_NUMBER})\s*(?:-->|[-\u2010-\u2015\u2192~]|to|bis|à|tot)\s*(?P<end>{_CLOCK}|{_NUMBER})"
)
_FRAMES = re.compile(r"(?P<second>[0-9]{1,2}:[0-5][0-9]:[0-5][0-9])[:;][0-9]{2,3}")
_TENTHS = re.compile(r"(?P<second>(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2})-(?P<tenth>[0-9])")
_UNITS = re.compile(
    rf"(?:pt)?\s*(?:([0-9]+)\s*h(?:rs?|ours?)?)?\s*(?:([0-9]+)\s*m(?:in(?:utes?)?)?)?\s*(?:({_NUMBER})\s*s(?:ec(?:onds?)?)?)?\.?"
)
_LONGEST_TIME = 8  # characters: more may be a range, or hold frames
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
    """Where a table has the words, and where it has speaker, times and question, None where it has not.

    `question` is a column of what was asked, of which the words are the answers.
    """

    words: int
    speaker: int | None
    start: int | None
    end: int | None
    milliseconds: bool = False
    question: int | None = None

    def row(self, cells: Sequence[Cell]) -> Row:
        """Return a table row as a Row; cells that it lacks are empty."""
        words, speaker = shown(_cell(cells, self.words)), shown(_cell(cells, self.speaker))
        return Row(words, speaker, _cell(cells, self.start), _cell(cells, self.end))

    def asked(self, cells: Sequence[Cell]) -> str:
        """Return the question of a row, "" where it has none."""
        return shown(_cell(cells, self.question))

    def used(self) -> frozenset[int]:
        """Return the columns that are read."""
        return frozenset(c for c in (self.words, self.speaker, self.start, self.end, self.question) if c is not None)

    def layout(self) -> str:
        """Return the layout's name: the columns that were found."""
        found = (("speaker", self.speaker), ("question", self.question), ("time", self.start))
        return ", ".join(["columns: text", *(name for name, column in found if column is not None)])


def columns_of(header: Sequence[Cell]) -> Columns | None:
    """Return the columns that a header row names, None where none holds the words."""
    names = [spellings(cell) for cell in header]
    words, question = column_called(names, WORDS), column_called(names, QUESTIONS)
    answer = column_called(names, ANSWERS)
    if question is None and answer is None and ("q",) in names and ("a",) in names:
        question, answer = names.index(("q",)), names.index(("a",))
    if answer is not None and (question is not None or words is None):
        words = answer
    elif words is None and (asking := column_called(names, ASKING)) is not None:
        words, question = column_called([() if at == asking else name for at, name in enumerate(names)], ANSWERING), asking
    if words is None:
        words = column_called(names, TRANSLATIONS)
    if words is None and sum(map(is_language, header)) > 1:
        words = next(column for column, cell in enumerate(header) if is_language(cell))
    if words is None:
        return None
    rest = [() if column in (words, question) else name for column, name in enumerate(names)]
    start, end = column_called(rest, STARTS), column_called(rest, ENDS)
    speaker = column_called(rest, SPEAKERS)
    if speaker is None:
        speaker = next((at for at, name in enumerate(rest) if name and name[0].startswith(("speaker", "sprecher"))), None)
    milliseconds = start is not None and in_milliseconds(header[start])
    return Columns(words, speaker, start, end, milliseconds, question)


def no_columns(where: str) -> ReadingError:
    """Return the error for a table without a column of words."""
    return ReadingError("no column with the words of the transcript", where=where, hint=_HINT)


def shape_rows(
    rows: Iterable[Row],
    *,
    where: str,
    layout: str,
    milliseconds: bool = False,
    notes: Sequence[str] = (),
    problems: Sequence[Problem] = (),
    above: str = "",
) -> Shaped:
    """Return the words of the rows joined by line ends, one utterance for each row that has words.

    Times that are whole numbers too large for seconds of speech are milliseconds, as Whisper writes them. `above` is what stands over
    all rows and is no speech: the one question that all of them answer. Raises ReadingError where a cell holds a NUL.
    """
    kept = [row for row in rows if row.words.strip()]
    if any("\0" in row.words + row.speaker for row in kept):
        raise ReadingError("this is not text", where=where, hint="save the table again")
    references = uses_references([row.words for row in kept])
    factor = 0.001 if milliseconds or _in_milliseconds(kept) else 1.0
    head = canonical(above).strip()
    furniture = [Furniture(Span(0, len(head)), QUESTION)] if head else []
    cells: list[str] = [head] if head else []
    turns: list[Utterance] = []
    position = len(head) + 1 if head else 0
    for row in kept:
        cell = canonical(resolved(row.words) if references else row.words)
        label = bare_label(canonical(row.speaker)) or None
        span = Span(position, position + len(cell))
        start, end = _times(row, factor)
        turns.append(Utterance(span, label, start, end))
        cells.append(cell)
        position = span.end + 1
    told = [*problems, *_times_told(kept, turns, where)]
    remarks = [*notes, *([RESOLVED] if references else [])]
    return shaped("\n".join(cells), layout=layout, turns=turns, furniture=furniture, notes=remarks, problems=told)


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
    shape = turns_of_cues(cues, notes=rough.notes)
    return replace(shape, layout=layout, problems=(*shape.problems, *rough.problems))


def _cell(cells: Sequence[Cell], column: int | None) -> Cell:
    return cells[column] if column is not None and column < len(cells) else None


def shown(cell: Cell) -> str:
    """Return a cell as a spreadsheet shows it, as well as can be told."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


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


def _times(row: Row, factor: float) -> tuple[float | None, float | None]:
    """Return start and end of a row; both may stand in one cell, as in ``0:00.0 - 0:12.3``."""
    if isinstance(row.start, str) and len(row.start) > _LONGEST_TIME and (both := _RANGE.fullmatch(row.start.strip().strip("[]()"))):
        return _seconds(both["start"], factor), _seconds(both["end"], factor)
    return _seconds(row.start, factor), _seconds(row.end, factor)


def _seconds(cell: Cell, factor: float) -> float | None:
    """Return a time cell in seconds; only plain whole numbers are scaled, never ``m:ss``."""
    if isinstance(cell, datetime.timedelta):
        value: float | None = cell.total_seconds()
    elif isinstance(cell, datetime.time):
        value = cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
    elif isinstance(cell, str):
        whole = _whole(cell)
        value = whole * factor if whole is not None else cell_seconds(cell) if cell else None
        if value is None and cell:
            frames = _FRAMES.fullmatch(cell.strip().strip("[]()"))
            value = cell_seconds(frames["second"]) if frames else _spelled(cell)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        value = cell * factor
    else:
        return None
    return round(value, 3) if value is not None and math.isfinite(value) and 0 <= value < 1e8 else None


def _spelled(cell: str) -> float | None:
    """Return a time with its units or signs: ``1h2m3s``, ``12.5 s``, ``PT1M3S``, ``#00:00:21-9#``."""
    stripped = cell.strip().strip("[]()#").casefold()
    if tenths := _TENTHS.fullmatch(stripped):
        return cell_seconds(f"{tenths['second']}.{tenths['tenth']}")
    found = _UNITS.fullmatch(stripped)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def _times_told(rows: Sequence[Row], turns: Sequence[Utterance], where: str) -> Iterator[Problem]:
    """Yield a note for times that are not understood, and for frames, of which the recording's rate is not known."""
    stated = [(row.start, turn) for row, turn in zip(rows, turns, strict=True) if row.start not in (None, "")]
    lost = sum(turn.start_s is None and shown(start).strip() != "" for start, turn in stated)
    if lost:
        what = f"the times of {lost} rows are not understood and left out"
        yield Problem(where, what, "write them as h:mm:ss from the start of the recording", Severity.NOTE)
    long = (start for start, _ in stated if isinstance(start, str) and len(start) > _LONGEST_TIME)
    frames = sum(_FRAMES.fullmatch(start.strip("[]() ")) is not None for start in long)
    if frames:
        yield Problem(where, f"{frames} times with frames are read to the second", "", Severity.NOTE)
