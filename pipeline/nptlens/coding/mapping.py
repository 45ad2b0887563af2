"""Topics mapped to codes: how strongly the segments of a topic speak of a code, and how sure that is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from nptlens.core.resampling import cluster_draws
from nptlens.schemas.coding_matrix import coding_matrix
from nptlens.schemas.tables import TOPIC_CODES, checked, empty


def map_topics(
    topics: pd.DataFrame, codings: pd.DataFrame, segments: pd.DataFrame, *, resamples: int, confidence: float, seed: int
) -> pd.DataFrame:
    """Return the topic codes table.

    `weight` is the mean probability of the code over the topic's segments, `base` that over all segments, `low` and `high` the
    percentile interval of the weight when whole transcripts are resampled with replacement (Davison & Hinkley 1997, section 3.8).
    Raises IntegrityError where the codings are not in the order of the segments.
    """
    numbers = sorted(int(number) for number in topics["topic"].unique() if number >= 0)
    if not numbers or not len(codings):
        return empty(TOPIC_CODES)
    matrix = coding_matrix(codings, segments)
    codes, probability = list(matrix.codes), matrix.probability()
    base = probability.mean(axis=0)
    cluster, transcripts = pd.factorize(segments["transcript_id"], sort=True)
    draws = cluster_draws(len(transcripts), resamples=resamples, seed=seed)
    tail = 100 * (1 - confidence) / 2
    rows = []
    for number in numbers:
        inside = topics["topic"].to_numpy() == number
        sums = np.zeros((len(transcripts), len(codes)))
        np.add.at(sums, cluster[inside], probability[inside])
        sizes = np.bincount(cluster[inside], minlength=len(transcripts))
        with threadpool_limits(1):
            drawn = draws @ sizes
            means = (draws @ sums)[drawn > 0] / drawn[drawn > 0, None]
        weight = probability[inside].mean(axis=0)
        low, high = np.percentile(means, [tail, 100 - tail], axis=0) if len(means) else (weight, weight)
        rows.append(
            pd.DataFrame(
                {
                    "topic": number,
                    "code": codes,
                    "weight": weight,
                    "low": np.clip(low, 0, 1),
                    "high": np.clip(high, 0, 1),
                    "base": base,
                }
            )
        )
    return checked(TOPIC_CODES, pd.concat(rows, ignore_index=True))
