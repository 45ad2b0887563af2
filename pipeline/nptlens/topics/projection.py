"""Topics on a plane: the two directions in which their centres differ most."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.schemas.patterns import TopicMap, TopicPoint

_DIGITS = 4
"""Coordinates are rounded, so that the last bits of a product, which hang on the processor, are not drawn."""


def topic_map(topics: pd.DataFrame, segment_ids: pd.Series[str], vectors: NDArray[np.float32]) -> TopicMap | None:
    """Return the first two principal components of the topics' centres (Pearson 1901); None of fewer than two topics.

    `vectors` ``(n, d)`` has a row per id of `segment_ids`; segments outside any topic do not count, every topic counts once. The sign of a
    direction is chosen so that the topic farthest out on it, the first of equals, has a positive coordinate.
    """
    topic_of = topics.set_index("segment_id")["topic"].reindex(segment_ids).fillna(-1).to_numpy(dtype=np.int64)
    numbers = np.unique(topic_of[topic_of >= 0])
    if len(numbers) < 2:
        return None
    centres = np.stack([vectors[topic_of == number].mean(axis=0, dtype=np.float64) for number in numbers])
    with threadpool_limits(1):
        left, sizes, _ = np.linalg.svd(centres - centres.mean(axis=0), full_matrices=False)
    places = np.round(left[:, :2] * sizes[:2], _DIGITS)
    farthest = np.abs(places).argmax(axis=0)
    places = places * np.where(places[farthest, [0, 1]] < 0, -1.0, 1.0) + 0.0
    whole = float((sizes**2).sum())
    shares = tuple(round(float(size**2) / whole, _DIGITS) if whole else 0.0 for size in sizes[:2])
    points = tuple(TopicPoint(int(number), float(x), float(y)) for number, (x, y) in zip(numbers, places, strict=True))
    return TopicMap(points, (shares[0], shares[1]))
