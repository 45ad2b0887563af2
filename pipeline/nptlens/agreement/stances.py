"""How far two coders agree on the stance of what both gave the same code, beside always saying "asserted".

Most talk asserts, so a share of equal stances says little: what counts is by how much it passes the share that the second coder asserted,
on the same codings and the same resamples, and kappa. Drawn excerpts count with their weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.coefficients import tally_labels
from nptlens.agreement.frame import CLUSTERS
from nptlens.agreement.intervals import Floats, Sampled, sampled, share
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.records import STANCES
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.stances_of_segments import stances_of_segments
from nptlens.schemas.tables import STANCE_AGREEMENT, STANCE_CONFUSION, checked, empty

_ASSERTED = STANCES[0]


@dataclass(frozen=True, slots=True, eq=False)
class Stances:
    """The stances that a coder gave, by row of the segments and code; `weight` ``(n,)`` is how many units each segment stands for."""

    coder: str
    given: Mapping[tuple[int, str], str]
    weight: NDArray[np.float64]


def of_person(coder: str, manual: pd.DataFrame, segments: pd.DataFrame, weight: NDArray[np.float64], *, overlap: float) -> Stances:
    """Return a person's stances. Whoever never writes "asserted" but marks what is not, asserts by leaving the stance empty."""
    own = manual[manual["coder"] == coder]
    written = set(own["stance"]) & set(STANCES)
    if written and _ASSERTED not in written:
        own = own.assign(stance=own["stance"].where(own["stance"] != "", _ASSERTED))
    return Stances(coder, stances_of_segments(own, segments, overlap=overlap), weight)


def of_machine(coder: str, stances: pd.DataFrame, segments: pd.DataFrame, measured: NDArray[np.bool_]) -> Stances:
    """Return the stances of the machine's codings on the segments ``(n,)`` that it may be `measured` on."""
    rows = pd.Index(segments["segment_id"]).get_indexer(pd.Index(stances["segment_id"]))
    told = zip(rows.tolist(), stances["code"].tolist(), stances["stance"].tolist(), strict=True)
    return Stances(coder, {(row, code): stance for row, code, stance in told if measured[row]}, np.ones(len(segments)))


def compare_stances(
    first: Stances, against: Stances, segments: pd.DataFrame, settings: AgreementSettings, *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the STANCE_AGREEMENT rows of two coders (all codes together as "", then code by code) and their STANCE_CONFUSION."""
    keys = sorted(set(first.given) & set(against.given))
    if not keys:
        return empty(STANCE_AGREEMENT), empty(STANCE_CONFUSION)
    rows = np.array([row for row, _ in keys], dtype=np.intp)
    codes = np.array([code for _, code in keys], dtype=object)
    labels = np.array([[STANCES.index(each.given[key]) for key in keys] for each in (first, against)], dtype=np.intp)
    weight = np.maximum(first.weight, against.weight)[rows]
    cluster = segments[CLUSTERS[settings.cluster]].to_numpy(dtype=object)[rows]
    found = []
    with threadpool_limits(1):
        for code in ("", *sorted(set(codes))):
            held = np.ones(len(keys), dtype=bool) if not code else codes == code
            about = {"coder": first.coder, "against": against.coder, "code": code}
            found.append({**about, **_figures(labels[:, held], cluster[held], weight[held], settings, seed)})
    counts = pd.DataFrame({"stance": labels[0], "stance_against": labels[1], "n": weight}).groupby(["stance", "stance_against"])["n"].sum()
    confusion = counts.reset_index().assign(coder=first.coder, against=against.coder)
    for name in ("stance", "stance_against"):
        confusion[name] = [STANCES[each] for each in confusion[name]]
    return checked(STANCE_AGREEMENT, pd.DataFrame(found)), checked(STANCE_CONFUSION, confusion)


def _figures(
    labels: NDArray[np.intp], clusters: NDArray[np.object_], weight: Floats, settings: AgreementSettings, seed: int
) -> dict[str, float]:
    cluster, names = pd.factorize(clusters, sort=True)
    tallies = tally_labels(labels, len(STANCES), cluster.astype(np.intp), weight)
    assert tallies.pairs is not None
    draws = cluster_draws(len(names), resamples=settings.resamples, seed=seed)
    agreed, asserted = (sampled(rule, tallies.pairs, draws) for rule in (_agreed, _second_asserted))
    told: dict[str, float] = {
        "n": labels.shape[1],
        "not_asserted": int((labels[1] != 0).sum()),
        "clusters": len(names),
        "agreed": _value(agreed),
        "asserted": _value(asserted),
    }
    for name, figure in (("difference", agreed.minus(asserted)), ("kappa", tallies.sampled("kappa", draws))):
        low, high = figure.limits(settings.interval, settings.confidence)
        told |= {name: _value(figure), f"{name}_low": float(low[0]), f"{name}_high": float(high[0])}
    return told


def _value(figure: Sampled) -> float:
    return float(figure.value[0])


def _agreed(pairs: Floats) -> Floats:
    """Share of the codings with the same stance, ``(..., 1)`` from ``(..., 4, 4, 1)``."""
    return share(np.einsum("...qqk->...k", pairs), pairs.sum(axis=(-3, -2)))


def _second_asserted(pairs: Floats) -> Floats:
    """Share of the codings that the second coder asserted: how often always saying so is right."""
    return share(pairs.sum(axis=-3)[..., 0, :], pairs.sum(axis=(-3, -2)))
