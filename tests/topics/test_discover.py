"""The choice of a method, numbering, and the same bytes twice."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from nptlens.topics import _bertopic, discover
from nptlens.topics.clustering import Assignment
from nptlens.topics.discover import _method, _renumbered


@pytest.mark.parametrize(
    ("n", "size", "changes", "expected"),
    [
        (3999, 50, {}, "small"),
        (4000, 50, {}, "large"),
        (9, 5, {}, "off"),
        (10, 5, {}, "small"),
        (0, 5, {}, "off"),
        (500, 5, {"method": "off"}, "off"),
        (500, 5, {"method": "small"}, "small"),
        (100, 5, {"method": "bertopic"}, "bertopic"),
        (11, 5, {"method": "bertopic"}, "small"),
        (12, 5, {"method": "bertopic"}, "bertopic"),
        (9, 5, {"method": "bertopic"}, "off"),
        (120, 5, {"small_below": 100}, "large"),
        (11, 5, {"method": "large"}, "large"),
    ],
)
def test_method(topic_settings, n, size, changes, expected):
    assert _method(n, size, topic_settings(**changes)) == expected


def test_umap_is_imported_only_when_asked_for():
    code = """
import sys
import numpy as np, pandas as pd
from nptlens.schemas.settings import default_settings
from nptlens.topics import discover, measure_stability
settings = default_settings().topics
vectors = np.eye(8, dtype=np.float32)[np.arange(400) % 8]
ids = [f"T:{i}-{i + 1}" for i in range(400)]
segments = pd.DataFrame({"segment_id": ids, "transcript_id": "T", "participant_id": "P", "text": "phone queue"})
for changes in ({}, {"small_below": 100}):
    now = settings.model_copy(update=changes)
    found = discover(vectors, segments, now, seed=1)
    measure_stability(vectors, found, now, seed=1)
    print(found.method, len(found.cards))
print(sorted({"bertopic", "umap", "hdbscan", "numba", "torch", "sentence_transformers"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:3] == ["small 8", "large 8", "[]"]


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ([], []),
        ([-1, -1], [-1, -1]),
        ([5, 2, 2, -1], [1, 0, 0, -1]),
        ([1, 0, 1, 0], [0, 1, 0, 1]),
        ([3, -1, 7, 7, 1, 1], [2, -1, 0, 0, 1, 1]),
    ],
)
def test_topics_are_numbered_by_size_then_by_first_segment(topic, expected):
    found = _renumbered(Assignment(np.array(topic, dtype=np.int64), np.linspace(-0.5, 1.5, len(topic))))
    assert found.topic.tolist() == expected
    assert found.topic.dtype == np.int64
    assert all(0 <= strength <= 1 for strength in found.strength)


@pytest.mark.parametrize(("n", "metric", "columns"), [(30, "precomputed", 30), (31, "cosine", 8), (32, "cosine", 8)])
def test_all_distances_are_made_of_few_segments_only(topic_settings, monkeypatch, n, metric, columns):
    given = {}

    class Umap:
        def __init__(self, **settings):
            given.update(settings)

        def fit_transform(self, rows):
            given["shape"] = rows.shape
            return rows[:, :5]

    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=Umap))
    monkeypatch.setattr(_bertopic, "_EXACT", 31)
    vectors = np.eye(n, 8, dtype=np.float32)
    assert _bertopic._reduced(vectors, topic_settings(), 1).shape == (n, 5)
    assert (given["metric"], given["shape"]) == (metric, (n, columns))


@pytest.mark.skipif(find_spec("bertopic") is None, reason="BERTopic is not installed")
@pytest.mark.slow
def test_umap_gets_the_distances_that_it_would_compute(plant, topic_settings, monkeypatch):
    vectors = plant(60, 50, 40).vectors
    exact = _bertopic.recluster(vectors, 8, topic_settings(), 1)
    monkeypatch.setattr(_bertopic, "_EXACT", 0)
    assert adjusted_rand_score(exact, _bertopic.recluster(vectors, 8, topic_settings(), 1)) == 1.0


def test_planted_topics(plant, topic_settings):
    planted = plant(40, 25, 15, 12, 8)
    found = discover(planted.vectors, planted.segments, topic_settings(), seed=1)
    assert found.method == "small"
    assert found.topics["segment_id"].tolist() == planted.segments["segment_id"].tolist()
    assert (found.topics["topic"] >= 0).all()
    assert [card.topic for card in found.cards] == [0, 1, 2, 3, 4]
    assert [card.size for card in found.cards] == [40, 25, 15, 12, 8]
    assert [set(card.words) for card in found.cards] == [
        {"phone", "queue", "reception"},
        {"blood", "pressure", "clinic"},
        {"sick", "note", "form"},
        {"coach", "flipchart", "meeting"},
        {"repeat", "prescription", "pharmacy"},
    ]
    for card in found.cards:
        members = set(found.topics["segment_id"][found.topics["topic"] == card.topic])
        assert set(card.exemplars) <= members
        assert len(card.exemplars) == 3


def test_two_runs_are_equal(plant, topic_settings):
    planted = plant(40, 30, 20)
    one, other = (discover(planted.vectors, planted.segments, topic_settings(), seed=1) for _ in range(2))
    assert one.topics.equals(other.topics)
    assert one.cards == other.cards


def test_the_least_size_of_a_topic(plant, topic_settings):
    planted = plant(40, 30, 8)
    sizes = [card.size for card in discover(planted.vectors, planted.segments, topic_settings(min_topic_size=12), seed=1).cards]
    assert min(sizes) >= 12


@pytest.mark.parametrize("n", [0, 1, 9])
def test_too_few_segments_have_no_topics(plant, topic_settings, n):
    planted = plant(10)
    found = discover(planted.vectors[:n], planted.segments[:n], topic_settings(), seed=1)
    assert (found.method, found.cards, found.topics["topic"].tolist()) == ("off", (), [-1] * n)


def test_off(plant, topic_settings):
    planted = plant(20, 20)
    found = discover(planted.vectors, planted.segments, topic_settings(method="off"), seed=1)
    assert found.cards == ()
    assert (found.topics["topic"] == -1).sum() == 40
    assert (found.topics["strength"] == 0).all()


def test_rows_must_match(plant, topic_settings):
    planted = plant(20)
    with pytest.raises(ValueError, match="19 rows, segments 20"):
        discover(planted.vectors[:19], planted.segments, topic_settings(), seed=1)


@pytest.mark.skipif(find_spec("bertopic") is None, reason="BERTopic is not installed")
@pytest.mark.slow
def test_bertopic_finds_planted_topics_twice_alike(plant, topic_settings):
    planted = plant(120, 100, 80, 60, 40)
    found, again = (discover(planted.vectors, planted.segments, topic_settings(method="bertopic"), seed=20201) for _ in range(2))
    assert found.method == "bertopic"
    topic = found.topics["topic"].to_numpy()
    inside = topic >= 0
    assert inside.mean() > 0.9
    assert len(found.cards) == 5
    assert adjusted_rand_score(planted.truth[inside], topic[inside]) > 0.99
    assert found.topics.equals(again.topics)
    assert found.cards == again.cards


@pytest.mark.skipif(find_spec("bertopic") is None, reason="BERTopic is not installed")
@pytest.mark.slow
def test_bertopic_breaks_up_a_topic_that_swallows_the_rest(plant, topic_settings, monkeypatch):
    planted = plant(300, 60, 40)
    setting = topic_settings(method="bertopic")
    assert discover(planted.vectors, planted.segments, setting, seed=1).cards[0].size <= 0.4 * 400
    monkeypatch.setattr(_bertopic, "_LARGEST", 1.0)
    assert discover(planted.vectors, planted.segments, setting, seed=1).cards[0].size > 0.4 * 400
