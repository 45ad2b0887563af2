"""Per-code precision, recall, F1, Cohen's kappa and average precision, with intervals that resample whole clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.frame import Frame
from nptlens.records import AgreementSummary, Estimate
from nptlens.resampling import cluster_draws
from nptlens.settings import AgreementSettings
from nptlens.tables import AGREEMENT, checked

Floats = NDArray[np.float64]
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

    Kappa is Cohen's (1960) per code, coded against not coded; F1 is ``2TP / (2TP + FP + FN)``. Intervals are percentile intervals over
    resampled clusters (transcripts by default). Summaries average the codes that `against` used at least once in the frame.
    """
    both = first.read & against.read
    if not both.any() or not codes:
        return None
    units = segments[both]
    cluster = pd.factorize(units[CLUSTERS[settings.cluster]], sort=True)[0]
    counts = _confusion(first.coded[both], against.coded[both], cluster)
    draws = cluster_draws(len(counts), resamples=settings.resamples, seed=seed)
    tail = 100 * (1 - settings.confidence) / 2
    figures = {name: rule(*counts.sum(axis=0)) for name, rule in _RULES.items()}
    resampled = np.tensordot(draws, counts, axes=1).transpose(1, 0, 2)
    f1_draws, kappa_draws = _RULES["f1"](*resampled), kappa(*resampled)
    ranking, ranking_draws = _average_precision(first, against, both, cluster, draws)
    f1_low, f1_high = _percentiles(f1_draws, tail)
    kappa_low, kappa_high = _percentiles(kappa_draws, tail)
    table = pd.DataFrame(
        {
            "coder": first.coder,
            "against": against.coder,
            "code": codes,
            "n": int(both.sum()),
            "coded": first.coded[both].sum(axis=0),
            "coded_against": against.coded[both].sum(axis=0),
            **figures,
            "f1_low": f1_low,
            "f1_high": f1_high,
            "kappa_low": kappa_low,
            "kappa_high": kappa_high,
            "average_precision": np.full(len(codes), np.nan) if ranking is None else ranking,
        }
    )
    used: NDArray[np.bool_] = np.any(against.coded[both], axis=0)
    summary = AgreementSummary(
        coder=first.coder,
        against=against.coder,
        transcripts=units["transcript_id"].nunique(),
        units=int(both.sum()),
        uncoded=int((~first.coded[both].any(axis=1) & ~against.coded[both].any(axis=1)).sum()),
        codes=int(used.sum()),
        mean_kappa=_over_codes(figures["kappa"], kappa_draws, used, tail),
        macro_f1=_over_codes(figures["f1"], f1_draws, used, tail),
        macro_ap=None if ranking is None or ranking_draws is None else _over_codes(ranking, ranking_draws, used, tail),
    )
    return Agreement(checked(AGREEMENT, table), summary)


def _over_codes(values: Floats, draws: Floats, used: NDArray[np.bool_], tail: float) -> Estimate:
    """Average over the codes in use: of the data, and of each resample for the interval."""
    low, high = _percentiles(_mean(draws[:, used]), tail)
    return Estimate(float(_mean(values[used])), float(low), float(high))


def _confusion(first: NDArray[np.bool_], against: NDArray[np.bool_], cluster: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return ``(clusters, 4, codes)``: both, only first, only against, neither."""
    cells = np.stack([first & against, first & ~against, ~first & against, ~first & ~against], axis=1)
    counts = np.zeros((int(cluster.max()) + 1, 4, first.shape[1]), dtype=np.int64)
    np.add.at(counts, cluster, cells.astype(np.int64))
    return counts


def _share(part: Floats, whole: Floats) -> Floats:
    result: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
    return result


def kappa(both: Floats, only_first: Floats, only_against: Floats, neither: Floats) -> Floats:
    """Cohen's kappa from the four cells (Cohen 1960, eq. 1); NaN where chance agreement is complete."""
    n = both + only_first + only_against + neither
    observed = _share(both + neither, n)
    expected = _share((both + only_first) * (both + only_against) + (neither + only_first) * (neither + only_against), n * n)
    return _share(observed - expected, 1 - expected)


_RULES = {
    "precision": lambda tp, fp, fn, tn: _share(tp, tp + fp),
    "recall": lambda tp, fp, fn, tn: _share(tp, tp + fn),
    "f1": lambda tp, fp, fn, tn: _share(2 * tp, 2 * tp + fp + fn),
    "kappa": kappa,
}


def _average_precision(
    first: Frame, against: Frame, both: NDArray[np.bool_], cluster: NDArray[np.intp], draws: NDArray[np.int64]
) -> tuple[Floats | None, Floats | None]:
    """Return average precision per code ``(k,)`` and per resample ``(resamples, k)``; None where `first` has no scores."""
    if first.score is None:
        return None, None
    weights = draws[:, cluster].astype(np.float64)
    values, drawn = [], []
    for score, target in zip(first.score[both].T, against.coded[both].T, strict=True):
        values.append(average_precision(score, target, np.ones((1, len(score))))[0])
        drawn.append(average_precision(score, target, weights))
    return np.array(values), np.stack(drawn, axis=1)


def average_precision(score: Floats, target: NDArray[np.bool_], weights: Floats) -> Floats:
    """Return ``sum (R_i - R_{i-1}) P_i`` over distinct scores, once per row of `weights` ``(r, n)``; NaN without positives."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    hits = np.cumsum(weights[:, order] * target[order], axis=1)
    seen = np.cumsum(weights[:, order], axis=1)
    last = np.append(ranked[:-1] != ranked[1:], True)
    hits, seen = hits[:, last], seen[:, last]
    gained = np.diff(hits, axis=1, prepend=0.0)
    precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
    return _share((gained * precision).sum(axis=1), hits[:, -1])


def _mean(values: Floats) -> Floats:
    """Mean over the last axis that leaves out NaN; NaN where nothing is left."""
    held = ~np.isnan(values)
    return _share(np.where(held, values, 0.0).sum(axis=-1), held.sum(axis=-1).astype(np.float64))


def _percentiles(values: Floats, tail: float) -> Floats:
    """Percentile limits over the first axis, NaN left out."""
    columns = values.reshape(len(values), math.prod(values.shape[1:]))  # a -1 is not allowed where there are no resamples
    limits = [
        np.percentile(held, [tail, 100 - tail]) if len(held := column[~np.isnan(column)]) else [np.nan, np.nan] for column in columns.T
    ]
    return np.array(limits).T.reshape(2, *values.shape[1:])
