"""How figures grow with coding, and information with interviews: the learning curve, sample sizes, new codes and topics."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from nptlens.reporting._words import count, counted, decimal, share
from nptlens.reporting.content import Block, Cell, Heading, Paragraph, Picture, Row, Section, Table, estimate
from nptlens.reporting.drawing._plots import Point, Scale, Series, curves, steps_to
from nptlens.reporting.validation._shelf import STATISTIC_WORDS, Shelf
from nptlens.schemas.validation import SaturationSummary

_FIXED = "This counts when the codes of a codebook that was fixed beforehand first appear, not whether new themes would still come. "
_SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def learning(shelf: Shelf) -> Section:
    """Return the learning curve and what it would take to narrow the intervals."""
    rows = list(shelf.validation.learning.to_dict("records"))
    advice = list(shelf.validation.advice.to_dict("records"))
    found: list[Block] = []
    if rows:
        found.append(
            Paragraph(
                "The machine is trained again on some of the manually coded transcripts and measured on others. A curve that still "
                "rises says that more coding would help; it does not say where it would end."
            )
        )
    ordered = sorted(rows, key=lambda row: row["against"])
    for number, (against, group) in enumerate(groupby(ordered, key=lambda row: row["against"])):
        found.append(_learning(shelf, str(against), list(group), number))
    advice.sort(key=lambda row: (row["coder"], row["against"], row["statistic"]))  # stable: codes stay in their order
    for key, part in groupby(advice, key=lambda row: (row["coder"], row["against"], row["statistic"])):
        found.append(_advice(shelf, *key, list(part)))
    return Section("learning", "How much more coding is needed", tuple(found))


def _learning(shelf: Shelf, against: str, rows: list[dict[Any, Any]], number: int) -> Picture:
    statistics = list(dict.fromkeys(row["statistic"] for row in rows))[:4]
    series = tuple(
        Series(
            STATISTIC_WORDS[each],
            tuple(Point(row["transcripts"], row["value"], row["low"], row["high"]) for row in rows if row["statistic"] == each),
        )
        for each in statistics
    )
    title = f"Learning curve, against {shelf.who(against)}"
    known = "; ".join(
        f"{each.name} {decimal(each.points[0].value)} with {counted(int(each.points[0].x), 'transcript')}, "
        f"{decimal(each.points[-1].value)} with {count(int(each.points[-1].x))}"
        for each in series
    )
    least = min([0.0, *(v for each in series for p in each.points for v in (p.value, p.low) if not math.isnan(v))])
    steps = (*(round(step / 5, 1) for step in range(math.floor(least * 5), 0)), *_SHARES)
    x = Scale("manually coded transcripts that taught the machine", steps_to(max(row["transcripts"] for row in rows)), 0)
    svg = curves(series, x, Scale("figure", steps, 1), f"learning{number}", f"Learning curve. {known}.")
    counts = sorted({(row["transcripts"], row["draws"]) for row in rows})
    held = {(row["transcripts"], row["statistic"]): row for row in rows}
    lines = tuple(
        Row(count(transcripts), (Cell(count(draws)), *(_of(held.get((transcripts, each))) for each in statistics)))
        for transcripts, draws in counts
    )
    grid = Table(
        title,
        f"Below each figure: its {shelf.interval()}.",
        ("Transcripts", "Draws", *(STATISTIC_WORDS[each] for each in statistics)),
        lines,
        folded=True,
    )
    return Picture(svg, title, f"Marks: means over random draws of transcripts; vertical lines: {shelf.interval()}s.", (grid,))


def _of(row: dict[Any, Any] | None) -> Cell:
    return Cell("–") if row is None else estimate(row["value"], row["low"], row["high"])


def _advice(shelf: Shelf, coder: str, against: str, statistic: str, rows: list[dict[Any, Any]]) -> Table:
    lines = tuple(
        Row(
            shelf.name(row["code"]) or ("" if row["code"] else "all codes"),
            (
                Cell(share(row["prevalence"])),
                Cell(decimal(row["width"])),
                Cell(decimal(row["wanted"])),
                Cell(count(row["transcripts"]), f"{count(row['units'])} units"),
                _needed(row),
            ),
            row["code"],
            shelf.depth(row["code"]),
        )
        for row in rows
    )
    caption = (
        "The width of an interval shrinks with the root of the number of transcripts, so halving it takes four times as many. Advice, "
        "not a promise: it takes further transcripts to be like those at hand."
    )
    columns = ("Code", "Prevalence", "Width now", "Width wanted", "Transcripts now", "Transcripts needed")
    title = f"Sample size for an interval of the wanted width: {STATISTIC_WORDS[statistic]}, {shelf.against((coder, against))}"
    return Table(title, caption, columns, lines)


def _needed(row: dict[Any, Any]) -> Cell:
    transcripts, units = row["transcripts_needed"], row["units_needed"]
    if math.isnan(transcripts):
        return Cell("n/d")
    return Cell(count(math.ceil(transcripts)), "" if math.isnan(units) else f"{count(math.ceil(units))} units")


def saturation(shelf: Shelf) -> Section:
    """Return new codes and topics by interview over random orders; whether that is enough is the researcher's to say."""
    rows = list(shelf.validation.saturation.to_dict("records"))
    found: list[Block] = []
    for number, ((kind, coder), group) in enumerate(groupby(rows, key=lambda row: (row["kind"], row["coder"]))):
        held = list(group)
        found.append(Heading(f"New {kind}s by interview, {shelf.who(str(coder))}"))
        found += [Paragraph(_summary(each)) for each in _summaries(shelf, kind, coder)]
        if not any(each.kind == "code" and each.at_once for each in _summaries(shelf, kind, coder)):
            found.append(_saturation(shelf, str(kind), str(coder), held, number))
    told = Paragraph(
        "Interviews are put in many random orders; each curve is the mean over them. It describes how fast new information came in "
        "these interviews. It cannot say that nothing new would come in others."
    )
    return Section("saturation", "New codes and topics by interview", (told, *found) if found else ())


def _summaries(shelf: Shelf, kind: str, coder: str) -> list[SaturationSummary]:
    return [each for each in shelf.validation.saturation_summaries if (each.kind, each.coder) == (kind, coder)]


def _summary(each: SaturationSummary) -> str:
    if each.kind == "code" and each.at_once:
        return (
            f"In each of {counted(each.orders, 'random order')} the first {counted(each.base, 'interview')} already held the codes of the "
            "codebook that are used at all. The codebook was fixed beforehand, so that says nothing of "
            "saturation: no other code could come."
        )
    return f"{_FIXED}{_figures(each)}" if each.kind == "code" else _figures(each)


def _figures(each: SaturationSummary) -> str:
    base = (
        f"Over {counted(each.orders, 'random order')} of {counted(each.interviews, 'interview')}, with a base of {each.base}, runs of "
        f"{each.run} and a threshold of {100 * each.threshold:.3g}% new information (Guest, Namey & Chen 2020): "
    )
    if math.isnan(each.below):
        return f"{base}not determined, because there are fewer interviews than base and run together, or nothing was found in them."
    if each.median is None:
        return f"{base}in no order did new information fall to the threshold within these interviews."
    between = "" if each.low is None or each.high is None else f" (interval over orders {decimal(each.low, 0)} to {decimal(each.high, 0)})"
    return (
        f"{base}new information was at or below the threshold in {100 * each.below:.0f}% of the orders, after a median of "
        f"{decimal(each.median, 0)} interviews{between}, base and run included."
    )


def _saturation(shelf: Shelf, kind: str, coder: str, rows: list[dict[Any, Any]], number: int) -> Picture:
    series = tuple(
        Series(name, tuple(Point(row["interview"], row[key], row[f"{key}_low"], row[f"{key}_high"]) for row in rows))
        for key, name in (("known", f"{kind}s known so far"), ("new", f"new {kind}s in this interview"))
    )
    title = f"New {kind}s by interview, {shelf.who(coder)}"
    last = rows[-1]
    alt = (
        f"Curves over {count(last['interview'])} interviews: {kind}s known rise from {decimal(rows[0]['known'], 1)} to "
        f"{decimal(last['known'], 1)}; new {kind}s fall from {decimal(rows[0]['new'], 1)} to {decimal(last['new'], 1)} an interview."
    )
    most = max([1.0, *_known(row[key] for row in rows for key in ("known", "known_high"))])
    svg = curves(
        series, Scale("interviews", steps_to(last["interview"]), 0), Scale(f"{kind}s", steps_to(most), 0), f"saturation{number}", alt
    )
    lines = tuple(
        Row(
            count(row["interview"]),
            (
                estimate(row["new"], row["new_low"], row["new_high"]),
                estimate(row["known"], row["known_low"], row["known_high"]),
            ),
        )
        for row in rows
    )
    grid = Table(
        title,
        "Means over random orders, with the interval over orders.",
        ("Interview", f"New {kind}s", f"{kind.capitalize()}s known"),
        lines,
        folded=True,
    )
    return Picture(svg, title, "Means over random orders; vertical lines: interval over orders.", (grid,))


def _known(values: Iterable[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]
