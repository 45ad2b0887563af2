"""Sums over clusters, and percentiles of many draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement.intervals import quantiles

Floats = NDArray[np.float64]


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
