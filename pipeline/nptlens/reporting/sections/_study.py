"""The study in figures, and its codes by practice."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._matrix import Matrix
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, percent
from nptlens.reporting.content import Block, Cell, Definitions, Group, Paragraph, Row, Run, Table, table
from nptlens.reporting.sections._participants import described


def study(view: ReportView) -> Iterator[Block]:
    """Yield what went in and what came out."""
    figures = view.figures
    pairs = (
        ("transcripts", count(figures.transcripts)),
        ("participants heard", count(figures.participants)),
        ("practices", count(figures.practices)),
        ("words said", count(figures.words)),
        ("segments read by the machine", count(figures.segments)),
        (f"segments with a code ({percent(figures.coded, figures.segments)})", count(figures.coded)),
        ("segments with only abstentions", count(figures.undecided)),
        ("segments with no code", count(figures.uncoded)),
    )
    yield Definitions(pairs, "figures", "What went in and what came out")
    unheard = ""
    if figures.unheard:
        speaks = "speaks" if figures.unheard == 1 else "speak"
        unheard = f" {counted(figures.unheard, 'participant')} of the participants sheet {speaks} in no transcript."
    yield Paragraph(
        f"The {counted(figures.segments, 'segment')} hold {count(figures.segment_words)} of the {counted(figures.words, 'word')} said; a "
        f"segment never crosses a turn. They carry {counted(figures.assigned, 'assigned coding')} and "
        f"{counted(figures.abstained, 'abstention')}.{unheard}"
    )
    roles = [(each.name, count(each.count)) for each in figures.roles]
    aside = [(each.name, count(each.count), count(each.words)) for each in figures.set_aside]
    heard = table("Participants heard, by role", ("Role", "Participants"), roles, long=(0,), empty="No participant was heard.")
    left = table("Set aside, by reason", ("Reason", "Stretches", "Words"), aside, empty="Nothing was set aside.")
    yield Group("beside", (heard, left))
    yield from described(figures)
    if figures.problems:
        told = ", ".join(counted(each.count, each.name) for each in figures.problems)
        yield Paragraph((f"Problems: {told} (", Run("listed below", "link", "#problems"), ")."))
    else:
        yield Paragraph("Problems: none.")


def practices(matrix: Matrix) -> Iterator[Block]:
    """Yield how many excerpts of each code come from each practice."""
    counts = "Counts of excerpts that the machine assigned each code."
    if matrix.known() or not matrix.practices:
        yield Paragraph(
            f"{counts} An excerpt with two codes counts in both rows. A participant who works across several practices has a column "
            "apart, so that totals add up. Shading follows the count."
        )
    else:
        yield Paragraph(f"{counts} No participant’s practice is known (participants sheet, column practice), so they stand in one column.")
    parts = matrix.blocks()
    if not parts:
        yield Paragraph("There is no segment to count.")
    for number, part in enumerate(parts, start=1):
        title = "Excerpts by code and practice" + (f", part {number} of {len(parts)}" if len(parts) > 1 else "")
        rows = []
        for row in matrix.rows:
            cells = (Cell(count(row.counts[n]), look=f"s{row.shades[n]}") for n in part)
            rows.append(Row(row.name, (*cells, Cell((Run(count(row.total), "strong"),))), row.code, row.level))
        foot = (
            Row("All codings", (*(Cell(count(matrix.totals[n])) for n in part), Cell(count(matrix.total)))),
            Row("All segments, coded or not", (*(Cell(count(matrix.segments[n])) for n in part), Cell(count(sum(matrix.segments))))),
        )
        columns = ("Code", *(matrix.practices[n] for n in part), "All")
        yield Table(title, "", columns, tuple(rows), foot=foot, look="dense")
