"""Expected calibration error beside a plain double loop and worked cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.agreement.calibration import calibration_bins, expected_calibration_error
from nptlens.schemas.settings import AgreementSettings, default_settings
from nptlens.schemas.tables import checked
from nptlens.schemas.validation import CALIBRATION


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


def rules(**changes):
    return AgreementSettings(**{**default_settings().agreement.model_dump(), "resamples": 200, **changes})


def test_bins_by_hand():
    probability = np.array([[0.1, 0.5], [0.2, 0.5], [0.3, 0.5], [0.4, 0.9]])
    gold = np.array([[0, 1], [1, 0], [1, 0], [1, 1]], dtype=bool)
    table = calibration_bins(probability, gold, ["T1", "T2", "T1", "T2"], ("X", "Y"), rules(), against="A", seed=1, bins=2)
    shown = table[["code", "bin", "low", "high", "n", "probability", "share"]]
    assert [tuple(row) for row in shown.itertuples(index=False)] == [
        # Pooled and sorted: .1 .2 .3 .4 | .5 .5 .5 .9
        ("", 0, 0.1, 0.4, 4, 0.25, 0.75),
        ("", 1, 0.5, 0.9, 4, pytest.approx(0.6), 0.5),
        ("X", 0, 0.1, 0.2, 2, pytest.approx(0.15), 0.5),
        ("X", 1, 0.3, 0.4, 2, 0.35, 1.0),
        ("Y", 0, 0.5, 0.5, 3, 0.5, pytest.approx(1 / 3)),  # equal probabilities stay together
        ("Y", 1, 0.9, 0.9, 1, 0.9, 1.0),
    ]
    assert table["share_low"].notna().tolist() == [True, True, True, False, True, False]  # all coded alike: no limits
    assert table["against"].tolist() == ["A"] * 6


@given(st.integers(0, 10**6), st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_bins_give_back_the_expected_calibration_error(seed, bins):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    probability = np.round(rng.random((n, 1)), 1)
    gold = rng.random((n, 1)) < probability
    table = calibration_bins(probability, gold, ["T"] * n, ("X",), rules(resamples=3), against="A", seed=1, bins=bins)
    own = table[table["code"] == "X"]
    assert own["n"].sum() == n and len(own) <= bins
    gap = (own["n"] * (own["share"] - own["probability"]).abs()).sum() / n
    assert gap == pytest.approx(expected_calibration_error(probability[:, 0], gold[:, 0], bins, kind="equal_mass"), abs=1e-12)
    assert (own["low"].iloc[1:].to_numpy() > own["high"].iloc[:-1].to_numpy()).all()
    pooled = table[table["code"] == ""].drop(columns="code").reset_index(drop=True)
    assert pooled.equals(own.drop(columns="code").reset_index(drop=True))  # of one code, all together is that code


def test_the_limits_of_a_bin_cover_what_is_true():
    rng = np.random.default_rng(4)
    codes = tuple(f"C{i:03d}" for i in range(200))
    transcript = np.repeat(np.arange(25), 12)
    share = rng.beta(4, 4, (25, len(codes)))  # a half on average, whatever the probability says
    gold = rng.random((300, len(codes))) < share[transcript]
    table = calibration_bins(rng.random(gold.shape), gold, transcript.astype(str), codes, rules(), against="A", seed=1, bins=2)
    own = table[table["code"] != ""]
    assert 0.92 <= ((own["share_low"] <= 0.5) & (own["share_high"] >= 0.5)).mean() <= 0.98
    assert own["share"].mean() == pytest.approx(0.5, abs=0.01)


def test_no_bins_of_nothing_and_wrong_input_is_refused():
    nothing = calibration_bins(np.empty((0, 1)), np.empty((0, 1), dtype=bool), [], ("X",), rules(), against="A", seed=1)
    assert len(checked(CALIBRATION, nothing)) == 0
    one = np.ones((1, 1), dtype=bool)
    for probability, clusters, bins in ((np.ones((2, 1)), ["T"], 5), (np.ones((1, 1)), ["T"], 0), (np.full((1, 1), 1.5), ["T"], 5), (np.full((1, 1), np.nan), ["T"], 5)):
        with pytest.raises(ValueError, match="probabilit"):
            calibration_bins(probability, one, clusters, ("X",), rules(), against="A", seed=1, bins=bins)
