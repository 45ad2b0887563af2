"""BERTopic behind one function; its model object, its pickles and its plots stay outside the house."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nptlens.safety.network import go_offline
from nptlens.settings import TopicSettings
from nptlens.topics.assignment import Assignment
from nptlens.topics.cards import vectorizer

_MIN_SAMPLES = 3
_LARGEST = 0.4  # a topic with a larger share of the segments is broken up


def cluster(
    vectors: NDArray[np.float32], texts: Sequence[str], size: int, settings: TopicSettings, seed: int
) -> Assignment:
    """Cluster with seeded UMAP and HDBSCAN through BERTopic; words are not taken from it (see `cards`)."""
    go_offline()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # third-party deprecations at import, and UMAP's remark that a seed means one job
        from bertopic import BERTopic
        from bertopic.dimensionality import BaseDimensionalityReduction
        from hdbscan import HDBSCAN
        from umap import UMAP

        reduced = UMAP(
            n_neighbors=settings.neighbours,
            n_components=settings.components,
            min_dist=0.0,
            metric="cosine",
            random_state=seed,
            n_jobs=1,
        ).fit_transform(vectors)
        for selection in ("eom", "leaf"):
            model = BERTopic(
                embedding_model=None,
                umap_model=BaseDimensionalityReduction(),
                hdbscan_model=HDBSCAN(
                    min_cluster_size=size, min_samples=_MIN_SAMPLES, cluster_selection_method=selection, core_dist_n_jobs=1
                ),
                vectorizer_model=vectorizer(),
                calculate_probabilities=False,
            )
            topics, strength = model.fit_transform(list(texts), embeddings=np.asarray(reduced, dtype=np.float64))
            # Interviews that share one subject can fall into a single "excess of mass" cluster, which tells nobody anything.
            if np.bincount(np.asarray(topics) + 1)[1:].max(initial=0) <= _LARGEST * len(texts):
                break
    found = np.asarray(topics, dtype=np.int64)
    weights = np.where(found < 0, 0.0, 1.0) if strength is None else np.asarray(strength, dtype=np.float64)
    return Assignment(found, np.nan_to_num(weights))
