"""Linear heads: L2-regularised logistic regression per code on frozen vectors, calibrated and thresholded on held-out seeds.

Each head's decision values are cross-validated in folds that keep seeds of one group together. Platt's sigmoid (Platt 1999, with
his smoothed targets) is fitted on those held-out values, and the threshold is the probability that maximises F1 on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from threadpoolctl import threadpool_limits

from nptlens.errors import SeedError
from nptlens.ids import digest
from nptlens.records import Codebook, HeadCard, Problem, Seed, Severity
from nptlens.settings import CodingSettings

Floats = NDArray[np.float64]
_FLAT = 1e-6


@dataclass(frozen=True, slots=True)
class Heads:
    """Trained heads of k codes: weights ``(k, d)``, intercepts, Platt slopes and offsets, thresholds ``(k,)``."""

    codes: tuple[str, ...]
    weights: Floats
    intercepts: Floats
    slopes: Floats
    offsets: Floats
    thresholds: Floats
    cards: tuple[HeadCard, ...]
    problems: tuple[Problem, ...]

    def probabilities(self, vectors: NDArray[np.float32]) -> Floats:
        """Return calibrated probabilities ``(n, k)`` for vectors ``(n, d)``."""
        decision = vectors.astype(np.float64) @ self.weights.T + self.intercepts
        probability: Floats = expit(self.slopes * decision + self.offsets)
        return probability

    def to_bytes(self) -> bytes:
        """Return the parameters as safetensors."""
        from safetensors.numpy import save

        parts = {
            "weights": self.weights,
            "intercepts": self.intercepts,
            "slopes": self.slopes,
            "offsets": self.offsets,
            "thresholds": self.thresholds,
        }
        return save({name: np.ascontiguousarray(part) for name, part in parts.items()}, metadata={"codes": "\n".join(self.codes)})

    def fingerprint(self) -> str:
        """Return a digest of all parameters; the machine coder is named after it."""
        return digest(self.to_bytes())


def labels(seeds: Sequence[Seed], codebook: Codebook, codes: Sequence[str]) -> NDArray[np.bool_]:
    """Return ``(seeds, codes)``: a seed carries its codes and every code above them."""
    place = {code: i for i, code in enumerate(codes)}
    matrix = np.zeros((len(seeds), len(codes)), dtype=bool)
    for row, seed in enumerate(seeds):
        for code in seed.codes:
            for each in (code, *codebook.ancestors(code)):
                if each in place:
                    matrix[row, place[each]] = True
    return matrix


def train(
    vectors: NDArray[np.float32], seeds: Sequence[Seed], codebook: Codebook, settings: CodingSettings, *, seed: int
) -> Heads:
    """Train one head per code; row i of `vectors` ``(n, d)`` belongs to seed i.

    Codes with too few seeds are dropped and listed in `problems`. Raises SeedError where none can be trained.
    """
    matrix = labels(seeds, codebook, codebook.ids())
    counts = matrix.sum(axis=0)
    enough = (counts >= settings.fewest_seeds) & (len(seeds) - counts >= settings.fewest_seeds)
    problems = tuple(
        Problem(code, f"dropped: {count} seeds, at least {settings.fewest_seeds} are needed", "write more seeds", Severity.WARNING)
        for code, count, ok in zip(codebook.ids(), counts, enough, strict=True)
        if not ok
    )
    kept = [i for i, ok in enumerate(enough) if ok]
    if not kept:
        raise SeedError("no code has enough seeds", hint=f"give each code at least {settings.fewest_seeds} seeds")
    groups = np.unique([each.group or f"seed {each.id}" for each in seeds], return_inverse=True)[1]
    with threadpool_limits(1):
        trained = [_head(vectors, matrix[:, i], groups, settings, seed) for i in kept]
    codes = tuple(codebook.ids()[i] for i in kept)
    cards = tuple(
        HeadCard(code, int(counts[i]), head.threshold, head.f1) for code, i, head in zip(codes, kept, trained, strict=True)
    )
    return Heads(
        codes=codes,
        weights=np.stack([head.weights for head in trained]),
        intercepts=np.array([head.intercept for head in trained]),
        slopes=np.array([head.slope for head in trained]),
        offsets=np.array([head.offset for head in trained]),
        thresholds=np.array([head.threshold for head in trained]),
        cards=cards,
        problems=problems,
    )


@dataclass(frozen=True, slots=True)
class _Head:
    weights: Floats
    intercept: float
    slope: float
    offset: float
    threshold: float
    f1: float


def _head(
    vectors: NDArray[np.float32], target: NDArray[np.bool_], groups: NDArray[np.intp], settings: CodingSettings, seed: int
) -> _Head:
    held_out = _held_out(vectors, target, groups, settings, seed)
    slope, offset = platt(held_out, target)
    threshold, f1 = best_threshold(expit(slope * held_out + offset), target)
    model = _logistic(settings).fit(vectors, target)
    return _Head(model.coef_[0].astype(np.float64), float(model.intercept_[0]), slope, offset, threshold, f1)


def _logistic(settings: CodingSettings):  # type: ignore[no-untyped-def]  # scikit-learn has no types
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=settings.strength, max_iter=1000)


def _held_out(
    vectors: NDArray[np.float32], target: NDArray[np.bool_], groups: NDArray[np.intp], settings: CodingSettings, seed: int
) -> Floats:
    """Return decision values ``(n,)``, each from a head that saw no seed of the same group."""
    from sklearn.model_selection import StratifiedGroupKFold

    smallest = min(len(np.unique(groups[target])), len(np.unique(groups[~target])))
    if smallest < 2:  # all seeds of the code share one origin: folds by seed are all that is left
        groups = np.arange(len(target))
        smallest = int(min(target.sum(), (~target).sum()))
    folds = StratifiedGroupKFold(min(settings.folds, smallest), shuffle=True, random_state=seed)
    values = np.full(len(target), np.nan)
    for train_rows, test_rows in folds.split(vectors, target, groups):
        if 0 < target[train_rows].sum() < len(train_rows):
            values[test_rows] = _logistic(settings).fit(vectors[train_rows], target[train_rows]).decision_function(vectors[test_rows])
    return np.where(np.isnan(values), np.nanmean(values), values)


def platt(decision: Floats, target: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit ``p = expit(slope * decision + offset)`` with Platt's smoothed targets; the slope is never negative."""
    positives, negatives = int(target.sum()), int((~target).sum())
    goal = np.where(target, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        z = parameters[0] * decision + parameters[1]
        error = expit(z) - goal
        return float(np.sum(np.logaddexp(0, z) - goal * z)), np.array([error @ decision, error.sum()])

    start = np.array([1.0, float(np.log((positives + 1) / (negatives + 1)))])
    slope, offset = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-7}).x
    if slope > _FLAT:
        return float(slope), float(offset)
    # Held-out values that run against the codes tell nothing: with a flat slope the offset is the log odds of the mean target.
    return _FLAT, float(logit(goal.mean()))


def best_threshold(probability: Floats, target: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the threshold with the highest F1 and that F1; it lies midway between two neighbouring probabilities."""
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + target.sum())
    f1[:-1][ranked[:-1] == ranked[1:]] = -1.0  # a cut cannot part equal probabilities
    best = int(np.argmax(f1))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    middle = (ranked[best] + below) / 2
    return float(middle if middle > below else ranked[best]), float(f1[best])
