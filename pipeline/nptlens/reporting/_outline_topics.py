"""The topics of a written report, and where they part from direct coding."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._blocks import Block, Cell, Grid, Heading, Line, Quote, Words, grid
from nptlens.reporting._matrix import blocks
from nptlens.reporting._outline_codes import who
from nptlens.reporting._readings import CodeReading, LevelReading
from nptlens.reporting._topics import Exemplar, MapCell, Topics, TopicView
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, decimal

_WIDE = 5


def topics(view: ReportView) -> Iterator[Block]:
    """Yield the topic cards and the map of topics to codes."""
    found = view.topics
    if found.method == "off":
        yield Words("No topics were sought in this run.")
        return
    outside = f"Outside any topic: {counted(view.figures.outside_topics, 'segment')}."
    if not found.cards:
        yield Words(f"No topic was found (method: {found.found_by()}). {outside}")
        return
    yield Words(f"Topics were found without the codebook (method: {found.found_by()}); they are a reading aid, not themes. {outside}")
    if found.stability.resamples:
        yield Words(
            f"Stability is the mean Jaccard similarity to the topic most like it over {counted(found.stability.resamples, 'resample')} "
            f"(Hennig 2007). Below {decimal(found.unstable_below)} a topic is unstable: do not rest a claim on it. From 0.75 it is stable."
        )
    for card in found.cards:
        yield from _card(card)
    if found.rows:
        yield Heading("Topics and codes", 2)
        yield Words("Mean probability of the code over the topic’s segments, with its interval. ▲: the interval lies above the base rate.")
        yield from _map(found)


def _card(card: TopicView) -> Iterator[Block]:
    yield Heading(f"Topic {card.number}: {card.label}", 2)
    stability = "not measured" if card.stability is None else f"{decimal(card.stability)}, {card.verdict}"
    reach = [counted(card.size, "segment"), counted(card.participants, "participant"), counted(card.transcripts, "transcript")]
    merged = [f"merged by hand with topics {', '.join(map(str, card.merged))}"] if card.merged else []
    yield Words(" · ".join([*reach, f"stability: {stability}", *merged]), "note")
    yield Words(f"Words: {', '.join(card.words)}. Codes above their base rate: {', '.join(card.codes) or 'none'}.")
    yield from (_quote(each) for each in card.exemplars)


def _quote(each: Exemplar, *more: str) -> Quote:
    return Quote(each.place.transcript, each.place.start, each.place.end, each.text, (who(each.place), *more))


def _map(found: Topics) -> Iterator[Block]:
    runs = blocks(len(found.numbers), _WIDE)
    for part, run in enumerate(runs, start=1):
        wide = slice(run[0], run[-1] + 1)
        lines = []
        for row in found.rows:
            lines.append(Line(row.name, (Cell(decimal(row.base)), *map(_weight, row.cells[wide])), row.code))
        title = "Weight of each code in each topic" + (f", part {part} of {len(runs)}" if len(runs) > 1 else "")
        yield Grid(title, "", ("Code", "Base rate", *(f"Topic {number}" for number in found.numbers[wide])), tuple(lines))


def _weight(cell: MapCell | None) -> Cell:
    if cell is None:
        return Cell("–")
    return Cell(f"{'▲ ' if cell.above else ''}{decimal(cell.weight)}", f"{decimal(cell.low)} to {decimal(cell.high)}")


def readings(view: ReportView) -> Iterator[Block]:
    """Yield the two readings side by side, and where they part."""
    if not view.readings.levels:
        yield Words("Nothing was coded, so there are no readings to set side by side.")
        return
    yield Words(
        "Each segment is read directly, code by code, and through its topic: a topic speaks of the code whose mean probability stands "
        "highest above its base rate, if the whole interval lies above it. Where the two part is what to read again; it does not say "
        "which is right."
    )
    for level in view.readings.levels:
        yield from _level(level)


def _level(level: LevelReading) -> Iterator[Block]:
    yield Heading("Constructs" if level.level == "construct" else "Themes", 2)
    yield Words("Segments: " + " · ".join(f"{kind} {count(number)}" for kind, number in level.kinds) + ".")
    rows = []
    for each in level.topics:
        speaks = f"{each.code} {each.name}".strip() or "none"
        told = [count(each.same), count(each.differ), count(each.undecided)] if each.code else ["–"] * 3
        label = f"{each.topic}: {each.label}{' (unstable)' if each.unstable else ''}"
        rows.append((label, speaks, decimal(each.weight) if each.code else "–", count(each.segments), *told, count(each.uncoded)))
    if rows:
        columns = ("Topic", "Speaks of", "Weight", "Segments", "Same", "Differ", "Undecided", "Not coded")
        yield grid(f"What each topic speaks of: {level.level}s", columns, rows, words=(1,))
    lines = tuple(
        Line(each.name, tuple(map(Cell, (_numbers(each), *map(count, (each.by_topic, each.direct, each.both))))), each.code)
        for each in level.codes
    )
    both = (level.level.capitalize(), "Topics above its base rate", "Segments by topic", "Segments directly", "Both")
    yield Grid(f"Each {level.level} in both readings", "", both, lines, frozenset({1}))
    if level.argued:
        yield Words(f"Segments where the two differ: {count(level.argued)}; showing {count(len(level.excerpts))}.", "note")
        for one, excerpt in level.excerpts:
            yield _quote(excerpt, f"Topic {one.topic} speaks of {one.topic_code}; coded directly: {one.direct_codes}")


def _numbers(each: CodeReading) -> str:
    return ", ".join(map(str, each.topics)) or "none"
