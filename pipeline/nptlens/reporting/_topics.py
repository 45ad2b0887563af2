"""Topic cards, and the map of topics to codes."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.reporting._complementary_suppression import Shown
from nptlens.reporting._index import Index
from nptlens.reporting._matrix import blocks
from nptlens.reporting._places import Place, place_of
from nptlens.schemas.records import TopicStability

_WIDE = 6  # topics side by side on a printed page
_STABLE = 0.75  # Hennig 2007: a valid, stable cluster


@dataclass(frozen=True, slots=True)
class Exemplar:
    """An excerpt with its words and its place."""

    segment_id: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic card as shown; `codes` are those whose weight stands above their base rate, the heaviest first."""

    number: int
    label: str
    name: str
    stability: float | None
    verdict: str
    merged: tuple[int, ...]
    words: tuple[str, ...]
    size: int
    participants: Shown
    transcripts: Shown
    exemplars: tuple[Exemplar, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapCell:
    """How strongly a topic speaks of a code; `above`: the whole interval lies above the code's base rate."""

    topic: int
    weight: float
    low: float
    high: float
    base: float
    above: bool


@dataclass(frozen=True, slots=True)
class MapRow:
    """One code of the map; a cell is None where the pair was not measured."""

    code: str
    name: str
    base: float
    cells: tuple[MapCell | None, ...]


_METHODS = {
    "small": "principal components, Ward's tree and k-means over all segments",
    "large": "principal components, Ward's tree and k-means over a sample; every segment goes to the nearest centre",
    "bertopic": "UMAP and HDBSCAN, by BERTopic",
}


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics. `orphans` are topics above the base rate of no code, `unheard` codes that no topic stands above."""

    method: str
    stability: TopicStability
    unstable_below: float
    cards: tuple[TopicView, ...]
    numbers: tuple[int, ...]
    rows: tuple[MapRow, ...]
    orphans: tuple[int, ...]
    unheard: tuple[str, ...]

    def measured(self, topic: int) -> tuple[tuple[str, MapCell], ...]:
        """Return a topic's cells with their codes, in the order of the codebook."""
        column = self.numbers.index(topic) if topic in self.numbers else None
        cells = [(row.code, row.cells[column]) for row in self.rows] if column is not None else []
        return tuple((code, cell) for code, cell in cells if cell is not None)

    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Return the map's columns in blocks that fit on a page."""
        return blocks(len(self.numbers), _WIDE)

    def found_by(self) -> str:
        """Return how topics were found, in words."""
        return _METHODS.get(self.method, self.method)


def exemplar(index: Index, segment_id: str) -> Exemplar:
    """Return a segment's words and place."""
    segment = index.segments[segment_id]
    return Exemplar(segment_id, index.text(segment), place_of(index, segment))


def verdict(stability: float | None, unstable_below: float) -> str:
    """Return what a topic's stability means: "unstable" below the setting, "stable" from 0.75, "doubtful" between."""
    if stability is None:
        return "not measured"
    if stability < unstable_below:
        return "unstable"
    return "stable" if stability >= _STABLE else "doubtful"


def topics(index: Index) -> Topics:
    """Return the topics in the order of their numbers, the map in the order of the codebook."""
    rows = _rows(index)
    heavy: dict[int, list[tuple[float, str]]] = {}
    for row in rows:
        for cell in row.cells:
            if cell is not None and cell.above:
                heavy.setdefault(cell.topic, []).append((-cell.weight, row.code))
    cards = tuple(
        TopicView(
            number=card.topic,
            label=card.label(),
            name=card.name,
            stability=card.stability,
            verdict=verdict(card.stability, index.inputs.unstable_below),
            merged=card.merged,
            words=card.words,
            size=card.size,
            participants=card.participants,
            transcripts=card.transcripts,
            exemplars=tuple(exemplar(index, name) for name in card.exemplars if name in index.segments),
            codes=tuple(code for _, code in sorted(heavy.get(card.topic, []))),
        )
        for card in sorted(index.inputs.topic_cards, key=lambda each: each.topic)
    )
    numbers = tuple(sorted(set(index.inputs.topic_codes["topic"].tolist())))
    return Topics(
        method=index.inputs.topic_method,
        stability=index.inputs.topic_stability,
        unstable_below=index.inputs.unstable_below,
        cards=cards,
        numbers=numbers,
        rows=rows,
        orphans=tuple(number for number in numbers if number not in heavy),
        unheard=tuple(row.code for row in rows if not any(cell is not None and cell.above for cell in row.cells)),
    )


def _rows(index: Index) -> tuple[MapRow, ...]:
    table = index.inputs.topic_codes
    names = ["topic", "code", "weight", "low", "high", "base"]
    cells = {
        (code, topic): MapCell(topic, weight, low, high, base, above=low > base)
        for topic, code, weight, low, high, base in zip(*(table[name].tolist() for name in names), strict=True)
    }
    numbers = sorted({topic for _, topic in cells})
    rows = []
    for code in index.inputs.codebook:
        found = tuple(cells.get((code.id, number)) for number in numbers)
        known = [cell for cell in found if cell is not None]
        if known:
            rows.append(MapRow(code.id, code.name, known[0].base, found))
    return tuple(rows)
