"""Stability against plain double loops, and what it says of planted topics, noise and chance."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, jaccard_score

from nptlens.topics import discover, measure_stability, transcript_order
from nptlens.topics.stability import adjusted_rand, best_jaccard, mean_jaccard

NUMBERS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 5)), min_size=0, max_size=40)


@given(NUMBERS)
def test_best_jaccard_is_what_sets_say(pairs):
    topic, new = (np.array([pair[i] for pair in pairs], dtype=np.int64) for i in (0, 1))
    found = best_jaccard(topic, new, 5)
    for number in range(5):
        own = {i for i, t in enumerate(topic) if t == number}
        others = [{i for i, t in enumerate(new) if t == each} for each in range(6)]
        if not own:
            assert np.isnan(found[number])
            continue
        assert found[number] == pytest.approx(max((len(own & other) / len(own | other) for other in others if other), default=0.0))


def test_best_jaccard_is_scikit_learns():
    topic, new = np.random.default_rng(1).integers(-1, 4, size=(2, 60))
    expected = [max(jaccard_score(topic == t, new == other) for other in range(4)) for t in range(4)]
    np.testing.assert_allclose(best_jaccard(topic, new, 4), expected)


def test_the_mean_leaves_out_resamples_that_drew_nobody():
    topic = np.array([0, 0, 1, 1])
    rows = [np.array([0, 1]), np.array([0, 1, 2, 3]), np.array([1, 2])]
    again = [np.array([0, 0]), np.array([0, 0, 0, 1]), np.array([-1, 0])]
    # topic 0: 1, 2/3, 0; topic 1: not drawn, 1/2, 1
    assert mean_jaccard(topic, rows, again, 3) == (pytest.approx((1 + 2 / 3 + 0) / 3), pytest.approx(0.75), None)


@given(NUMBERS)
def test_the_rand_index_counts_pairs(pairs):
    """Hubert & Arabie by counting pairs; segments outside every topic are together with nobody."""
    topic, new = (np.array([pair[i] for pair in pairs], dtype=np.int64) for i in (0, 1))
    n = len(topic)
    a = b = both = 0
    for i in range(n):
        for j in range(i):
            one, other = topic[i] == topic[j] >= 0, new[i] == new[j] >= 0
            a, b, both = a + one, b + other, both + (one and other)
    total = n * (n - 1) / 2
    expected = a * b / total if total else 0
    most = (a + b) / 2
    assert adjusted_rand(topic, new) == pytest.approx((both - expected) / (most - expected) if most != expected else 1.0)


def test_without_outliers_the_rand_index_is_scikit_learns():
    topic, new = np.random.default_rng(2).integers(0, 4, size=(2, 50))
    assert adjusted_rand(topic, new) == pytest.approx(adjusted_rand_score(topic, new))


def test_planted_topics_are_stable(plant, topic_settings):
    planted = plant(40, 40, 30)
    settings = topic_settings(stability_resamples=8, min_topic_size=12)
    found = discover(planted.vectors, planted.segments, settings, seed=1)
    stability = measure_stability(planted.vectors, found, settings, seed=1)
    assert stability.resamples == 8
    assert min(stability.jaccard) > 0.75
    assert stability.ari_resamples > 0.75
    assert (stability.reseeds, stability.ari_reseeds) == (0, None)


def test_topics_of_noise_are_unstable(make_segments, topic_settings):
    vectors = np.random.default_rng(3).normal(size=(200, 30)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    settings = topic_settings(stability_resamples=8)
    found = discover(vectors, make_segments(["phone queue"] * 200), settings, seed=1)
    stability = measure_stability(vectors, found, settings, seed=1)
    assert len(found.cards) > 1
    assert max(stability.jaccard) < 0.6
    assert stability.ari_resamples < 0.3


def test_the_same_seed_gives_the_same_figures_and_progress_is_told(plant, topic_settings):
    planted = plant(30, 20)
    settings = topic_settings(stability_resamples=4)
    found = discover(planted.vectors, planted.segments, settings, seed=1)
    told = []
    one = measure_stability(planted.vectors, found, settings, seed=5, progress=lambda done, total: told.append((done, total)))
    assert one == measure_stability(planted.vectors, found, settings, seed=5)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_sampled_corpus_is_measured_on_samples_and_between_them(plant, topic_settings):
    planted = plant(500, 400, 300)
    settings = topic_settings(small_below=200, stability_resamples=4, stability_reseeds=2)
    found = discover(planted.vectors, planted.segments, settings, seed=1)
    assert found.method == "large"
    told = []
    stability = measure_stability(
        planted.vectors, found, settings, seed=1, order=transcript_order(planted.segments), progress=lambda *at: told.append(at)
    )
    assert stability.jaccard == (1.0, 1.0, 1.0)
    assert (stability.resamples, stability.ari_resamples, stability.reseeds, stability.ari_reseeds) == (4, 1.0, 2, 1.0)
    assert told[-1] == (6, 6)


def test_topics_of_sampled_noise_are_unstable(make_segments, topic_settings):
    vectors = np.random.default_rng(3).normal(size=(600, 30)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    settings = topic_settings(small_below=200, stability_resamples=4)
    found = discover(vectors, make_segments(["phone queue"] * 600), settings, seed=1)
    stability = measure_stability(vectors, found, settings, seed=1)
    assert max(stability.jaccard) < 0.6
    assert stability.ari_reseeds < 0.3


@pytest.mark.parametrize(
    ("changes", "sizes"), [({"stability_resamples": 0}, (20, 20)), ({"method": "off"}, (20, 20)), ({"min_topic_size": 40}, (20, 20))]
)
def test_nothing_to_measure(plant, topic_settings, changes, sizes):
    planted = plant(*sizes)
    settings = topic_settings(**changes)
    found = discover(planted.vectors, planted.segments, settings, seed=1)
    stability = measure_stability(planted.vectors, found, settings, seed=1)
    assert stability.jaccard == (None,) * len(found.cards)
    assert (stability.resamples, stability.ari_resamples, stability.ari_reseeds) == (0, None, None)


def test_too_few_segments_for_umap_are_not_measured(plant, topic_settings):
    planted = plant(10, 10)
    settings = topic_settings(method="small")
    found = discover(planted.vectors, planted.segments, settings, seed=1)
    as_bertopic = type(found)(found.topics, found.cards, "bertopic", found.size)
    assert measure_stability(planted.vectors, as_bertopic, settings, seed=1).resamples == 0


@pytest.mark.skipif(find_spec("bertopic") is None, reason="BERTopic is not installed")
@pytest.mark.slow
def test_bertopic_is_refitted_as_it_was_fitted(plant, topic_settings):
    from nptlens.topics._bertopic import recluster

    planted = plant(120, 100, 80, 60)
    settings = topic_settings(method="bertopic", stability_resamples=3, stability_reseeds=2)
    found = discover(planted.vectors, planted.segments, settings, seed=1)
    again = recluster(planted.vectors, found.size, settings, 1)
    assert adjusted_rand_score(again, found.topics["topic"]) == 1.0
    stability = measure_stability(planted.vectors, found, settings, seed=1)
    assert min(stability.jaccard) > 0.75
    assert stability.ari_reseeds > 0.75
    assert (stability.resamples, stability.reseeds) == (3, 2)
