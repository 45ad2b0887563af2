"""The report's pages on the study around the coding; a study without a register, practices sheet or linked themes has none of them."""

from __future__ import annotations

from nptlens.reporting._index import Index
from nptlens.reporting.content import Section
from nptlens.reporting.fieldwork._register import register_section
from nptlens.reporting.fieldwork._sampling import sampling_section
from nptlens.reporting.fieldwork._themes import themes_section

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
