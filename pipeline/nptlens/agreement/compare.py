"""One row of figures a code for two coders: how common it is, and how far they agree, with intervals over whole clusters.

Every place that shows a figure of a code shows the one of this table. Shares and coefficients count drawn excerpts with their weights.
Precision and recall have exact limits at the effective number of excerpts (`nptlens.core.proportions`), as a bootstrap of two hits of two
has no width; kappa and F1 those of resampled clusters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement import coefficients
from nptlens.agreement.coefficients import Ratings, tally
from nptlens.agreement.frame import CLUSTERS, Frame, pair_weight
from nptlens.agreement.intervals import Bools, Floats, Sampled
from nptlens.agreement.prevalence import everybody
from nptlens.agreement.ranking import average_precision, sampled_average_precision
from nptlens.core.proportions import weighted
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.records import AgreementSummary, Estimate
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import AGREEMENT, checked

__all__ = ["CLUSTERS", "Agreement", "average_precision", "compare", "kappa"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One comparison: the per-code table and the summary over codes."""

    table: pd.DataFrame
    summary: AgreementSummary


def compare(
    first: Frame,
    against: Frame,
    segments: pd.DataFrame,
    codes: tuple[str, ...],
    settings: AgreementSettings,
    *,
    seed: int,
    thresholds: Mapping[str, float] | None = None,
) -> Agreement | None:
    """Compare two coders on the segments that both read; uncoded segments are in the frame. None where they share none.

    Figures are those of `nptlens.agreement.coefficients` and, where `first` is a machine (it has scores), `nptlens.agreement.prevalence`;
    `thresholds` are its, by code. Summaries average the codes that `against` used at least once in the frame.
    """
    both = first.read & against.read
    if not both.any() or not codes:
        return None
    units = segments[both]
    coded = np.stack([first.coded[both], against.coded[both]])
    cluster = pd.factorize(units[CLUSTERS[settings.cluster]], sort=True)[0].astype(np.intp)
    weight = pair_weight(first, against)[both]
    tallies = tally(Ratings((first.coder, against.coder), coded, np.ones(coded.shape[:2], dtype=bool)), cluster, weight)
    draws = cluster_draws(tallies.clusters, resamples=settings.resamples, seed=seed)
    f1, kappas = tallies.sampled("f1", draws), tallies.sampled("kappa", draws)
    ranking = None if first.score is None else sampled_average_precision(first.score[both], coded[1], cluster, draws, weight)
    told: dict[str, Any] = {
        "coder": first.coder,
        "against": against.coder,
        "code": codes,
        "excerpts": len(segments),
        "given": first.coded.sum(axis=0),
        **_shares(first, against, segments, codes, settings, seed),
        "n": len(units),
        "drawn": int((weight != 1).sum()),
        "effective": len(units) if (weight == 1).all() else float(weight.sum() ** 2 / (weight @ weight)),
        "transcripts": units["transcript_id"].nunique(),
        "coded": coded[0].sum(axis=0),
        "coded_against": coded[1].sum(axis=0),
        "prevalence": np.clip(weight @ coded[1] / weight.sum(), 0, 1),
        "threshold": [(thresholds or {}).get(code, np.nan) for code in codes],
        "average_precision": np.full(len(codes), np.nan) if ranking is None else ranking.value,
    }
    for name, found in (("f1", f1), ("kappa", kappas)):
        low, high = found.limits(settings.interval, settings.confidence)
        told |= {name: found.value, f"{name}_low": low, f"{name}_high": high}
    for name, (of, hit) in (("precision", coded), ("recall", coded[::-1])):
        low, high = exact_limits(of, hit, cluster, weight, settings.confidence)
        told |= {name: tallies.sampled(name, draws[:0]).value, f"{name}_low": low, f"{name}_high": high}
    table = checked(AGREEMENT, pd.DataFrame(told))
    return Agreement(table, _summary(told, coded, kappas, f1, ranking, settings))


def _summary(
    told: dict[str, Any], coded: Bools, kappas: Sampled, f1: Sampled, ranking: Sampled | None, settings: AgreementSettings
) -> AgreementSummary:
    used: Bools = coded[1].any(axis=0)
    return AgreementSummary(
        coder=told["coder"],
        against=told["against"],
        transcripts=told["transcripts"],
        units=coded.shape[1],
        uncoded=int((~coded.any(axis=(0, 2))).sum()),
        codes=int(used.sum()),
        mean_kappa=_over_codes(kappas, used, settings),
        macro_f1=_over_codes(f1, used, settings),
        macro_ap=None if ranking is None else _over_codes(ranking, used, settings),
    )


def exact_limits(of: Bools, hit: Bools, cluster: NDArray[np.intp], weight: Floats, confidence: float) -> Floats:
    """Return the two-sided limits ``(2, k)`` of the share of the units `of` that are `hit` (both ``(n, k)``); NaN of none."""
    level = (1 + confidence) / 2
    found = [weighted(own, other, cluster, weight, confidence=level) for own, other in zip(of.T, hit.T, strict=True)]
    return np.array([each.limits(level) if each.n else (np.nan, np.nan) for each in found]).reshape(-1, 2).T


def _shares(
    first: Frame, against: Frame, segments: pd.DataFrame, codes: tuple[str, ...], settings: AgreementSettings, seed: int
) -> dict[str, Floats]:
    """Return how common each code is as a machine counts it, and corrected; NaN of a person, who read what they read."""
    names = {"counted": "raw", "corrected": "corrected", "corrected_low": "low", "corrected_high": "high"}
    if first.score is None:
        return {name: np.full(len(codes), np.nan) for name in names}
    found = everybody(first, against, segments, settings, seed=seed)
    return {name: found[column].to_numpy(dtype=np.float64) for name, column in names.items()}


def _over_codes(figures: Sampled, used: Bools, settings: AgreementSettings) -> Estimate:
    """Average over the codes in use: of the data, and of each resample for the interval."""
    average = figures.mean(used)
    low, high = average.limits(settings.interval, settings.confidence)
    return Estimate(float(average.value), float(low), float(high))


def kappa(both: Floats, only_first: Floats, only_against: Floats, neither: Floats) -> Floats:
    """Cohen's kappa from the four cells, each of the same shape; see `nptlens.agreement.coefficients.kappa`."""
    shape = np.shape(both)
    cells = np.stack([np.ravel(each) for each in (both, only_first, only_against, neither)])
    return coefficients.kappa(cells.reshape(2, 2, -1)).reshape(shape)
