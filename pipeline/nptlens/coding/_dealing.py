"""Stratified folds of groups, to the last bit those of scikit-learn's StratifiedGroupKFold with shuffling, and sooner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def stratified_folds(target: NDArray[np.bool_], groups: Ints, folds: int, *, seed: int) -> Ints:
    """Return in which of `folds` each example ``(n,)`` is held out; a group stays together, and each fold has its share of the target.

    The groups that hold the target least evenly come first, those alike in a random order, and each goes to the fold that it makes least
    uneven (as scikit-learn 1.8 does). `folds` is at most the number of examples of each class and of groups.
    """
    _, classes, whole = np.unique(target, return_inverse=True, return_counts=True)
    _, group = np.unique(groups, return_inverse=True)
    number = int(group.max()) + 1
    counts = np.zeros((number, len(whole)))
    np.add.at(counts, (group, classes), 1)
    order = np.arange(number)
    np.random.RandomState(seed).shuffle(order)  # the generator that scikit-learn shuffles with
    order = order[np.argsort(-np.std(counts[order], axis=1), kind="stable")]
    held, fold = np.zeros((folds, len(whole))), np.zeros(number, dtype=np.intp)
    for each in order:
        fold[each] = _best(held, whole, counts[each])
        held[fold[each]] += counts[each]
    return fold[group]


def _best(held: Floats, whole: Ints, group: Floats) -> int:
    """Return the fold that a group makes least uneven; of folds about as good, the one that holds least.

    `held` ``(f, c)`` counts each class in each fold, `whole` ``(c,)`` in all, `group` ``(c,)`` in the group.
    """
    tried = held + np.eye(len(held))[:, :, None] * group  # (fold tried, fold, class)
    uneven = np.std(tried / whole, axis=1).mean(axis=1).tolist()
    best, least = 0, float("inf")
    fewest = float("inf")
    for fold, (value, size) in enumerate(zip(uneven, held.sum(axis=1).tolist(), strict=True)):
        alike = least < float("inf") and abs(value - least) <= 1e-8 + 1e-5 * abs(least)  # as np.isclose
        if value < least or (alike and size < fewest):
            best, least, fewest = fold, value, size
    return best
