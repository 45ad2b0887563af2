"""What a proportion over whole transcripts proves: effective numbers, limits, p-values and tests of many thresholds at once.

A proportion is `hits` of `totals`, each ``(c,)``: one entry a cluster (a transcript), whole numbers. Excerpts of one transcript resemble
each other, so they are counted as fewer: Korn and Graubard (1998, Survey Methodology 24, 193-201) divide their number by the design effect
of the clusters and take Clopper and Pearson's (1934) exact limits at that number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Proportion:
    """`share` of `n` excerpts (NaN of none) that weigh as much as `effective` independent ones (0 where one cluster is all there is)."""

    share: float
    n: int
    effective: float

    def p_value(self, promised: float, *, new: float = math.inf) -> float:
        """Return how probable at least this share would be, were the share of `new` independent excerpts to come below `promised`.

        Of all excerpts there could ever be (`new` infinite) this is the binomial tail; of a finite number it is Thatcher's (1964, JRSS B
        26, 176-210) exact prediction limit, the beta-binomial that has the same prior. 1 where nothing can be known.
        """
        from scipy.special import betainc

        if self.effective <= 0 or self.share <= 0:
            return 1.0
        hits = self.share * self.effective
        misses = self.effective - hits + 1
        if math.isinf(new):
            return float(betainc(hits, misses, promised))
        whole = max(round(new), 1)
        return _beta_binomial(math.ceil(promised * whole - 1e-9) - 1, whole, hits, misses)

    def limits(self, confidence: float) -> tuple[float, float]:
        """Return the lower and the upper limit, each one-sided at `confidence` (Clopper & Pearson 1934)."""
        from scipy.special import betaincinv

        if self.effective <= 0:
            return 0.0, 1.0
        hits, misses = self.share * self.effective, (1 - self.share) * self.effective
        low = float(betaincinv(hits, misses + 1, 1 - confidence)) if hits > 0 else 0.0
        high = float(betaincinv(hits + 1, misses, confidence)) if misses > 0 else 1.0
        return low, high


def _beta_binomial(most: int, n: int, a: float, b: float) -> float:
    """Return how probable at most `most` of n are under the beta-binomial (Skellam 1948, JRSS B 10, 257-261)."""
    from scipy.special import betaln

    if not 0 <= most < n:
        return float(most >= n)
    k = np.arange(most + 1)
    return min(float(np.sum(np.exp(-np.log(n + 1) - betaln(n - k + 1, k + 1) + betaln(k + a, n - k + b) - betaln(a, b)))), 1.0)


def proportion(hits: Counts, totals: Counts, *, confidence: float) -> Proportion:
    """Return the proportion of the clusters' `hits` in their `totals`; clusters without a total are left out.

    The design effect is the linearised variance of the ratio over that of single excerpts, never below 1; its own uncertainty with few
    clusters is met by the squared ratio of Student's quantiles at `confidence` (Korn & Graubard 1998, section 3).
    """
    from scipy.special import stdtrit

    seen = totals > 0
    hits, totals = hits[seen], totals[seen]
    n, clusters = int(totals.sum()), len(totals)
    if n == 0:
        return Proportion(math.nan, 0, 0.0)
    share = int(hits.sum()) / n
    if clusters < 2:
        return Proportion(share, n, 0.0)
    residual = hits - share * totals
    between = clusters / (clusters - 1) * float(residual @ residual) / n**2
    alone = share * (1 - share) / (n - 1)
    effect = max(between / alone, 1.0) if alone > 0 else 1.0
    few = max(float(stdtrit(clusters - 1, confidence) / stdtrit(n - 1, confidence)) ** 2, 1.0) if confidence > 0.5 else 1.0
    return Proportion(share, n, n / (effect * few))


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
