"""Pictures of documents, as PNG; each stands beside a table with the same figures."""

from __future__ import annotations

import math

from nptlens.reporting._agreement import CodeAgreement, Pair
from nptlens.reporting.validation._plots import Point, Series, dots_png


def kappa_picture(pair: Pair) -> bytes:
    """Draw kappa of each code with its interval, and kappa between people beside it where there is any."""
    own = tuple(_point(place, line.row) for place, line in enumerate(pair.lines))
    series = [Series(f"{pair.coder} against {pair.against}", own)]
    if pair.ceilings:
        found = [(place, line.ceilings[0]) for place, line in enumerate(pair.lines)]
        beside = tuple(_point(place, one) for place, one in found)
        series.append(Series(" and ".join(pair.ceilings[0]), beside))
    return dots_png([line.row.code for line in pair.lines], series, "Cohen’s kappa")


def _point(place: int, row: CodeAgreement | None) -> Point:
    return Point(place, row.kappa, row.kappa_low, row.kappa_high) if row else Point(place, math.nan, math.nan, math.nan)
