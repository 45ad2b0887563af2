"""Kappa of each code with its interval: as SVG for a page and as PNG for documents; the table beside it has the same figures."""

from __future__ import annotations

import math

from markupsafe import Markup

from nptlens.reporting._agreement import Pair
from nptlens.reporting._words import short
from nptlens.reporting.drawing._plots import Point, Series, dots_png
from nptlens.schemas.code_figures import CodeFigures

_LEFT, _RIGHT, _TOP, _ROW, _BOTTOM, _WIDTH = 120.0, 24.0, 14.0, 22.0, 44.0, 640.0
_LABEL = 14  # characters of a code's id
_TICK = Markup(
    '<line class="{look}" x1="{x}" x2="{x}" y1="4" y2="{floor}"/>\n<text class="soft" x="{x}" y="{y}" text-anchor="middle">{label}</text>'
)
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="end">{label}</text>')
_SOFT = Markup('<text class="soft" x="{x}" y="{y}">{label}</text>')
_INTERVAL = Markup('<line class="line" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>')
_DIAMOND = Markup('<path class="hollow" d="M{x} {y}l6 6l-6 6l-6 -6z"/>')
_DOT = Markup('<circle class="dot" cx="{x}" cy="{y}" r="4.5"/>')
_SVG = Markup(
    '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}; the table below holds the same figures.">\n{inner}\n</svg>'
)


def kappa_svg(pair: Pair, alt: str) -> str:
    """Return the plot as inline SVG: a dot and an interval for each code, a hollow diamond for kappa between people."""
    rows = [(line.row, line.ceilings[0] if line.ceilings else None) for line in pair.lines]
    values = [value for row, other in rows for value in (row.kappa, row.kappa_low, row.kappa_high, other.kappa if other else 0.0)]
    least = math.floor(min([0.0, *(value for value in values if not math.isnan(value))]) * 5) / 5

    def across(value: float) -> float:
        return round(_LEFT + (value - least) / (1 - least) * (_WIDTH - _LEFT - _RIGHT), 1)

    floor = _TOP + _ROW * len(rows)
    parts = []
    for step in range(round((1 - least) / 0.2) + 1):
        value = round(least + 0.2 * step, 1)
        label = f"{value:.1f}".replace("-", "\N{MINUS SIGN}")
        parts.append(_TICK.format(look="grid" if value else "zero", x=across(value), floor=floor, y=floor + 16, label=label))
    for number, (row, other) in enumerate(rows):
        y = _TOP + _ROW * (number + 0.5)
        parts.append(_TEXT.format(x=_LEFT - 12, y=y + 4, label=short(row.code, _LABEL)))
        if not math.isnan(row.kappa_low) and not math.isnan(row.kappa_high):
            parts.append(_INTERVAL.format(low=across(row.kappa_low), high=across(row.kappa_high), y=y))
        if other is not None and not math.isnan(other.kappa):
            parts.append(_DIAMOND.format(x=across(other.kappa), y=y - 6))
        if math.isnan(row.kappa):
            parts.append(_SOFT.format(x=_LEFT + 8, y=y + 4, label="not determined"))
        else:
            parts.append(_DOT.format(x=across(row.kappa), y=y))
    parts.append(_SOFT.format(x=_LEFT, y=floor + 36, label="Cohen’s kappa"))
    return str(_SVG.format(width=_WIDTH, height=floor + _BOTTOM, alt=alt, inner=Markup("\n").join(parts)))


def kappa_png(pair: Pair) -> bytes:
    """Return the plot as PNG, kappa between people beside that of the pair where there is any."""
    own = tuple(_point(place, line.row) for place, line in enumerate(pair.lines))
    series = [Series(f"{pair.coder} against {pair.against}", own)]
    if pair.ceilings:
        beside = tuple(_point(place, line.ceilings[0]) for place, line in enumerate(pair.lines))
        series.append(Series(" and ".join(pair.ceilings[0]), beside))
    return dots_png([line.row.code for line in pair.lines], series, "Cohen’s kappa")


def _point(place: int, row: CodeFigures | None) -> Point:
    return Point(place, row.kappa, row.kappa_low, row.kappa_high) if row else Point(place, math.nan, math.nan, math.nan)
