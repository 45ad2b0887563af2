"""Tables inside a document: a column of speakers beside a column of words is read as turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nptlens.core.text import Span, canonical, count_words
from nptlens.reading._labels import bare_label, can_be_label, is_role
from nptlens.reading._parsed import HEADER, LABEL, TIME, Shaped, shaped
from nptlens.reading._times import LOOSE, STAMP, seconds
from nptlens.schemas.records import Furniture, Problem, Severity, Utterance

OTHER = "cell"  # a cell that holds neither speaker, time nor words: a row's number, a remark

_SPEAKER = frozenset({"speaker", "speakers", "name", "participant", "respondent", "who", "person", "voice"})
_WORDS = frozenset({"text", "utterance", "words", "transcript", "transcription", "dialogue", "speech", "content", "what was said"})
_TIME = frozenset({"time", "times", "timestamp", "time stamp", "timecode", "time code", "start", "start time"})
_STAMPS = re.compile(rf"[\[(]?(?P<start>{LOOSE})[\])]?(?:\s*(?:-->|-|\u2013|to)\s*[\[(]?(?P<end>{LOOSE})[\])]?)?")
_NAMED = re.compile(rf"(?P<label>.*?)[\s,|\u2013-]*(?P<time>{STAMP})?\s*:?", re.DOTALL)
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
    speaker: int
    words: int
    time: int | None
    header: bool


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
        for row in block[found.header :]
        for cell in row
        if cell.column == found.words
    )
    if not spoken or spoken < _LEAST * count_words(text):
        return None
    turns: list[Utterance] = []
    furniture: list[Furniture] = []
    position = 0
    for block, found in zip(blocks, columns, strict=True):
        if isinstance(block, str) or found is None:
            line = text_of([block])
            furniture.append(Furniture(Span(position, position + len(line)).trimmed(text), HEADER))
            position += len(line) + 1
            continue
        speaker: str | None = None
        for number, row in enumerate(block):
            if found.header and number == 0:
                furniture.append(Furniture(Span(position, position + len(_line(row))).trimmed(text), HEADER))
            else:
                turn, pieces, speaker = _turn(row, found, position, speaker)
                turns += [turn] if turn else []
                furniture += [Furniture(piece.span.trimmed(text), piece.kind) for piece in pieces]
            position += len(_line(row)) + 1
    timed = any(found is not None and found.time is not None for found in columns)
    return shaped(
        text,
        layout="columns: text, speaker, time" if timed else "columns: text, speaker",
        turns=turns,
        furniture=furniture,
        problems=_problems(text, turns, furniture, where),
    )


def _line(row: Sequence[Cell]) -> str:
    return "\t".join(canonical(cell.text) for cell in row)


def _turn(
    row: Sequence[Cell], columns: _Columns, position: int, before: str | None
) -> tuple[Utterance | None, list[Furniture], str | None]:
    """Return a row's turn, its furniture and its speaker; `before` is the speaker of the row above."""
    words: Span | None = None
    speaker: str | None = None
    times: tuple[float | None, float | None] = (None, None)
    furniture: list[Furniture] = []
    for cell in row:
        content = canonical(cell.text)
        span = Span(position, position + len(content))
        position = span.end + 1
        if cell.column == columns.words:
            words = span
        elif cell.column == columns.speaker:
            label, time = _named(content)
            speaker = before if cell.goes_on else label or None
            times = (time, None) if times == (None, None) else times
            furniture.append(Furniture(span, LABEL))
        elif cell.column == columns.time and _stamp(content):
            times = _stamp(content) or times
            furniture.append(Furniture(span, TIME))
        else:
            furniture.append(Furniture(span, OTHER))
    return Utterance(words, speaker, *times) if words else None, furniture, speaker


def _problems(text: str, turns: Sequence[Utterance], furniture: Sequence[Furniture], where: str) -> Iterator[Problem]:
    unnamed = sum(turn.speaker is None and count_words(turn.span.of(text)) > 0 for turn in turns)
    if unnamed:
        yield Problem(where, f"{unnamed} rows of its table name no speaker", "name one in each row", Severity.WARNING)
    other = sum(count_words(piece.span.of(text)) for piece in furniture if piece.kind == OTHER)
    if other:
        what = f"{other} words in other columns of its table are not read as speech"
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
    first = {cell.column: canonical(cell.text).strip().rstrip(":").casefold() for cell in table[0]}
    header = _is_header(first, cells)
    words = _named_column(first, _WORDS) if header else None
    if words is None:
        words = max(cells, key=lambda column: (sum(count_words(each) for each in cells[column]), -column))
    speaker = _named_column(first, _SPEAKER) if header else None
    if speaker is None:
        speaker = next((c for c in sorted(cells) if c < words and _are_speakers(cells[c][header:])), None)
    if speaker is None or speaker == words:
        return None
    rest = [column for column in sorted(cells) if column not in (speaker, words)]
    times = (c for c in rest if sum(_stamp(each) is not None for each in cells[c]) * 2 > len(cells[c]) - header)
    return _Columns(speaker, words, next(times, None), header)


def _is_header(first: dict[int, str], cells: dict[int, list[str]]) -> bool:
    """Tell whether a first row names columns; a row like ``Participant | Hello.`` is a turn."""
    speaker, words = _named_column(first, _SPEAKER), _named_column(first, _WORDS)
    if speaker is None and words is None:
        return False
    if speaker is not None and sum(each.casefold().rstrip(":") == first[speaker] for each in cells.get(speaker, ())) > 1:
        return False
    short = sum(count_words(each) for each in first.values()) <= _SHORT
    return short and not any(each.endswith((".", "?", "!", "…")) for each in first.values())


def _named_column(first: dict[int, str], names: frozenset[str]) -> int | None:
    return next((column for column, name in first.items() if " ".join(name.split()) in names), None)


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
