"""Per-code precision, recall, F1, Cohen's kappa and average precision, with intervals that resample whole clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nptlens.agreement import coefficients
from nptlens.agreement.coefficients import Ratings, tally
from nptlens.agreement.frame import Frame, pair_weight
from nptlens.agreement.intervals import Bools, Floats, Sampled
from nptlens.agreement.ranking import average_precision, sampled_average_precision
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.records import AgreementSummary, Estimate
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import AGREEMENT, checked

__all__ = ["CLUSTERS", "Agreement", "average_precision", "compare", "kappa"]

CLUSTERS = {"transcript": "transcript_id", "participant": "participant_id", "practice": "practice"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One comparison: the per-code table and the summary over codes."""

    table: pd.DataFrame
    summary: AgreementSummary


def compare(
    first: Frame, against: Frame, segments: pd.DataFrame, codes: tuple[str, ...], settings: AgreementSettings, *, seed: int
) -> Agreement | None:
    """Compare two coders on the segments that both read; uncoded segments are in the frame. None where they share none.

    Figures are those of `nptlens.agreement.coefficients`. Intervals are of `settings.interval` over resampled clusters (transcripts by
    default); drawn units count as many as they stand for. Summaries average the codes that `against` used at least once in the frame.
    """
    both = first.read & against.read
    if not both.any() or not codes:
        return None
    units = segments[both]
    coded = np.stack([first.coded[both], against.coded[both]])
    cluster = pd.factorize(units[CLUSTERS[settings.cluster]], sort=True)[0]
    weight = pair_weight(first, against)[both]
    tallies = tally(Ratings((first.coder, against.coder), coded, np.ones(coded.shape[:2], dtype=bool)), cluster, weight)
    draws = cluster_draws(tallies.clusters, resamples=settings.resamples, seed=seed)
    f1, kappas = tallies.sampled("f1", draws), tallies.sampled("kappa", draws)
    ranking = None if first.score is None else sampled_average_precision(first.score[both], coded[1], cluster, draws, weight)
    f1_low, f1_high = f1.limits(settings.interval, settings.confidence)
    kappa_low, kappa_high = kappas.limits(settings.interval, settings.confidence)
    table = pd.DataFrame(
        {
            "coder": first.coder,
            "against": against.coder,
            "code": codes,
            "n": len(units),
            "coded": coded[0].sum(axis=0),
            "coded_against": coded[1].sum(axis=0),
            **{name: tallies.sampled(name, draws[:0]).value for name in ("precision", "recall")},
            "f1": f1.value,
            "f1_low": f1_low,
            "f1_high": f1_high,
            "kappa": kappas.value,
            "kappa_low": kappa_low,
            "kappa_high": kappa_high,
            "average_precision": np.full(len(codes), np.nan) if ranking is None else ranking.value,
        }
    )
    used: Bools = coded[1].any(axis=0)
    summary = AgreementSummary(
        coder=first.coder,
        against=against.coder,
        transcripts=units["transcript_id"].nunique(),
        units=len(units),
        uncoded=int((~coded.any(axis=(0, 2))).sum()),
        codes=int(used.sum()),
        mean_kappa=_over_codes(kappas, used, settings),
        macro_f1=_over_codes(f1, used, settings),
        macro_ap=None if ranking is None else _over_codes(ranking, used, settings),
    )
    return Agreement(checked(AGREEMENT, table), summary)


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
