"""Shares of codes in groups, with intervals: a panel for each group, a row for each code, one scale for all panels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nptlens.reporting._words import count, short
from nptlens.reporting.drawing._plots import Point, steps_to
from nptlens.reporting.drawing._svg import FIRST, PAPER, RULE, SOFT, Canvas

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _FOOT = 640.0, 112.0, 16.0, 44.0, 22.0, 30.0
_NUMBER, _GAP, _WIDEST = 44.0, 22.0, 200.0  # room for the number before a panel, between panels, of one panel at most


@dataclass(frozen=True, slots=True)
class Panels:
    """Codes down, groups across with how many excerpts each has; a cell is a share with its interval (NaN: none), None of no excerpts.

    `most` is the highest share to be drawn, of these groups or of others that are drawn to the same scale.
    """

    down: tuple[str, ...]
    across: tuple[str, ...]
    excerpts: tuple[int, ...]
    cells: tuple[tuple[Point | None, ...], ...]
    most: float


def panels(table: Panels) -> Canvas:
    """Draw the panels side by side."""
    wide, high = max(len(table.across), 1), max(len(table.down), 1)
    step = min((_WIDTH - _LEFT - _RIGHT) / wide, _WIDEST + _NUMBER + _GAP)
    canvas = Canvas(_WIDTH, _TOP + _ROW * high + _FOOT)
    steps = steps_to(100 * table.most, 2)
    rows = canvas.axes(0, _TOP, _LEFT + step * wide, _ROW * high, (0, _LEFT + step * wide), (high, 0))
    for y, code in enumerate(table.down):
        canvas.line(rows, [_LEFT, _LEFT + step * wide - _GAP], [y + 0.5, y + 0.5], color=RULE, linewidth=0.6)
        canvas.text(rows, (_LEFT, y + 0.5), short(code, 16), dx=-8, dy=-4, ha="right")
    for x, (name, excerpts) in enumerate(zip(table.across, table.excerpts, strict=True)):
        left = _LEFT + step * x
        axes = canvas.axes(left + _NUMBER, _TOP, step - _NUMBER - _GAP, _ROW * high, (0, steps[-1]), (high, 0))
        canvas.text(axes, (0, 0), short(name, max(8, int((step - 8) / 6.6))), dx=-_NUMBER + 10, dy=26)
        canvas.text(axes, (0, 0), f"of {count(excerpts)}", dx=-_NUMBER + 10, dy=10, color=SOFT, size=11)
        for tick in steps:
            canvas.line(axes, [tick, tick], [0, high], color=SOFT if tick == 0 else RULE, linewidth=1 if tick == 0 else 0.8)
            canvas.text(axes, (tick, high), f"{tick:.0f}%", dy=-16, ha="center", color=SOFT, size=11)
        for y, row in enumerate(table.cells):
            _cell(canvas, axes, y + 0.5, row[x])
    return canvas


def _cell(canvas: Canvas, axes: Any, y: float, point: Point | None) -> None:
    if point is None:
        canvas.text(axes, (0, y), "–", dx=-8, dy=-4, ha="right", color=SOFT)
        return
    known = not math.isnan(point.low) and not math.isnan(point.high)
    if known:
        canvas.line(axes, [100 * point.low, 100 * point.high], [y, y], color=FIRST, linewidth=2)
    face = FIRST if known else PAPER
    look = {"marker": "o", "markersize": 6.5, "color": FIRST, "markerfacecolor": face, "markeredgewidth": 1.5, "linestyle": "none"}
    canvas.line(axes, [100 * point.value], [y], **look)
    canvas.text(axes, (0, y), f"{100 * point.value:.1f}", dx=-8, dy=-4, ha="right", size=11)
