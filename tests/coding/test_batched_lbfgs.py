"""Problems minimised side by side, against scipy one at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from tests.examples import examples

from nptlens.coding._batched_lbfgs import descend


def softened(seed, n, p, k):
    """Return k logistic losses of p parameters, each with a strength of its own, and the numbers of those asked for at each call."""
    rng = np.random.default_rng(seed)
    x, sign = rng.normal(size=(n, p)) * rng.uniform(0.01, 5, size=p), np.where(rng.random((k, n)) < 0.3, 1.0, -1.0)
    strength, asked = 10.0 ** rng.uniform(-2, 1, size=k), []

    def loss(at, numbers):
        asked.append(numbers)
        margin = sign[numbers] * (at @ x.T)
        value = np.logaddexp(0, -margin).sum(axis=1) + strength[numbers] * np.square(at).sum(axis=1) / 2
        return value, -(sign[numbers] * expit(-margin)) @ x + strength[numbers, None] * at

    return loss, asked


@settings(max_examples=examples(50), deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 60), st.integers(1, 20), st.integers(1, 6))
def test_every_problem_reaches_the_minimum_that_scipy_finds(seed, n, p, k):
    loss, _ = softened(seed, n, p, k)
    found = descend(loss, np.zeros((k, p)), steps=2000, flatness=1e-8)
    for i in range(k):
        own = np.array([i])

        def alone(at, own=own):
            value, slope = loss(at[None], own)
            return float(value[0]), slope[0]

        oracle = minimize(alone, np.zeros(p), jac=True, method="BFGS", options={"gtol": 1e-8, "maxiter": 10_000})
        assert alone(found[i])[0] <= oracle.fun + 1e-9 * abs(oracle.fun)
        np.testing.assert_allclose(found[i], oracle.x, atol=1e-5)


def test_what_is_done_is_not_asked_again():
    loss, asked = softened(1, 40, 8, 5)
    descend(loss, np.zeros((5, 8)), steps=2000, flatness=1e-8)
    sizes = [len(each) for each in asked]
    assert sizes[0] == 5
    assert sizes[-1] < 5
    assert len(asked) < 100


def test_a_start_at_the_minimum_stays_there():
    found = descend(lambda at, _: (np.square(at).sum(axis=1), 2 * at), np.zeros((2, 3)), steps=10, flatness=1e-8)
    np.testing.assert_array_equal(found, np.zeros((2, 3)))


def test_no_more_steps_than_allowed():
    calls = []

    def loss(at, numbers):
        calls.append(1)
        return np.cosh(at - 3).sum(axis=1), np.sinh(at - 3)

    found = descend(loss, np.zeros((1, 2)), steps=1, flatness=1e-12)
    assert len(calls) <= 3
    assert np.abs(found - 3).max() < 3
    assert np.abs(found - 3).max() > 1e-3
