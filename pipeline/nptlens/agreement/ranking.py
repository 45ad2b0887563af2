"""Average precision: how well a machine's probabilities rank the units that a person coded, with its resamples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement.intervals import Bools, Counts, Floats, Sampled, share

_LEFT_OUT = 400  # clusters, or groups of them, that are left out one after another
_COLUMNS = 32  # resamples that are held at once


def average_precision(score: Floats, target: Bools, weights: Floats) -> Floats:
    """Return ``sum (R_i - R_{i-1}) P_i`` over distinct scores, once per row of `weights` ``(r, n)``; NaN without positives."""
    return _ranked(score, target, np.arange(len(score)), np.ones(len(score)), weights.T)


def sampled_average_precision(
    scores: Floats, targets: Bools, cluster: NDArray[np.intp], draws: Counts, weight: Floats | None = None
) -> Sampled:
    """Return average precision per code ``(k,)`` of `scores` ``(n, k)`` against `targets` ``(n, k)``, with its resamples.

    Of more than 400 clusters, every 400th is left out together (a jackknife of groups, Kott 2001), so that the work grows with the units.
    `cluster` ``(n,)`` from 0, `draws` ``(b, c)`` and `weight` ``(n,)`` as in `nptlens.agreement.coefficients.tally`.
    """
    clusters = draws.shape[1]
    groups = np.arange(min(clusters, _LEFT_OUT))
    left_out = np.arange(clusters) % _LEFT_OUT != groups[:, None]
    times = np.concatenate([np.ones((1, clusters)), draws, left_out]).T
    heavy = np.ones(len(scores)) if weight is None else weight
    found = np.stack([_ranked(score, target, cluster, heavy, times) for score, target in zip(scores.T, targets.T, strict=True)], axis=1)
    return Sampled(found[0], found[1 : 1 + len(draws)], found[1 + len(draws) :])


def _ranked(score: Floats, target: Bools, cluster: NDArray[np.intp], weight: Floats, times: Floats) -> Floats:
    """Return average precision ``(b,)`` where the units of a cluster count `times` ``(c, b)`` their `weight`.

    Only the scores of positives gain recall, so units are counted by cluster between one such score and the next.
    """
    from scipy.sparse import csr_array

    marks, level = np.unique(-score[target], return_inverse=True)
    result = np.full(times.shape[1], np.nan)
    if not len(marks):
        return result
    place = np.searchsorted(marks, -score)  # the first mark at which a unit is seen
    ahead = place < len(marks)
    shape = (len(marks), len(times))
    seen_by = csr_array((weight[ahead], (place[ahead], cluster[ahead])), shape=shape)
    hits_by = csr_array((weight[target], (level, cluster[target])), shape=shape)
    for start in range(0, times.shape[1], _COLUMNS):
        part = np.ascontiguousarray(times[:, start : start + _COLUMNS], dtype=np.float64)
        gained, seen = hits_by @ part, np.cumsum(seen_by @ part, axis=0)
        hits = np.cumsum(gained, axis=0)
        precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
        result[start : start + _COLUMNS] = share((gained * precision).sum(axis=0), hits[-1])
    return result
