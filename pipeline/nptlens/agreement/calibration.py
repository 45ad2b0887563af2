"""How far stated probabilities are from what happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.intervals import limits, sampled, share
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import CALIBRATION

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def expected_calibration_error(
    probability: NDArray[np.float64],
    gold: NDArray[np.bool_],
    bins: int = 15,
    *,
    kind: Literal["equal_width", "equal_mass"] = "equal_width",
) -> float:
    """Return the mean over excerpts of |share of gold - mean probability| in the excerpt's bin; NaN of no excerpt.

    Guo et al. (2017, eq. 3), the probability of the code being the confidence and its presence the accuracy. "equal_width" bins
    are ((b - 1) / bins, b / bins], 0 in the first; "equal_mass" bins hold as many excerpts each (Nixon et al. 2019), equal probabilities
    always in one bin. `probability` and `gold` are ``(n,)``. Raises ValueError for other shapes and for fewer than one bin.
    """
    if probability.ndim != 1 or probability.shape != gold.shape or bins < 1:
        raise ValueError(f"probability {probability.shape} and gold {gold.shape} must be (n,) with bins >= 1, got {bins} bins")
    if not len(probability):
        return float("nan")
    if kind == "equal_width":
        place = np.clip(np.ceil(probability * bins).astype(np.int64) - 1, 0, bins - 1)
    else:
        place = _equal_mass(probability, bins)
    gap = np.bincount(place, weights=gold.astype(np.float64) - probability, minlength=bins)
    return float(np.abs(gap).sum() / len(probability))


def calibration_bins(
    probability: Floats,
    gold: Bools,
    clusters: Sequence[str],
    codes: tuple[str, ...],
    settings: AgreementSettings,
    *,
    against: str,
    seed: int,
    bins: int = 10,
) -> pd.DataFrame:
    """Return the CALIBRATION table: all codes together ("") first, then each code, in bins that hold as many excerpts each.

    `probability` and `gold` are ``(n, k)`` over the excerpts that `against` read, `clusters` ``(n,)`` names what is resampled. `low` and
    `high` are the least and the largest probability of a bin; equal probabilities share a bin, so some bins may be empty and are left out.
    The limits of `share` are NaN where a bin lies in one cluster, or where all of its excerpts are coded alike: resampling cannot tell
    then how far off the share may be. Raises ValueError where the shapes differ, for a probability outside 0 to 1 and for no bin.
    """
    if probability.shape != gold.shape or probability.shape != (len(clusters), len(codes)) or bins < 1:
        raise ValueError(
            f"probability {probability.shape} and gold {gold.shape} must be ({len(clusters)}, {len(codes)}) with bins >= 1, got {bins}"
        )
    if not np.all((probability >= 0) & (probability <= 1)):
        raise ValueError("probabilities must lie between 0 and 1")
    if not probability.size:
        return empty(CALIBRATION)
    cluster = pd.factorize(np.asarray(clusters, dtype=str), sort=True)[0]
    draws = cluster_draws(int(cluster.max()) + 1, resamples=settings.resamples, seed=seed)
    pooled = (probability.ravel(), gold.ravel(), np.repeat(cluster, len(codes)))
    with threadpool_limits(1):
        tables = [_bins(*pooled, draws, bins, settings.confidence).assign(code="")]
        for i, code in enumerate(codes):
            tables.append(_bins(probability[:, i], gold[:, i], cluster, draws, bins, settings.confidence).assign(code=code))
    return checked(CALIBRATION, pd.concat(tables, ignore_index=True).assign(against=against))


def _bins(
    probability: Floats, gold: Bools, cluster: NDArray[np.intp], draws: NDArray[np.int64], bins: int, confidence: float
) -> pd.DataFrame:
    """Return a row per bin that holds something."""
    names, place = np.unique(_equal_mass(probability, bins), return_inverse=True)
    clusters = draws.shape[1]
    cell = cluster * len(names) + place
    counts = [np.bincount(part, minlength=clusters * len(names)).reshape(clusters, -1) for part in (cell, cell[gold])]
    tallies = np.stack(counts, axis=1)
    figures = sampled(lambda sums: share(sums[..., 1, :], sums[..., 0, :]), tallies, draws)
    low, high = limits(figures, "expanded", confidence)
    known = (figures.value > 0) & (figures.value < 1) & ((tallies[:, 0] > 0).sum(axis=0) > 1)
    parts = [probability[place == i] for i in range(len(names))]
    return pd.DataFrame(
        {
            "bin": names,
            "low": [part.min() for part in parts],
            "high": [part.max() for part in parts],
            "n": [len(part) for part in parts],
            "probability": [np.clip(part.mean(), part.min(), part.max()) for part in parts],
            "share": figures.value,
            "share_low": np.where(known, low, np.nan),
            "share_high": np.where(known, high, np.nan),
        }
    )


def _equal_mass(probability: Floats, bins: int) -> NDArray[np.intp]:
    """Return the bin of each probability; equal ones share the rank of their first, so that no bin parts them."""
    place: NDArray[np.intp] = np.searchsorted(np.sort(probability), probability, side="left") * bins // len(probability)
    return place
