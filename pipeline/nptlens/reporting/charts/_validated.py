"""What the study's validation found, in a few figures; its own page holds the rest."""

from __future__ import annotations

import math

from nptlens.reporting._index import Index
from nptlens.reporting._words import count, counted, decimal, has_interval
from nptlens.reporting.validation._blocks import Block, Cell, Grid, Line, Section, Words
from nptlens.schemas.patterns import ValidationFigure
from nptlens.schemas.validation import SaturationSummary

_NAMES = {"mean_kappa": "mean kappa over codes", "macro_f1": "macro F1", "unitizing_alpha": "unitizing alpha"}


def validated(index: Index) -> Section:
    """Return the headlines of a validation of this run; without one there is no section."""
    found = index.inputs.patterns.validated
    if found is None:
        return Section("validated", "", ())
    blocks: list[Block] = [
        Words(f"This run was validated. The curves and all figures with their frames are in {found.page}, beside this file."),
    ]
    if found.figures:
        lines = tuple(_figure(each) for each in found.figures)
        names = ("Coder", "Against", "Figure", "Value", "Units")
        blocks.append(Grid("All codes together", "From the last validation.", names, lines, frozenset({1, 2})))
    if found.saturation:
        columns = ("Of", "By", "Interviews", "Settings", "Orders that came down to the threshold", "Interviews it took (median)")
        caption = "Over random orders of the interviews (Guest, Namey & Chen 2020). It does not say that nothing new would come."
        grid = Grid("New information", caption, columns, tuple(_saturation(each) for each in found.saturation), frozenset({1, 3}))
        blocks.append(grid)
    return Section("validated", "Validation of this run", tuple(blocks))


def _figure(each: ValidationFigure) -> Line:
    interval = f"{decimal(each.low)} to {decimal(each.high)}" if has_interval(each.value, each.low, each.high) else ""
    cells = (Cell(each.against), Cell(_NAMES.get(each.statistic, each.statistic)), Cell(decimal(each.value), interval), Cell(count(each.n)))
    return Line(each.coder, cells)


def _saturation(each: SaturationSummary) -> Line:
    took = "none did" if each.median is None else decimal(each.median, 0)
    between = f"{decimal(each.low, 0)} to {decimal(each.high, 0)}" if each.median is not None else ""
    setting = f"base {each.base}, run {each.run}, threshold {each.threshold:.0%}"
    if math.isnan(each.below):  # fewer interviews than base and run together
        below, took = Cell(decimal(each.below)), "–"
    else:
        below = Cell(f"{each.below:.0%}", f"of {counted(each.orders, 'order')}")
    return Line(f"{each.kind}s", (Cell(each.coder or "–"), Cell(count(each.interviews)), Cell(setting), below, Cell(took, between)))
