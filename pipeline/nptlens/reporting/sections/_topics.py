"""The topics, the map of topics to codes, and where topics and direct coding part."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._readings import CodeReading, LevelReading, TopicReading
from nptlens.reporting._topics import Exemplar, MapCell, Topics, TopicView
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, decimal
from nptlens.reporting.content import Block, Cell, Group, Heading, Paragraph, Quotation, Quotations, Row, Run, Table, Text, code_text
from nptlens.reporting.sections._codes import segment, who


def topics(view: ReportView) -> Iterator[Block]:
    """Yield the topic cards and the map of topics to codes."""
    found = view.topics
    outside = view.figures.outside_topics
    told = f"(method: {found.found_by()})"
    outside_told = f"{counted(outside, 'segment')} {'stands' if outside == 1 else 'stand'} outside any topic."
    if found.method == "off":
        yield Paragraph("No topics were sought in this run.")
    elif not found.cards:
        yield Paragraph(f"No topic was found {told}. {outside_told}")
    else:
        yield Paragraph(f"Topics were found without the codebook {told}; they are a reading aid, not themes. {outside_told}")
        yield Paragraph(_stability(found) if found.stability.resamples else "How stable the topics are was not measured.")
        if view.short:
            yield _listed(found)
        else:
            yield from (_card(found, card) for card in found.cards)
    if found.rows and not view.short:
        yield from _map(found)


def _listed(found: Topics) -> Table:
    rows = []
    for card in found.cards:
        stability = Cell("–") if card.stability is None else Cell(decimal(card.stability), card.verdict)
        reach = (Cell(count(card.size)), Cell(count(card.participants)), stability)
        rows.append(Row(f"{card.number} {card.name or card.label}", (*reach, Cell(", ".join(card.words)))))
    columns = ("Topic", "Segments", "Participants", "Stability", "Words")
    return Table("Topics", "", columns, tuple(rows), long=frozenset({0, 4}))


def _stability(found: Topics) -> str:
    stability = found.stability
    if stability.ari_reseeds is None:
        reseeds = "; the method leaves nothing to chance, so another random seed changes nothing"
    else:
        others = counted(stability.reseeds, "other seed")
        reseeds = f", {decimal(stability.ari_reseeds)} when only the random seed changed ({others})"
    return (
        f"Stability says how far a topic came again when the segments were drawn anew {counted(stability.resamples, 'time')} and topics "
        "were sought in each draw: the mean Jaccard similarity to the topic most like it (Hennig 2007). Below "
        f"{decimal(found.unstable_below)} a topic is unstable: do not rest a claim on it. From 0.75 it is stable. All topics together: "
        f"adjusted Rand index {decimal(stability.ari_resamples)} over those draws{reseeds} (1: the same topics again; 0: no more alike "
        "than by chance)."
    )


def _card(found: Topics, card: TopicView) -> Group:
    reach = (counted(card.size, "segment"), counted(card.participants, "participant"), counted(card.transcripts, "transcript"))
    stability: tuple[str | Run, ...] = ("not measured",)
    if card.stability is not None:
        stability = (f"{decimal(card.stability)}, ", Run(card.verdict, "strong"))
    merged = ""
    if card.merged:
        others = ", ".join(map(str, card.merged))
        merged = f" (the least stable of its parts) · merged by hand with {'topic' if len(card.merged) == 1 else 'topics'} {others}"
    codes = f"\nCodes above their base rate: {', '.join(card.codes) or 'none'}" if card.number in found.numbers else ""
    told: Text = (f"{' · '.join(reach)}\nStability: ", *stability, f"{merged}\nWords: {', '.join(card.words)}{codes}")
    exemplars = tuple(_quotation(each) for each in card.exemplars)
    return Group("card", (Heading(f"Topic {card.number}: {card.label}"), Paragraph(told, "small"), Quotations(exemplars)))


def _quotation(each: Exemplar, *more: Text) -> Quotation:
    return Quotation((segment(each.segment_id, each.text),), (who(each.place), *more))


def _map(found: Topics) -> Iterator[Block]:
    yield Heading("Topics and codes")
    yield Paragraph(
        "The figure is the mean probability of the code over the topic’s segments, with its interval. ▲ marks a weight whose whole "
        "interval lies above the code’s base rate, its mean over all segments."
    )
    orphans, unheard = "Every topic stands above the base rate of at least one code.", "Every code has at least one such topic."
    if found.orphans:
        numbers = f"{'topic' if len(found.orphans) == 1 else 'topics'} {', '.join(map(str, found.orphans))}"
        orphans = f"Above the base rate of no code, so perhaps outside the theory: {numbers}."
    if found.unheard:
        unheard = f"Codes that no topic stands above: {', '.join(found.unheard)}."
    yield Paragraph(f"{orphans} {unheard}")
    parts = found.blocks()
    for number, part in enumerate(parts, start=1):
        title = "Weight of each code in each topic" + (f", part {number} of {len(parts)}" if len(parts) > 1 else "")
        columns = ("Code", "Base rate", *(f"Topic {found.numbers[n]}" for n in part))
        rows = (Row(row.name, (Cell(decimal(row.base)), *(_weight(row.cells[n]) for n in part)), row.code) for row in found.rows)
        yield Table(title, "", columns, tuple(rows), look="dense")


def _weight(cell: MapCell | None) -> Cell:
    if cell is None:
        return Cell("–")
    interval = f"{decimal(cell.low)} to {decimal(cell.high)}"
    return Cell(f"{'▲ ' if cell.above else ''}{decimal(cell.weight)}", interval, "above" if cell.above else "")


def readings(view: ReportView) -> Iterator[Block]:
    """Yield the two readings side by side, and where they part."""
    found = view.topics
    if not view.readings.levels:
        yield Paragraph("Nothing was coded, so there are no readings to set side by side.")
        return
    yield Paragraph(
        "Each segment is read directly, code by code, and through its topic: a topic, found without the codebook, speaks of the code whose "
        "mean probability stands highest above its base rate, if the whole interval lies above it. The third reading is where the two "
        "part. It shows what to read again; it does not say which of the two is right."
    )
    yield Paragraph(
        "Same: the topic’s code is among those assigned. Differ: only others are. Undecided: the machine abstained from the topic’s code. "
        "Topic only: no code was assigned. Direct only: codes were assigned, and the topic speaks of none, or there is no topic. Neither: "
        "no code in either reading.",
        "small",
    )
    orphans = "No topic stands outside the codebook."
    if not found.cards:
        orphans = "There are no topics."
    elif found.orphans:
        numbers = ", ".join(map(str, found.orphans))
        orphans = f"Topics that stand above the base rate of no code at all, so perhaps data outside the theory: {numbers}."
    unheard = f" Codes that no topic stands above: {', '.join(found.unheard)}." if found.unheard else ""
    yield Paragraph(f"{orphans}{unheard}")
    for level in view.readings.levels:
        yield from _level(level)


def _level(level: LevelReading) -> Iterator[Block]:
    yield Heading("Constructs" if level.level == "construct" else "Themes")
    yield Paragraph("Segments: " + " · ".join(f"{kind} {count(number)}" for kind, number in level.kinds) + ".")
    told = []
    if level.orphans:
        told.append(f"Topics that speak of no {level.level}: {', '.join(map(str, level.orphans))}.")
    elif level.topics:
        told.append(f"Every topic speaks of at least one {level.level}.")
    if level.unheard:
        told.append(f"{level.level.capitalize()}s that no topic speaks of: {', '.join(level.unheard)}.")
    else:
        told.append(f"Every {level.level} has a topic that speaks of it.")
    yield Paragraph(" ".join(told))
    if level.topics:
        figures = ("Segments", "Same", "Differ", "Undecided", "Not coded")
        columns = ("Topic", "Speaks of", "Weight", "Base rate", "Also", *figures)
        title = "What each topic speaks of, and how its segments were coded directly"
        label, rows = f"Topics read as {level.level}s", tuple(map(_topic, level.topics))
        yield Table(title, "", columns, rows, frozenset({4}), long=frozenset({0, 1}), label=label, look="dense")
    rows = tuple(map(_code, level.codes))
    both = (level.level.capitalize(), "Topics above its base rate", "Segments by topic", "Segments directly", "Both")
    yield Table(f"Each {level.level} in both readings", "", both, rows, frozenset({1}), look="dense")
    if level.argued:
        shown = Paragraph(f"Showing {len(level.excerpts)}; excerpts.xlsx, sheet Three readings, holds all.", "small")
        quotations = tuple(
            _quotation(excerpt, f"Topic {one.topic} speaks of {one.topic_code}; coded directly: {one.direct_codes}")
            for one, excerpt in level.excerpts
        )
        yield Group("details", (shown, Quotations(quotations)), f"{counted(level.argued, 'segment')} where the two differ")


def _code(each: CodeReading) -> Row:
    topics = Cell(", ".join(map(str, each.topics)) or "none")
    return Row(each.name, (topics, *(Cell(count(n)) for n in (each.by_topic, each.direct, each.both))), each.code)


def _topic(each: TopicReading) -> Row:
    head = f"{each.topic}: {each.label}{' (unstable)' if each.unstable else ''}"
    segments, uncoded = Cell(count(each.segments)), Cell(count(each.uncoded))
    if not each.code:
        return Row(head, (Cell("none"), *[Cell("–")] * 3, segments, *[Cell("–")] * 3, uncoded))
    weight = Cell(decimal(each.weight), f"{decimal(each.low)} to {decimal(each.high)}")
    speaks = (Cell(code_text(each.code, each.name)), weight, Cell(decimal(each.base)), Cell(each.others or "–"))
    return Row(head, (*speaks, segments, *(Cell(count(n)) for n in (each.same, each.differ, each.undecided)), uncoded))
