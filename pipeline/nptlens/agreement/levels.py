"""From what coders gave to the table of figures, at three levels: where, which code, and which case.

*Where*: was any code given to a unit; unitizing alpha of stretches is in `boundaries.py`. *Which*: each code as given or not,
over all units, over those that either coded, over those that both coded. *Case*: participants and practices that express a code.
All codes together: the mean over the codes that the second coder uses (of several: that anybody uses), and alpha of sets of codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.calibration import expected_calibration_error
from nptlens.agreement.coefficients import Ratings, Tallies, tally
from nptlens.agreement.compare import exact_limits
from nptlens.agreement.frame import Frame
from nptlens.agreement.intervals import Bools, Counts, Floats, Sampled, share
from nptlens.agreement.masi import alpha_masi
from nptlens.agreement.ranking import sampled_average_precision
from nptlens.agreement.shared_units import CASES, Common, cases, common
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.records import Codebook
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import FIGURES

PAIR = ("kappa", "alpha", "ac1", "pabak", "precision", "recall", "f1")
MANY = ("fleiss_kappa", "alpha", "ac1", "pabak")
BRIEF = ("kappa", "precision", "recall", "f1")
_Columns = dict[str, NDArray[Any]]
_OVERALL = {"kappa": "mean_kappa", "f1": "macro_f1", "average_precision": "macro_ap"}


@dataclass(frozen=True, slots=True)
class Measure:
    """How figures are made: the codes (the columns of the frames) with their scopes, the settings, the seed of the resamples."""

    codes: tuple[str, ...]
    scopes: tuple[str, ...]
    settings: AgreementSettings
    seed: int

    def draws(self, clusters: int) -> Counts:
        """Return how often each cluster is drawn, ``(resamples, clusters)``; the same for the same number of clusters."""
        return cluster_draws(clusters, resamples=self.settings.resamples, seed=self.seed)


def measure(codes: Sequence[str], codebook: Codebook, settings: AgreementSettings, *, seed: int) -> Measure:
    """Return how figures of these codes are made; a code with codes below it is a construct."""
    return Measure(tuple(codes), tuple("construct" if codebook.children(code) else "code" for code in codes), settings, seed)


def levels(frames: Sequence[Frame], segments: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """Return the FIGURES table of two coders, or of more at once, over the three levels; no rows where no unit is read by two.

    The order of the segments makes no difference. Raises ValueError for fewer than two frames.
    """
    if len(frames) < 2:
        raise ValueError("agreement is between two coders at least")
    found = common(frames, segments, how.settings.cluster)
    if found is None or not how.codes:
        return empty(FIGURES)
    with threadpool_limits(1):
        tables = [
            *_one_level(found.given(), "where", "all", how, whole=True),
            *_one_level(found, "which", "all", how),
            *_one_level(found.either(), "which", "either", how),
            *_one_level(found.both(), "which", "both", how),
        ]
        for by in CASES:
            held = cases(frames, segments, how.settings.cluster, by)
            if held is not None:
                tables += _one_level(held, "case", by, how)
    return checked(FIGURES, _joined(tables))


def brief(frames: Sequence[Frame], segments: pd.DataFrame, how: Measure) -> pd.DataFrame:
    """Return the FIGURES table of two coders on which code, over all units alone: what a baseline is told by."""
    found = common(frames, segments, how.settings.cluster)
    if found is None or not how.codes:
        return empty(FIGURES)
    with threadpool_limits(1):
        return checked(FIGURES, _joined([*_one_level(found, "which", "all", how, statistics=BRIEF)]))


def tallied(units: Common, draws: Counts) -> Tallies:
    """Return the tallies of coded against not coded, with a row for every cluster, empty ones too."""
    found = tally(Ratings(units.coders, units.coded, units.read), units.cluster, units.weight)
    lacking = draws.shape[1] - found.clusters
    if not lacking:
        return found
    more = [None if each is None else np.concatenate([each, np.zeros((lacking, *each.shape[1:]))]) for each in (found.levels, found.pairs)]
    assert more[0] is not None
    return replace(found, levels=more[0], pairs=more[1])


def in_use(units: Common) -> Bools:
    """Return the codes ``(k,)`` that figures of all codes together are means over."""
    coded = units.coded & units.read[:, :, None]
    used: Bools = np.any(coded[1] if len(units.coders) == 2 else coded.any(axis=0), axis=0)
    return used


def _one_level(
    units: Common, level: str, frame: str, how: Measure, *, whole: bool = False, statistics: Sequence[str] = ()
) -> Iterator[_Columns]:
    """Yield the columns of a table per statistic of one level and frame; `whole`: one item stands for all codes together."""
    pair = len(units.coders) == 2
    draws = how.draws(units.clusters)
    tallies = tallied(units, draws)
    used = in_use(units)
    by_code = [] if whole else [_about(units, how)]
    overall = _about(units.given(), replace(how, codes=("",), scopes=("overall",)))
    if not whole:
        overall = {**overall, "prevalence": np.array([np.nan])}  # the share of units with any code says nothing of the codes one by one
    place = {"level": level, "frame": frame}
    for statistic in statistics or (PAIR if pair else MANY):
        found = tallies.sampled(statistic, draws)
        limits = _exact(units, statistic, how)
        yield from (_table(each, found, statistic, how, place, limits) for each in by_code)
        told = Sampled(found.value[0], found.draws[:, 0], found.left_out[:, 0]) if whole else found.mean(used)
        yield _table(overall, told, statistic if whole else _OVERALL.get(statistic, statistic), how, place, limits if whole else None)
    if whole or level == "case":
        return
    yield _table(overall, alpha_masi(_ratings(units), units.cluster, draws, units.weight), "alpha_masi", how, place)
    if units.score is not None and frame == "all":
        found = sampled_average_precision(units.score, units.coded[1], units.cluster, draws, units.weight)
        yield _table(by_code[0], found, "average_precision", how, place)
        yield _table(overall, found.mean(used), "macro_ap", how, place)
        if (units.weight == 1).all() and not statistics:
            yield from _calibration_error(units, by_code[0], overall, how, place)


def _calibration_error(
    units: Common, by_code: _Columns, overall: _Columns, how: Measure, place: dict[str, str]
) -> Iterator[_Columns]:
    """Yield expected calibration errors, which have no interval: few excerpts alone make them look larger than they are."""
    assert units.score is not None
    errors = np.array([expected_calibration_error(p, own) for p, own in zip(units.score.T, units.coded[1].T, strict=True)])
    for about, value in ((by_code, errors), (overall, np.array(errors.mean()))):
        yield _table(about, Sampled(value, np.empty((0, *value.shape)), np.empty((0, *value.shape))), "ece", how, place)


def _ratings(units: Common) -> Ratings:
    return Ratings(units.coders, units.coded, units.read)


def _about(units: Common, how: Measure) -> _Columns:
    """Return what stands beside every figure, a row per code: units, those without any code, how often it was given."""
    pair = len(units.coders) == 2
    coded = units.coded & units.read[:, :, None]
    rated: Floats = np.einsum("mnk,n->k", coded, units.weight) if not pair else np.asarray(units.weight @ coded[1])
    total = float((units.weight * units.read.sum(axis=0)).sum()) if not pair else float(units.weight.sum())
    return _columns(
        len(how.codes),
        coder=units.coders[0] if pair else ", ".join(units.coders),
        against=units.coders[1] if pair else "",
        scope=how.scopes,
        code=how.codes,
        n=len(units),
        uncoded=int((~coded.any(axis=(0, 2))).sum()),
        coded=coded[0].sum(axis=0) if pair else coded.any(axis=0).sum(axis=0),
        coded_against=coded[1].sum(axis=0) if pair else 0,
        prevalence=np.clip(share(rated, total), 0, 1),
        clusters=len(np.unique(units.cluster)),
    )


def _exact(units: Common, statistic: str, how: Measure) -> Floats | None:
    """Return the limits ``(2, k)`` of precision or recall, None of other statistics; see `nptlens.agreement.compare`."""
    if statistic not in ("precision", "recall"):
        return None
    of, hit = units.coded if statistic == "precision" else units.coded[::-1]
    return exact_limits(of, hit, units.cluster, units.weight, how.settings.confidence)


def _table(
    about: _Columns, found: Sampled, statistic: str, how: Measure, place: dict[str, str], limits: Floats | None = None
) -> _Columns:
    low, high = found.limits(how.settings.interval, how.settings.confidence) if limits is None else limits
    return {**about, **_columns(len(about["code"]), statistic=statistic, value=found.value, low=low, high=high, **place)}


def _columns(rows: int, **values: object) -> _Columns:
    """Return columns of as many rows; a single value stands in each of them."""
    arrays = {name: np.asarray(value, dtype=object if isinstance(value, str | tuple) else None) for name, value in values.items()}
    return {name: np.broadcast_to(array, (rows,)) for name, array in arrays.items()}


def _joined(tables: Sequence[_Columns]) -> pd.DataFrame:
    """Return all rows as one table, made at once: a table of its own for each of some hundred statistics takes longer than these."""
    return pd.DataFrame({name: np.concatenate([each[name] for each in tables]) for name in tables[0]})
