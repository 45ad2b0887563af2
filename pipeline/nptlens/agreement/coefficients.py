"""Coefficients of agreement: whole-number tallies per cluster, and rules that turn summed tallies into figures.

Tallies of clusters add up, so a bootstrap is one product of matrices (`nptlens.agreement.intervals`)::

    tallies = tally(Ratings(("A", "B"), coded, read), cluster)        # or tally_labels for one label a unit
    figures = tallies.figures(cluster_draws(tallies.clusters, resamples=1000, seed=1))
    kappa = figures.of("kappa")                                       # Sampled: value (k,), draws (b, k), left_out (c, k)
    low, high = kappa.limits("bca", 0.95)                             # each (k,)

Two coders give every statistic of `PAIR` and `MANY`, more coders those of `MANY`. NaN is a figure that is not defined: no unit read by two
coders, or, for kappa, alpha and Fleiss' kappa, one category only, so that chance agreement is complete.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nptlens.agreement.intervals import Bools, Counts, Floats, Rule, Sampled, sampled, share


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """What several coders gave: `coded` ``(m coders, n units, k codes)``; `read` ``(m, n)`` is False where a coder did not read a unit.

    What `coded` holds for a unit that was not read is not looked at. Raises ValueError for other shapes or fewer than two coders.
    """

    coders: tuple[str, ...]
    coded: Bools
    read: Bools

    def __post_init__(self) -> None:
        if self.coded.ndim != 3 or self.coded.shape[:2] != self.read.shape or len(self.coders) != len(self.read) or len(self.read) < 2:
            raise ValueError(f"coded {self.coded.shape} and read {self.read.shape} do not fit {len(self.coders)} coders (at least two)")


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Counts that add up over clusters, of k items with q categories each (a code: coded, not coded; labels: one item, q labels).

    `levels` ``(c, m, q + 1, k)``: over the units that exactly 1, ..., m coders read, how often each category was given, and
    last how many ordered pairs of coders gave the same. `pairs` ``(c, q, q, k)``: units that both of two coders read, by
    the first's category and the second's; None of more coders. Whole numbers, where units have no weights.
    """

    levels: Floats
    pairs: Floats | None = None

    @property
    def clusters(self) -> int:
        """The number of clusters."""
        return len(self.levels)

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that these tallies give."""
        if self.pairs is None:
            return tuple(MANY)
        return (*(PAIR if self.pairs.shape[1] == 2 else ("kappa",)), *MANY)

    def sampled(self, statistic: str, draws: Counts) -> Sampled:
        """Return one statistic per item ``(k,)`` with its resamples. Raises KeyError for one that is not in `statistics`."""
        if statistic in PAIR and self.pairs is not None:
            return sampled(PAIR[statistic], self.pairs, draws)
        return sampled(MANY[statistic], self.levels, draws)

    def figures(self, draws: Counts) -> Figures:
        """Return all statistics; `draws` ``(b, c)``, ``(0, c)`` for values alone."""
        return Figures(self.statistics, tuple(self.sampled(name, draws) for name in self.statistics))


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Statistics by name, each ``(k,)`` with its resamples."""

    statistics: tuple[str, ...]
    samples: tuple[Sampled, ...]

    def of(self, statistic: str) -> Sampled:
        """Return one statistic. Raises ValueError where it is not among them."""
        return self.samples[self.statistics.index(statistic)]


def tally(ratings: Ratings, cluster: NDArray[np.intp], weight: Floats | None = None) -> Tallies:
    """Count per code coded against not coded; category 0 is coded. `cluster` ``(n,)``: numbers from 0, as pandas.factorize gives.

    `weight` ``(n,)``: how many units each stands for, where units were drawn (1 without it). Raises ValueError for other shapes.
    """
    m, n, k = ratings.coded.shape
    clusters = _clusters(cluster, n, weight)
    place = (cluster * (m + 1) + ratings.read.sum(axis=0)) * (m + 1)
    both = np.flatnonzero(ratings.read.all(axis=0)) if m == 2 else None
    shapes = np.zeros((clusters, m + 1, m + 1, k))  # how many units r coders read and y of them coded
    pairs = np.zeros((clusters, 4, k))
    for code in range(k):
        yes = (ratings.coded[:, :, code] & ratings.read).sum(axis=0)
        shapes[..., code] = np.bincount(place + yes, weight, clusters * (m + 1) ** 2).reshape(shapes.shape[:-1])
        if both is not None:
            first, second = ratings.coded[:, both, code]
            cell = cluster[both] * 4 + 2 * ~first + ~second
            pairs[..., code] = np.bincount(cell, None if weight is None else weight[both], 4 * clusters).reshape(clusters, 4)
    read, yes = np.arange(m + 1)[:, None], np.arange(m + 1)
    no = np.maximum(read - yes, 0)
    kinds = np.stack([np.broadcast_to(yes, no.shape), no, yes * (yes - 1) + no * (no - 1)]).astype(np.float64)
    levels = np.einsum("cryk,gry->crgk", shapes, kinds)[:, 1:]
    return Tallies(levels, None if both is None else pairs.reshape(clusters, 2, 2, k))


def tally_labels(labels: NDArray[np.intp], categories: int, cluster: NDArray[np.intp], weight: Floats | None = None) -> Tallies:
    """Count one label among several a unit: `labels` ``(m, n)`` in 0, ..., categories - 1, or -1 where a coder gave none; one item.

    Raises ValueError for other shapes, labels out of range or fewer than two coders.
    """
    if labels.ndim != 2 or len(labels) < 2 or (labels.size and (labels.min() < -1 or labels.max() >= categories)):
        raise ValueError(f"labels {labels.shape} must be (two coders or more, units), each from -1 to {categories - 1}")
    m, n = labels.shape
    clusters = _clusters(cluster, n, weight)
    heavy = np.ones(n) if weight is None else weight
    given = np.stack([(labels == category).sum(axis=0) for category in range(categories)], axis=1)
    cells = np.concatenate([given, (given * (given - 1)).sum(axis=1, keepdims=True)], axis=1)
    levels = np.zeros((clusters, m + 1, categories + 1))
    np.add.at(levels, (cluster, given.sum(axis=1)), cells * heavy[:, None])
    if m > 2:
        return Tallies(levels[:, 1:, :, None])
    both = (labels >= 0).all(axis=0)
    pairs = np.zeros((clusters, categories, categories))
    np.add.at(pairs, (cluster[both], labels[0, both], labels[1, both]), heavy[both])
    return Tallies(levels[:, 1:, :, None], pairs[..., None])


def _clusters(cluster: NDArray[np.intp], n: int, weight: Floats | None) -> int:
    if cluster.shape != (n,) or (n and cluster.min() < 0) or (weight is not None and weight.shape != (n,)):
        raise ValueError(f"cluster {cluster.shape} and weight must be ({n},), clusters numbered from 0")
    return int(cluster.max()) + 1 if n else 0


def kappa(pairs: Floats) -> Floats:
    """Cohen's kappa ``(..., k)`` from a table ``(..., q, q, k)`` (Cohen 1960, eq. 1); NaN where chance agreement is complete."""
    n = pairs.sum(axis=(-3, -2))
    observed = share(np.einsum("...qqk->...k", pairs), n)
    expected = share((pairs.sum(axis=-2) * pairs.sum(axis=-3)).sum(axis=-2), n * n)
    return share(observed - expected, 1 - expected)


def precision(pairs: Floats) -> Floats:
    """Share of the first coder's codings that the second gave too; NaN where the first gave none."""
    return share(pairs[..., 0, 0, :], pairs[..., 0, :, :].sum(axis=-2))


def recall(pairs: Floats) -> Floats:
    """Share of the second coder's codings that the first gave too; NaN where the second gave none."""
    return share(pairs[..., 0, 0, :], pairs[..., :, 0, :].sum(axis=-2))


def f1(pairs: Floats) -> Floats:
    """``2TP / (2TP + FP + FN)``, the same from either side; NaN where nobody gave the code."""
    return share(2 * pairs[..., 0, 0, :], pairs[..., 0, :, :].sum(axis=-2) + pairs[..., :, 0, :].sum(axis=-2))


def _observed(levels: Floats) -> Floats:
    """Share of agreeing pairs of coders, mean over the units that two or more read (Fleiss 1971; units may differ in coders)."""
    r = np.arange(2, levels.shape[-3] + 1, dtype=np.float64)[:, None]
    units = (levels[..., 1:, :-1, :].sum(axis=-2) / r).sum(axis=-2)
    return share((levels[..., 1:, -1, :] / (r * (r - 1))).sum(axis=-2), units)


def _given(levels: Floats) -> Floats:
    """Mean over all units that anybody read of the share of each category ``(..., q, k)`` (Gwet 2014, chapter 2, missing ratings)."""
    r = np.arange(1, levels.shape[-3] + 1, dtype=np.float64)[:, None, None]
    parts = (levels[..., :-1, :] / r).sum(axis=-3)
    return share(parts, parts.sum(axis=-2, keepdims=True))


def fleiss_kappa(levels: Floats) -> Floats:
    """Fleiss' kappa (Fleiss 1971), of two coders Scott's pi; with missing ratings as Gwet (2014) has it."""
    expected = (_given(levels) ** 2).sum(axis=-2)
    return share(_observed(levels) - expected, _not(expected))


def ac1(levels: Floats) -> Floats:
    """Gwet's AC1 (Gwet 2008): chance agreement ``sum p (1 - p) / (q - 1)``; missing ratings as Gwet (2014) has it. NaN of one category."""
    p, q = _given(levels), levels.shape[-2] - 1
    expected = share((p * (1 - p)).sum(axis=-2), q - 1)
    return share(_observed(levels) - expected, 1 - expected)


def pabak(levels: Floats) -> Floats:
    """``(q po - 1) / (q - 1)``: of two categories 2 po - 1 (Byrt, Bishop & Carlin 1993), of more Brennan & Prediger (1981)."""
    q = levels.shape[-2] - 1
    return share(q * _observed(levels) - 1, q - 1)


def alpha(levels: Floats) -> Floats:
    """Krippendorff's alpha, nominal (Krippendorff 2011, section C): units that one coder read are left out; NaN of one category."""
    r = np.arange(2, levels.shape[-3] + 1, dtype=np.float64)[:, None]
    used = levels[..., 1:, :, :]
    n_c = used[..., :-1, :].sum(axis=-3)
    n = n_c.sum(axis=-2)
    disagreements = n - (used[..., -1, :] / (r - 1)).sum(axis=-2)
    expected = n * n - (n_c**2).sum(axis=-2)
    return 1 - share((n - 1) * disagreements, expected)


def _not(expected: Floats) -> Floats:
    """``1 - expected``, exactly 0 where shares that ought to sum to 1 miss it by their last bits."""
    rest = 1 - expected
    return np.where(np.abs(rest) < 1e-12, 0.0, rest)


PAIR: dict[str, Rule] = {"kappa": kappa, "precision": precision, "recall": recall, "f1": f1}
MANY: dict[str, Rule] = {"alpha": alpha, "ac1": ac1, "pabak": pabak, "fleiss_kappa": fleiss_kappa}
