"""Topics around centres: planted clusters, silhouettes, samples and blocks against scikit-learn, scipy and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits

from nptlens.topics import spherical_kmeans
from nptlens.topics.spherical_kmeans import assign, cluster_all, cluster_sample, find_centres, silhouette, spread


@pytest.mark.parametrize(
    "sizes", [(20, 20), (40, 25, 15, 12, 8), (30, 20, 10), (40, 30, 20), (60, 50, 40, 10), (300, 60, 40), (120, 100, 80, 60, 40), (25,) * 20]
)
def test_planted_clusters_are_found(plant, topic_settings, sizes):
    planted = plant(*sizes)
    found = cluster_all(planted.vectors, 5, topic_settings())
    assert adjusted_rand_score(planted.truth, found.topic) == 1.0
    assert found.topic.min() == 0
    assert 0.4 <= found.strength.min() <= found.strength.max() <= 1 + 1e-6


def test_where_nothing_is_clear_the_least_size_sets_the_grain(topic_settings):
    vectors = np.random.default_rng(5).normal(size=(400, 20)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for size, topics in ((10, 10), (20, 5)):
        assert len(find_centres(vectors, size, topic_settings()).centres) == topics


def test_no_topic_is_smaller_than_asked(plant, topic_settings):
    found = cluster_all(plant(30, 30, 6).vectors, 10, topic_settings())
    assert np.bincount(found.topic[found.topic >= 0]).min() >= 10


@pytest.mark.parametrize("vectors", [np.ones((12, 4)) / 2, np.eye(4)[[0] * 11 + [1]]])
def test_equal_vectors(topic_settings, vectors):
    found = cluster_all(vectors.astype(np.float32), 5, topic_settings())
    assert len(found.topic) == 12
    assert np.isfinite(found.strength).all()
    assert (found.strength[found.topic < 0] == 0).all()


def test_the_frame_is_that_of_the_principal_components(plant, topic_settings):
    vectors = plant(40, 30, 20, noise=0.2).vectors
    frame = find_centres(vectors, 5, topic_settings(components=2))
    oracle = PCA(20, svd_solver="full").fit_transform(vectors.astype(np.float64))
    oracle /= np.linalg.norm(oracle, axis=1, keepdims=True)
    mine = frame.project(vectors)
    np.testing.assert_allclose(mine @ mine.T, oracle @ oracle.T, atol=1e-5)


def test_centres_are_those_of_ward_then_kmeans(topic_settings):
    """scikit-learn's Ward tree starts scikit-learn's k-means; on unit rows its nearest centre is the same up to a centre's length."""
    rng = np.random.default_rng(8)
    vectors = (rng.normal(size=(6, 12))[rng.integers(0, 6, 300)] + rng.normal(scale=0.4, size=(300, 12))).astype(np.float32)
    frame = find_centres(vectors, 10, topic_settings())
    points = frame.project(vectors).astype(np.float64)
    first = AgglomerativeClustering(len(frame.centres), linkage="ward").fit_predict(points)
    start = np.stack([points[first == topic].mean(axis=0) for topic in range(len(frame.centres))])
    oracle = KMeans(len(start), init=start, n_init=1).fit_predict(points)
    assert adjusted_rand_score(oracle, assign(vectors, frame, 1).topic) > 0.95


@pytest.mark.parametrize("seed", range(5))
def test_silhouette_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(60, 5))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    topic = np.unique(rng.integers(0, 2 + seed, 60), return_inverse=True)[1]
    topic[0] = topic.max() + 1  # alone
    assert silhouette(points, topic) == pytest.approx(silhouette_score(points, topic, metric="cosine"))
    assert silhouette(points, np.zeros(60, dtype=np.int64)) == 0.0


@given(st.integers(0, 300), st.integers(1, 100), st.integers(0, 5))
def test_a_sample_is_spread_evenly(n, number, seed):
    places = spread(n, number, seed)
    assert len(places) == min(n, number)
    assert len(set(places.tolist())) == len(places)
    if n > number:
        for i, place in enumerate(places):
            assert i * n // number <= place < (i + 1) * n // number


def test_assignment_in_blocks_is_the_nearest_centre(plant, topic_settings, monkeypatch):
    vectors = plant(50, 40, 30, noise=0.15).vectors
    frame = find_centres(vectors, 5, topic_settings())
    monkeypatch.setattr(spherical_kmeans, "_BLOCK", 7)
    found = assign(vectors, frame, 1)
    cosines = 1 - cdist(frame.project(vectors), frame.centres, "cosine")
    near = cosines.max(axis=1) >= 0.4
    np.testing.assert_array_equal(found.topic, np.where(near, cosines.argmax(axis=1), -1))
    np.testing.assert_allclose(found.strength, np.where(near, cosines.max(axis=1), 0), atol=1e-5)


def test_topics_that_are_too_small_go_to_their_neighbours_or_outside(plant, topic_settings):
    planted = plant(40, 30, 6)
    frame = find_centres(planted.vectors, 5, topic_settings())
    assert len(frame.centres) == 3
    found = assign(planted.vectors, frame, 10)
    assert set(found.topic[planted.truth < 2].tolist()) == {0, 1}
    assert (found.topic[planted.truth == 2] == -1).all()
    assert (assign(planted.vectors, frame, 100).topic == -1).all()


def test_a_sample_finds_what_all_find(plant, topic_settings):
    planted = plant(900, 700, 500, 300, 100)
    settings = topic_settings(small_below=400)
    found = cluster_sample(planted.vectors, np.arange(2500), 25, settings, 1)
    assert adjusted_rand_score(planted.truth, found.topic) == 1.0
    assert not np.array_equal(spread(2500, 400, 1), spread(2500, 400, 2))


def test_every_transcript_is_sampled(plant, topic_settings, monkeypatch):
    """Rows of ten transcripts lie mixed; the sample has a tenth of each."""
    transcripts = np.random.default_rng(4).permutation(np.repeat(np.arange(10), 100))
    given = {}

    def caught(vectors, size, settings):
        given["rows"] = vectors
        return find_centres(vectors, size, settings)

    monkeypatch.setattr(spherical_kmeans, "find_centres", caught)
    vectors = np.concatenate([transcripts[:, None], plant(600, 400).vectors], axis=1).astype(np.float32)
    cluster_sample(vectors, np.argsort(transcripts, kind="stable"), 10, topic_settings(small_below=100), 1)
    assert np.bincount(given["rows"][:, 0].astype(int)).tolist() == [10] * 10


def test_a_mapped_matrix_is_as_good(plant, topic_settings, tmp_path):
    planted = plant(300, 200)
    np.save(tmp_path / "vectors.npy", planted.vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    settings = topic_settings(small_below=100)
    one, other = (cluster_sample(vectors, np.arange(500), 5, settings, 1) for vectors in (planted.vectors, mapped))
    np.testing.assert_array_equal(one.topic, other.topic)
    np.testing.assert_array_equal(one.strength, other.strength)


def test_threads_do_not_change_topics(plant, topic_settings):
    vectors = plant(200, 150, 100, noise=0.2).vectors
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            found.append(cluster_all(vectors, 5, topic_settings()).topic)
    np.testing.assert_array_equal(*found)
