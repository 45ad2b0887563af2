"""PCA and HDBSCAN find planted clusters again."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, homogeneity_score

from nptlens.topics.centres import cluster_all as cluster_small


@pytest.mark.parametrize("sizes", [(20, 20), (40, 25, 15, 12, 8)])
def test_planted_clusters_are_found(plant, topic_settings, sizes):
    planted = plant(*sizes)
    found = cluster_small(planted.vectors, 5, topic_settings())
    assert adjusted_rand_score(planted.truth, found.topic) == 1.0
    assert found.strength.min() > 0
    assert found.strength.max() <= 1


@pytest.mark.parametrize("sizes", [(30, 20, 10), (40, 30, 20), (60, 50, 40, 10)])
def test_no_topic_mixes_planted_clusters(plant, topic_settings, sizes):
    """Leaf clusters may part a planted cluster, and leave its fringe outside; they never join two."""
    planted = plant(*sizes)
    found = cluster_small(planted.vectors, 5, topic_settings())
    inside = found.topic >= 0
    assert inside.mean() > 0.5
    assert homogeneity_score(planted.truth[inside], found.topic[inside]) == 1.0
    assert set(planted.truth[inside]) == set(range(len(sizes)))
    assert (found.strength[~inside] == 0).all()


def test_no_topic_is_smaller_than_asked(plant, topic_settings):
    found = cluster_small(plant(30, 30, 6).vectors, 10, topic_settings())
    assert np.bincount(found.topic[found.topic >= 0]).min() >= 10


def test_equal_vectors(topic_settings):
    vectors = np.ones((12, 4), dtype=np.float32) / 2
    found = cluster_small(vectors, 5, topic_settings())
    assert len(found.topic) == 12
    assert np.isfinite(found.strength).all()
