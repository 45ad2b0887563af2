"""Regressions of many codes at once against scikit-learn, one code at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from tests.examples import examples

from nptlens.coding.regression import fit


def problem(seed: int, n: int, features: int, codes: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features)) * rng.uniform(0.01, 3, size=features)
    target = x[:, :1] + rng.normal(size=(n, codes)) > rng.uniform(-1, 2, size=codes)
    return x, target, rng.random((n, codes)) < 0.8


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 60), st.integers(1, 12), st.integers(1, 4), st.sampled_from([0.01, 0.3, 1.0, 30.0]))
def test_each_code_has_the_regression_that_scikit_learn_finds(seed, n, features, codes, strength):
    x, target, taught = problem(seed, n, features, codes)
    found = fit(x, target, taught, strength)
    for column in range(codes):
        rows, own = taught[:, column], target[:, column]
        if len(set(own[rows])) < 2:
            assert np.isnan(found.values[:, column]).all()
            assert not found.duals[:, column].any()
            continue
        oracle = LogisticRegression(C=strength, class_weight="balanced", tol=1e-10, max_iter=100_000).fit(x[rows], own[rows])
        np.testing.assert_allclose(found.values[:, column], oracle.decision_function(x), atol=2e-4)
        np.testing.assert_allclose(found.intercepts[column], oracle.intercept_[0], atol=2e-4)
        np.testing.assert_allclose(x @ (x.T @ found.duals[:, column]) + found.intercepts[column], found.values[:, column], atol=2e-4 * max(1, strength))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 120), st.integers(1, 40), st.integers(1, 6), st.sampled_from([0.1, 1.0]), st.booleans())
def test_a_quick_fit_is_near_the_exact_one(seed, n, features, codes, strength, sparse):
    x, target, taught = problem(seed, n, features, codes)
    x /= np.linalg.norm(x, axis=1, keepdims=True)  # as the views' rows are
    exact, quick = fit(x, target, taught, strength), fit(csr_matrix(x) if sparse else x, target, taught, strength, quickly=True)
    np.testing.assert_allclose(quick.values, exact.values, atol=2e-3)
    np.testing.assert_allclose(quick.duals, exact.duals, atol=2e-3 * max(1, np.abs(exact.duals).max()))
    assert quick.values.dtype == quick.duals.dtype == quick.intercepts.dtype == np.float64
    again = fit(csr_matrix(x) if sparse else x, target, taught, strength, quickly=True)
    assert again.duals.tobytes() == quick.duals.tobytes()


def test_an_example_that_did_not_teach_has_no_dual_and_moves_nothing():
    x, target, taught = problem(1, 40, 5, 3)
    before = fit(x, target, taught, 1.0)
    assert (before.duals[~taught] == 0).all()
    assert (before.duals[taught] != 0).all()
    after = fit(x, np.where(taught, target, ~target), taught, 1.0)
    np.testing.assert_allclose(after.values, before.values, atol=1e-9)


def test_codes_do_not_move_one_another():
    x, target, taught = problem(2, 50, 6, 4)
    together = fit(x, target, taught, 1.0).values
    alone = np.column_stack([fit(x, target[:, [i]], taught[:, [i]], 1.0).values for i in range(4)])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("strength", [0.1, 10.0])
def test_both_sides_of_a_code_weigh_the_same(strength):
    """The duals of the examples with the code sum to minus those of the others, however few they are (the intercept is free)."""
    x, target, taught = problem(3, 200, 4, 2)
    found = fit(x, target, taught, strength)
    np.testing.assert_allclose(found.duals.sum(axis=0), 0, atol=1e-4)
