"""How far coders agree, and what the machine may decide alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from nptlens.reporting._agreement import Pair, VerdictRow, is_machine
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import UNDETERMINED, count, counted, decimal, has_interval, percent, share
from nptlens.reporting.content import Block, Cell, Heading, Paragraph, Picture, Row, Run, Table, estimate
from nptlens.reporting.sections._kappa_plot import kappa_png, kappa_svg
from nptlens.schemas.code_figures import HEADINGS, CodeFigures, how_counted

_SHOWN = ("prevalence", "precision", "recall", "f1", "kappa", "average_precision")


def agreement(view: ReportView) -> Iterator[Block]:
    """Yield how far to trust each code, all codes together, then (in a full report) each pair of coders code by code."""
    found = view.agreement
    if not found.summaries and not found.pairs:
        yield Paragraph(
            "No manual coding was compared with the machine’s, so nothing is known here about how far a researcher would agree with it."
        )
        return
    units = (
        "Units are the segments that both coders read. Units that neither coded are in the frame: they raise kappa. Means are over codes "
        "that the second coder used at least once. Intervals come from resampling whole clusters (see "
    )
    yield Paragraph((units, Run("how it was made", "link", "#made"), "); n/d: not determined by these data."))
    yield Paragraph(_taught(view))
    if found.summaries:
        yield _summaries(view)
    if view.trust.measured:
        yield _trusted(view)
    for pair in () if view.short else found.pairs:
        yield from _pair(pair)


def _trusted(view: ReportView) -> Table:
    names = {code.id: code.name for code in view.codes}
    rows = tuple(
        Row(names[each.code], (Cell(each.sentence.removeprefix(f"{each.code}: ")),), each.code)
        for each in view.trust.codes.values()
        if each.code in names
    )
    figures = next((each.figures for each in view.trust.codes.values() if each.figures), None)
    caption = f"{how_counted(figures, figures.against)}." if figures else ""
    return Table("How far to trust each code", caption, ("Code", "What can be said"), rows, long=frozenset({1}))


def _taught(view: ReportView) -> str:
    by = view.taught_by
    if by is None:
        return "The machine was taught by the seeds alone; nobody’s coding of these transcripts reached it."
    return (
        f"The machine was taught by the seeds and by {counted(by.excerpts, 'excerpt')} that {by.coder} coded. Transcripts that {by.coder} "
        f"coded were dealt to {by.folds()} folds, and each was coded by heads that knew the coding of the other folds only. Thresholds "
        "are those with the highest expected F1 over all excerpts, given these heads’ probabilities."
    )


def _summaries(view: ReportView) -> Table:
    rows = []
    for each in view.agreement.summaries:
        precision = Cell("–") if each.macro_ap is None else estimate(each.macro_ap.value, each.macro_ap.low, each.macro_ap.high)
        cells = (
            Cell(each.against),
            Cell(count(each.transcripts)),
            Cell(count(each.units)),
            Cell(count(each.uncoded), percent(each.uncoded, each.units)),
            Cell(count(each.codes)),
            estimate(each.mean_kappa.value, each.mean_kappa.low, each.mean_kappa.high),
            estimate(each.macro_f1.value, each.macro_f1.low, each.macro_f1.high),
            precision,
        )
        rows.append(Row(each.coder, cells))
    figures = ("Transcripts", "Units", "Coded by neither", "Codes", "Mean kappa", "Macro F1", "Mean average precision")
    caption = "The rows between people are the ceiling: how far they agree with each other."
    return Table("All codes together", caption, ("Coder", "Against", *figures), tuple(rows), frozenset({1}), long=frozenset({0}))


def _pair(pair: Pair) -> Iterator[Block]:
    names = f"{pair.coder} against {pair.against}"
    yield Heading(names)
    beside = " and ".join(pair.ceilings[0]) if pair.ceilings else ""
    title = f"Kappa of each code, {names}"
    told = "; ".join(f"{line.row.code} {decimal(line.row.kappa)}" for line in pair.lines)
    drawn = any(line.ceilings and line.ceilings[0] is not None and has_interval(line.ceilings[0].kappa, 0, 0) for line in pair.lines)
    caption = "Dot and line: kappa with its interval." + (f" Hollow diamond: kappa between people ({beside})." if drawn else "")
    alt = f"{title}: {told}. The table below holds the same figures with intervals."
    yield Picture(kappa_svg(pair, title), title, caption, (), partial(kappa_png, pair), alt, plain=True)
    rows = []
    machine = is_machine(pair.coder)
    for line in pair.lines:
        row = line.row
        cells = (
            Cell(count(row.n)),
            *((_common(row),) if machine else ()),
            Cell(share(row.prevalence), f"{count(row.coded_against)} excerpts"),
            estimate(row.precision, row.precision_low, row.precision_high),
            estimate(row.recall, row.recall_low, row.recall_high),
            estimate(row.f1, row.f1_low, row.f1_high),
            estimate(row.kappa, row.kappa_low, row.kappa_high),
            Cell(decimal(row.average_precision)),
            *(Cell("n/d") if one is None else estimate(one.kappa, one.kappa_low, one.kappa_high) for one in line.ceilings),
        )
        rows.append(Row(row.name, cells, row.code))
    caption = f"{HEADINGS['prevalence']}: of the excerpts that both read, those that {pair.against} gave the code."
    if machine:
        caption = f"{HEADINGS['corrected']}: of all excerpts, corrected by what {pair.against} coded. {caption} The rest: at the threshold."
    caption += "".join(f" {how_counted(line.row, pair.against)}." for line in pair.lines[:1])
    if pair.ceilings:
        caption += f" The last {'column holds' if len(pair.ceilings) == 1 else 'columns hold'} kappa between people, the ceiling."
    figures = ("n", *(HEADINGS[name] for name in (*(("corrected",) if machine else ()), *_SHOWN)))
    columns = ("Code", *figures, *(f"Kappa, {' and '.join(each)}" for each in pair.ceilings))
    yield Table("By code", caption, columns, tuple(rows), label=f"Agreement by code, {names}")
    if not pair.ceilings:
        yield Paragraph("No transcript was coded by two people, so there is no human–human ceiling to set beside this.", "note")


def _common(row: CodeFigures) -> Cell:
    """Return the corrected share with its interval and, below it, what the machine counted."""
    interval = f"{share(row.corrected_low)} to {share(row.corrected_high)}"
    below = f"{HEADINGS['counted'].lower()}: {share(row.counted)}"
    return Cell(share(row.corrected), below if UNDETERMINED in interval else f"{interval}; {below}")


def verdicts(rows: Sequence[VerdictRow]) -> Iterator[Block]:
    """Yield what the machine may decide alone, code by code."""
    if not rows:
        yield Paragraph("Nothing was coded, so there is nothing to decide.")
        return
    first = rows[0]
    by_hand = f"the coding of {first.against} ({counted(first.excerpts, 'excerpt')})"
    yield Paragraph(
        (
            "For each code the machine’s probabilities are set beside "
            f"{by_hand if first.against else 'manual coding, of which this study has none'}. ",
            Run("Automate", "strong"),
            ": from one probability up the machine’s yes, and below another its no, may stand without a person. ",
            Run("Assist", "strong"),
            ": a part may stand, a person codes the rest. ",
            Run("Hand-code", "strong"),
            ": the machine is not right often enough. ",
            Run("Not enough evidence", "strong"),
            ": code more by hand before it is trusted. The promises are for as many new excerpts as were coded by hand, and whole "
            "transcripts are what varies. The precision is that at the probability from which the machine decides, or where it is surest, "
            "not that at the code’s threshold; each of its limits holds on its own with the confidence of the promise. The last column "
            "estimates what would settle an open verdict.",
        )
    )
    made = tuple(
        Row(
            row.name,
            (
                Cell(row.verdict),
                Cell(row.reason),
                Cell(count(row.coded)),
                Cell(decimal(row.yes_threshold, 3)),
                Cell(decimal(row.no_threshold, 3)),
                Cell(f"{decimal(100 * row.coverage, 0)}%"),
                estimate(row.precision, row.precision_low, row.precision_high),
                Cell(_more(row.more_excerpts)),
            ),
            row.code,
        )
        for row in rows
    )
    figures = ("Coded by hand", "Yes from", "No below", "Decided alone", "Precision where it decides", "More excerpts to code")
    caption = "Coded by hand: excerpts that the person gave the code. Decided alone: share of all excerpts that need no person."
    columns = ("Code", "Verdict", "Why", *figures)
    label = "What the machine may decide alone, by code"
    yield Table("By code", caption, columns, made, frozenset({1}), long=frozenset({2}), label=label)


def _more(excerpts: float) -> str:
    if excerpts == 0:
        return "–"
    return "n/d" if math.isnan(excerpts) else count(int(excerpts))
