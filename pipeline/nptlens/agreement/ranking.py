"""Average precision: how well a machine's probabilities rank the units that a person coded, with its resamples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement.intervals import Bools, Counts, Floats, Sampled, share

_CELLS = 1 << 22  # resamples times units that are held at once


def average_precision(score: Floats, target: Bools, weights: Floats) -> Floats:
    """Return ``sum (R_i - R_{i-1}) P_i`` over distinct scores, once per row of `weights` ``(r, n)``; NaN without positives."""
    order = np.argsort(-score, kind="stable")
    return _ranked(score[order], target[order], weights[:, order])


def sampled_average_precision(
    scores: Floats, targets: Bools, cluster: NDArray[np.intp], draws: Counts, weight: Floats | None = None
) -> Sampled:
    """Return average precision per code ``(k,)`` of `scores` ``(n, k)`` against `targets` ``(n, k)``, with its resamples.

    `cluster` ``(n,)`` from 0, `draws` ``(b, c)`` and `weight` ``(n,)`` as in `nptlens.agreement.coefficients.tally`.
    """
    clusters = draws.shape[1]
    times = np.concatenate([np.ones((1, clusters)), draws, 1 - np.eye(clusters)])
    rows = max(1, _CELLS // max(1, len(scores)))
    found = np.empty((len(times), scores.shape[1]))
    for code, (score, target) in enumerate(zip(scores.T, targets.T, strict=True)):
        order = np.argsort(-score, kind="stable")
        ranked, hit, where = score[order], target[order], cluster[order]
        for start in range(0, len(times), rows):
            drawn = times[start : start + rows][:, where]
            found[start : start + rows, code] = _ranked(ranked, hit, drawn if weight is None else drawn * weight[order])
    return Sampled(found[0], found[1 : 1 + len(draws)], found[1 + len(draws) :])


def _ranked(score: Floats, target: Bools, weights: Floats) -> Floats:
    """Average precision of units that are already ordered; only the ends of equal scores that hold a positive count."""
    last = np.append(score[:-1] != score[1:], True)
    run = np.cumsum(last) - last  # which run of equal scores a unit is in
    positives = np.flatnonzero(target)
    ends = np.append(run[positives][:-1] != run[positives][1:], True)[: len(positives)]
    hits = np.cumsum(weights[:, positives], axis=1)[:, ends]
    seen = np.cumsum(weights, axis=1)[:, np.flatnonzero(last)[run[positives[ends]]]]
    if not len(positives):
        return np.full(len(weights), np.nan)
    precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
    return share((np.diff(hits, axis=1, prepend=0.0) * precision).sum(axis=1), hits[:, -1])
