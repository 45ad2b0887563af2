"""Topics on a plane, and topics beside the constructs of the codebook."""

from __future__ import annotations

from functools import partial

from nptlens.reporting._index import Index
from nptlens.reporting._words import count, decimal, short
from nptlens.reporting.charts._draw import Bubble, Named, Shaded, picture, plane, shaded
from nptlens.reporting.content import Block, Cell, Paragraph, Picture, Row, Section, Table
from nptlens.schemas.patterns import TopicMap

_LABELS = 30  # topics that are named on the plane; more have their numbers alone
_AREA = 640.0  # of the largest mark
_SMALLEST = 60.0


def topic_pictures(index: Index) -> Section:
    """Return the map of topics and the topics beside the constructs."""
    blocks: list[Block] = []
    found = index.inputs.patterns.topic_map
    orphans = _orphans(index)
    if found is not None:
        blocks.append(_plane(index, found, orphans))
    grid = _constructs(index, orphans)
    if grid is not None:
        blocks.append(grid)
    if blocks:
        lead = "Topics were found without the codebook. An orphan stands above the base rate of no code: perhaps outside the theory."
        blocks.insert(0, Paragraph(lead))
    return Section("topic-map", "Map of the topics", tuple(blocks))


def _orphans(index: Index) -> frozenset[int]:
    table = index.inputs.topic_codes
    above = table.loc[table["low"] > table["base"], "topic"]
    return frozenset(table["topic"].tolist()) - frozenset(above.tolist())


def _plane(index: Index, found: TopicMap, orphans: frozenset[int]) -> Picture:
    cards = {card.topic: card for card in index.inputs.topic_cards}
    points = [point for point in found.points if point.topic in cards]
    most = max((cards[point.topic].size for point in points), default=1)
    below = index.inputs.unstable_below
    unstable = {topic for topic, card in cards.items() if card.stability is not None and card.stability < below}
    bubbles = [
        Bubble(
            point.x,
            point.y,
            max(_SMALLEST, _AREA * cards[point.topic].size / most),
            f"{point.topic} {short(cards[point.topic].name or ', '.join(cards[point.topic].words[:1]), 16)}"
            if len(points) <= _LABELS
            else str(point.topic),
            point.topic in orphans,
            point.topic in unstable,
        )
        for point in points
    ]
    lines = tuple(
        Row(
            cards[point.topic].label(),
            (
                Cell(count(cards[point.topic].size)),
                Cell(decimal(point.x)),
                Cell(decimal(point.y)),
                Cell("yes" if point.topic in orphans else "no"),
                Cell("not measured" if (held := cards[point.topic].stability) is None else decimal(held)),
            ),
            str(point.topic),
        )
        for point in points
    )
    columns = ("Topic", "Excerpts", "Across", "Up", "Orphan", "Stability")
    grid = Table("Places of the topics", "", columns, lines, frozenset({4}), folded=True)
    across, up = (f"{share:.0%} of what sets the topics apart" for share in found.shares)
    named = Named(
        "topic-map",
        "Map of the topics",
        "Topics near each other speak alike. The area of a mark is its number of excerpts. Circle: above the base rate of some code; "
        f"diamond: orphan. Hollow: unstable (below {decimal(below)}). "
        f"The plane shows only {sum(found.shares):.0%} of what sets them apart.",
        f"{len(points)} topics on a plane. "
        f"Largest: {'; '.join(cards[p.topic].label() for p in sorted(points, key=lambda p: -cards[p.topic].size)[:3])}. "
        f"Orphans: {', '.join(str(p.topic) for p in points if p.topic in orphans) or 'none'}. The table below holds the places.",
    )
    return picture(index.inputs.pictures, partial(plane, bubbles, across, up), named, grid)


def _constructs(index: Index, orphans: frozenset[int]) -> Picture | None:
    """Return topics by the codes that stand at the top of the codebook; None where nothing was measured."""
    table, codebook = index.inputs.topic_codes, index.inputs.codebook
    tops = [code for code in codebook if code.parent is None and (table["code"] == code.id).any()]
    topics = sorted(set(table["topic"].tolist()))
    if not tops or not topics:
        return None
    columns = [table[name].tolist() for name in ("topic", "code", "weight", "low", "high", "base")]
    held = {(topic, code): rest for topic, code, *rest in zip(*columns, strict=True)}
    labels = {card.topic: card.label() for card in index.inputs.topic_cards}
    texts, shades, lines = [], [], []
    for topic in topics:
        row = [held.get((topic, code.id)) for code in tops]
        texts.append(tuple("" if cell is None else f"{'▲' if cell[1] > cell[3] else ''}{decimal(cell[0])}" for cell in row))
        shades.append(tuple(0.0 if cell is None else float(cell[0]) for cell in row))
        lines.append(Row(labels.get(topic, ""), (*map(_weight, row), Cell("orphan" if topic in orphans else "")), str(topic)))
    base = {code: rest[3] for (_, code), rest in held.items()}
    lines.append(Row("Base rate", (*(Cell(decimal(base[code.id])) for code in tops), Cell(""))))
    names = tuple(f"{topic}{' orphan' if topic in orphans else ''}" for topic in topics)
    grid = Table(
        "Topics by construct",
        "Mean probability over the topic’s segments, with its interval.",
        ("Topic", *(code.id for code in tops), "Orphan"),
        tuple(lines),
        frozenset({len(tops) + 1}),
        folded=True,
    )
    told = ", ".join(str(topic) for topic in topics if topic in orphans)
    orphaned = f"Orphans: {told}." if told else "No topic is an orphan."
    named = Named(
        "topic-constructs",
        "Topics beside the codes at the top of the codebook",
        "Numbers and shade: mean probability of the code over the topic’s segments. ▲: its whole interval lies above the base rate. "
        f"{orphaned}",
        f"Table of {len(topics)} topics by {len(tops)} codes with the mean probability in each cell. {orphaned}",
    )
    drawn = Shaded(names, tuple(code.id for code in tops), tuple(texts), tuple(shades), "topics down, codes across")
    return picture(index.inputs.pictures, partial(shaded, drawn), named, grid)


def _weight(cell: list[float] | None) -> Cell:
    """Return weight, with ▲ where its interval (low, high) lies above the base rate, and the interval below it."""
    if cell is None:
        return Cell("–")
    weight, low, high, base = cell
    return Cell(f"{'▲ ' if low > base else ''}{decimal(weight)}", f"{decimal(low)} to {decimal(high)}")
