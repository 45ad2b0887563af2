"""Three readings: direct codes, topics through the theory, and where the two part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nptlens.reporting._index import Index
from nptlens.reporting._topics import Exemplar, exemplar
from nptlens.schemas.tables import LEVELS, READING_KINDS

_ARGUED = "differ"


@dataclass(frozen=True, slots=True)
class TopicReading:
    """What a topic speaks of at one level, and what direct coding says of its segments; `code` is "" for an orphan."""

    level: str
    topic: int
    label: str
    unstable: bool
    code: str
    name: str
    weight: float | None
    low: float | None
    high: float | None
    base: float | None
    others: str
    segments: int
    same: int
    differ: int
    undecided: int
    uncoded: int


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A code in both readings: segments it was assigned, segments of topics that speak of it, and those of both."""

    level: str
    code: str
    name: str
    direct: int
    topics: tuple[int, ...]
    by_topic: int
    both: int


@dataclass(frozen=True, slots=True)
class SegmentReading:
    """A row of the readings table."""

    segment_id: str
    level: str
    topic: int
    topic_code: str
    direct_codes: str
    reading: str


@dataclass(frozen=True, slots=True)
class LevelReading:
    """One level: its rows, and how many segments read which way (in the order of `kinds`).

    `orphans` are topics that speak of none of the level's codes, `unheard` codes that no topic speaks of, `argued` how many segments
    the two readings differ over, `excerpts` the first of these with their words.
    """

    level: str
    topics: tuple[TopicReading, ...]
    codes: tuple[CodeReading, ...]
    kinds: tuple[tuple[str, int], ...]
    orphans: tuple[int, ...]
    unheard: tuple[str, ...]
    argued: int
    excerpts: tuple[tuple[SegmentReading, Exemplar], ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """All levels that the codebook has, and the readings of all segments."""

    levels: tuple[LevelReading, ...]
    rows: tuple[SegmentReading, ...]


def readings(index: Index) -> Readings:
    """Return both readings in the order of levels, topics, the codebook and places."""
    table = index.inputs.readings
    names = ["segment_id", "level", "topic", "topic_code", "direct_codes", "reading"]
    rows = [SegmentReading(*row) for row in zip(*(table[name].tolist() for name in names), strict=True)]
    rows.sort(key=lambda row: (index.segments[row.segment_id].position, row.level))
    found = [level for level in LEVELS if any(row.level == level for row in rows)]
    return Readings(tuple(_level(index, level, rows) for level in found), tuple(rows))


def _level(index: Index, level: str, rows: list[SegmentReading]) -> LevelReading:
    own = [row for row in rows if row.level == level]
    topics = _topics(index, level)
    codes = _codes(index, level, own, topics)
    kinds = Counter(row.reading for row in own)
    argued = [row for row in own if row.reading == _ARGUED]
    return LevelReading(
        level=level,
        topics=topics,
        codes=codes,
        kinds=tuple((kind, kinds[kind]) for kind in READING_KINDS),
        orphans=tuple(each.topic for each in topics if not each.code),
        unheard=tuple(each.code for each in codes if not each.topics),
        argued=len(argued),
        excerpts=tuple((row, exemplar(index, row.segment_id)) for row in argued[: index.inputs.settings.excerpts]),
    )


def _topics(index: Index, level: str) -> tuple[TopicReading, ...]:
    labels = {card.topic: card.label() for card in index.inputs.topic_cards}
    unstable = {
        card.topic for card in index.inputs.topic_cards if card.stability is not None and card.stability < index.inputs.unstable_below
    }
    names = {code.id: code.name for code in index.inputs.codebook}
    table = index.inputs.topic_readings
    columns = ["weight", "low", "high", "base", "others", "segments", "same", "differ", "undecided", "uncoded"]
    rows = zip(*(table[name].tolist() for name in ["level", "topic", "code", *columns]), strict=True)
    found = [
        TopicReading(row[0], row[1], labels.get(row[1], ""), row[1] in unstable, row[2], names.get(row[2], ""), *row[3:]) for row in rows
    ]
    return tuple(sorted((each for each in found if each.level == level), key=lambda each: each.topic))


def _codes(index: Index, level: str, rows: list[SegmentReading], topics: tuple[TopicReading, ...]) -> tuple[CodeReading, ...]:
    direct = [(set(row.direct_codes.split("; ")) if row.direct_codes else set(), row.topic_code) for row in rows]
    of_level = [code for code in index.inputs.codebook if code.parent is None and _is(index, code.id) == level]
    return tuple(
        CodeReading(
            level=level,
            code=code.id,
            name=code.name,
            direct=sum(code.id in codes for codes, _ in direct),
            topics=tuple(each.topic for each in topics if code.id in (each.code, *each.others.split("; "))),
            by_topic=sum(code.id == topic_code for _, topic_code in direct),
            both=sum(code.id == topic_code and code.id in codes for codes, topic_code in direct),
        )
        for code in of_level
    )


def _is(index: Index, code: str) -> str:
    construct, theme = LEVELS
    return construct if index.inputs.codebook.children(code) else theme
