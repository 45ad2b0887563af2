"""Balanced logistic regressions of many codes on one set of features, fitted together: an excerpt is read once, not once a code.

Where examples times codes are many, a fit is made quickly: in single precision, to decision values that are exact to some 1e-3, from
features that may be sparse. It takes a third of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nptlens.coding._batched_lbfgs import descend

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_STEPS = 2000
_FLATNESS = 1e-7  # decision values are then exact to 1e-6, and to some 1e-5 where few examples are parted cleanly
_QUICK_FLATNESS, _QUICK_ROUNDING = 1e-4, 1e-6  # what single precision can tell


@dataclass(frozen=True, slots=True)
class Regression:
    """Of n examples and k codes: `duals` ``(n, k)``, `intercepts` ``(k,)`` and decision values ``(n, k)``.

    An example that did not teach a code has a dual of 0, and its value is held out. A code without examples on both sides has no
    regression: its values are NaN.
    """

    duals: Floats
    intercepts: Floats
    values: Floats


def fit(features: Any, target: Flags, taught: Flags, strength: float, *, quickly: bool = False) -> Regression:
    """Fit an L2-regularised logistic regression per code on the examples that teach it.

    `features` ``(n, f)``, dense, or sparse where they are fitted `quickly`, `target` and `taught` ``(n, k)``; `strength` is scikit-learn's
    C, and the two sides of a code weigh the same, as with its class_weight="balanced". The minimum is that of scikit-learn; codes share
    the passes over the features, each on a way of its own (`_batched_lbfgs.py`), in coordinates that make the problem round (Nocedal &
    Wright 2006, section 5.1 on preconditioning).
    """
    positive, negative = (target & taught).sum(axis=0), (~target & taught).sum(axis=0)
    usable = (positive > 0) & (negative > 0)
    duals, intercepts = np.zeros(target.shape), np.zeros(target.shape[1])
    values = np.full(target.shape, np.nan)
    if usable.any():
        weight = np.where(target, _half(positive + negative, positive), _half(positive + negative, negative)) * taught * strength
        solve = _solve_quickly if quickly else _solve
        weights, intercepts[usable] = solve(features, target[:, usable], weight[:, usable], strength)
        values[:, usable] = features @ weights + intercepts[usable]
        duals[:, usable] = weight[:, usable] * (target[:, usable] - expit(values[:, usable])) + 0.0  # no -0.0
    return Regression(duals, intercepts, values)


def _half(n: NDArray[np.int64], own: NDArray[np.int64]) -> Floats:
    """Return the weight of an example by which its side weighs half of the n that teach."""
    weight: Floats = n / (2 * np.maximum(own, 1))
    return weight


def _solve(features: Floats, target: Flags, weight: Floats, strength: float) -> tuple[Floats, Floats]:
    """Return weights ``(f, k)`` and intercepts ``(k,)``."""
    n, f = features.shape
    k = target.shape[1]
    scale = 1 / np.sqrt(1 + strength / 4 * np.einsum("nf,nf->f", features, features))
    level = 1 / np.sqrt(strength / 4 * n)
    sign = np.where(target, 1.0, -1.0).T
    heavy = np.ascontiguousarray(weight.T)
    shrink = np.square(scale)

    def loss(parameters: Floats, codes: NDArray[np.intp]) -> tuple[Floats, Floats]:
        weights, intercepts = parameters[:, :-1], parameters[:, -1:]
        margin = sign[codes] * ((weights * scale) @ features.T + level * intercepts)
        error = -heavy[codes] * sign[codes] * expit(-margin)
        value = (heavy[codes] * np.logaddexp(0, -margin)).sum(axis=1) + (shrink * np.square(weights)).sum(axis=1) / 2
        return value, np.hstack([error @ features * scale + shrink * weights, level * error.sum(axis=1, keepdims=True)])

    found = descend(loss, np.zeros((k, f + 1)), steps=_STEPS, flatness=_FLATNESS)
    return found[:, :-1].T * scale[:, None], found[:, -1] * level


def _solve_quickly(features: Any, target: Flags, weight: Floats, strength: float) -> tuple[Floats, Floats]:
    """Return the same from dense or sparse features, in single precision."""
    n, f = features.shape
    k = target.shape[1]
    sparse = not isinstance(features, np.ndarray)
    squares = np.asarray(features.multiply(features).sum(axis=0)).ravel() if sparse else np.einsum("nf,nf->f", features, features)
    scale = (1 / np.sqrt(1 + strength / 4 * squares)).astype(np.float32)
    level = np.float32(1 / np.sqrt(strength / 4 * n))
    scaled = features.multiply(scale).tocsr().astype(np.float32) if sparse else (features * scale).astype(np.float32)
    turned = scaled.T.tocsr() if sparse else scaled.T
    positive = np.ascontiguousarray(target.T)
    heavy = np.ascontiguousarray(weight.T, dtype=np.float32)
    shrink = np.square(scale)

    def times(left: Any, matrix: Any, transposed: Any) -> Any:
        """Return ``left @ matrix``, its rows lying together: what follows reads them in that order."""
        return np.ascontiguousarray((transposed @ left.T).T) if sparse else left @ matrix

    def loss(parameters: Floats, codes: NDArray[np.intp]) -> tuple[Floats, Floats]:
        own = parameters.astype(np.float32, copy=False)
        weights, intercepts = own[:, :-1], own[:, -1:]
        mass, carries = (heavy, positive) if len(codes) == k else (heavy[codes], positive[codes])
        margin = times(weights, turned, scaled)
        margin += level * intercepts
        np.negative(margin, out=margin, where=~carries)
        small = np.abs(margin)
        np.exp(np.negative(small, out=small), out=small)
        lost = np.log1p(small)
        lost -= np.minimum(margin, 0)
        lost *= mass
        value = lost.sum(axis=1, dtype=np.float64) + (shrink * np.square(weights)).sum(axis=1, dtype=np.float64) / 2
        error = np.where(margin > 0, small, np.float32(1))
        error /= 1 + small
        error *= mass
        np.negative(error, out=error, where=carries)
        slope: Any = np.empty_like(own)
        np.add(times(error, scaled, turned), shrink * weights, out=slope[:, :-1])
        slope[:, -1] = level * error.sum(axis=1)
        return value, slope

    start = np.zeros((k, f + 1), dtype=np.float32)
    found = descend(loss, start, steps=_STEPS, flatness=_QUICK_FLATNESS, rounding=_QUICK_ROUNDING)
    return (found[:, :-1] * scale).T.astype(np.float64), (found[:, -1] * level).astype(np.float64)
