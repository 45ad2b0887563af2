"""The page: its sections in order."""

from __future__ import annotations

from nptlens.reporting._words import counted, visible
from nptlens.reporting.content import INVENTED, Block, Cell, Document, Paragraph, Row, Section, Table, table
from nptlens.reporting.inputs import Provenance
from nptlens.reporting.sections._method import problems
from nptlens.reporting.validation._ceiling import ceiling
from nptlens.reporting.validation._growth import learning, saturation
from nptlens.reporting.validation._levels import levels, overall, tally
from nptlens.reporting.validation._methods import methods
from nptlens.reporting.validation._mismatches import Disputed, mismatches
from nptlens.reporting.validation._pictures import calibration, confusion
from nptlens.reporting.validation._prevalence import prevalence
from nptlens.reporting.validation._shelf import Shelf
from nptlens.reporting.validation._stances import stances
from nptlens.reporting.validation._verdicts import trust, verdicts


def page(shelf: Shelf, rows: tuple[Disputed, ...], provenance: tuple[Provenance, ...], most: int) -> Document:
    """Build the page; sections that the study does not give are left out, the first and the last ones never."""
    sections = (
        verdicts(shelf, trust(shelf)),
        _compared(shelf),
        ceiling(shelf),
        *levels(shelf),
        _baselines(shelf),
        confusion(shelf),
        stances(shelf),
        calibration(shelf),
        learning(shelf),
        prevalence(shelf),
        saturation(shelf),
        mismatches(shelf, rows, most),
        Section("problems", "Problems", tuple(problems(shelf.validation.problems))),
        methods(shelf),
        _made(shelf, provenance),
    )
    return Document(
        title=shelf.validation.study,
        kind="Validation of coding",
        codebook=f"{shelf.codebook.name} {shelf.codebook.version}".strip(),
        notice=INVENTED if shelf.validation.invented else "",
        sections=tuple(section for section in sections if section.blocks),
    )


def _compared(shelf: Shelf) -> Section:
    validation = shelf.validation
    names = ", ".join(shelf.who(each) for each in validation.coders) or "nobody"
    blocks: list[Block] = [
        Paragraph(
            f"Coders: {names}. {counted(validation.transcripts, 'transcript')} of the study "
            f"{'was' if validation.transcripts == 1 else 'were'} compared. A stretch that a person marked codes a segment where they "
            f"share at least {100 * validation.overlap:.3g}% of the shorter one. Only what both coders of a pair read is compared, and "
            "units that nobody coded are in the frame unless a figure says otherwise: such units raise agreement, so how many there "
            "are stands beside every figure."
        ),
        Paragraph(
            f"Intervals ({shelf.interval()}s, {shelf.interval_method()}) come from {counted(validation.resamples, 'resample')} of "
            f"whole {validation.cluster}s: excerpts of one {validation.cluster} are alike and do not count as independent."
            if validation.resamples
            else "No intervals were computed, because no resamples were asked for."
        ),
    ]
    if shelf.figures:
        blocks.append(tally(shelf, shelf.figures))
    else:
        blocks.append(Paragraph("No two coders read the same transcripts, so there is nothing to compare."))
    if validation.trained:
        blocks.append(_trained(shelf))
    if any(each.tuned for each in validation.trained):
        blocks.append(Paragraph("† Settings of this machine were chosen on data named in the table: its figures there flatter it.", "note"))
    return Section("compared", "What was compared", tuple(blocks))


def _trained(shelf: Shelf) -> Table:
    left = {"": "nothing to leave out", "transcript": "each transcript while it was coded", "practice": "each practice while it was coded"}
    lines = tuple(
        Row(
            shelf.who(each.coder),
            (
                Cell(visible(each.coder)),
                Cell(visible(each.taught_by)),
                Cell(left.get(each.left_out, visible(each.left_out)), counted(each.folds, "fold") if each.left_out else ""),
                Cell(visible("; ".join(each.tuned)) or "none"),
            ),
        )
        for each in shelf.validation.trained
    )
    caption = "What taught the machine, what was kept from it, and the data on which its settings had been chosen."
    columns = ("Machine", "Id", "Taught by", "Left out", "Settings chosen on")
    return Table("How the machine was trained", caption, columns, lines, frozenset({1, 2, 3, 4}))


def _baselines(shelf: Shelf) -> Section:
    whole = [figure for figure in shelf.baselines if figure.scope == "overall"]
    if not whole:
        return Section("baselines", "Baselines", ())
    keys = {(figure.against, figure.level, figure.frame, figure.statistic) for figure in whole}
    machine = [
        figure
        for figure in shelf.figures
        if figure.coder.startswith("machine")
        and figure.scope == "overall"
        and (figure.against, figure.level, figure.frame, figure.statistic) in keys
    ]
    blocks: list[Block] = [
        Paragraph(
            "What can be had without reading the answer. Topic guides follow the theory, so the interviewer’s question alone predicts "
            "codes (question only): a machine that does not clearly pass this baseline has not shown that it reads what participants "
            "say."
        ),
        *overall(shelf, [*machine, *whole]),
    ]
    if any(figure.scope != "overall" for figure in shelf.baselines):
        blocks.append(Paragraph("Baselines code by code are in validation.xlsx.", "note"))
    return Section("baselines", "Baselines", tuple(blocks))


def _made(shelf: Shelf, provenance: tuple[Provenance, ...]) -> Section:
    validation = shelf.validation
    rows = (
        ("codebook", f"{shelf.codebook.name} {shelf.codebook.version}".strip()),
        ("intervals", f"{validation.interval}, {validation.confidence}, {validation.resamples} resamples of {validation.cluster}s"),
        ("overlap of a span and a segment", f"{validation.overlap}"),
        *((each.name, each.value) for each in provenance),
    )
    caption = (
        "The same inputs, settings and versions give this file again, byte by byte. validation.json and validation.xlsx hold all tables."
    )
    made = table("Settings and versions", ("What", "Value"), rows, words=(1,), caption=caption)
    return Section("made", "How it was made", (made,))
