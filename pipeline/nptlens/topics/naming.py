"""What people made of the topics: names and merges, kept in topic_names.csv and applied after every discovery.

Numbers of topics change from run to run, so a line knows its topic by exemplars: it belongs to the topic that holds more than half of
the segments it names. A line without exemplars goes by its words: the one topic that shares the most, and at least half, of them. A
merge names its target in the same way. What no longer fits is a Problem, and the line stays in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.core.delimited import delimited, read_rows
from nptlens.core.errors import ReadingError, SettingsError
from nptlens.core.ids import find_segment_id
from nptlens.safety.cells import bare, guarded
from nptlens.schemas.records import Problem, Severity, TopicCard
from nptlens.schemas.settings import TopicSettings
from nptlens.schemas.tables import TOPICS, checked
from nptlens.topics.cards import make_cards

COLUMNS = ("topic", "words", "exemplars", "name", "merge_into")
_LOOK = "look at: nptlens topics --study STUDY; then name the topic again and delete this line"


@dataclass(frozen=True, slots=True)
class TopicName:
    """A line of topic_names.csv. `topic` is the number when it was written; `merge_into` the exemplars of the target, () for none."""

    line: int
    topic: str
    words: tuple[str, ...]
    exemplars: tuple[str, ...]
    name: str
    merge_into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Topics as people want them: a merged topic keeps the number of the one it was merged into."""

    topics: pd.DataFrame
    cards: tuple[TopicCard, ...]
    problems: tuple[Problem, ...]


def read_names(path: Path | None) -> tuple[TopicName, ...]:
    """Read topic_names.csv; () where there is none. Raises SettingsError, with every fault, where a line cannot be understood."""
    if path is None:
        return ()
    try:
        table = read_rows(path)
    except ReadingError as error:
        raise SettingsError(error.what, where=str(path), hint="save it as CSV, UTF-8") from None
    told_by = "words" if "words" in table.columns else "exemplars"
    faults = [f"lacks the column {name}" for name in table.lacking(told_by, "merge_into", "name")]
    faults += [f"has the column {name} twice" for name in table.twice()]
    if faults:
        raise SettingsError("; ".join(faults), where=str(path), hint=f"columns are {', '.join(COLUMNS)}")
    names = tuple(_name(row.line, {column: bare(cell.strip()) for column, cell in row.cells.items()}) for row in table.rows)
    faults = [f"line {each.line} names no exemplars and no words" for each in names if not each.exemplars and not each.words]
    if faults:
        raise SettingsError("; ".join(faults), where=str(path), hint="exemplars are segment ids, parted by semicolons")
    return names


def _name(line: int, row: Mapping[str, str]) -> TopicName:
    words, exemplars, into = _parts(row, "words", ","), _ids(row, "exemplars"), _ids(row, "merge_into")
    return TopicName(line, row.get("topic", ""), words, exemplars, row["name"], into)


def _ids(row: Mapping[str, str], column: str) -> tuple[str, ...]:
    return tuple(map(find_segment_id, _parts(row, column, ";")))


def _parts(row: Mapping[str, str], column: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in row.get(column, "").split(mark) if part.strip())


def names_csv(names: Sequence[TopicName]) -> str:
    """Return the text of topic_names.csv; cells that a spreadsheet could run are guarded."""
    rows = [(each.topic, ", ".join(each.words), "; ".join(each.exemplars), each.name, "; ".join(each.merge_into)) for each in names]
    return delimited([COLUMNS, *([guarded(cell) for cell in row] for row in rows)])


def find_topic(name: TopicName, topics: Mapping[str, int], cards: Sequence[TopicCard]) -> int | None:
    """Return the topic that a line means, None where none fits; `topics` are the numbers by segment id."""
    if name.exemplars:
        return _holder(name.exemplars, topics)
    shared = [(len(set(name.words) & set(card.words)), card.topic) for card in cards]
    best = max((count for count, _ in shared), default=0)
    fitting = [topic for count, topic in shared if count == best]
    return fitting[0] if len(fitting) == 1 and 2 * best >= len(set(name.words)) else None


def _holder(exemplars: Sequence[str], topics: Mapping[str, int]) -> int | None:
    held = Counter(topics.get(segment, -1) for segment in set(exemplars))
    topic, count = max(held.items(), key=lambda item: (item[1], item[0]))
    return topic if topic >= 0 and 2 * count > len(set(exemplars)) else None


def apply_names(
    topics: pd.DataFrame,
    cards: Sequence[TopicCard],
    names: Sequence[TopicName],
    vectors: NDArray[np.float32],
    segments: pd.DataFrame,
    settings: TopicSettings,
) -> Named:
    """Return discovered topics under their names, merged as asked; row i of `vectors` ``(n, d)`` and `topics` belongs to segment i."""
    problems: list[Problem] = []
    place = dict(zip(topics["segment_id"].tolist(), topics["topic"].tolist(), strict=True))
    named, target = _meant(names, place, cards, problems)
    numbers = {card.topic: _root(card.topic, target) for card in cards} | {-1: -1}
    topic = np.array([numbers[number] for number in topics["topic"].tolist()], dtype=np.int64)
    for number, name in sorted(named.items()):
        root = numbers[number]
        if root != number and not named.get(root):
            named[root] = name
    known = {card.topic: card for card in cards}
    made = make_cards(topic, vectors, segments, settings) if any(a != b for a, b in numbers.items()) else tuple(cards)
    return Named(
        topics=checked(TOPICS, topics.assign(topic=topic)),
        cards=tuple(_dressed(card, known, numbers, named.get(card.topic, "")) for card in made),
        problems=tuple(problems),
    )


def _meant(
    names: Sequence[TopicName], place: Mapping[str, int], cards: Sequence[TopicCard], problems: list[Problem]
) -> tuple[dict[int, str], dict[int, int]]:
    """Return names by topic and targets by topic; a line that fits no topic, or speaks against one before it, is a problem."""
    named: dict[int, str] = {}
    target: dict[int, int] = {}
    for each in names:
        where = f"topic_names.csv line {each.line}"
        number = find_topic(each, place, cards)
        if number is None:
            problems.append(Problem(where, "no topic holds most of the excerpts that this line knows its topic by", _LOOK))
            continue
        if each.name and named.get(number, each.name) != each.name:
            problems.append(Problem(where, f"topic {number} has another name already", _LOOK))
        elif each.name:
            named[number] = each.name
        if not each.merge_into:
            continue
        into = _holder(each.merge_into, place)
        if into is None:
            problems.append(Problem(where, f"topic {number} is not merged: no topic holds most of the excerpts of the other one", _LOOK))
        elif into == number:
            problems.append(Problem(where, f"what was to be merged is one topic now: {number}", "delete this line", Severity.NOTE))
        elif target.get(number, into) != into or _root(into, target) == number:
            problems.append(Problem(where, f"topic {number} is not merged into {into}: another line says otherwise", _LOOK))
        else:
            target[number] = into
    return named, target


def _root(topic: int, target: Mapping[int, int]) -> int:
    while topic in target:
        topic = target[topic]
    return topic


def _dressed(card: TopicCard, known: Mapping[int, TopicCard], numbers: Mapping[int, int], name: str) -> TopicCard:
    parts = [known[number] for number, root in sorted(numbers.items()) if root == card.topic and number >= 0]
    stabilities = [part.stability for part in parts]
    least = None if None in stabilities else min(each for each in stabilities if each is not None)
    return replace(card, stability=least, name=name, merged=tuple(part.topic for part in parts if part.topic != card.topic))
