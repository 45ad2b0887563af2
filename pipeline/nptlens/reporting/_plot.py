"""The geometry of a dot-and-interval plot; the template draws it as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LEFT, _RIGHT, _TOP, _ROW, _BOTTOM, _WIDTH = 120.0, 24.0, 14.0, 22.0, 44.0, 640.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One row: the dot, the ends of its interval and the hollow mark beside it, None where not determined."""

    label: str
    y: float
    x: float | None
    low: float | None
    high: float | None
    beside: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    x: float
    label: str
    zero: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot in its own units; the file scales it."""

    width: float
    height: float
    left: float
    floor: float
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    has_beside: bool


def plot(rows: Sequence[tuple[str, float, float, float, float | None]]) -> Plot:
    """Lay out rows of (label, value, low, high, value beside) on a scale that ends at 1 and starts at 0 or below."""
    values = [value for row in rows for value in row[1:] if value is not None and not math.isnan(value)]
    least = math.floor(min([0.0, *values]) * 5) / 5

    def across(value: float | None) -> float | None:
        if value is None or math.isnan(value):
            return None
        return round(_LEFT + (value - least) / (1 - least) * (_WIDTH - _LEFT - _RIGHT), 1)

    floor = _TOP + _ROW * len(rows)
    steps = [round(least + 0.2 * step, 1) for step in range(round((1 - least) / 0.2) + 1)]
    return Plot(
        width=_WIDTH,
        height=floor + _BOTTOM,
        left=_LEFT,
        floor=floor,
        ticks=tuple(
            Tick(across(step) or 0.0, f"{step:.1f}".replace("-", "\N{MINUS SIGN}"), step == 0) for step in steps
        ),
        marks=tuple(
            Mark(
                label=label if len(label) <= 14 else f"{label[:13]}…",
                y=_TOP + _ROW * (number + 0.5),
                x=across(value),
                low=across(low),
                high=across(high),
                beside=across(beside),
            )
            for number, (label, value, low, high, beside) in enumerate(rows)
        ),
        has_beside=any(across(row[4]) is not None for row in rows),
    )
