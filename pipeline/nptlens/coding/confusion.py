"""Which codes the seeds cannot tell apart: every pair of codes parted by a line, judged on seeds that the line never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from threadpoolctl import threadpool_limits

from nptlens.coding.training_set import labels
from nptlens.schemas.records import Codebook, Estimate, Seed

Floats = NDArray[np.float64]
POOR = 0.7


@dataclass(frozen=True, slots=True)
class Confusion:
    """How well two codes' seeds can be told apart: AUC (0.5 is chance), seeds of either, seeds of both, and those on the wrong side."""

    first: str
    second: str
    auc: Estimate
    seeds: tuple[int, int]
    both: int
    crossing: tuple[str, ...]

    def poor(self) -> bool:
        """Tell whether the two cannot be told apart: the interval holds chance, or the AUC is below 0.7."""
        return self.auc.value < POOR or self.auc.low <= 0.5 <= self.auc.high


def confusions(
    seeds: Sequence[Seed], vectors: NDArray[np.float32], codebook: Codebook, *, strength: float, fewest: int, confidence: float = 0.95
) -> tuple[Confusion, ...]:
    """Return a Confusion per pair of codes of a kind (constructs, or codes with none below), the worst first.

    `vectors` ``(n, d)``, row i of seed i. Only seeds that carry one of the two codes take part; each side needs `fewest` of them.
    """
    codes = codebook.ids()
    carried = labels(seeds, codebook, codes)
    groups = np.unique([seed.group or f"seed {seed.id}" for seed in seeds], return_inverse=True)[1] if seeds else np.empty(0, dtype=np.intp)
    found = []
    with threadpool_limits(1):
        kernel = vectors.astype(np.float64) @ vectors.T.astype(np.float64) + 1.0
        for i, j in combinations(range(len(codes)), 2):
            if not _comparable(codes[i], codes[j], codebook):
                continue
            one, two = carried[:, i] & ~carried[:, j], carried[:, j] & ~carried[:, i]
            if min(one.sum(), two.sum()) < fewest:
                continue
            rows = np.flatnonzero(one | two)
            wins = left_out_wins(kernel[np.ix_(rows, rows)], one[rows], groups[rows], strength)
            sides = len(np.unique(groups[one])), len(np.unique(groups[two]))
            auc = float(np.nanmean(wins)) if np.isfinite(wins).any() else float("nan")
            figure = auc_interval(auc, *sides, confidence)
            crossing = _crossing(wins, seeds, np.flatnonzero(one), np.flatnonzero(two))
            both = int((carried[:, i] & carried[:, j]).sum())
            found.append(Confusion(codes[i], codes[j], figure, (int(one.sum()), int(two.sum())), both, crossing))
    return tuple(sorted(found, key=lambda each: (np.nan_to_num(each.auc.value, nan=2.0), each.first, each.second)))


def _comparable(first: str, second: str, codebook: Codebook) -> bool:
    """Tell whether two codes are of a kind: a construct's seeds are its components' seeds, so it is compared with constructs only."""
    return bool(codebook.children(first)) == bool(codebook.children(second))


def _crossing(wins: Floats, seeds: Sequence[Seed], one: NDArray[np.intp], two: NDArray[np.intp]) -> tuple[str, ...]:
    lost = [(one[k], row) for k, row in enumerate(wins)] + [(two[k], column) for k, column in enumerate(wins.T)]
    return tuple(sorted(seeds[seed].id for seed, each in lost if np.isfinite(each).any() and np.nanmean(each) < 0.5))


def left_out_wins(kernel: Floats, target: NDArray[np.bool_], groups: NDArray[np.intp], strength: float) -> Floats:
    """Return ``(p, q)``: 1 where the p-th seed of one code scores above the q-th of the other, 0 where below, ½ where equal.

    Each pair is scored by kernel ridge regression trained without both seeds and all of their groups (leave-pair-out, Airola et
    al. 2011, which unlike pooled folds is right where there is nothing to tell; the closed form of left-out residuals is that of Rifkin
    & Lippert 2007). NaN where the two share a group: no line can be fair to both. `kernel` ``(n, n)``.
    """
    n = len(target)
    inverse = np.linalg.inv(kernel + np.eye(n) / strength)
    sign = np.where(target, 1.0, -1.0)
    weighted = inverse @ sign
    names = np.unique(groups)
    members = [np.flatnonzero(groups == name) for name in names]
    size = max(len(rows) for rows in members)
    padded = np.array([[*rows, *[-1] * (size - len(rows))] for rows in members])
    positives, negatives = np.flatnonzero(target), np.flatnonzero(~target)
    place = np.searchsorted(names, groups)
    wins = np.full((len(positives), len(negatives)), np.nan)
    for k, row in enumerate(positives):
        rivals = np.flatnonzero(place[negatives] != place[row])
        if not len(rivals):
            continue
        blocks = np.hstack([np.tile(padded[place[row]], (len(rivals), 1)), padded[place[negatives[rivals]]]])
        used = blocks >= 0
        systems = np.where(used[:, :, None] & used[:, None, :], inverse[blocks[:, :, None], blocks[:, None, :]], np.eye(blocks.shape[1]))
        residual = np.linalg.solve(systems, np.where(used, weighted[blocks], 0.0)[:, :, None])[:, :, 0]
        score = np.where(used, sign[blocks], 0.0) - residual
        mine = score[:, list(padded[place[row]]).index(row)]
        theirs = score[np.arange(len(rivals)), (blocks[:, size:] == negatives[rivals][:, None]).argmax(axis=1) + size]
        gap = (mine - theirs).round(9)
        wins[k, rivals] = np.where(gap > 0, 1.0, np.where(gap < 0, 0.0, 0.5))
    return wins


def auc_interval(auc: float, first: int, second: int, confidence: float = 0.95) -> Estimate:
    """Return an AUC with its interval for `first` and `second` independent cases (Newcombe 2006, method 5).

    It solves ``|t - auc| = z * sqrt(V(t))`` with Hanley & McNeil's variance at t, so that an AUC of 1 from few seeds stays unsure.
    """
    if np.isnan(auc):
        return Estimate(auc, auc, auc)
    from scipy.stats import norm  # it takes a second to import

    z = float(norm.ppf(0.5 + confidence / 2))
    more = (first + second) / 2 - 1

    def gap(t: float) -> float:
        variance = t * (1 - t) * (1 + more * (1 - t) / (2 - t) + more * t / (1 + t)) / (first * second)
        return abs(t - auc) - z * float(np.sqrt(variance))

    near = 1e-9  # at 0 and 1 the variance vanishes, so that the figure itself is a root, but not the one meant
    low = float(brentq(gap, 0.0, auc - near)) if auc > near else 0.0
    high = float(brentq(gap, auc + near, 1.0)) if auc < 1 - near else 1.0
    return Estimate(auc, low, high)
