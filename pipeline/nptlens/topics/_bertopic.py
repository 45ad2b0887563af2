"""BERTopic behind one function; its model object, its pickles and its plots go no further."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nptlens.core.versions import require
from nptlens.safety.network import go_offline
from nptlens.schemas.settings import TopicSettings
from nptlens.topics.cards import vectorizer
from nptlens.topics.clustering import Assignment

_MIN_SAMPLES = 3
_LARGEST = 0.4  # a topic with a larger share of the segments is broken up
_EXACT = 4096  # rows below which UMAP is given all distances (64 MiB at most); from there on it searches the vectors for neighbours
_EPOCHS = 200  # UMAP's 500 took twice the time on the demo, for topics no more stable (mean Jaccard .35, Rand index .31)


def cluster(
    vectors: NDArray[np.float32], texts: Sequence[str], size: int, settings: TopicSettings, seed: int
) -> Assignment:
    """Cluster with seeded UMAP and HDBSCAN through BERTopic; words are not taken from it (see `cards`).

    Raises SettingsError where one of them is not installed.
    """
    require('topics.method = "bertopic"', "bertopic", "umap-learn", "hdbscan")
    go_offline()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # third-party deprecations at import, and UMAP's remark that a seed means one job
        from bertopic import BERTopic
        from bertopic.dimensionality import BaseDimensionalityReduction

        reduced = _reduced(vectors, settings, seed)

        def fit(model: Any) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
            whole = BERTopic(
                embedding_model=None,
                umap_model=BaseDimensionalityReduction(),
                hdbscan_model=model,
                vectorizer_model=vectorizer(),
                calculate_probabilities=False,
            )
            topics, strength = whole.fit_transform(list(texts), embeddings=reduced)
            return np.asarray(topics, dtype=np.int64), strength

        found, strength = _unswallowed(fit, size)
    weights = np.where(found < 0, 0.0, 1.0) if strength is None else np.asarray(strength, dtype=np.float64)
    return Assignment(found, np.nan_to_num(weights))


def recluster(vectors: NDArray[np.float32], size: int, settings: TopicSettings, seed: int) -> NDArray[np.int64]:
    """Return the topics ``(n,)`` that `cluster` would find, in any numbering: the same UMAP and HDBSCAN, without BERTopic."""
    go_offline()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reduced = _reduced(vectors, settings, seed)
        return _unswallowed(lambda model: (np.asarray(model.fit(reduced).labels_, dtype=np.int64), None), size)[0]


def _reduced(vectors: NDArray[np.float32], settings: TopicSettings, seed: int) -> NDArray[np.float64]:
    from umap import UMAP

    exact = len(vectors) < _EXACT
    # UMAP would ask for each pair's distance one call at a time; a matrix product gives them all at once.
    given = np.clip(1 - vectors @ vectors.T, 0, 2) if exact else vectors
    reduced = UMAP(
        n_neighbors=settings.neighbours,
        n_components=settings.components,
        n_epochs=_EPOCHS,
        min_dist=0.0,
        metric="precomputed" if exact else "cosine",
        random_state=seed,
        n_jobs=1,
    ).fit_transform(given)
    return np.asarray(reduced, dtype=np.float64)


def _unswallowed(
    fit: Callable[[Any], tuple[NDArray[np.int64], NDArray[np.float64] | None]], size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Fit; where one topic swallows the rest, fit again with the leaves of the tree."""
    from hdbscan import HDBSCAN

    for selection in ("eom", "leaf"):
        model = HDBSCAN(min_cluster_size=size, min_samples=_MIN_SAMPLES, cluster_selection_method=selection, core_dist_n_jobs=1)
        found, strength = fit(model)
        # Interviews that share one subject can fall into a single "excess of mass" cluster, which tells nobody anything.
        if np.bincount(found + 1)[1:].max(initial=0) <= _LARGEST * len(found):
            break
    return found, strength
