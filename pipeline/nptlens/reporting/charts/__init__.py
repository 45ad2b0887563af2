"""The report's pictures: codes together, by group and through the interview; topics on a plane; the headlines of a validation."""

from __future__ import annotations

import math

from nptlens.reporting._index import Index
from nptlens.reporting._words import count, counted, decimal
from nptlens.reporting.charts._by_group import by_group
from nptlens.reporting.charts._draw import drawer
from nptlens.reporting.charts._framework import Framework, FrameworkRow, framework
from nptlens.reporting.charts._pairs import pairs
from nptlens.reporting.charts._timeline import timeline
from nptlens.reporting.charts._topics import topic_pictures
from nptlens.reporting.content import Block, Cell, Paragraph, Row, Run, Section, Table, estimate
from nptlens.schemas.patterns import ValidationFigure
from nptlens.schemas.validation import SaturationSummary

__all__ = ["Framework", "FrameworkRow", "charts", "drawer", "framework"]


def charts(index: Index) -> tuple[Section, ...]:
    """Return the sections that the study has material for, in the order of the page."""
    made = (pairs(index), by_group(index), timeline(index), topic_pictures(index), validated(index))
    return tuple(section for section in made if section.blocks)


_NAMES = {"mean_kappa": "mean kappa over codes", "macro_f1": "macro F1", "unitizing_alpha": "unitizing alpha"}


def validated(index: Index) -> Section:
    """Return the headlines of a validation of this run; without one there is no section."""
    found = index.inputs.patterns.validated
    if found is None:
        return Section("validated", "", ())
    blocks: list[Block] = [
        Paragraph(f"This run was validated. The curves and all figures with their frames are in {found.page}, beside this file."),
    ]
    if found.figures:
        lines = tuple(_figure(each) for each in found.figures)
        names = ("Coder", "Against", "Figure", "Value", "Units")
        blocks.append(Table("All codes together", "From the last validation.", names, lines, frozenset({1, 2})))
    if found.saturation:
        columns = ("Of", "By", "Interviews", "Settings", "Orders that came down to the threshold", "Interviews it took (median)")
        caption = "Over random orders of the interviews (Guest, Namey & Chen 2020). It does not say that nothing new would come."
        grid = Table("New information", caption, columns, tuple(_saturation(each) for each in found.saturation), frozenset({1, 3}))
        blocks.append(grid)
    beside = (Run("Open the validation", "link", "validation.html"), " (it lies beside this file)")
    blocks.append(Paragraph(beside, on="screen"))
    return Section("validated", "Validation of this run", tuple(blocks))


def _figure(each: ValidationFigure) -> Row:
    named = _NAMES.get(each.statistic, each.statistic)
    return Row(each.coder, (Cell(each.against), Cell(named), estimate(each.value, each.low, each.high), Cell(count(each.n))))


def _saturation(each: SaturationSummary) -> Row:
    took = "none did" if each.median is None else decimal(each.median, 0)
    between = f"{decimal(each.low, 0)} to {decimal(each.high, 0)}" if each.median is not None else ""
    setting = f"base {each.base}, run {each.run}, threshold {each.threshold:.0%}"
    if math.isnan(each.below):  # fewer interviews than base and run together
        below, took = Cell(decimal(each.below)), "–"
    else:
        below = Cell(f"{each.below:.0%}", f"of {counted(each.orders, 'order')}")
    of = "first appearance of the codebook’s codes" if each.kind == "code" else f"{each.kind}s"
    if each.kind == "code" and each.at_once:
        below, took = Cell(f"{each.below:.0%}", "the base held all: says nothing"), "–"
        between = ""
    return Row(of, (Cell(each.coder or "–"), Cell(count(each.interviews)), Cell(setting), below, Cell(took, between)))
