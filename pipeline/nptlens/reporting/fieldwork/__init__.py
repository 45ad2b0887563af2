"""The report's pages on the study around the coding; a study without a register, practices sheet or linked themes has none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nptlens.reporting._complementary_suppression import hide, hide_parts
from nptlens.reporting._index import Index
from nptlens.reporting._words import count
from nptlens.reporting.content import Block, Cell, Heading, ItemList, Paragraph, Row, Section, Table
from nptlens.reporting.fieldwork._register import register_section
from nptlens.reporting.fieldwork._themes import themes_section
from nptlens.schemas.fieldwork import FrameRow, SamplingFrame

__all__ = ["around"]


def around(index: Index) -> tuple[Section, ...]:
    """Return the sections that the study has material for: themes and their links, the sampling frame, the register of projects."""
    found, inputs = index.inputs.fieldwork, index.inputs
    sections = []
    if found.links is not None:
        sections.append(themes_section(index, found.links))
    if found.sampling is not None:
        sections.append(sampling_section(found.sampling, inputs.settings.smallest_cell))
    if found.register is not None:
        sections.append(register_section(found.register, invented=inputs.invented))
    return tuple(sections)


def sampling_section(frame: SamplingFrame, least: int) -> Section:
    """Return the section; counts of participants below `least` are hidden."""
    return Section("sampling", "Sampling frame", tuple(_blocks(frame, least)))


def _blocks(frame: SamplingFrame, least: int) -> Iterator[Block]:
    yield Paragraph(
        "Participants on the participants sheet count as invited, those who speak in a transcript as interviewed. Somebody who "
        "works with several "
        "practices counts in each of them and of their categories, and once in all."
    )
    if frame.categories:
        yield _grid("By adopter category and role", frame.categories, frame, least)
    yield _grid("By practice and role", frame.practices, frame, least, category=True)
    yield Heading("Gaps")
    if frame.gaps:
        yield ItemList(frame.gaps)
    else:
        yield Paragraph("Every practice and category of the frame has an interview, and every category each role.")


def _grid(title: str, rows: Sequence[FrameRow], frame: SamplingFrame, least: int, *, category: bool = False) -> Table:
    columns = ("Practice", "Adopter category", *frame.roles, "All") if category else ("Adopter category", "Practices", *frame.roles, "All")
    lines = [_line(row, least, row.adopter_category or "not stated" if category else count(row.practices)) for row in rows]
    lines.append(_line(frame.total, least, "" if category else count(frame.total.practices)))
    caption = "Interviewed of invited participants; a dash where nobody of the role was invited."
    return Table(title, caption, columns, tuple(lines), frozenset({1} if category else ()))


def _line(row: FrameRow, least: int, second: str) -> Row:
    met, all_met = hide_parts(row.interviewed, row.all_interviewed, least)
    asked, all_asked = hide_parts(row.invited, row.all_invited, least)
    cells = [
        Cell("–") if not n and least < 2 else Cell(f"{count(m)} of {count(a)}") for n, m, a in zip(row.invited, met, asked, strict=True)
    ]
    total = f"{count(hide(0, 0) if all_met is None else all_met)} of {count(hide(0, 0) if all_asked is None else all_asked)}"
    return Row("All" if row.name == "all" else row.name, (Cell(second), *cells, Cell(total, row.gap)))
