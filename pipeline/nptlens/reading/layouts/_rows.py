"""Tables inside a document: a column of speakers beside a column of words is read as turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nptlens.core.text import Span, canonical, count_words
from nptlens.reading.layouts._blank_speakers import Filled, fill_blanks
from nptlens.reading.layouts._column_names import SPEAKERS, WORDS, column_called, spellings
from nptlens.reading.layouts._columns import INTERVIEWER, columns_of
from nptlens.reading.layouts._labels import bare_label, can_be_label, is_role
from nptlens.reading.layouts._parsed import HEADER, LABEL, TIME, Shaped, shaped
from nptlens.reading.layouts._times import LOOSE, STAMP, seconds
from nptlens.schemas.records import Furniture, Problem, Severity, Utterance

OTHER = "cell"  # a cell that holds neither speaker, time nor words: a row's number, a remark

_STAMPS = re.compile(rf"[\[(]?(?P<start>{LOOSE})[\])]?(?:\s*(?:-->|-|\u2013|to)\s*[\[(]?(?P<end>{LOOSE})[\])]?)?")
_NAMED = re.compile(rf"(?P<label>.*?)[\s,|\u2013-]*(?P<time>{STAMP})?\s*:?", re.DOTALL)
_WIDEST = 200  # columns in which names are looked for
_SHORT = 8  # words in a row that may be a table's header
_LEAST = 0.5  # the share of all words that must stand in the columns of words


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; one that `goes_on` is the lower part of a cell merged over several rows."""

    column: int
    text: str
    goes_on: bool = False


Table = tuple[tuple[Cell, ...], ...]
Block = str | Table


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table has words, speakers, times and questions; `names` is its header row, empty where it has none."""

    words: int
    speaker: int | None
    time: int | None
    question: int | None
    names: dict[int, str]

    def spoken(self) -> tuple[int, ...]:
        """Return the columns whose cells are turns."""
        return (self.words,) if self.question is None else (self.question, self.words)


def text_of(blocks: Sequence[Block]) -> str:
    """Return paragraphs and tables as canonical text: a line a paragraph, a line a row with tabs between its cells."""
    return "\n".join(canonical(block) if isinstance(block, str) else "\n".join(map(_line, block)) for block in blocks)


def turns_of_tables(blocks: Sequence[Block], *, where: str) -> Shaped | None:
    """Return the text of `blocks` with the rows of its tables as turns; None unless that holds at least half of the words."""
    text = text_of(blocks)
    columns = [None if isinstance(block, str) else _columns(block) for block in blocks]
    spoken = sum(
        count_words(cell.text)
        for block, found in zip(blocks, columns, strict=True)
        if found is not None and not isinstance(block, str)
        for row in block[bool(found.names) :]
        for cell in row
        if cell.column in found.spoken()
    )
    if not spoken or spoken < _LEAST * count_words(text):
        return None
    turns: list[Utterance] = []
    furniture: list[Furniture] = []
    problems: list[Problem] = []
    position = 0
    for block, found in zip(blocks, columns, strict=True):
        if isinstance(block, str) or found is None:
            line = text_of([block])
            furniture.append(Furniture(Span(position, position + len(line)).trimmed(text), HEADER))
            position += len(line) + 1
            continue
        filled = _speakers(block, found)
        problems += [*filled.problems(where), *_not_used(block, found, where)]
        for row, speaker in zip(block, filled.labels, strict=True):
            if _is_named(row, found):
                furniture.append(Furniture(Span(position, position + len(_line(row))).trimmed(text), HEADER))
            else:
                said, pieces = _turn(row, found, position, speaker or None)
                turns += said
                furniture += [Furniture(piece.span.trimmed(text), piece.kind) for piece in pieces]
            position += len(_line(row)) + 1
    return shaped(text, layout=_layout([each for each in columns if each]), turns=turns, furniture=furniture, problems=problems)


def _layout(columns: Sequence[_Columns]) -> str:
    kinds = ("speaker", "question", "time")
    return ", ".join(["columns: text", *(kind for kind in kinds if any(getattr(each, kind) is not None for each in columns))])


def _line(row: Sequence[Cell]) -> str:
    return "\t".join(canonical(cell.text) for cell in row)


def _is_named(row: Sequence[Cell], columns: _Columns) -> bool:
    """Tell whether a row is the header, at the top or repeated."""
    return bool(columns.names) and all(canonical(cell.text).strip() == columns.names.get(cell.column, "") for cell in row)


def _speakers(table: Table, columns: _Columns) -> Filled:
    """Return who speaks in each row; a merged cell goes on, and a blank one where the others show that it does."""
    labels: list[str] = []
    words: list[str] = []
    above = ""
    spoken: list[int] = []
    for number, row in enumerate(table):
        held = {cell.column: cell for cell in row}
        cell = held.get(columns.speaker) if columns.speaker is not None else None
        said = canonical(held[columns.words].text) if columns.words in held else ""
        label = above if cell is not None and cell.goes_on else _named(canonical(cell.text))[0] if cell is not None else ""
        above = label or above
        if count_words(said) and not _is_named(row, columns):
            spoken.append(number)
            labels.append(label)
            words.append(said)
    filled = fill_blanks(labels, words)
    found = dict(zip(spoken, filled.labels, strict=True))
    return replace(filled, labels=tuple(found.get(number, "") for number in range(len(table))))


def _turn(row: Sequence[Cell], columns: _Columns, position: int, speaker: str | None) -> tuple[list[Utterance], list[Furniture]]:
    """Return what is said in a row, a question first, and its furniture."""
    said: list[tuple[Span, str | None]] = []
    times: tuple[float | None, float | None] = (None, None)
    furniture: list[Furniture] = []
    for cell in row:
        content = canonical(cell.text)
        span = Span(position, position + len(content))
        position = span.end + 1
        if cell.column in columns.spoken():
            said.append((span, speaker if cell.column == columns.words else INTERVIEWER))
        elif cell.column == columns.speaker:
            _, time = _named(content)
            times = (time, None) if times == (None, None) else times
            furniture.append(Furniture(span, LABEL))
        elif cell.column == columns.time and _stamp(content):
            times = _stamp(content) or times
            furniture.append(Furniture(span, TIME))
        else:
            furniture.append(Furniture(span, OTHER))
    return [Utterance(span, who, *times) for span, who in said], furniture


def _not_used(table: Table, columns: _Columns, where: str) -> Iterator[Problem]:
    """Yield a note of the words in columns that are not speech, and one of questions, which are context."""
    used = (*columns.spoken(), columns.speaker, columns.time)
    other: dict[int, int] = {}
    for row in table:
        for cell in row:
            if cell.column not in used and not _is_named(row, columns):
                other[cell.column] = other.get(cell.column, 0) + count_words(cell.text)
    if words := sum(other.values()):
        names = ", ".join(columns.names.get(column) or f"column {column + 1}" for column in sorted(other) if other[column])
        yield Problem(where, f"{words} words in other columns of its table are not read as speech: {names}", "", Severity.NOTE)
    if columns.question is not None:
        what = "questions of its table are read as the interviewer's, and are not coded; the answers are"
        yield Problem(where, what, "", Severity.NOTE)


def _columns(table: Table) -> _Columns | None:
    """Return which columns of a table hold speakers, words and times; None where it is no table of turns."""
    cells: dict[int, list[str]] = {}
    for row in table:
        for cell in row:
            if content := canonical(cell.text).strip():
                cells.setdefault(cell.column, []).append(content)
    if len(cells) < 2 or len(table) < 2:
        return None
    first = {cell.column: canonical(cell.text).strip() for cell in table[0]}
    called = [first.get(column, "") for column in range(min(max(first, default=-1) + 1, _WIDEST))]
    found = columns_of(called)
    names = [spellings(name) for name in called]
    header = _is_header(first, column_called(names, SPEAKERS), found is not None, cells)
    words = column_called(names, WORDS) if header else None
    question = found.question if header and found is not None else None
    if question is not None and found is not None:
        words = found.words
    if words is None:
        words = max(cells, key=lambda column: (sum(count_words(each) for each in cells[column]), -column))
    speaker = column_called([() if at in (words, question) else name for at, name in enumerate(names)], SPEAKERS) if header else None
    if speaker is None and question is None:
        speaker = next((c for c in sorted(cells) if c < words and _are_speakers(cells[c][header:])), None)
    if question is None and (speaker is None or speaker == words):
        return None
    rest = [column for column in sorted(cells) if column not in (speaker, words, question)]
    times = (c for c in rest if sum(_stamp(each) is not None for each in cells[c]) * 2 > len(cells[c]) - header)
    return _Columns(words, speaker, next(times, None), question, first if header else {})


def _is_header(first: dict[int, str], speaker: int | None, named: bool, cells: dict[int, list[str]]) -> bool:
    """Tell whether a first row names columns; a row like ``Participant | Hello.`` is a turn."""
    if speaker is None and not named:
        return False
    if speaker is not None and sum(_same(each, first[speaker]) for each in cells.get(speaker, ())) > 1:
        return False
    short = sum(count_words(each) for each in first.values()) <= _SHORT
    return short and not any(each.endswith((".", "?", "!", "…")) for each in first.values())


def _same(one: str, other: str) -> bool:
    return one.casefold().rstrip(":") == other.casefold().rstrip(":")


def _are_speakers(found: Sequence[str]) -> bool:
    labels = [_named(each)[0] for each in found]
    if len(labels) < 2 or not all(can_be_label(label) for label in labels):
        return False
    return len(set(labels)) < len(labels) or all(is_role(label) for label in labels)


def _named(cell: str) -> tuple[str, float | None]:
    """Return the label in a cell like ``INT:`` or ``INT 0:03``, and the time."""
    match = _NAMED.fullmatch(cell.strip())
    if match is None:
        return "", None
    return " ".join(bare_label(match["label"]).split()), seconds(match["time"])


def _stamp(cell: str) -> tuple[float | None, float | None] | None:
    match = _STAMPS.fullmatch(cell.strip())
    return (seconds(match["start"]), seconds(match["end"])) if match else None
