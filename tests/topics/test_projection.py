"""Topics on a plane, against scikit-learn's principal components."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from nptlens.topics import topic_map


def drawn(topics=5, seed=3, size=60):
    rng = np.random.default_rng(seed)
    of = rng.integers(-1, topics, size=size)
    vectors = (rng.normal(size=(size, 8)) + of[:, None]).astype(np.float32)
    ids = pd.Series([f"s{n}" for n in range(size)])
    return pd.DataFrame({"segment_id": ids, "topic": of}), ids, vectors


def test_places_are_the_principal_components_of_the_centres_up_to_sign():
    topics, ids, vectors = drawn()
    found = topic_map(topics, ids, vectors)
    centres = np.stack([vectors[topics["topic"] == n].astype(float).mean(axis=0) for n in range(5)])
    oracle = PCA(n_components=2)
    expected = oracle.fit_transform(centres)
    places = np.array([(point.x, point.y) for point in found.points])
    for axis in (0, 1):
        assert np.abs(places[:, axis]) == pytest.approx(np.abs(expected[:, axis]), abs=1e-3)
        assert places[np.abs(places[:, axis]).argmax(), axis] > 0
    assert found.shares == pytest.approx(oracle.explained_variance_ratio_, abs=1e-3)
    assert [point.topic for point in found.points] == list(range(5))


def test_the_order_of_rows_does_not_matter():
    topics, ids, vectors = drawn()
    assert topic_map(topics.iloc[::-1], ids, vectors) == topic_map(topics, ids, vectors)


def test_two_topics_lie_on_a_line_and_one_is_no_map():
    topics, ids, vectors = drawn(topics=2)
    found = topic_map(topics, ids, vectors)
    assert [point.y for point in found.points] == [0.0, 0.0]
    assert found.shares == pytest.approx((1.0, 0.0))
    assert topic_map(topics.assign(topic=0), ids, vectors) is None
    assert topic_map(topics.assign(topic=-1), ids, vectors) is None
