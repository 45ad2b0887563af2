"""The deterministic reference and small-corpus mode: PCA, then HDBSCAN. No random start, no graph layout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nptlens.settings import TopicSettings
from nptlens.topics.assignment import Assignment


def cluster_small(vectors: NDArray[np.float32], size: int, settings: TopicSettings) -> Assignment:
    """Cluster unit vectors ``(n, d)`` into topics of at least `size` segments."""
    from sklearn.cluster import HDBSCAN
    from sklearn.decomposition import PCA

    dimensions = min(4 * settings.components, *vectors.shape)
    with np.errstate(invalid="ignore"):  # equal vectors have no variance to share out
        reduced = PCA(dimensions, svd_solver="full").fit_transform(vectors.astype(np.float64))
    reduced /= np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-12)
    model = HDBSCAN(min_cluster_size=size, min_samples=1, cluster_selection_method="leaf", copy=True).fit(reduced)
    return Assignment(model.labels_.astype(np.int64), np.nan_to_num(model.probabilities_))
