"""The participants heard by the study's own columns of the participants sheet, a table each."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._figures import Figures
from nptlens.reporting._words import count, lower_first
from nptlens.reporting.content import Block, Group, Paragraph, table


def described(figures: Figures) -> Iterator[Block]:
    """Yield a table for each column that describes groups, and which columns do not."""
    tables = [
        table(
            f"Participants heard, by {lower_first(column.name)}",
            (column.name, "Participants"),
            [(group.name, count(group.count)) for group in column.groups],
            long=(0,),
        )
        for column in figures.described
    ]
    if tables:
        yield Group("beside", tuple(tables))
    if figures.undescribed:
        named = ", ".join(figures.undescribed)
        why = "since most values are of one participant alone, or all are alike"
        yield Paragraph(f"Columns of the participants sheet that are not shown, {why}: {named}.", "small")
