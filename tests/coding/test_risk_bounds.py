"""Proportions over whole transcripts: textbook values, MAPIE for single excerpts, simulation for transcripts, fixed sequences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom, binomtest, hypergeom

from nptlens.coding._risk_bounds import fallback, fewest
from nptlens.core.proportions import Proportion, _beta_binomial, proportion, weighted


def single(hits, n):
    """Every excerpt a transcript of its own."""
    return proportion(np.array([1] * hits + [0] * (n - hits)), np.ones(n, dtype=np.int64), confidence=0.9)


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (9, 12), (38, 40), (79, 100), (1, 30)])
def test_single_excerpts_give_the_exact_binomial(hits, n):
    found = single(hits, n)
    assert (found.share, found.n) == (hits / n, n)
    assert found.effective == pytest.approx(n)
    assert found.p_value(0.8) == pytest.approx(binom.sf(hits - 1, n, 0.8))
    exact = binomtest(hits, n).proportion_ci(0.8, method="exact")
    assert found.limits(0.9) == pytest.approx((exact.low, exact.high))


@pytest.mark.parametrize(("hits", "n"), [(5, 5), (9, 12), (38, 40), (95, 100)])
def test_single_excerpts_agree_with_mapie(hits, n):
    methods = pytest.importorskip("mapie.risk_control.methods")
    # MAPIE's loss is 1 - precision, its p-value the smaller of Hoeffding's bound and the binomial's own tail.
    theirs = methods.compute_hoeffding_bentkus_p_value(np.array([(n - hits) / n]), np.array([n]), 0.2, binary=True)
    assert single(hits, n).p_value(0.8) == pytest.approx(float(theirs[0, 0]), rel=1e-6)


@pytest.mark.parametrize(("hits", "n", "new"), [(38, 40, 40), (19, 20, 10), (30, 30, 30)])
def test_the_prediction_limit_is_near_the_test_of_two_samples(hits, n, new):
    """Thatcher's limit: the hypergeometric chance of so many hits here, given all hits, at the worst outcome there."""
    worst = math.ceil(0.8 * new) - 1
    exact = hypergeom.sf(hits - 1, n + new, hits + worst, n)
    assert Proportion(hits / n, n, n).p_value(0.8, new=new) == pytest.approx(exact, rel=1e-9)


def test_endlessly_many_new_excerpts_are_the_binomial():
    found = single(38, 40)
    assert found.p_value(0.8, new=200_000) == pytest.approx(found.p_value(0.8), rel=1e-2)


def test_transcripts_that_differ_weigh_less():
    alike = proportion(np.full(10, 8), np.full(10, 10), confidence=0.9)
    apart = proportion(np.array([10] * 8 + [0] * 2), np.full(10, 10), confidence=0.9)
    assert alike.share == apart.share
    assert apart.effective < 12 < alike.effective <= 100
    assert apart.p_value(0.6) > alike.p_value(0.6)


@pytest.mark.parametrize(("hits", "totals"), [([], []), ([0, 0], [0, 0]), ([7], [7]), ([7, 0], [7, 0])])
def test_one_transcript_or_none_proves_nothing(hits, totals):
    found = proportion(np.array(hits, dtype=np.int64), np.array(totals, dtype=np.int64), confidence=0.9)
    assert found.effective == 0
    assert found.p_value(0.01) == 1.0
    assert found.limits(0.9) == (0.0, 1.0)


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_more_hits_and_smaller_promises_prove_more(n, hits, one, other):
    hits = min(hits, n)
    low, high = sorted((one, other))
    found = Proportion(hits / n, n, n)
    assert found.p_value(low) <= found.p_value(high) + 1e-12
    if hits < n:
        assert Proportion((hits + 1) / n, n, n).p_value(high) <= found.p_value(high) + 1e-12


def test_the_fewest_that_prove():
    number = fewest(0.8, 0.1)
    assert Proportion(1.0, number, number).p_value(0.8, new=number) <= 0.1
    assert Proportion(1.0, number - 1, number - 1).p_value(0.8, new=number - 1) > 0.1


@pytest.mark.parametrize(
    ("p_values", "weights", "expected"),
    [
        ([0.01, 0.09, 0.2, 0.0], [1, 0, 0, 0], [True, True, False, False]),  # fixed sequence: stops at the first failure
        ([0.2, 0.04, 0.09], [0.5, 0.5, 0], [False, True, False]),  # the second start has half
        ([0.05, 0.09, 0.1], [0.5, 0.5, 0], [True, True, True]),  # and the whole where the first hands its half on
        ([0.2, 0.2, 0.0], [0.5, 0.5, 0], [False, False, False]),  # nothing was handed on, so not even 0 is tested
        ([], [], []),
    ],
)
def test_fallback(p_values, weights, expected):
    assert fallback(p_values, weights, 0.1) == expected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_fallback_with_one_start_is_mapies_fixed_sequence(p_values):
    control = pytest.importorskip("mapie.risk_control.fwer_control")
    theirs = control.FWERFixedSequenceTesting(n_starts=1).run(np.array(p_values), 0.1)
    ours = fallback(p_values, [1.0] + [0.0] * (len(p_values) - 1), 0.1)
    assert np.flatnonzero(ours).tolist() == theirs.tolist()


@pytest.mark.parametrize(("likeness", "clusters", "size"), [(0.0, 20, 5), (0.15, 12, 8), (0.3, 25, 4)])
def test_a_true_share_at_the_promise_is_rarely_rejected(likeness, clusters, size):
    """Beta-binomial transcripts whose true share is just what is promised: more than 10 % of rejections would break the confidence."""
    rng = np.random.default_rng(7)
    wrong, runs = 0, 250
    for _ in range(runs):
        share = np.full(clusters, 0.8) if likeness == 0 else rng.beta(0.8 * (1 / likeness - 1), 0.2 * (1 / likeness - 1), clusters)
        found = proportion(rng.binomial(size, share), np.full(clusters, size), confidence=0.9)
        wrong += found.p_value(0.8) <= 0.1
    assert wrong / runs <= 0.1 + 3 * math.sqrt(0.1 * 0.9 / runs)


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.01, 50), st.floats(0.01, 50))
def test_the_beta_binomial_is_scipys(most, n, a, b):
    assert _beta_binomial(most, n, a, b) == float(betabinom.cdf(most, n, a, b))


def test_weights_of_one_change_nothing_and_unequal_ones_weigh_less():
    rng = np.random.default_rng(4)
    cluster, hit = np.repeat(np.arange(12), 10), rng.random(120) < 0.7
    of = np.ones(120, dtype=bool)
    plain = proportion(np.bincount(cluster[hit], minlength=12), np.full(12, 10), confidence=0.95)
    assert weighted(of, hit, cluster, np.ones(120), confidence=0.95) == plain
    heavy = np.where(np.arange(120) % 10 == 0, 8.0, 1.0)
    found = weighted(of, hit, cluster, heavy, confidence=0.95)
    assert found.share == pytest.approx(np.average(hit, weights=heavy))
    assert found.n == 120 and found.effective <= heavy.sum() ** 2 / (heavy**2).sum() < 120
    assert weighted(of, hit, cluster, heavy * 3, confidence=0.95).effective == pytest.approx(found.effective)


@pytest.mark.parametrize("clusters", [12, 27])
def test_limits_of_drawn_excerpts_hold_the_truth(clusters):
    """Sheets that draw what the machine coded four times as often: the share of hits among all is within the limits 95 times of 100."""
    held, drawn_alike = 0, 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(clusters), 80)
        rate = rng.beta(4, 12, size=clusters)[cluster]
        hit = rng.random(len(cluster)) < rate
        often = rng.random(len(cluster)) < np.where(hit, 0.5, 0.1)
        chance = np.where(often, 0.4, 0.1)
        read = rng.random(len(cluster)) < chance
        truth = 0.25
        low, high = weighted(read, hit, cluster, 1 / chance, confidence=0.975).limits(0.975)
        held += low <= truth <= high
        low, high = weighted(read, hit, cluster, np.ones(len(cluster)), confidence=0.975).limits(0.975)
        drawn_alike += low <= truth <= high
    assert held >= 0.93 * 300
    assert drawn_alike < held
