"""Cluster bootstrap: figures of additive tallies under resampled clusters, and the intervals of those figures.

A figure is a *rule* on tallies that add up over clusters, so the figure of a resample is the rule on one product of matrices. Resamples
in which a figure is undefined (NaN) are left out of its interval; a figure that is NaN itself has no interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Counts = NDArray[np.integer[Any]]
Kind = Literal["percentile", "expanded", "bca"]
Rule = Callable[[Floats], Floats]
KINDS: tuple[Kind, ...] = ("percentile", "expanded", "bca")


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Figures of any shape: `value` ``(...)``, of each resample `draws` ``(b, ...)``, without each cluster `left_out` ``(c, ...)``."""

    value: Floats
    draws: Floats
    left_out: Floats

    def minus(self, other: Sampled) -> Sampled:
        """Return the difference of two figures of the same resamples: its interval is the interval of the difference."""
        return Sampled(self.value - other.value, self.draws - other.draws, self.left_out - other.left_out)

    def mean(self, columns: Bools | None = None) -> Sampled:
        """Return the mean over the last axis (of the `columns` that are True), without what is NaN; NaN where nothing is left."""
        keep = slice(None) if columns is None else columns
        return Sampled(*(mean(each[..., keep]) for each in (self.value, self.draws, self.left_out)))

    def limits(self, kind: Kind, confidence: float) -> Floats:
        """Return low and high ``(2, ...)``; see `limits`."""
        return limits(self, kind, confidence)


def sampled(rule: Rule, tallies: Floats | Counts, draws: Counts) -> Sampled:
    """Return the figures that `rule` makes of `tallies` ``(c, ...)`` summed over clusters, and over the clusters of each resample.

    `rule` takes tallies ``(..., same shape as one cluster's)`` with any leading axes and returns figures with those leading axes. `draws`
    ``(b, c)`` says how often each cluster is drawn (`nptlens.core.resampling.cluster_draws`). Raises ValueError where `draws` and
    `tallies` disagree in the number of clusters.
    """
    if draws.ndim != 2 or draws.shape[1] != len(tallies):
        raise ValueError(f"draws {draws.shape} are not (resamples, {len(tallies)} clusters)")
    tallies = np.asarray(tallies, dtype=np.float64)
    total = tallies.sum(axis=0)  # whole numbers stay exact below 2**53, in whatever order they are added
    flat = tallies.reshape(len(tallies), total.size)
    drawn = (draws.astype(np.float64) @ flat).reshape(len(draws), *total.shape)
    return Sampled(rule(total), rule(drawn), rule(total - tallies))


def limits(figures: Sampled, kind: Kind, confidence: float) -> Floats:
    """Return low and high ``(2, ...)`` of each figure; NaN where the figure, or every resample of it, is undefined.

    "percentile": the quantiles of the resamples (Efron 1979). "bca": bias-corrected and accelerated (Efron 1987), the bias from the share
    of resamples below the figure (ties count half), the acceleration from leaving out each cluster once. "expanded": quantiles further
    out, since resamples of few clusters vary too little (Hesterberg 2015, on expanded percentile intervals); see `_expanded`; NaN where
    fewer than two clusters can be left out. How often each kind holds the truth is measured by benchmarks/statistics.py. Raises
    ValueError for another `kind`.
    """
    if kind not in KINDS:
        raise ValueError(f"interval is one of {', '.join(KINDS)}, got {kind!r}")
    shape = np.shape(figures.value)
    if not len(figures.draws):
        return np.full((2, *shape), np.nan)
    value = np.ravel(figures.value)
    draws, left_out = (each.reshape(len(each), len(value)) for each in (figures.draws, figures.left_out))
    tail = (1 - confidence) / 2
    levels = np.repeat(np.array([[tail], [1 - tail]]), len(value), axis=1)
    if kind == "expanded":
        levels = _expanded(levels, draws, left_out)
    elif kind == "bca":
        levels = _bca(levels, value, draws, left_out)
    return np.where(np.isnan(value), np.nan, quantiles(draws, levels)).reshape(2, *shape)


def _expanded(levels: Floats, draws: Floats, left_out: Floats) -> Floats:
    """Return the level whose normal quantile is t times (jackknife error / bootstrap error); that ratio is at least 1.

    Hesterberg (2015) takes sqrt(c / (c - 1)) for the ratio and c - 1 for the degrees of freedom. The jackknife's error (Efron & Stein 1981)
    is for figures that are not linear, and the degrees of freedom are fewer where few clusters make the figure: Satterthwaite's
    (1946) 2 / (relative variance of a variance), from the kurtosis of what leaving clusters out does.
    """
    from scipy.special import ndtr, stdtrit

    gap, held = _gaps(left_out)
    held = np.where(held < 2, np.nan, held)
    square = share((gap**2).sum(axis=0), held)
    kurtosis = share((gap**4).sum(axis=0), held * square**2) - 3
    freedom = np.clip(2 / (np.fmax(kurtosis, 0) / held + 2 / (held - 1)), 1, held - 1)
    error = np.sqrt((held - 1) * square)
    ratio = np.fmax(share(error, np.sqrt(_variance(draws))), 1.0)
    result: Floats = ndtr(stdtrit(freedom, levels) * ratio)
    return result


def _bca(levels: Floats, value: Floats, draws: Floats, left_out: Floats) -> Floats:
    """Efron 1987: the level whose quantile is taken, from the bias z0 and the acceleration a."""
    from scipy.special import ndtr, ndtri

    held = np.maximum((~np.isnan(draws)).sum(axis=0), 1)
    below = (draws < value).sum(axis=0) + (draws == value).sum(axis=0) / 2
    # A figure at the edge of its resamples has an infinite bias; half a resample is put on the other side.
    bias = ndtri(np.clip(below / held, 0.5 / held, 1 - 0.5 / held))
    gap, _ = _gaps(left_out)
    spread = (gap**2).sum(axis=0)
    speed = np.divide((gap**3).sum(axis=0), 6 * spread**1.5, out=np.zeros_like(spread), where=spread > 0)
    shifted = bias + ndtri(levels)
    result: Floats = ndtr(bias + shifted / np.maximum(1 - speed * shifted, np.finfo(float).tiny))
    return result


def _gaps(left_out: Floats) -> tuple[Floats, Floats]:
    """Return how far each figure without a cluster is below their mean ``(c, k)``, 0 for NaN, and how many are not NaN ``(k,)``."""
    gap = mean(left_out.T) - left_out
    return np.where(np.isnan(gap), 0.0, gap), (~np.isnan(left_out)).sum(axis=0).astype(np.float64)


def _variance(draws: Floats) -> Floats:
    return mean((draws - mean(draws.T)).T ** 2)


def quantiles(draws: Floats, levels: Floats) -> Floats:
    """Return the quantiles ``(q, k)`` at `levels` ``(q, k)`` of the columns of `draws` ``(b, k)``, NaN left out (linear, as numpy's)."""
    ordered = np.sort(draws, axis=0)  # NaN goes last
    held = (~np.isnan(ordered)).sum(axis=0)
    place = np.where(np.isnan(levels), 0.0, levels) * np.maximum(held - 1, 0)
    under = np.floor(place).astype(np.intp)
    over = np.minimum(under + 1, np.maximum(held - 1, 0))
    low, high = np.take_along_axis(ordered, under, axis=0), np.take_along_axis(ordered, over, axis=0)
    part = place - under
    between = np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))
    return np.where((held > 0) & ~np.isnan(levels), between, np.nan)


def share(part: Floats, whole: Floats | float) -> Floats:
    """Return ``part / whole``, NaN where `whole` is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    result: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)
    return result


def mean(values: Floats) -> Floats:
    """Return the mean over the last axis, NaN left out; NaN where nothing is left."""
    held = ~np.isnan(values)
    return share(np.where(held, values, 0.0).sum(axis=-1), held.sum(axis=-1).astype(np.float64))


def cluster_sums(values: Floats | NDArray[np.bool_], cluster: NDArray[np.intp], clusters: int) -> Floats:
    """Return the sums of the columns of `values` ``(n, k)`` within each cluster, ``(clusters, k)``."""
    sums = np.empty((clusters, values.shape[1]))
    for i in range(values.shape[1]):
        sums[:, i] = np.bincount(cluster, weights=values[:, i], minlength=clusters)
    return sums


def percentiles(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the low and high percentiles ``(k,)`` of the columns of `draws` ``(r, k)``, NaN left out; NaN where nothing is left."""
    if not len(draws):
        return np.full(draws.shape[1], np.nan), np.full(draws.shape[1], np.nan)
    tail = (1 - confidence) / 2
    low, high = quantiles(draws, np.repeat([[tail], [1 - tail]], draws.shape[1], axis=1))
    return low, high
