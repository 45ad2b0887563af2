"""Shares of few: Wilson's interval, the difference of two, Fisher's exact test."""

from __future__ import annotations

import math
from statistics import NormalDist

from nptlens.schemas.fieldwork import Difference, Share


def wilson(n: int, of: int, confidence: float = 0.95) -> Share:
    """Return `n` of `of` with the score interval without continuity correction (Wilson 1927, JASA 22:209); NaN where `of` is 0.

    Raises ValueError where `n` is not among 0 to `of`.
    """
    if not 0 <= n <= of:
        raise ValueError(f"{n} of {of} is no share")
    if not of:
        return Share(0, 0, math.nan, math.nan, math.nan)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    p, square = n / of, z * z
    middle = (2 * n + square) / (2 * (of + square))
    half = z * math.sqrt(square + 4 * n * (1 - p)) / (2 * (of + square))
    # at the edges rounding must not leave a speck
    low, high = (0.0 if n == 0 else middle - half), (1.0 if n == of else middle + half)
    return Share(n, of, p, low, high)


def newcombe(first: Share, second: Share) -> Difference:
    """Return the first share minus the second with the interval of Newcombe 1998 (Statistics in Medicine 17:873), method 10.

    The level is that of the two shares. NaN where one of them is of none.
    """
    gap = first.value - second.value
    low = gap - math.hypot(first.value - first.low, second.high - second.value)
    high = gap + math.hypot(first.high - first.value, second.value - second.low)
    return Difference(gap, low, high)


def fisher(first: Share, second: Share) -> float:
    """Return the two-sided p of Fisher's exact test of two shares; NaN where one of them is of none."""
    if not first.of or not second.of:
        return math.nan
    from scipy.stats import fisher_exact

    table = [[first.n, first.of - first.n], [second.n, second.of - second.n]]
    return float(fisher_exact(table).pvalue)
