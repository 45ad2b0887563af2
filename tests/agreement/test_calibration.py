"""Expected calibration error beside a plain double loop and worked cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.agreement import expected_calibration_error


def plain(probability, gold, bins):
    total = 0.0
    for b in range(bins):
        inside = [i for i, p in enumerate(probability) if b / bins < p <= (b + 1) / bins or (b == 0 and p == 0)]
        if inside:
            accuracy = sum(gold[i] for i in inside) / len(inside)
            confidence = sum(probability[i] for i in inside) / len(inside)
            total += len(inside) / len(probability) * abs(accuracy - confidence)
    return total


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=60), st.sampled_from([1, 2, 4, 8, 16]))
def test_equal_width_is_the_plain_loop(rows, bins):
    probability, gold = np.array([p / 1000 for p, _ in rows]), np.array([g for _, g in rows])
    assert expected_calibration_error(probability, gold, bins) == pytest.approx(plain(probability, gold, bins), abs=1e-12)


@pytest.mark.parametrize(
    ("probability", "gold", "kind", "expected"),
    [
        ([1.0, 0.0], [True, False], "equal_width", 0.0),
        ([1.0, 0.0], [False, True], "equal_width", 1.0),
        ([0.5, 0.5], [True, False], "equal_mass", 0.0),
        ([0.1, 0.2, 0.3, 0.4], [False, False, True, True], "equal_mass", (0.3 + 1.3) / 4),
        ([0.2, 0.2, 0.2, 0.9], [True, False, False, True], "equal_mass", (0.4 + 0.1) / 4),
    ],
)
def test_worked_cases(probability, gold, kind, expected):
    assert expected_calibration_error(np.array(probability), np.array(gold), 2, kind=kind) == pytest.approx(expected)


def test_equal_mass_bins_of_distinct_probabilities_hold_as_many_each():
    rng = np.random.default_rng(0)
    probability, gold = rng.random(100), rng.random(100) < 0.3
    order = np.argsort(probability)
    expected = sum(abs(gold[part].sum() - probability[part].sum()) for part in np.split(order, 10)) / 100
    assert expected_calibration_error(probability, gold, 10, kind="equal_mass") == pytest.approx(expected)


def test_nothing_and_wrong_shapes():
    assert math.isnan(expected_calibration_error(np.empty(0), np.empty(0, dtype=bool)))
    for probability, gold, bins in ((np.zeros(2), np.zeros(3, dtype=bool), 5), (np.zeros((2, 2)), np.zeros((2, 2), dtype=bool), 5), (np.zeros(2), np.zeros(2, dtype=bool), 0)):
        with pytest.raises(ValueError, match="bins"):
            expected_calibration_error(probability, gold, bins)
