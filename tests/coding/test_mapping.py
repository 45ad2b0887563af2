"""Topics mapped to codes, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nptlens.coding import map_topics
from nptlens.schemas.tables import TOPIC_CODES


def tables(make_segments, probability, topic, transcripts=3):
    segments = make_segments(len(probability), transcripts)
    codes = ["A", "B"][: probability.shape[1]]
    codings = pd.DataFrame(
        {
            "segment_id": np.repeat(segments["segment_id"], len(codes)),
            "code": codes * len(segments),
            "probability": probability.ravel(),
        }
    )
    topics = pd.DataFrame({"segment_id": segments["segment_id"], "topic": topic, "strength": 1.0})
    return topics, codings, segments


def test_weights_by_hand(make_segments):
    probability = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.0]])
    found = map_topics(*tables(make_segments, probability, [0, 0, 1, -1]), resamples=50, confidence=0.9, seed=1)
    assert found.columns.tolist() == TOPIC_CODES.names()
    np.testing.assert_allclose(found["weight"], [0.8, 0.2, 0.2, 0.8])
    np.testing.assert_allclose(found["base"], [0.55, 0.3] * 2)
    assert found[["topic", "code"]].values.tolist() == [[0, "A"], [0, "B"], [1, "A"], [1, "B"]]
    # topic 1 is one segment: every resample that holds it says the same
    np.testing.assert_allclose(found[["low", "high"]][2:], [[0.2, 0.2], [0.8, 0.8]])


def test_intervals_resample_whole_transcripts(make_segments):
    """Two transcripts, one at 0 and one at 1: a mean of two drawn with replacement is 0, 0.5 or 1."""
    probability = np.tile([[0.0], [1.0]], (20, 1))
    found = map_topics(*tables(make_segments, probability, [0] * 40, 2), resamples=2000, confidence=0.8, seed=1).iloc[0]
    # a quarter of the draws lies at either end
    assert (found["low"], found["weight"], found["high"]) == (0.0, 0.5, 1.0)
    found = map_topics(*tables(make_segments, probability, [0] * 40, 2), resamples=2000, confidence=0.4, seed=1).iloc[0]
    assert (found["low"], found["high"]) == (0.5, 0.5)


def test_the_interval_is_as_wide_as_theory_says(make_segments):
    rng = np.random.default_rng(5)
    probability = rng.uniform(size=(400, 1))
    found = map_topics(*tables(make_segments, probability, [0] * 400, 200), resamples=4000, confidence=0.95, seed=1).iloc[0]
    means = probability.reshape(2, 200).mean(axis=0)  # two segments a transcript
    half = 1.96 * means.std() / np.sqrt(200)
    assert found["high"] - found["low"] == pytest.approx(2 * half, rel=0.1)
    assert found["low"] < found["weight"] < found["high"]


def test_no_resamples(make_segments):
    found = map_topics(*tables(make_segments, np.array([[0.2], [0.6]]), [0, 0]), resamples=0, confidence=0.95, seed=1)
    assert found[["weight", "low", "high"]].values.tolist() == [[0.4, 0.4, 0.4]]


@pytest.mark.parametrize(("n", "topic"), [(3, [-1, -1, -1]), (0, [])])
def test_no_topics(make_segments, n, topic):
    assert len(map_topics(*tables(make_segments, np.full((n, 1), 0.5), topic), resamples=10, confidence=0.9, seed=1)) == 0


def test_the_same_seed_gives_the_same_intervals(make_segments):
    given = tables(make_segments, np.random.default_rng(1).uniform(size=(30, 2)), [0, 1, -1] * 10)
    one, same, other = (map_topics(*given, resamples=30, confidence=0.9, seed=seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)
    assert one["weight"].equals(other["weight"])
