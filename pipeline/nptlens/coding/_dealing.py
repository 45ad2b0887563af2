"""scikit-learn's stratified folds of groups, sooner: weighing the folds one after another takes seconds for some hundreds of seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stratified_folds(folds: int, *, seed: int) -> Any:
    """Return a StratifiedGroupKFold that shuffles, and deals as scikit-learn's own does, to the last bit of what it weighs."""
    from sklearn.model_selection import StratifiedGroupKFold

    made = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    made._find_best_fold = _find_best_fold  # where it is no longer asked for, scikit-learn's own way is taken
    return made


def _find_best_fold(y_counts_per_fold: Floats, y_cnt: NDArray[np.intp], group_y_counts: Floats) -> int:
    return _best(y_counts_per_fold, y_cnt, group_y_counts)


def _best(held: Floats, whole: NDArray[np.intp], group: Floats) -> int:
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
