"""Topics around centres: principal components, Ward's tree, then each segment goes to the nearest centre. No random start, no UMAP.

Vectors are centred and turned to their first principal components (Pearson 1901), each row scaled to length 1. Ward's tree (1963) over
these gives a first cut; spherical k-means (Dhillon & Modha 2001, section 3) settles it, and a topic that stays below the least size
gives its segments to the others. A segment whose cosine to the nearest centre is below `_NEAR` belongs to no topic.

How many topics there are is a choice of grain, not a fact of the interviews: the mean silhouette of talk is about the same from 5 topics
to 50. So a topic has `_GRAIN` times the least size on average, unless some cut has a silhouette that Kaufman & Rousseeuw (1990,
table 4) read as "a reasonable structure"; then the best such cut is taken.

Ward's tree takes time and memory with the square of the rows. A larger corpus is sampled, evenly over transcripts and their length;
centres come from the sample, and the other segments are assigned to them in blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nptlens.schemas.settings import TopicSettings
from nptlens.topics.clustering import Assignment

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DIMENSIONS = 10  # principal components, as a multiple of settings.components
_GRAIN = 4  # mean size of a topic, as a multiple of the least size
_NEAR = 0.4  # cosine: 16 % of what sets the segment apart from the mean one lies along the topic's centre
_REASONABLE = 0.5  # mean silhouette from which on the number of topics is read from the data
_ROUNDS = 20  # of k-means at most
_FEWEST = 5  # of a topic's segments that a sample must hold
_BLOCK = 16384  # rows assigned at a time


@dataclass(frozen=True, slots=True)
class Centres:
    """Where topics lie: vectors minus `mean` ``(d,)`` times `basis` ``(d, c)`` are compared with unit `centres` ``(k, c)``."""

    mean: NDArray[np.float32]
    basis: NDArray[np.float32]
    centres: NDArray[np.float32]

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return rows ``(n, c)`` of length 1; a row that is the mean is 0."""
        rows = (vectors - self.mean) @ self.basis
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def cluster_all(vectors: NDArray[np.float32], size: int, settings: TopicSettings) -> Assignment:
    """Cluster unit vectors ``(n, d)`` into topics of at least `size` segments; all rows make the centres."""
    return assign(vectors, find_centres(vectors, size, settings), size)


def cluster_sample(vectors: NDArray[np.float32], order: NDArray[np.intp], size: int, settings: TopicSettings, seed: int) -> Assignment:
    """Cluster a sample of `settings.small_below` rows and assign all; `order` ``(n,)`` puts segments of one transcript together."""
    n = len(vectors)
    drawn = np.sort(order[spread(n, settings.small_below, seed)])
    least = max(_FEWEST, round(size * len(drawn) / n))
    return assign(vectors, find_centres(vectors[drawn], least, settings), size)


def spread(n: int, number: int, seed: int) -> NDArray[np.intp]:
    """Return `number` of n places in order, one drawn from each of as many equal stretches; all where there are no more."""
    if n <= number:
        return np.arange(n)
    edges = np.arange(number + 1) * n // number
    return np.random.default_rng(seed).integers(edges[:-1], edges[1:]).astype(np.intp)


def find_centres(vectors: NDArray[np.float32], size: int, settings: TopicSettings) -> Centres:
    """Return the centres of topics of at least `size` of the rows of `vectors` ``(n, d)``; time and memory grow with n squared."""
    from scipy.cluster.hierarchy import linkage

    frame = _frame(vectors, _DIMENSIONS * settings.components)
    points = frame.project(vectors).astype(np.float64)
    tree = linkage(points, "ward")
    return replace(frame, centres=_settled(points, _cut(tree, _number(points, tree, size)), size).astype(np.float32))


def _frame(vectors: NDArray[np.float32], dimensions: int) -> Centres:
    from scipy.linalg import eigh

    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    rows = vectors - mean
    d, number = rows.shape[1], min(dimensions, *rows.shape)
    _, basis = eigh((rows.T @ rows).astype(np.float64), subset_by_index=[d - number, d - 1])
    return Centres(mean, np.ascontiguousarray(basis, dtype=np.float32), np.empty((0, number), dtype=np.float32))


def _cut(tree: Floats, number: int) -> Ints:
    from scipy.cluster.hierarchy import fcluster

    return np.asarray(fcluster(tree, number, "maxclust"), dtype=np.int64) - 1


def _number(points: Floats, tree: Floats, size: int) -> int:
    """Return how many topics the tree is cut into, before those below the least size are given up."""
    most = max(2, len(points) // size)
    tried = np.unique(np.geomspace(2, most, 16).round().astype(int)).tolist()
    found = [silhouette(points, _cut(tree, number)) for number in tried]
    best = int(np.argmax(found))
    if found[best] < _REASONABLE:
        return max(2, round(len(points) / (_GRAIN * size)))
    near = range(tried[max(0, best - 1)], tried[min(len(tried) - 1, best + 1)] + 1)
    return max(near, key=lambda number: (silhouette(points, _cut(tree, number)), -number))


def silhouette(points: Floats, topic: Ints) -> float:
    """Return the mean silhouette (Rousseeuw 1987) of unit rows ``(n, c)`` under one minus cosine; 0 where all are in one topic.

    The mean distance to a topic is one minus the cosine's mean, and that is a product with the sum of its members: n times k, exact.
    """
    counts = np.bincount(topic).astype(np.float64)
    if len(counts) < 2:
        return 0.0
    cosines = points @ (membership(topic) @ points).T
    rows, own = np.arange(len(points)), counts[topic]
    inside = 1 - (cosines[rows, topic] - (points**2).sum(axis=1)) / np.maximum(own - 1, 1)
    others = 1 - cosines / counts
    others[rows, topic] = np.inf
    outside = others.min(axis=1)
    width = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.where(own > 1, width, 0.0).mean())


def _settled(points: Floats, topic: Ints, size: int) -> Floats:
    """Return unit centres ``(k, c)`` after k-means from a first cut; the largest topic stays even if it is below `size`."""
    for _ in range(_ROUNDS):
        counts = np.bincount(topic)
        kept = counts >= min(size, counts.max())
        centres: Floats = (membership(topic) @ points)[kept]
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
        nearest = (points @ centres.T).argmax(axis=1)
        if kept.all() and np.array_equal(nearest, topic):
            break
        topic = np.unique(nearest, return_inverse=True)[1].astype(np.int64)
    return centres


def membership(topic: Ints) -> csr_array:
    """Return ``(k, n)``: 1 where a row belongs to a topic; times rows, it gives the topics' sums."""
    from scipy.sparse import csr_array

    return csr_array((np.ones(len(topic)), (topic, np.arange(len(topic)))), shape=(int(topic.max()) + 1, len(topic)))


def assign(vectors: NDArray[np.float32], found: Centres, size: int) -> Assignment:
    """Give each row of `vectors` ``(n, d)`` to the nearest centre, if it is near; topics of fewer than `size` rows are given up.

    The strength is the cosine to the centre. Rows are taken in blocks, so a memory-mapped matrix need not fit in memory.
    """
    topic = np.full(len(vectors), -1, dtype=np.int64)
    strength = np.zeros(len(vectors))
    while len(found.centres):
        for start in range(0, len(vectors), _BLOCK):
            cosines = found.project(vectors[start : start + _BLOCK]) @ found.centres.T
            near = cosines.max(axis=1)
            topic[start : start + _BLOCK] = np.where(near >= _NEAR, cosines.argmax(axis=1), -1)
            strength[start : start + _BLOCK] = np.where(near >= _NEAR, near, 0.0)
        kept = np.bincount(topic + 1, minlength=len(found.centres) + 1)[1:] >= size
        if kept.all():
            return Assignment(topic, strength)
        found = replace(found, centres=found.centres[kept])
    return Assignment(np.full(len(vectors), -1, dtype=np.int64), np.zeros(len(vectors)))
