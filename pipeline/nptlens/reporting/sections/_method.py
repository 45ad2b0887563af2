"""What was left open or set aside, what a person should look at, and how the report was made."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nptlens.reporting._checklists import Appendix
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, errors_first
from nptlens.reporting.content import Block, Cell, Heading, ItemList, Paragraph, Row, Run, Table, table
from nptlens.schemas.records import Problem, Severity


def abstentions(view: ReportView) -> Iterator[Block]:
    """Yield how often the machine abstained from each code."""
    yield Paragraph(
        "The machine abstains where a probability lies too near a code’s threshold. An abstention is not a coding; all are listed in "
        "codings.csv for a person to decide."
    )
    rows = []
    for code in view.codes:
        untrained = code.threshold is None and not code.assigned and not code.abstained
        counts = (Cell("not coded: too few seeds", span=2),) if untrained else (Cell(count(code.assigned)), Cell(count(code.abstained)))
        rows.append(Row(code.name, counts, code.id))
    total = Row("All codes", (Cell(count(view.figures.assigned)), Cell(count(view.figures.abstained))))
    yield Table("Abstentions by code", "", ("Code", "Assigned", "Abstained"), tuple(rows), foot=(total,))


def set_aside(view: ReportView) -> Iterator[Block]:
    """Yield what was read but not coded, by transcript and reason."""
    yield Paragraph(
        "Stretches of speech that were read but not coded. Interviewers’ questions follow the topic guide and would give the codes away; "
        "they are kept as context."
    )
    if not view.aside:
        yield Paragraph("There is no transcript.")
        return
    reasons = view.figures.set_aside
    rows = tuple(Row(row.transcript, tuple(Cell(count(n)) for n in (*row.counts, row.total, row.words))) for row in view.aside)
    total, words = sum(row.total for row in view.aside), sum(row.words for row in view.aside)
    foot = Row("All transcripts", (*(Cell(count(each.count)) for each in reasons), Cell(count(total)), Cell(count(words))))
    columns = ("Transcript", *(each.name for each in reasons), "All", "Words")
    yield Table("Stretches set aside, by transcript and reason", "", columns, rows, long=frozenset({0}), foot=(foot,))


def problems(found: Collection[Problem], *, short: bool = False) -> Iterator[Block]:
    """Yield what a person should look at, errors first; notes are only counted in a short report."""
    told = [each for each in errors_first(found) if not short or each.severity is not Severity.NOTE]
    rows = [(each.severity.value, each.where, each.what, each.hint) for each in told]
    if rows:
        yield table("What a person should look at", ("Kind", "Where", "What", "What to do"), rows, long=(1, 2, 3))
    else:
        yield Paragraph("Neither errors nor warnings." if short else "None were noticed.")
    notes = sum(each.severity is Severity.NOTE for each in found) if short else 0
    if notes:
        yield Paragraph(f"{counted(notes, 'note')} stand in the full report and in what the run printed.", "note")


def made(view: ReportView) -> Iterator[Block]:
    """Yield versions, digests and settings."""
    rows = [("codebook", view.codebook), *((line.name, line.value) for line in view.provenance)]
    caption = "The same inputs, settings and versions give this file again, byte by byte."
    yield table("Versions, digests and settings", ("What", "Value"), rows, long=(0, 1), caption=caption)


def appendix(found: Appendix) -> Iterator[Block]:
    """Yield what was done in order, its limits, and the checklists of reporting."""
    yield Heading("What was done, in order")
    yield ItemList(found.steps, numbered=True)
    yield Heading("Limits")
    yield ItemList(found.limits)
    for checklist in found.checklists:
        yield Heading(f"{checklist.name} checklist")
        yield Paragraph(f"{checklist.source} {checklist.notice}", "small")
        rows = []
        for item in checklist.items:
            answer = item.answer if item.filled else (Run(item.answer, "open"),)
            rows.append(Row(item.number, (Cell(item.topic), Cell(item.asks), Cell(answer))))
        columns = ("No.", "Topic", "Item", "In this study")
        yield Table(f"{checklist.name}, item by item", "", columns, tuple(rows), long=frozenset({1, 2, 3}))
