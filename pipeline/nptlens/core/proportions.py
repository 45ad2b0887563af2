"""A proportion over whole clusters: from weighted hits and totals to a share, an effective number, exact limits and p-values.

Excerpts of one transcript resemble each other, and drawn ones stand for unequal numbers, so they are counted as fewer: Korn and Graubard
(1998, Survey Methodology 24, 193-201) divide their number by the design effect and take Clopper and Pearson's (1934) exact limits there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]] | NDArray[np.float64]

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


def proportion(hits: Numbers, totals: Numbers, *, confidence: float, n: int | None = None, kish: float | None = None) -> Proportion:
    """Return the proportion of the clusters' `hits` in their `totals`, both ``(c,)``; clusters without a total are left out.

    The design effect is the linearised variance of the ratio over that of single excerpts, never below 1; its own uncertainty with few
    clusters is met by the squared ratio of Student's quantiles at `confidence`, one-sided (Korn & Graubard 1998, section 3). Where
    excerpts were drawn, hits and totals are sums of their weights, `n` is how many excerpts there are and `kish` what they weigh at most:
    the square of the sum of weights by the sum of their squares (Kish 1965, section 11.7).
    """
    from scipy.special import stdtrit

    seen = totals > 0
    hits, totals = hits[seen].astype(np.float64), totals[seen].astype(np.float64)
    whole, clusters = float(totals.sum()), len(totals)
    number = round(whole) if n is None else n
    if not whole:
        return Proportion(math.nan, 0, 0.0)
    share = min(float(hits.sum()) / whole, 1.0)
    if clusters < 2:
        return Proportion(share, number, 0.0)
    most = float(number) if kish is None else kish
    residual = hits - share * totals
    between = clusters / (clusters - 1) * float(residual @ residual) / whole**2
    alone = share * (1 - share) / (most - 1) if most > 1 else 0.0
    effect = max(between / alone, 1.0) if alone > 0 else 1.0
    free = max(most - 1, clusters - 1)
    few = max(float(stdtrit(clusters - 1, confidence) / stdtrit(free, confidence)) ** 2, 1.0) if confidence > 0.5 else 1.0
    return Proportion(share, number, most / (effect * few))


def weighted(
    of: NDArray[np.bool_], hit: NDArray[np.bool_], cluster: NDArray[np.intp], weight: NDArray[np.float64], *, confidence: float
) -> Proportion:
    """Return which share of the excerpts `of` are `hit`, all ``(n,)``, each counting as many as its `weight`; see `proportion`."""
    number, own = int(cluster.max()) + 1 if len(cluster) else 0, weight[of]
    totals = np.bincount(cluster[of], own, number)
    hits = np.bincount(cluster[of & hit], weight[of & hit], number)
    squares = float(own @ own)
    kish = float(own.sum()) ** 2 / squares if squares else 0.0
    return proportion(hits, totals, confidence=confidence, n=len(own), kish=kish)
