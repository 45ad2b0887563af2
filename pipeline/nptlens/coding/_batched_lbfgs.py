"""Many smooth convex problems of one shape, minimised side by side: each has steps and a memory of its own, all share the evaluations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Loss = Callable[[Floats, Numbers], tuple[Floats, Floats]]
_MEMORY = 10  # steps that a direction is made from
_ENOUGH = 1e-4  # of the decrease that the slope promises (Armijo)
_ROUNDING = 1e-13  # of a value in double precision: no step is refused for less
_HALVINGS = 30


def descend(loss: Loss, start: Floats, *, steps: int, flatness: float, rounding: float = _ROUNDING) -> Floats:
    """Return the minima ``(k, p)`` of k problems of p parameters by L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 3.1).

    `loss` takes the parameters ``(c, p)`` of the problems whose numbers are given ``(c,)``, and returns their values ``(c,)`` and gradients
    ``(c, p)``. A problem is done where no part of its gradient is above `flatness`, where no step lowers it any more, or after `steps`.
    `rounding` is what a value is rounded by, as a share of it: no step is refused for less. Steps have the precision of `start`.
    """
    found = start.copy()
    open_ = np.arange(len(start))
    at = start
    value, slope = loss(at, open_)
    moves: list[Floats] = []
    bends: list[Floats] = []
    for _ in range(steps):
        way = -_curved(slope, moves, bends)
        step = np.ones(len(open_)) if moves else np.minimum(1.0, 1 / np.maximum(np.abs(slope).sum(axis=1), 1e-300))
        new, new_value, new_slope = _along(loss, open_, at, value, slope, way, step, rounding)
        moves, bends = [*moves, new - at][-_MEMORY:], [*bends, new_slope - slope][-_MEMORY:]
        at, value, slope = new, new_value, new_slope
        going = (np.abs(slope).max(axis=1) > flatness) & (_dot(moves[-1], bends[-1]) > 0)
        if not going.all():
            found[open_[~going]] = at[~going]
            open_, at, value, slope = open_[going], at[going], value[going], slope[going]
            moves, bends = [each[going] for each in moves], [each[going] for each in bends]
        if not len(open_):
            break
    found[open_] = at
    return found


def _curved(slope: Floats, moves: list[Floats], bends: list[Floats]) -> Floats:
    """Return the inverse Hessian that the last steps tell, times `slope`."""
    given = slope.copy()
    shares = []
    for move, bend in zip(reversed(moves), reversed(bends), strict=True):
        share = _dot(move, given) / _dot(move, bend)
        given -= share[:, None] * bend
        shares.append(share)
    if moves:
        given *= (_dot(moves[-1], bends[-1]) / _dot(bends[-1], bends[-1]))[:, None]
    for move, bend, share in zip(moves, bends, reversed(shares), strict=True):
        given += (share - _dot(bend, given) / _dot(move, bend))[:, None] * move
    return given


def _along(
    loss: Loss, numbers: Numbers, at: Floats, value: Floats, slope: Floats, way: Floats, step: Floats, rounding: float
) -> tuple[Floats, Floats, Floats]:
    """Return where each problem stands after a step along its way that lowers it enough, with its value and slope there."""
    promised = _dot(slope, way)
    new, new_value, new_slope = at.copy(), value.copy(), slope.copy()
    short = np.arange(len(numbers))
    for _ in range(_HALVINGS):
        tried = at[short] + step[short, None] * way[short]
        got, there = loss(tried, numbers[short])
        fine = got <= value[short] + _ENOUGH * step[short] * promised[short] + rounding * np.abs(value[short])
        new[short[fine]], new_value[short[fine]], new_slope[short[fine]] = tried[fine], got[fine], there[fine]
        short = short[~fine]
        if not len(short):
            break
        step[short] /= 2
    return new, new_value, new_slope


def _dot(one: Floats, other: Floats) -> Floats:
    products: Floats = np.einsum("kp,kp->k", one, other)
    return products
