"""The framework matrix: cases down, codes across, the researcher's summaries beside them."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._words import count, counted
from nptlens.reporting.charts import Framework, FrameworkRow
from nptlens.reporting.charts._framework import FrameworkCell, FrameworkTable
from nptlens.reporting.content import Block, Cell, Group, Paragraph, Row, Run, Table, Text, code_text
from nptlens.reporting.sections._codes import segment


def framework(found: Framework) -> Iterator[Block]:
    """Yield the matrix in tables that fit on a page; only a page on screen quotes in its cells."""
    yield Paragraph(
        f"Rows are cases (each {found.kind}), columns are codes; a cell holds how many excerpts of the case were assigned the code and the "
        "shortest of them. The summary is the researcher’s to write (Gale et al. 2013): the sheet “Framework” of the workbook is made for "
        "it.",
        on="screen",
    )
    yield Paragraph(
        f"How many excerpts of each {found.kind} were assigned each code. The workbook quotes the shortest of them, and its sheet "
        "“Framework” is made for the researcher’s summaries (Gale et al. 2013).",
        on="paper",
    )
    if not found.tables:
        cases = f"There are {counted(found.cases, 'case')}, too many for a page; the workbook holds them all."
        yield Paragraph(cases if found.cases else "There is no case to show.")
    for table in found.tables:
        yield Group("details", (_table(table),), f"{table.title} ({counted(len(table.rows), 'case')})", folded=True)


def _table(table: FrameworkTable) -> Table:
    rows = []
    for row in table.rows:
        below = "; ".join(filter(None, (row.about, counted(row.segments, "segment"))))
        rows.append(Row(row.case, (*map(_cell, row.cells), Cell(_summaries(row), look="fill")), below=below))
    columns = ("Case", *(code_text(*code) for code in table.codes), "Summary, by the researcher")
    return Table(
        table.title,
        "Excerpts of each case, and the shortest of them.",
        columns,
        tuple(rows),
        frozenset(range(1, len(columns))),
        label=f"Framework matrix: {table.title}",
        look="framework",
    )


def _cell(cell: FrameworkCell) -> Cell:
    if cell.quote is None:
        return Cell("none", look="nothing")
    return Cell(count(cell.excerpts), stance=cell.stance, quotation=segment(cell.quote.segment_id, cell.quote.text))


def _summaries(row: FrameworkRow) -> Text:
    parts: list[str | Run] = []
    for code, words in row.summaries:
        parts += ["\n"] if parts else []
        parts += [Run(code, "id"), words]
    return tuple(parts)
