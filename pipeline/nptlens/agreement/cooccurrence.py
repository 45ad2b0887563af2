"""Which codes are given to the same excerpts, with intervals from whole clusters drawn again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.frame import CLUSTERS
from nptlens.agreement.intervals import Bools, Floats, sampled, share
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.patterns import CO_OCCURRENCE
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import checked, empty

Places = NDArray[np.intp]
FEWEST = 5
"""Excerpts that must have a code before an interval of it is stated: draws of fewer hardly vary."""


def co_occurrence(
    codings: pd.DataFrame, segments: pd.DataFrame, codes: Sequence[str], settings: AgreementSettings, *, seed: int
) -> pd.DataFrame:
    """Return the co-occurrence table of each pair of `codes`, of assigned codings over all segments.

    Jaccard's index is both / either (Jaccard 1912); phi is the correlation of the two as yes and no (Pearson 1900). Whole
    `settings.cluster` units are drawn again. NaN where a code is given to none or to all; no interval where fewer than FEWEST excerpts
    have one of the two or the two never met.
    """
    if len(codes) < 2 or not len(segments):
        return empty(CO_OCCURRENCE)
    given, cluster = _given(codings, segments, codes), pd.factorize(segments[CLUSTERS[settings.cluster]], sort=True)[0]
    first, second = np.triu_indices(len(codes), 1)
    with threadpool_limits(1):
        tallies = _tallies(given, cluster, first, second)
        draws = cluster_draws(len(tallies), resamples=settings.resamples, seed=seed)
        figures = sampled(lambda sums: _figures(sums, first, second, len(codes)), tallies, draws)
        low, high = figures.limits(settings.interval, settings.confidence)
    totals = tallies.sum(axis=0).astype(np.int64)
    n, each, both = totals[0], totals[1 : 1 + len(codes)], totals[1 + len(codes) :]
    few = (both == 0) | (np.minimum(each[first], each[second]) < FEWEST)
    low, high = (np.where(few, np.nan, limit) for limit in (low, high))
    names = np.array(codes, dtype=object)
    table = {"first": names[first], "second": names[second], "n": n, "first_n": each[first], "second_n": each[second], "both_n": both}
    for row, name in enumerate(("jaccard", "phi")):
        table |= {name: figures.value[row], f"{name}_low": low[row], f"{name}_high": high[row]}
    return checked(CO_OCCURRENCE, pd.DataFrame(table))


def _given(codings: pd.DataFrame, segments: pd.DataFrame, codes: Sequence[str]) -> Bools:
    """Return ``(n, k)``: which segment was assigned which code."""
    assigned = codings[(codings["decision"] == "assigned") & codings["code"].isin(list(codes))]
    given = np.zeros((len(segments), len(codes)), dtype=bool)
    rows = pd.Index(segments["segment_id"]).get_indexer(pd.Index(assigned["segment_id"]))
    given[rows, pd.Index(list(codes)).get_indexer(pd.Index(assigned["code"]))] = True
    return given


def _tallies(given: Bools, cluster: Places, first: Places, second: Places) -> Floats:
    """Return ``(clusters, 1 + k + pairs)``: segments, segments with each code, segments with both of each pair."""
    order = np.argsort(cluster, kind="stable")
    ends = np.cumsum(np.bincount(cluster))
    rows = []
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        own = given[order[start:end]].astype(np.float64)
        both = own.T @ own  # whole numbers, exact in any order
        rows.append(np.concatenate([[end - start], np.diag(both), both[first, second]]))
    return np.stack(rows)


def _figures(sums: Floats, first: Places, second: Places, codes: int) -> Floats:
    """Return Jaccard's index and phi ``(..., 2, pairs)`` of sums ``(..., 1 + k + pairs)``."""
    n, each, both = sums[..., :1], sums[..., 1 : 1 + codes], sums[..., 1 + codes :]
    a, b = each[..., first], each[..., second]
    spread = np.sqrt(np.maximum(a * (n - a) * b * (n - b), 0.0))
    return np.stack([share(both, a + b - both), share(both * n - a * b, spread)], axis=-2)
