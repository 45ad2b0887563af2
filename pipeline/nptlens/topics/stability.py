"""How far topics would come again: each in resamples of the segments, all of them under other random seeds.

A topic's stability is the bootstrap's mean Jaccard similarity (Hennig 2007, Cluster-wise assessment of cluster stability, section 2):
draw n segments with replacement, take each drawn segment once, cluster them again from the vectors on, and take the similarity
of the topic (its drawn members) to the new topic that is most like it. Hennig reads below 0.6 as not to be trusted, 0.75
and more as valid and stable. The least size of a topic shrinks with the number of segments drawn.

Everything that makes the topics is done again, the principal components and the number of topics too. Where a corpus is so large
that topics come from a sample ("large"), a resample is sampled in the same way, and segments of that sample are compared.

The whole is measured by the adjusted Rand index (Hubert & Arabie 1985, equation 5). A segment outside every topic is alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.schemas.records import TopicStability
from nptlens.schemas.settings import TopicSettings
from nptlens.topics.discover import Discovery
from nptlens.topics.spherical_kmeans import cluster_all, cluster_sample, spread

Ints = NDArray[np.int64]
Refit = Callable[[NDArray[np.float32], int, int], Ints]
_FEWEST_DRAWN = 0.5  # of all segments; a bootstrap draws 0.63 of them


def measure_stability(
    vectors: NDArray[np.float32],
    found: Discovery,
    settings: TopicSettings,
    *,
    seed: int,
    order: NDArray[np.intp] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> TopicStability:
    """Return the stability of discovered topics; row i of `vectors` ``(n, d)`` belongs to row i of `found.topics`.

    Figures are None where they are not measured: no resamples asked for, no topics, or too few segments for the method to be
    used on a part of them. Reseeding says nothing of the method without chance ("small"), so there its figure is None too; with
    "large" it is the agreement of all segments' topics between two samples. `order` ``(n,)`` puts segments of one transcript together,
    and is what "large" samples along; None is the order of the rows.
    """
    refit = _refit(found.method, settings, len(vectors))
    topic = found.topics["topic"].to_numpy()
    if refit is None or not len(found.cards):
        return TopicStability((None,) * len(found.cards), 0, None, 0, None)
    order = np.arange(len(topic)) if order is None else order
    most = settings.small_below if found.method == "large" else len(topic)
    reseeds = 0 if found.method == "small" else settings.stability_reseeds
    total = settings.stability_resamples + reseeds
    with threadpool_limits(1):
        rows, again = [], []
        rng = np.random.default_rng(seed)
        for number in range(settings.stability_resamples):
            places = np.unique(rng.integers(0, len(topic), len(topic)))
            drawn = np.sort(order[places[spread(len(places), most, seed + 1 + number)]])
            size = max(2, round(found.size * len(drawn) / len(topic)))
            rows.append(drawn)
            again.append(refit(vectors[drawn], size, seed + 1 + number))
            progress(number + 1, total)
        seeded = []
        for number in range(reseeds):
            seeded.append(_reseeded(refit, vectors, found, order, settings, seed + 1 + number))
            progress(settings.stability_resamples + number + 1, total)
    return TopicStability(
        jaccard=mean_jaccard(topic, rows, again, len(found.cards)),
        resamples=len(rows),
        ari_resamples=_mean([adjusted_rand(topic[drawn], new) for drawn, new in zip(rows, again, strict=True)]),
        reseeds=reseeds,
        ari_reseeds=_mean([adjusted_rand(topic, new) for new in seeded]),
    )


def _refit(method: str, settings: TopicSettings, n: int) -> Refit | None:
    """Return what clusters a part of the vectors as the whole was clustered; None where a part is too small for it."""
    match method:
        case "bertopic" if _FEWEST_DRAWN * n > max(settings.neighbours, settings.components) + 1:
            from nptlens.topics._bertopic import recluster

            return lambda vectors, size, seed: recluster(vectors, size, settings, seed)
        case "small" | "large":
            return lambda vectors, size, seed: cluster_all(vectors, size, settings).topic
    return None


def _reseeded(
    refit: Refit, vectors: NDArray[np.float32], found: Discovery, order: NDArray[np.intp], settings: TopicSettings, seed: int
) -> Ints:
    if found.method == "large":
        return cluster_sample(vectors, order, found.size, settings, seed).topic
    return refit(vectors, found.size, seed)


def mean_jaccard(topic: Ints, rows: Sequence[NDArray[np.intp]], again: Sequence[Ints], topics: int) -> tuple[float | None, ...]:
    """Return each topic's mean similarity to its best match; `again[i]` are the new numbers of the rows `rows[i]`.

    A resample that draws no member of a topic says nothing of it; None where no resample says anything.
    """
    values = np.full((len(rows), topics), np.nan)
    for number, (drawn, new) in enumerate(zip(rows, again, strict=True)):
        values[number] = best_jaccard(topic[drawn], new, topics)
    return tuple(_mean(column[~np.isnan(column)].tolist()) for column in values.T)


def best_jaccard(topic: Ints, new: Ints, topics: int) -> NDArray[np.float64]:
    """Return ``(topics,)``: per topic the largest Jaccard similarity to a new topic, NaN where no row belongs to the topic."""
    found = int(new.max(initial=-1)) + 1
    inside = (topic >= 0) & (new >= 0)
    shared = np.zeros((topics, found + 1))  # a last, empty column: where nothing is found, the similarity is 0
    np.add.at(shared, (topic[inside], new[inside]), 1)
    sizes = np.bincount(topic[topic >= 0], minlength=topics)[:, None]
    others = np.append(np.bincount(new[new >= 0], minlength=found), 0)
    with np.errstate(invalid="ignore"):  # 0/0: no row of the topic was drawn
        best: NDArray[np.float64] = (shared / (sizes + others - shared)).max(axis=1)
    return np.where(sizes[:, 0] > 0, best, np.nan)


def adjusted_rand(topic: Ints, new: Ints) -> float:
    """Return the adjusted Rand index of two assignments ``(n,)``; each segment outside the topics is a class of its own."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(_alone(topic), _alone(new)))


def _alone(topic: Ints) -> Ints:
    outside = topic < 0
    return np.where(outside, topic.max(initial=-1) + np.cumsum(outside), topic)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
