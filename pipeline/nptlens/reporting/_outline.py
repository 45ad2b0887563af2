"""The report in the order in which it is read, for those who write it as a document: the same content as report.html."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._blocks import Block, Cell, Figure, Grid, Heading, Items, Line, Words, grid
from nptlens.reporting._checklists import Checklist
from nptlens.reporting._outline_agreement import agreement
from nptlens.reporting._outline_codes import codes
from nptlens.reporting._outline_topics import readings, topics
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, percent
from nptlens.reporting.charts import FrameworkRow
from nptlens.reporting.validation._blocks import Picture

_PER_TABLE = 7  # columns of figures that fit on an upright page


def outline(view: ReportView) -> Iterator[Block]:
    """Yield the whole report, section by section."""
    yield Heading("What this is", 1)
    yield from (Words(paragraph) for paragraph in view.method)
    yield from _figures(view)
    yield Heading("Agreement", 1)
    yield from agreement(view)
    yield Heading("Codes", 1)
    yield from codes(view)
    yield Heading("Codes by practice", 1)
    yield from _practices(view)
    yield Heading("Topics", 1)
    yield from topics(view)
    yield Heading("Three readings", 1)
    yield from readings(view)
    yield from _framework(view)
    for section in (*view.charts, *view.around):
        yield Heading(section.title, 1)
        for block in section.blocks:
            if isinstance(block, Heading):
                yield Heading(block.text, 2)
            elif isinstance(block, Picture):
                if block.svg and block.draw is not None:
                    yield Figure(block.draw, block.title, block.caption, block.alt)
                yield from block.data
            elif isinstance(block, Words | Items | Grid):
                yield block
    yield from _rest(view)
    yield Heading("Methods appendix", 1)
    yield from _appendix(view)


def _figures(view: ReportView) -> Iterator[Block]:
    figures = view.figures
    yield Heading("The study in figures", 1)
    rows = [
        ("Transcripts", count(figures.transcripts)),
        ("Participants heard", count(figures.participants)),
        ("Practices", count(figures.practices)),
        ("Words said", count(figures.words)),
        ("Segments read by the machine", count(figures.segments)),
        ("Segments with a code", f"{count(figures.coded)} ({percent(figures.coded, figures.segments)})"),
        ("Segments with only abstentions", count(figures.undecided)),
        ("Segments with no code", count(figures.uncoded)),
        ("Assigned codings", count(figures.assigned)),
        ("Abstentions", count(figures.abstained)),
    ]
    yield grid("What went in and what came out", ("What", "Number"), rows)
    yield grid("Participants heard, by role", ("Role", "Participants"), [(each.name, count(each.count)) for each in figures.roles])
    aside = [(each.name, count(each.count), count(each.words)) for each in figures.set_aside]
    yield grid("Set aside, by reason", ("Reason", "Stretches", "Words"), aside)
    if figures.unheard:
        yield Words(f"Of the participants sheet, {counted(figures.unheard, 'participant')} did not speak in any transcript.", "note")


def _practices(view: ReportView) -> Iterator[Block]:
    table = view.matrix
    if not table.practices:
        yield Words("There is no segment to count.")
        return
    columns = (
        "An excerpt with two codes counts in both rows. A participant who works across several practices has a column apart, so that "
        "totals add up."
        if table.known()
        else "No participant’s practice is known (participants sheet, column practice), so they stand in one column."
    )
    yield Words(f"Excerpts that the machine assigned each code. {columns}")
    starts = range(0, len(table.practices), _PER_TABLE)
    for part, start in enumerate(starts, start=1):
        wide = slice(start, start + _PER_TABLE)
        lines = [
            Line(row.name, tuple(Cell(count(each)) for each in (*row.counts[wide], row.total)), row.code, row.level) for row in table.rows
        ]
        lines.append(Line("All codings", tuple(Cell(count(each)) for each in (*table.totals[wide], table.total))))
        units = (*table.segments[wide], sum(table.segments))
        lines.append(Line("All segments, coded or not", tuple(Cell(count(each)) for each in units)))
        title = "Excerpts by code and practice" + (f", part {part} of {len(starts)}" if len(starts) > 1 else "")
        yield Grid(title, "", ("Code", *table.practices[wide], "All"), tuple(lines))


def _framework(view: ReportView) -> Iterator[Block]:
    found = view.framework
    yield Heading("Framework matrix", 1)
    words = f"How many excerpts of each {found.kind} were assigned each code. The workbook quotes the shortest of them."
    yield Words(words if found.tables else "The workbook holds the matrix.")
    for table in found.tables:
        lines = []
        for row in table.rows:
            cells = (*(Cell(count(cell.excerpts) if cell.excerpts else "–") for cell in row.cells), Cell(_summaries(row)))
            lines.append(Line(row.case, cells))
        columns = ("Case", *(code for code, _ in table.codes), "Summary, by the researcher")
        yield Grid(f"Framework matrix: {table.title}", "", columns, tuple(lines), frozenset({len(columns) - 1}))


def _summaries(row: FrameworkRow) -> str:
    return "\n".join(f"{code}: {words}" for code, words in row.summaries)


def _rest(view: ReportView) -> Iterator[Block]:
    yield Heading("Abstentions", 1)
    yield Words("The machine abstains where a probability lies too near a code’s threshold. An abstention is not a coding.")
    rows = [(f"{code.id} {code.name}", count(code.assigned), count(code.abstained)) for code in view.codes]
    yield grid("Abstentions by code", ("Code", "Assigned", "Abstained"), rows)
    yield Heading("Set aside", 1)
    yield Words(
        "Stretches of speech that were read but not coded. Interviewers’ questions follow the topic guide and would give the codes away."
    )
    reasons = [tally.name for tally in view.figures.set_aside]
    aside = [(row.transcript, *map(count, row.counts), count(row.total), count(row.words)) for row in view.aside]
    yield grid("Stretches set aside, by transcript and reason", ("Transcript", *reasons, "All", "Words"), aside)
    yield Heading("Problems", 1)
    problems = [(each.severity.value, each.where, each.what, each.hint) for each in view.problems]
    if problems:
        yield grid("What a person should look at", ("Kind", "Where", "What", "What to do"), problems, words=(1, 2, 3))
    else:
        yield Words("None were noticed.")


def _appendix(view: ReportView) -> Iterator[Block]:
    yield Heading("What was done, in order", 2)
    yield Items(view.appendix.steps)
    yield Heading("Limits", 2)
    yield Items(view.appendix.limits)
    yield Heading("How it was made", 2)
    made = [("codebook", view.codebook), *((line.name, line.value) for line in view.provenance)]
    caption = "The same inputs, settings and versions give this file again, byte by byte."
    yield grid("Versions, digests and settings", ("What", "Value"), made, words=(1,), caption=caption)
    for checklist in view.appendix.checklists:
        yield from _checklist(checklist)


def _checklist(checklist: Checklist) -> Iterator[Block]:
    yield Heading(f"{checklist.name} checklist", 2)
    yield Words(f"{checklist.source} {checklist.notice}", "note")
    rows = [(item.number, item.topic, item.asks, item.answer) for item in checklist.items]
    yield grid(f"{checklist.name}, item by item", ("No.", "Topic", "Item", "In this study"), rows, words=(1, 2, 3))
