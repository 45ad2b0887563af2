"""The report's pictures: codes together, by group and through the interview; topics on a plane; the headlines of a validation."""

from __future__ import annotations

from nptlens.reporting._index import Index
from nptlens.reporting.charts._by_group import by_group
from nptlens.reporting.charts._draw import drawer
from nptlens.reporting.charts._framework import Framework, FrameworkRow, framework
from nptlens.reporting.charts._pairs import pairs
from nptlens.reporting.charts._timeline import timeline
from nptlens.reporting.charts._topics import topic_pictures
from nptlens.reporting.charts._validated import validated
from nptlens.reporting.content import Section

__all__ = ["Framework", "FrameworkRow", "charts", "drawer", "framework"]


def charts(index: Index) -> tuple[Section, ...]:
    """Return the sections that the study has material for, in the order of the page."""
    made = (pairs(index), by_group(index), timeline(index), topic_pictures(index), validated(index))
    return tuple(section for section in made if section.blocks)
