"""Stacking on held-out values: from what each view says to one probability, and from probabilities to a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]
_EVEN = 1.0  # how strongly the weights of the views are drawn to one another


def stack(values: Floats, target: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Fit ``p = expit(weights @ values + offsets)`` on held-out `values` ``(v, n, k)`` and `target` ``(n, k)``.

    Returns non-negative weights ``(v,)``, shared by all codes and drawn to their mean, and an offset per code ``(k,)``. The fit aims
    as if each code had one seed more on either side (Platt 1999), lest weights grow without end where values part the seeds cleanly.
    """
    views = len(values)
    goal = np.where(target, 1 - 1 / (target.sum(axis=0) + 2), 1 / ((~target).sum(axis=0) + 2))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        weights = parameters[:views]
        z = np.tensordot(weights, values, axes=1) + parameters[views:]
        error = expit(z) - goal
        apart = weights - weights.mean()
        gradient = np.concatenate([np.tensordot(values, error, 2) + 2 * _EVEN * apart, error.sum(axis=0)])
        return float(np.sum(np.logaddexp(0, z) - goal * z) + _EVEN * apart @ apart), gradient

    share = (goal.sum(axis=0) + 1) / (len(goal) + 2)
    start = np.concatenate([np.full(views, 0.5), np.log(share / (1 - share))])
    bounds = [(0.0, None)] * views + [(None, None)] * goal.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-8}).x
    return found[:views], found[views:]


def best_threshold(probability: Floats, target: NDArray[np.bool_] | Floats) -> tuple[float, float]:
    """Return the threshold with the highest F1 and that F1; it lies midway between two neighbouring probabilities.

    Where `target` ``(n,)`` holds probabilities, that is the F1 of expected counts (Lipton, Elkan & Naryanaswamy 2014).
    """
    order = np.argsort(-probability, kind="stable")
    ranked = probability[order]
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + target.sum())
    f1[:-1][ranked[:-1] == ranked[1:]] = -1.0  # a cut cannot part equal probabilities
    best = int(np.argmax(f1))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    middle = (ranked[best] + below) / 2
    return float(middle if middle > below else ranked[best]), float(f1[best])


def f1_of(assigned: NDArray[np.bool_], target: NDArray[np.bool_]) -> float:
    """Return F1, 0 where nothing is assigned and nothing should be."""
    both = assigned.sum() + target.sum()
    return float(2 * (assigned & target).sum() / both) if both else 0.0
