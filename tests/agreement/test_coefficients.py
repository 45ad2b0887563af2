"""Coefficients against scikit-learn, nltk, krippendorff, plain loops and published worked examples."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from benchmarks import oracles, statistics
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.distance import masi_distance

from nptlens.agreement.coefficients import MANY, PAIR, Ratings, tally, tally_labels
from nptlens.agreement.masi import alpha_masi, masi
from nptlens.core.resampling import cluster_draws


def no_draws(tallies):
    return np.empty((0, tallies.clusters), dtype=np.int64)


def figure(labels, categories, statistic):
    labels = np.asarray(labels)
    tallies = tally_labels(labels, categories, np.zeros(labels.shape[1], dtype=np.intp))
    return float(tallies.sampled(statistic, no_draws(tallies)).value[0])


@pytest.mark.filterwarnings("ignore")  # scikit-learn and nltk warn of what is undefined
@pytest.mark.parametrize("pair", list(statistics.PAIRS), ids="-".join)
def test_random_matrices_give_what_the_oracle_gives(pair):
    for number in range(40):
        for ours, theirs in statistics.PAIRS[pair](np.random.default_rng(10_000 + number)):
            assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True)


KRIPPENDORFF_2011 = [  # section C of "Computing Krippendorff's Alpha-Reliability": four observers, twelve units, nominal alpha .743
    [1, 2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, -1, 3],
    [-1, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, -1],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, -1],
]


def test_alpha_of_krippendorff_2011():
    labels = np.array(KRIPPENDORFF_2011)
    found = figure(labels - (labels > 0), 5, "alpha")
    assert found == pytest.approx(0.743, abs=5e-4)
    told = krippendorff.alpha(np.where(labels > 0, labels, np.nan), level_of_measurement="nominal")
    assert found == pytest.approx(told, abs=1e-12)


def test_fleiss_kappa_of_the_fourteen_raters():
    # Fleiss' kappa as worked out by hand in the encyclopaedia's example: ten subjects, fourteen raters, five categories
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    labels = np.array([np.repeat(np.arange(5), row) for row in counts]).T
    assert figure(labels, 5, "fleiss_kappa") == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize(
    ("cells", "kappa", "pabak", "ac1"),
    [
        # Feinstein & Cicchetti (1990): both agree in 85 of 100, kappa .70 and .32; PABAK of Byrt, Bishop & Carlin (1993) is .70 in both
        ((40, 9, 6, 45), 0.70, 0.70, 0.70),
        ((80, 10, 5, 5), 0.32, 0.70, 0.81),
    ],
)
def test_the_paradoxes_of_kappa(cells, kappa, pabak, ac1):
    pairs = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], cells, axis=0).T
    assert figure(pairs, 2, "kappa") == pytest.approx(kappa, abs=5e-3)
    assert figure(pairs, 2, "pabak") == pytest.approx(pabak, abs=5e-3)
    assert figure(pairs, 2, "ac1") == pytest.approx(ac1, abs=5e-3)


def test_one_category_and_no_overlap_are_not_defined():
    one = [[1, 1, 1], [1, 1, 1]]
    apart = [[0, 1, -1, -1], [-1, -1, 1, 0]]
    for statistic in ("kappa", "alpha", "fleiss_kappa"):
        assert math.isnan(figure(one, 2, statistic))
    assert figure(one, 2, "ac1") == figure(one, 2, "pabak") == 1
    for statistic in ("kappa", *MANY):
        assert math.isnan(figure(apart, 2, statistic))


@st.composite
def ratings(draw, coders=None):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return statistics.random_ratings(rng, coders), rng


@settings(max_examples=40, deadline=None)
@given(ratings(2))
def test_weights_are_copies_and_draws_are_copies_of_clusters(drawn):
    made, rng = drawn
    n = made.read.shape[1]
    cluster = np.append(rng.integers(3, size=n), [0, 1, 2])
    made = Ratings(made.coders, np.pad(made.coded, ((0, 0), (0, 3), (0, 0))), np.pad(made.read, ((0, 0), (0, 3))))
    draws = cluster_draws(3, resamples=3, seed=1)
    found = tally(made, cluster).figures(draws)
    masis = alpha_masi(made, cluster, draws)
    for row, times in enumerate(draws):
        copies = np.repeat(np.arange(n + 3), times[cluster])
        again = Ratings(made.coders, made.coded[:, copies], made.read[:, copies])
        weighted = tally(made, cluster, times[cluster].astype(float))
        own = tally(again, np.zeros(len(copies), dtype=np.intp))
        for statistic in (*PAIR, *MANY):
            expected = own.sampled(statistic, no_draws(own)).value
            assert found.of(statistic).draws[row] == pytest.approx(expected, abs=1e-12, nan_ok=True)
            assert weighted.sampled(statistic, no_draws(weighted)).value == pytest.approx(expected, abs=1e-12, nan_ok=True)
        expected = alpha_masi(again, np.zeros(len(copies), dtype=np.intp), np.ones((1, 1), dtype=np.int64)).value
        assert masis.draws[row] == pytest.approx(expected, abs=1e-9, nan_ok=True)
    for left in range(3):
        held = cluster != left
        part = Ratings(made.coders, made.coded[:, held], made.read[:, held])
        own = tally(part, np.zeros(held.sum(), dtype=np.intp))
        for statistic in (*PAIR, *MANY):
            expected = own.sampled(statistic, no_draws(own)).value
            assert found.of(statistic).left_out[left] == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(ratings())
def test_order_of_units_changes_no_bit(drawn):
    made, rng = drawn
    n = made.read.shape[1]
    cluster, order = rng.integers(3, size=n), rng.permutation(n)
    cluster[order[:1]] = 2
    turned = Ratings(made.coders, made.coded[:, order], made.read[:, order])
    draws = cluster_draws(3, resamples=5, seed=1)
    for statistic, sample in zip(*[(f := tally(made, cluster).figures(draws)).statistics, f.samples], strict=True):
        again = tally(turned, cluster[order]).figures(draws).of(statistic)
        assert np.array_equal(sample.value, again.value, equal_nan=True)
        assert np.array_equal(sample.draws, again.draws, equal_nan=True)


def test_what_was_not_read_is_not_looked_at():
    rng = np.random.default_rng(1)
    made = statistics.random_ratings(rng, 3)
    other = Ratings(made.coders, np.where(made.read[..., None], made.coded, ~made.coded), made.read)
    cluster = np.zeros(made.read.shape[1], dtype=np.intp)
    assert np.array_equal(tally(made, cluster).levels, tally(other, cluster).levels)


def test_statistics_by_number_of_coders():
    rng = np.random.default_rng(1)
    cluster = np.zeros(5, dtype=np.intp)
    labels = np.zeros((3, 5), dtype=int)
    for coders, expected in ((2, {*PAIR, *MANY}), (3, {*MANY})):
        made = Ratings(tuple("abc"[:coders]), rng.random((coders, 5, 2)) < 0.5, np.ones((coders, 5), dtype=bool))
        assert set(tally(made, cluster).statistics) == expected
    assert set(tally_labels(labels[:2], 4, cluster).statistics) == {"kappa", *MANY}
    assert set(tally_labels(labels, 4, cluster).statistics) == {*MANY}


def test_wrong_shapes_are_refused():
    coded, read = np.zeros((2, 4, 3), dtype=bool), np.ones((2, 4), dtype=bool)
    with pytest.raises(ValueError, match="at least two"):
        Ratings(("a",), coded[:1], read[:1])
    with pytest.raises(ValueError, match="do not fit"):
        Ratings(("a", "b"), coded, read[:, :3])
    with pytest.raises(ValueError, match="numbered from 0"):
        tally(Ratings(("a", "b"), coded, read), np.array([0, 0, 0, -1]))
    with pytest.raises(ValueError, match="from -1 to 1"):
        tally_labels(np.array([[0, 2], [0, 1]]), 2, np.zeros(2, dtype=np.intp))


# MASI ------------------------------------------------------------------------------------------------------------------------


@given(st.frozensets(st.integers(0, 5)), st.frozensets(st.integers(0, 5)))
def test_masi_is_that_of_nltk_and_has_an_empty_set(one, two):
    found = float(masi(np.array(len(one)), np.array(len(two)), np.array(len(one & two))))
    assert found == pytest.approx(oracles.masi(one, two), abs=1e-15)
    if one or two:
        assert found == pytest.approx(masi_distance(one, two), abs=1e-15)
    else:
        with pytest.raises(ZeroDivisionError):  # nltk has no distance of the empty set from itself
            masi_distance(one, two)


@pytest.mark.parametrize(("one", "two", "distance"), [("", "", 0), ("", "a", 1), ("ab", "abcd", 2 / 3), ("ab", "bc", 8 / 9), ("a", "b", 1)])
def test_masi_by_hand(one, two, distance):
    assert float(masi(*(np.array(len(each)) for each in (set(one), set(two), set(one) & set(two))))) == pytest.approx(distance)


def test_more_codes_than_a_word_has_bits():
    rng = np.random.default_rng(3)
    coded = rng.random((2, 30, 70)) < 0.03
    made = Ratings(("a", "b"), coded, np.ones((2, 30), dtype=bool))
    cluster = np.arange(30) % 3
    found = alpha_masi(made, cluster, cluster_draws(3, resamples=4, seed=1))
    sets = [[frozenset(np.flatnonzero(codes)) for codes in unit] for unit in coded.transpose(1, 0, 2)]
    assert float(found.value) == pytest.approx(oracles.alpha(sets, oracles.masi), abs=1e-12)
    assert found.draws.shape == (4,) and found.left_out.shape == (3,)
    assert found.left_out[0] == pytest.approx(oracles.alpha([s for i, s in enumerate(sets) if i % 3], oracles.masi), abs=1e-12)
