"""The human ceiling: how far the machine and people agree, beside how far people agree with each other, on the same units."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nptlens.reporting._words import count, decimal
from nptlens.reporting.content import Block, Cell, Paragraph, Picture, Row, Section, Table, estimate
from nptlens.reporting.drawing._plots import MARKS, Point, Series, dots
from nptlens.reporting.validation._shelf import FRAME_WORDS, STATISTIC_WORDS, Shelf

_HEADLINES = ("mean_kappa", "kappa", "alpha", "alpha_masi", "fleiss_kappa", "ac1", "macro_f1", "f1")
_IN_SENTENCE = {"mean_kappa": "mean kappa over codes", "macro_f1": "macro F1"}


@dataclass(frozen=True, slots=True)
class Beside:
    """A row of the ceiling table."""

    coder: str
    against: str
    machine: str
    frame: str
    scope: str
    code: str
    statistic: str
    n: int
    human: float
    human_low: float
    human_high: float
    machine_value: float
    machine_low: float
    machine_high: float
    difference: float
    difference_low: float
    difference_high: float


def ceiling(shelf: Shelf) -> Section:
    """Return the headline: a sentence per machine and pair of people, the figures behind it, and the codes one by one."""
    rows = tuple(Beside(*row) for row in shelf.validation.ceiling.itertuples(index=False, name=None))
    if not rows:
        return Section("ceiling", "The human ceiling", (Paragraph(_nothing(shelf)), *_without(shelf)))
    triples = list(dict.fromkeys((row.machine, row.coder, row.against) for row in rows))
    blocks: list[Block] = []
    for triple in triples:
        own = [row for row in rows if (row.machine, row.coder, row.against) == triple]
        headline = _headline(own)
        if headline is not None:
            blocks.append(Paragraph(sentence(shelf, headline), "lead"))
    blocks.append(
        Paragraph(
            "People who code the same interviews differ too, and a machine cannot be expected to agree with one of them much more "
            "than the other does. Both comparisons stand on the same units and the same resamples. That an interval of the difference "
            "holds 0 does not show that machine and person are alike: look at how far the interval reaches."
        )
    )
    blocks.append(_overall(shelf, [row for row in rows if row.scope == "overall"]))
    for number, triple in enumerate(triples):
        blocks += _codes(shelf, [row for row in rows if (row.machine, row.coder, row.against) == triple], number)
    return Section("ceiling", "The human ceiling", tuple(blocks))


def _nothing(shelf: Shelf) -> str:
    people = sum(not each.startswith(("machine", "baseline")) for each in shelf.validation.coders)
    if people < 2:
        return "Fewer than two people coded, so it is not known how far people would agree with each other on these interviews."
    return (
        "No machine was compared with two people on the same units, so there is no machine–human figure to set beside the human–human one."
    )


def _headline(rows: Iterable[Beside]) -> Beside | None:
    known = {(row.frame, row.statistic): row for row in rows if row.scope == "overall"}
    for statistic in _HEADLINES:
        for frame in ("all", "either", "both"):
            if (frame, statistic) in known:
                return known[frame, statistic]
    return None


def sentence(shelf: Shelf, row: Beside) -> str:
    """Say what one comparison found; an interval that holds 0 is never called equality."""
    machine, first, second = shelf.who(row.machine), shelf.who(row.coder), shelf.who(row.against)
    what = _IN_SENTENCE.get(row.statistic, STATISTIC_WORDS[row.statistic])
    start = (
        f"On the same {count(row.n)} units ({FRAME_WORDS[row.frame]}), {machine} and {second} reach a {what} of "
        f"{_told(shelf, row.machine_value, row.machine_low, row.machine_high)}, {first} and {second} reach "
        f"{_told(shelf, row.human, row.human_low, row.human_high)}. "
    )
    return start[:1].upper() + start[1:] + _verdict(shelf, row, machine, first, second)


def _told(shelf: Shelf, value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "a figure that these data do not determine"
    if math.isnan(low) or math.isnan(high):
        return f"{decimal(value)} (interval not determined)"
    return f"{decimal(value)} ({shelf.interval()} {decimal(low)} to {decimal(high)})"


def _verdict(shelf: Shelf, row: Beside, machine: str, first: str, second: str) -> str:
    low, high = row.difference_low, row.difference_high
    if math.isnan(row.difference):
        return "Their difference is not determined by these data."
    told = f"The difference, machine minus person, is {decimal(row.difference)}"
    if math.isnan(low) or math.isnan(high):
        return f"{told}; these data give no interval for it, so nothing can be said about its sign."
    told += f" ({shelf.interval()} {decimal(low)} to {decimal(high)}). "
    if high < 0:
        return f"{told}The whole interval lies below 0: {machine} agrees with {second} less than {first} does."
    if low > 0:
        return (
            f"{told}The whole interval lies above 0: {machine} agrees with {second} more than {first} does, which is agreement with "
            "one person and not a proof of being right."
        )
    return (
        f"{told}The interval holds 0, so these data do not tell which agrees more with {second}; they do not show that both agree "
        f"equally, and leave room for a machine that is {decimal(-low)} below and for one that is {decimal(high)} above."
    )


def _overall(shelf: Shelf, rows: list[Beside]) -> Table:
    lines = tuple(
        Row(
            f"{shelf.who(row.machine)} beside {shelf.who(row.coder)}, both with {shelf.who(row.against)}",
            (Cell(STATISTIC_WORDS[row.statistic]), Cell(FRAME_WORDS[row.frame]), Cell(count(row.n)), *_three(row)),
        )
        for row in rows
    )
    columns = ("Comparison", "Figure", "Frame", "Units", "People", "Machine", "Difference")
    caption = f"Machine–human beside human–human. Difference: machine minus people. Below each figure: its {shelf.interval()}."
    return Table("All codes together", caption, columns, lines, frozenset({1, 2}))


def _three(row: Beside) -> tuple[Cell, Cell, Cell]:
    return (
        estimate(row.human, row.human_low, row.human_high),
        estimate(row.machine_value, row.machine_low, row.machine_high),
        estimate(row.difference, row.difference_low, row.difference_high),
    )


def _codes(shelf: Shelf, rows: list[Beside], number: int) -> list[Block]:
    coded = [row for row in rows if row.scope != "overall"]
    if not coded:
        return []
    statistic = next((each for each in _HEADLINES if any(row.statistic == each for row in coded)), coded[0].statistic)
    frame = coded[0].frame
    place = {code: at for at, code in enumerate(shelf.codebook.ids())}
    chosen = sorted(
        (row for row in coded if row.statistic == statistic and row.frame == frame),
        key=lambda row: (place.get(row.code, len(place)), row.code),
    )
    one = chosen[0]
    people = f"{shelf.who(one.coder)} and {shelf.who(one.against)}"
    machine = f"{shelf.who(one.machine)} and {shelf.who(one.against)}"
    series = (
        Series(people, tuple(Point(at, row.human, row.human_low, row.human_high) for at, row in enumerate(chosen))),
        Series(machine, tuple(Point(at, row.machine_value, row.machine_low, row.machine_high) for at, row in enumerate(chosen))),
    )
    what = STATISTIC_WORDS[statistic]
    title = f"{what} of each code: {machine}, beside {people}"
    alt = f"Dot plot of {what} for {len(chosen)} codes with intervals: {people} as {MARKS[0]}s, {machine} as {MARKS[1]}s."
    svg = dots([row.code for row in chosen], series, what, f"ceiling{number}", f"{alt} The table below holds the same figures.")
    caption = f"Filled circle: {people}. Hollow diamond: {machine}. Line: {shelf.interval()}. Frame: {FRAME_WORDS[frame]}."
    lines = tuple(Row(shelf.name(row.code), (Cell(count(row.n)), *_three(row)), row.code, shelf.depth(row.code)) for row in chosen)
    told = f"Frame: {FRAME_WORDS[frame]}. Difference: machine minus people."
    grid = Table(title, told, ("Code", "Units", "People", "Machine", "Difference"), lines, folded=True)
    return [Picture(svg, title, caption, (grid,))]


def _without(shelf: Shelf) -> list[Block]:
    """Return the plot of agreement by code where there is no ceiling: a series per pair that shares who it is against."""
    rows = [
        figure
        for figure in shelf.figures
        if figure.scope != "overall" and figure.statistic in ("kappa", "fleiss_kappa") and figure.level == "which" and figure.frame == "all"
    ]
    blocks: list[Block] = []
    for number, against in enumerate(dict.fromkeys(figure.against for figure in rows)):
        own = [figure for figure in rows if figure.against == against]
        codes = [code for code in shelf.codebook.ids() if any(figure.code == code for figure in own)]
        codes += sorted({figure.code for figure in own} - set(codes))
        pairs = list(dict.fromkeys(figure.coder for figure in own))[:4]
        names = [shelf.against((coder, against)) for coder in pairs]
        series = tuple(
            Series(name, tuple(Point(codes.index(each.code), each.value, each.low, each.high) for each in own if each.coder == coder))
            for name, coder in zip(names, pairs, strict=True)
        )
        told = "; ".join(f"{mark}: {name}" for mark, name in zip(MARKS, names, strict=False))
        title = f"Kappa of each code: {', '.join(names)}"
        svg = dots(codes, series, "Kappa", f"kappa{number}", f"Dot plot of kappa for {len(codes)} codes with intervals; {told}.")
        held = {(each.coder, each.code): each for each in own}
        lines = tuple(
            Row(shelf.name(code), tuple(_or_none(held.get((coder, code))) for coder in pairs), code, shelf.depth(code)) for code in codes
        )
        grid = Table(title, f"Frame: {FRAME_WORDS['all']}.", ("Code", *names), lines, folded=True)
        blocks.append(Picture(svg, title, f"{told[:1].upper()}{told[1:]}. Line: {shelf.interval()}. Frame: {FRAME_WORDS['all']}.", (grid,)))
    return blocks


def _or_none(figure: object) -> Cell:
    from nptlens.reporting.validation._shelf import Figure

    return estimate(figure.value, figure.low, figure.high, below=f"n = {count(figure.n)}") if isinstance(figure, Figure) else Cell("–")
