"""Intervals against scipy's bootstrap, numpy's percentiles, and cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from nptlens.agreement import ranking
from nptlens.agreement.coefficients import Ratings, tally
from nptlens.agreement.intervals import KINDS, Sampled, limits, quantiles, sampled
from nptlens.agreement.ranking import average_precision, sampled_average_precision
from nptlens.core.resampling import cluster_draws


def the_mean(tallies):
    """Of tallies (..., 2): the sum and the number."""
    return tallies[..., 0] / tallies[..., 1]


def of_means(values, resamples=2000):
    tallies = np.stack([values, np.ones(len(values))], axis=1)
    return sampled(the_mean, tallies, cluster_draws(len(values), resamples=resamples, seed=1))


SKEWED = np.random.default_rng(5).lognormal(size=30)


def test_a_figure_its_resamples_and_its_jackknife():
    found = of_means(SKEWED, resamples=7)
    draws = cluster_draws(30, resamples=7, seed=1)
    assert found.value == pytest.approx(SKEWED.mean())
    assert found.draws == pytest.approx([np.repeat(SKEWED, times).mean() for times in draws])
    assert found.left_out == pytest.approx([np.delete(SKEWED, i).mean() for i in range(30)])


@pytest.mark.parametrize(("kind", "method"), [("percentile", "percentile"), ("bca", "BCa")])
def test_intervals_are_those_of_scipy(kind, method):
    found = of_means(SKEWED)
    drawn = _Given(found.draws)  # scipy's own resamples would differ
    told = stats.bootstrap((SKEWED,), np.mean, method=method, n_resamples=0, bootstrap_result=drawn, confidence_level=0.9)
    low, high = limits(found, kind, 0.9)
    assert (low, high) == pytest.approx(tuple(told.confidence_interval), rel=1e-9)


class _Given:
    """What scipy takes over from an earlier bootstrap."""

    def __init__(self, draws):
        self.bootstrap_distribution = draws


def test_expanded_is_percentile_with_many_clusters_and_wider_with_few():
    few, many = SKEWED[:8], np.random.default_rng(1).normal(size=4000)
    for values, ratio in ((few, (1.15, 2.5)), (many, (0.98, 1.03))):
        found = of_means(values)
        wide, narrow = (np.diff(limits(found, kind, 0.95), axis=0)[0] for kind in ("expanded", "percentile"))
        assert ratio[0] < wide / narrow < ratio[1]


def test_expanded_of_a_mean_is_near_the_t_interval():
    values = np.random.default_rng(2).normal(size=10)
    low, high = limits(of_means(values, resamples=20_000), "expanded", 0.95)
    told = stats.t.interval(0.95, 9, values.mean(), values.std(ddof=1) / np.sqrt(10))
    assert high - low == pytest.approx(told[1] - told[0], rel=0.1)


def test_quantiles_are_those_of_numpy_and_leave_nan_out():
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(200, 5))
    draws[rng.random(draws.shape) < 0.3] = np.nan
    draws[:, 4] = np.nan
    draws[1:, 3] = np.nan
    levels = rng.random((2, 5))
    found = quantiles(draws, levels)
    for column in range(4):
        held = draws[~np.isnan(draws[:, column]), column]
        assert found[:, column] == pytest.approx(np.quantile(held, levels[:, column]) if len(held) else [np.nan] * 2, nan_ok=True)
    assert np.isnan(found[:, 4]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_defined_has_no_interval(kind):
    draws, left = np.array([[1.0, np.nan], [2.0, np.nan], [3.0, np.nan]]), np.array([[1.0, 2.0], [3.0, np.nan]])
    found = limits(Sampled(np.array([np.nan, 2.0]), draws, left), kind, 0.95)
    assert np.isnan(found).all()
    assert np.isnan(limits(Sampled(np.array([1.0, 2.0]), draws[:0], left), kind, 0.95)).all()
    assert limits(Sampled(np.zeros((0,)), np.zeros((9, 0)), np.zeros((3, 0))), kind, 0.95).shape == (2, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_without_variation_has_an_interval_without_width(kind):
    found = limits(Sampled(np.array(1.0), np.ones(50), np.ones(6)), kind, 0.95)
    assert found.tolist() == [1, 1]


def test_one_cluster_cannot_be_left_out():
    found = Sampled(np.array(0.5), np.full(50, 0.5), np.array([np.nan]))
    assert np.isnan(limits(found, "expanded", 0.95)).all()


def test_an_unknown_kind_and_wrong_draws_are_refused():
    with pytest.raises(ValueError, match="percentile, expanded, bca"):
        limits(of_means(SKEWED, 3), "basic", 0.95)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="4 clusters"):
        sampled(the_mean, np.ones((4, 2)), np.ones((10, 3), dtype=np.int64))


def test_a_difference_is_of_the_same_resamples():
    one = of_means(SKEWED)
    same = one.minus(one)
    assert limits(same, "percentile", 0.95).tolist() == [0, 0]
    other = of_means(SKEWED * 2)
    assert limits(other.minus(one), "percentile", 0.95) == pytest.approx(limits(one, "percentile", 0.95))


def test_a_mean_leaves_undefined_codes_out():
    figures = Sampled(np.array([1.0, np.nan, 3.0]), np.array([[1.0, 5.0, np.nan], [np.nan] * 3]), np.array([[1.0, 2.0, 3.0]]))
    found = figures.mean()
    assert found.value == 2 and found.draws[0] == 3 and np.isnan(found.draws[1]) and found.left_out == [2]
    assert figures.mean(np.array([True, False, False])).draws[0] == 1


def test_average_precision_of_resampled_clusters():
    rng = np.random.default_rng(4)
    scores, targets, cluster = rng.random((60, 3)).round(1), rng.random((60, 3)) < 0.4, rng.integers(5, size=60)
    targets[:, 2] = False
    draws = cluster_draws(5, resamples=6, seed=1)
    weight = rng.integers(1, 4, size=60).astype(float)
    found = sampled_average_precision(scores, targets, cluster, draws, weight)
    for code in range(3):
        expected = average_precision(scores[:, code], targets[:, code], draws[:, cluster] * weight)
        assert found.draws[:, code] == pytest.approx(expected, nan_ok=True)
        left = average_precision(scores[:, code], targets[:, code], (cluster != np.arange(5)[:, None]) * weight)
        assert found.left_out[:, code] == pytest.approx(left, nan_ok=True)
    assert np.isnan(found.value[2])


def test_beyond_so_many_clusters_groups_of_them_are_left_out(monkeypatch):
    monkeypatch.setattr(ranking, "_LEFT_OUT", 4)
    rng = np.random.default_rng(5)
    scores, targets, cluster = rng.random((60, 1)), rng.random((60, 1)) < 0.4, np.arange(60) % 10
    found = sampled_average_precision(scores, targets, cluster, cluster_draws(10, resamples=6, seed=1))
    left = average_precision(scores[:, 0], targets[:, 0], (cluster % 4 != np.arange(4)[:, None]).astype(float))
    assert found.left_out.shape == (4, 1)
    assert found.left_out[:, 0] == pytest.approx(left)


@pytest.mark.slow
def test_expanded_intervals_hold_the_truth():
    from benchmarks._population import MIDDLING
    from benchmarks.statistics import coverage

    held = {(r.system, r.setting): r.value for r in coverage(MIDDLING, 400, 26, resamples=500) if r.metric == "coverage"}
    assert all(0.92 <= value <= 0.975 for (kind, _), value in held.items() if kind == "expanded")


def test_figures_do_not_depend_on_the_number_of_resamples_asked_for():
    rng = np.random.default_rng(1)
    made = Ratings(("a", "b"), rng.random((2, 40, 2)) < 0.4, np.ones((2, 40), dtype=bool))
    tallies = tally(made, np.arange(40) % 8)
    values = [tallies.figures(cluster_draws(8, resamples=b, seed=1)).of("kappa").value for b in (0, 10)]
    assert np.array_equal(*values)
