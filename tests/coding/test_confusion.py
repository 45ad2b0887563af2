"""Which codes cannot be told apart, against training anew for every pair of seeds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from nptlens.coding.confusion import auc_interval, confusions, left_out_wins
from nptlens.schemas.records import Seed


def plain_wins(vectors, target, groups, strength):
    """Train a ridge anew without the groups of both seeds, pair by pair."""
    from sklearn.linear_model import Ridge

    x = np.hstack([vectors, np.ones((len(vectors), 1))])
    y = np.where(target, 1.0, -1.0)
    positives, negatives = np.flatnonzero(target), np.flatnonzero(~target)
    wins = np.full((len(positives), len(negatives)), np.nan)
    for p, i in enumerate(positives):
        for q, j in enumerate(negatives):
            if groups[i] == groups[j]:
                continue
            kept = (groups != groups[i]) & (groups != groups[j])
            if kept.any():
                a, b = Ridge(alpha=1 / strength, fit_intercept=False).fit(x[kept], y[kept]).predict(x[[i, j]])
            else:
                a = b = 0.0
            wins[p, q] = 0.5 if abs(a - b) < 1e-9 else float(a > b)
    return wins


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 6), st.booleans())
@settings(max_examples=30, deadline=None)
def test_closed_form_is_training_anew(seed, first, second, grouped):
    rng = np.random.default_rng(seed)
    n = first + second
    vectors = rng.normal(size=(n, 4))
    target = np.arange(n) < first
    groups = rng.integers(0, 4, n) if grouped else np.arange(n)
    found = left_out_wins(vectors @ vectors.T + 1, target, groups, 2.0)
    np.testing.assert_array_equal(found, plain_wins(vectors, target, groups, 2.0))


def test_planted_codes_are_told_apart_and_shuffled_ones_are_not(codebook, planted_seeds):
    seeds, vectors = planted_seeds(12, noise=0.1)
    clear = confusions(seeds, vectors, codebook, strength=2.0, fewest=4)
    assert {(each.first, each.second) for each in clear} >= {("CODI", "COIN"), ("CO", "CP"), ("CPIN", "F1")}
    assert all(each.first not in ("CO", "CP") or each.second in ("CO", "CP") for each in clear)
    assert all(each.auc.value == 1 and not each.poor() and not each.crossing for each in clear)
    noise = np.random.default_rng(0).normal(size=vectors.shape)
    blurred = confusions(seeds, noise.astype(np.float32), codebook, strength=2.0, fewest=4)
    assert sum(not each.poor() for each in blurred) <= 1  # one interval in twenty misses chance
    assert all(each.crossing for each in blurred)


def test_nothing_to_tell_is_one_half_on_average():
    """Pooled folds would fall below one half here; pairs left out together do not."""
    rng = np.random.default_rng(5)
    figures = []
    for _ in range(300):
        vectors = rng.normal(size=(12, 5))
        figures.append(left_out_wins(vectors @ vectors.T + 1, np.arange(12) < 5, np.arange(12), 2.0).mean())
    assert np.mean(figures) == pytest.approx(0.5, abs=0.04)


def test_the_seed_on_the_wrong_side_is_named(codebook):
    """F1 lies about 0 degrees with one seed at 100; CODI about 90."""
    angles = np.deg2rad([0, 4, 8, 12, 100, 86, 88, 92, 94])
    seeds = [Seed(f"s{i}", f"words {i}", ("F1" if i < 5 else "CODI",)) for i in range(9)]
    found = confusions(seeds, np.stack([np.cos(angles), np.sin(angles)], axis=1), codebook, strength=2.0, fewest=4)
    assert [each.crossing for each in found if {each.first, each.second} == {"F1", "CODI"}] == [("s4",)]


def test_seeds_of_both_codes_take_no_part(codebook):
    seeds = [Seed(f"s{i}", f"w {i}", (("F1",), ("CODI",), ("F1", "CODI"))[i % 3]) for i in range(12)]
    (pair,) = confusions(seeds, np.eye(12, dtype=np.float32), codebook, strength=2.0, fewest=4)
    assert (pair.seeds, pair.both) == ((4, 4), 4)


@pytest.mark.parametrize(("auc", "first", "second"), [(0.8, 20, 30), (0.55, 5, 9), (0.99, 40, 8), (0.3, 10, 10)])
def test_interval_solves_its_equation(auc, first, second):
    found = auc_interval(auc, first, second)
    z, more = norm.ppf(0.975), (first + second) / 2 - 1
    for end in (found.low, found.high):
        variance = end * (1 - end) * (1 + more * (1 - end) / (2 - end) + more * end / (1 + end)) / (first * second)
        assert abs(end - auc) == pytest.approx(z * np.sqrt(variance), abs=1e-6)
    assert 0 <= found.low < auc < found.high <= 1


def test_interval_of_a_perfect_figure_narrows_with_seeds():
    few, many = auc_interval(1.0, 4, 4), auc_interval(1.0, 40, 40)
    assert few.low < many.low < 1
    assert few.high == many.high == 1
    assert auc_interval(0.0, 4, 4).high == pytest.approx(1 - few.low)
    assert np.isnan(auc_interval(float("nan"), 4, 4).low)
