"""Groups of examples (transcripts) to folds, so that what is measured was not learned from: balanced in size, or stratified by code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def balanced_folds(groups: Sequence[str], number: int) -> dict[str, int]:
    """Return each group's fold: the largest groups first, each to the fold that holds least; hangs on no order of rows."""
    sizes = pd.Series(groups, dtype=object).value_counts()
    held = [0] * max(1, min(number, len(sizes)))
    fold_of: dict[str, int] = {}
    for group in sorted(sizes.index, key=lambda name: (-sizes[name], name)):
        smallest = held.index(min(held))
        fold_of[group] = smallest
        held[smallest] += int(sizes[group])
    return fold_of


def stratified_folds(target: NDArray[np.bool_], groups: Ints, folds: int, *, seed: int) -> Ints:
    """Return in which of `folds` each example is held out for each code ``(n, k)``, given who carries which code `target` ``(n, k)``.

    To the last bit the folds of scikit-learn's StratifiedGroupKFold with shuffling (as of 1.8). A group (`groups` ``(n,)``) stays together,
    and each fold has its share of those with the code. The groups that hold the two sides of a code least evenly come first, those alike in
    a random order, and each goes to the fold that it makes least uneven. `folds` is at most the number of examples of each side
    of a code, and of groups.
    """
    _, group = np.unique(groups, return_inverse=True)
    number, codes = int(group.max()) + 1, np.arange(target.shape[1])
    counts = np.zeros((number, len(codes), 2))  # in each group, without and with the code
    np.add.at(counts, group, np.stack([~target, target], axis=-1))
    whole = counts.sum(axis=0)
    order = np.arange(number)
    np.random.RandomState(seed).shuffle(order)  # the generator that scikit-learn shuffles with
    order = order[np.argsort(-np.std(counts[order], axis=2), axis=0, kind="stable")]
    held, fold = np.zeros((len(codes), folds, 2)), np.zeros((number, len(codes)), dtype=np.intp)
    for each in order:
        own = counts[each, codes]
        fold[each, codes] = best = _best(held, whole, own)
        held[codes, best] += own
    return fold[group]


def _best(held: Floats, whole: Floats, group: Floats) -> Ints:
    """Return, for each of k codes, the fold that a group makes least uneven; of folds about as good, the one that holds least.

    `held` ``(k, f, 2)`` counts both sides in each fold, `whole` ``(k, 2)`` in all, `group` ``(k, 2)`` in the group.
    """
    folds = held.shape[1]
    tried = held[:, None] + np.eye(folds)[None, :, :, None] * group[:, None, None]  # (code, fold tried, fold, side)
    uneven = np.std(tried / whole[:, None, None], axis=2).mean(axis=2)
    size = held.sum(axis=2)
    best = np.zeros(len(held), dtype=np.intp)
    least, fewest = uneven[:, 0].copy(), size[:, 0].copy()
    for fold in range(1, folds):
        value = uneven[:, fold]
        alike = np.abs(value - least) <= 1e-8 + 1e-5 * np.abs(least)  # as np.isclose
        better = (value < least) | (alike & (size[:, fold] < fewest))
        best[better], least[better], fewest[better] = fold, value[better], size[better, fold]
    return best
