"""The agreement section of a written report, and what the machine may decide alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nptlens.reporting._agreement import Pair
from nptlens.reporting._blocks import Block, Cell, Figure, Grid, Heading, Line, Words
from nptlens.reporting._pictures import kappa_picture
from nptlens.reporting._verdicts import VerdictRow
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, decimal, has_interval, percent


def agreement(view: ReportView) -> Iterator[Block]:
    """Yield how far coders agree."""
    found = view.agreement
    if not found.summaries and not found.pairs:
        yield Words(
            "No manual coding was compared with the machine’s, so nothing is known here about how far a researcher would agree with it."
        )
    else:
        yield Words(
            "Units are the segments that both coders read. Units that neither coded are in the frame: they raise kappa. Intervals come "
            "from resampling whole clusters; n/d: not determined by these data."
        )
        yield Words(_taught(view))
    if found.summaries:
        yield _summaries(view)
    for pair in found.pairs:
        yield from _pair(pair)
    yield Heading("What the machine may decide alone", 2)
    yield from _verdicts(view.verdicts)


def estimate(value: float, low: float, high: float, digits: int = 2) -> Cell:
    """Return a figure with its interval below it."""
    below = f"{decimal(low, digits)} to {decimal(high, digits)}" if has_interval(value, low, high) else ""
    return Cell(decimal(value, digits), below)


def _taught(view: ReportView) -> str:
    by = view.taught_by
    if by is None:
        return "The machine was taught by the seeds alone; nobody’s coding of these transcripts reached it."
    return (
        f"The machine was taught by the seeds and by {counted(by.excerpts, 'excerpt')} that {by.coder} coded. Transcripts that {by.coder} "
        f"coded were dealt to {by.folds()} folds, and each was coded by heads that learned on the other folds only."
    )


def _summaries(view: ReportView) -> Grid:
    lines = []
    for each in view.agreement.summaries:
        precision = Cell("–") if each.macro_ap is None else estimate(each.macro_ap.value, each.macro_ap.low, each.macro_ap.high)
        cells = (
            Cell(each.against),
            Cell(count(each.units), f"{percent(each.uncoded, each.units)} coded by neither"),
            Cell(count(each.codes)),
            estimate(each.mean_kappa.value, each.mean_kappa.low, each.mean_kappa.high),
            estimate(each.macro_f1.value, each.macro_f1.low, each.macro_f1.high),
            precision,
        )
        lines.append(Line(each.coder, cells))
    columns = ("Coder", "Against", "Units", "Codes", "Mean kappa", "Macro F1", "Mean average precision")
    return Grid("All codes together", "The rows between people are the ceiling.", columns, tuple(lines), frozenset({1}))


def _pair(pair: Pair) -> Iterator[Block]:
    yield Heading(f"{pair.coder} against {pair.against}", 3)
    beside = " and ".join(pair.ceilings[0]) if pair.ceilings else ""
    title = f"Kappa of each code, {pair.coder} against {pair.against}"
    told = "; ".join(f"{line.row.code} {decimal(line.row.kappa)}" for line in pair.lines)
    caption = "Dot and line: kappa with its interval." + (f" Hollow diamond: kappa between people ({beside})." if beside else "")
    yield Figure(partial(kappa_picture, pair), title, caption, f"{title}: {told}. The table below holds the same figures with intervals.")
    lines = []
    for each in pair.lines:
        row = each.row
        cells = [
            Cell(count(row.n)),
            Cell(percent(row.coded_against, row.n), count(row.coded_against)),
            Cell(decimal(row.precision)),
            Cell(decimal(row.recall)),
            estimate(row.f1, row.f1_low, row.f1_high),
            estimate(row.kappa, row.kappa_low, row.kappa_high),
        ]
        cells += [Cell("n/d") if one is None else estimate(one.kappa, one.kappa_low, one.kappa_high) for one in each.ceilings]
        lines.append(Line(row.name, tuple(cells), row.code))
    columns = ("Code", "n", "Prevalence", "Precision", "Recall", "F1", "Kappa", *(f"Kappa, {' and '.join(each)}" for each in pair.ceilings))
    caption = f"Prevalence: share of units that {pair.against} gave the code."
    yield Grid(f"{pair.coder} against {pair.against}, by code", caption, columns, tuple(lines))
    if not pair.ceilings:
        yield Words("No transcript was coded by two people, so there is no human–human ceiling to set beside this.", "note")


def _verdicts(rows: tuple[VerdictRow, ...]) -> Iterator[Block]:
    if not rows:
        yield Words("Nothing was coded, so there is nothing to decide.")
        return
    against = f"the coding of {rows[0].against}" if rows[0].against else "manual coding, of which this study has none"
    yield Words(
        f"For each code the machine’s probabilities are set beside {against}. The promises are for as many new excerpts as were coded "
        "by hand."
    )
    lines = tuple(
        Line(
            row.name,
            (
                Cell(row.verdict),
                Cell(row.reason),
                Cell(count(row.coded)),
                Cell(decimal(row.yes_threshold, 3)),
                Cell(decimal(row.no_threshold, 3)),
                Cell(percent(round(1000 * row.coverage), 1000)),
                estimate(row.precision, row.precision_low, row.precision_high),
            ),
            row.code,
        )
        for row in rows
    )
    columns = ("Code", "Verdict", "Why", "Coded by hand", "Yes from", "No below", "Decided alone", "Precision")
    yield Grid("What the machine may decide alone, by code", "", columns, lines, frozenset({1, 2}))
