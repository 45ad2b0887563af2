from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from nptlens.coding.folds import stratified_folds


@pytest.mark.parametrize("seed", range(12))
def test_stratified_folds_are_those_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(20, 160))
    target = random.random((n, 3)) < random.uniform(0.1, 0.5, size=3)
    target[:5], target[5:10] = True, False
    groups = np.arange(n) if seed % 2 else random.integers(0, n // 2, n)
    groups[:10] = np.arange(10) + n
    folds = int(random.integers(2, 6))
    own = stratified_folds(target, groups, folds, seed=seed)
    for code in range(3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(target, target[:, code], groups)
            held = [held for _, held in theirs]
        assert len(held) == folds
        for fold, rows in enumerate(held):
            np.testing.assert_array_equal(np.flatnonzero(own[:, code] == fold), rows)
