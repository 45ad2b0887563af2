"""Topics of a study: around centres, all segments or a sample of them clustered; or by BERTopic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.schemas.records import TopicCard
from nptlens.schemas.settings import TopicSettings
from nptlens.schemas.tables import TOPICS, checked
from nptlens.topics.cards import make_cards
from nptlens.topics.clustering import Assignment
from nptlens.topics.spherical_kmeans import cluster_all, cluster_sample


@dataclass(frozen=True, slots=True)
class Discovery:
    """`topics` has a row per segment (topic -1: outlier), `cards` one card per topic, `method` says how it was made.

    `size` is the least number of segments that a topic could have.
    """

    topics: pd.DataFrame
    cards: tuple[TopicCard, ...]
    method: str
    size: int


def discover(vectors: NDArray[np.float32], segments: pd.DataFrame, settings: TopicSettings, *, seed: int) -> Discovery:
    """Find topics; row i of `vectors` ``(n, d)`` belongs to row i of `segments`.

    Topics are numbered by size, then by the first segment that belongs to them. Computation is held to one thread, so
    that results do not depend on the machine's cores. Raises ValueError where rows do not match.
    """
    if vectors.shape[0] != len(segments):
        raise ValueError(f"vectors have {vectors.shape[0]} rows, segments {len(segments)}")
    size = settings.min_topic_size or max(5, len(segments) // 100)
    method = _method(len(segments), size, settings)
    with threadpool_limits(1):
        match method:
            case "bertopic":
                from nptlens.topics._bertopic import cluster

                found = cluster(vectors, segments["text"].tolist(), size, settings, seed)
            case "small":
                found = cluster_all(vectors, size, settings)
            case "large":
                found = cluster_sample(vectors, transcript_order(segments), size, settings, seed)
            case _:
                found = Assignment(np.full(len(segments), -1, dtype=np.int64), np.zeros(len(segments)))
        found = _renumbered(found)
        cards = make_cards(found.topic, vectors, segments, settings)
    topics = pd.DataFrame({"segment_id": segments["segment_id"], "topic": found.topic, "strength": found.strength})
    return Discovery(checked(TOPICS, topics), cards, method, size)


def _method(n: int, size: int, settings: TopicSettings) -> str:
    if settings.method == "off" or n < 2 * size:
        return "off"
    if settings.method == "auto":
        return "small" if n < settings.small_below else "large"
    # UMAP's neighbourhood graph needs more points than neighbours.
    return "small" if settings.method == "bertopic" and n <= settings.neighbours + 1 else settings.method


def transcript_order(segments: pd.DataFrame) -> NDArray[np.intp]:
    """Return rows ``(n,)`` so that segments of a transcript stand together, in the order they have."""
    return np.argsort(pd.factorize(segments["transcript_id"], sort=True)[0], kind="stable")


def _renumbered(found: Assignment) -> Assignment:
    topics, first, counts = np.unique(found.topic[found.topic >= 0], return_index=True, return_counts=True)
    order = sorted(range(len(topics)), key=lambda i: (-counts[i], first[i]))
    number = {int(topics[i]): rank for rank, i in enumerate(order)} | {-1: -1}
    return Assignment(
        np.array([number[topic] for topic in found.topic.tolist()], dtype=np.int64), np.clip(found.strength, 0.0, 1.0)
    )
