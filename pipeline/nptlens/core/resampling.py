"""Whole clusters (transcripts, participants) drawn with replacement: where intervals come from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cluster_draws(clusters: int, *, resamples: int, seed: int) -> NDArray[np.int64]:
    """Return ``(resamples, clusters)``: how often each cluster is drawn in each resample (Davison & Hinkley 1997, section 3.8)."""
    return np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
