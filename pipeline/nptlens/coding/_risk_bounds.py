"""What a promise needs: the fewest excerpts that prove it, and tests of many thresholds at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from nptlens.core.proportions import Proportion


@cache
def fewest(promised: float, error: float) -> int:
    """Return how many independent excerpts, all of them right, prove `promised` for as many again, at this chance of error."""
    number = 1
    while Proportion(1.0, number, number).p_value(promised, new=number) > error:
        number += 1
    return number


def fallback(p_values: Sequence[float], weights: Sequence[float], error: float) -> list[bool]:
    """Tell which hypotheses are rejected; the chance of one false rejection or more is at most `error` (Wiens 2003, Pharm. Stat. 2).

    Each is tested in order at its own weight of `error`, and a rejected one hands its level on to the next. With all weight on the first
    this is the fixed-sequence testing of Learn then Test (Angelopoulos et al. 2021, section 3); the p-values may depend on each other.
    """
    rejected, carried = [], 0.0
    for p_value, weight in zip(p_values, weights, strict=True):
        level = carried + weight * error
        rejected.append(level > 0 and p_value <= level)
        carried = level if rejected[-1] else 0.0
    return rejected
