"""How many manually coded transcripts would give kappa an interval of a wanted width."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.coefficients import kappa
from nptlens.agreement.frame import CLUSTERS, Frame, pair_weight
from nptlens.agreement.intervals import cluster_sums, sampled
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import ADVICE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def advise(
    first: Frame,
    against: Frame,
    segments: pd.DataFrame,
    codes: tuple[str, ...],
    settings: AgreementSettings,
    *,
    wanted: float,
    seed: int,
) -> pd.DataFrame:
    """Return the ADVICE table for kappa: a row per code on the segments both coders read, no rows where there are none.

    `width` is that of the normal interval now, 2 z sd, with the sd of kappa over resampled clusters times sqrt(m / (m - 1)) for m clusters.
    It is taken to shrink with the root of the number of clusters: more transcripts of the same kind, size and prevalence, and agreement
    that stays as it is. So the transcripts needed are those at hand times (width / wanted)², and the units likewise, both rounded up.
    NaN where the two coders' uses of a code lie in fewer than two clusters, or where kappa never varies: nothing says then how far it
    could be off.
    """
    both = first.read & against.read
    if not both.any() or not codes:
        return empty(ADVICE)
    units = segments[both]
    weight = pair_weight(first, against)[both]
    cells = _cells(first.coded[both], against.coded[both], weight, units[CLUSTERS[settings.cluster]])
    width = _width(cells, settings, seed)
    transcripts, n = units["transcript_id"].nunique(), len(units)
    table = pd.DataFrame(
        {
            "coder": first.coder,
            "against": against.coder,
            "code": codes,
            "statistic": "kappa",
            "transcripts": transcripts,
            "units": n,
            "prevalence": np.average(against.coded[both], weights=weight, axis=0),
            "width": width,
            "wanted": wanted,
            "transcripts_needed": _needed(transcripts, width, wanted),
            "units_needed": _needed(n, width, wanted),
        }
    )
    return checked(ADVICE, table)


def _cells(first: Bools, against: Bools, weight: Floats, clusters: pd.Series[str]) -> Floats:
    """Return ``(clusters, 2, 2, codes)``: coded and not by the first coder, coded and not by the other."""
    cluster, names = pd.factorize(clusters, sort=True)
    cells = [a & b for a in (first, ~first) for b in (against, ~against)]
    sums = np.stack([cluster_sums(cell * weight[:, None], cluster, len(names)) for cell in cells], axis=1)
    return sums.reshape(len(names), 2, 2, first.shape[1])


def _width(cells: Floats, settings: AgreementSettings, seed: int) -> Floats:
    m = len(cells)
    draws = cluster_draws(m, resamples=settings.resamples, seed=seed)
    with threadpool_limits(1):
        resampled = sampled(kappa, cells, draws).draws
    spread = np.array([column[~np.isnan(column)].std() if not np.isnan(column).all() else np.nan for column in resampled.T])
    used_in = ((cells.sum(axis=(1, 2)) - cells[:, 1, 1]) > 0).sum(axis=0)
    known = (used_in > 1) & (spread > 1e-12)
    z = NormalDist().inv_cdf((1 + settings.confidence) / 2)
    return np.where(known, 2 * z * spread * math.sqrt(m / max(m - 1, 1)), np.nan)


def _needed(now: int, width: Floats, wanted: float) -> Floats:
    result: Floats = np.ceil(np.round(now * (width / wanted) ** 2, 9))
    return result
