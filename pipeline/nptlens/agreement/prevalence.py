"""How common each code is among excerpts and among participants, the machine's coding error corrected by what a person coded.

The corrected share is the machine's share over all units plus the mean error (person minus machine) over the units that the person read:
the difference estimator of survey sampling (Särndal, Swensson & Wretman 1992, section 6.3), which is prediction-powered inference on a
mean (Angelopoulos et al. 2023, Science 382:669). It is unbiased whatever the machine does, as long as the transcripts that the person
read are like those that nobody read; a good machine makes it narrower. Inverting a table of misclassification (Rogan & Gladen 1978)
would need sensitivity and specificity to be the same in every group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.agreement.frame import CLUSTERS, Frame
from nptlens.agreement.intervals import Kind, Sampled, cluster_sums, limits, sampled, share
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import PREVALENCE

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.intp]
BY = ("role", "practice", "adopter_category", "project_type")
"""Columns whose groups are shown beside everybody, where the segments have them and they say something."""


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Excerpts, or participants: what the machine says `machine` ``(n, k)`` and decides, what the person says where `measured` ``(n,)``."""

    machine: Floats
    decided: Bools
    person: Bools
    measured: Bools
    weight: Floats
    participant: Numbers
    cluster: Numbers

    def part(self, rows: Bools) -> _Units:
        """Return the units of one group."""
        return _Units(
            self.machine[rows], self.decided[rows], self.person[rows], self.measured[rows],
            self.weight[rows], self.participant[rows], self.cluster[rows],
        )  # fmt: skip

    def participants(self) -> _Units:
        """Return a unit for each participant, who expresses a code where one excerpt at least does.

        One is measured where a person read every excerpt, none of them by the luck of a draw (weight 1): who is drawn in full is who says
        little. One of several clusters counts in the first.
        """
        names, first, of = np.unique(self.participant, return_index=True, return_inverse=True)
        whole = self.measured & (self.weight == 1)
        decided = cluster_sums(self.decided.astype(np.float64), of, len(names)) > 0
        return _Units(
            machine=decided.astype(np.float64),
            decided=decided,
            person=cluster_sums(self.person.astype(np.float64), of, len(names)) > 0,
            measured=np.bincount(of, weights=~whole, minlength=len(names)) == 0,
            weight=np.ones(len(names)),
            participant=names,
            cluster=self.cluster[first],
        )


def prevalence(
    machine: Frame,
    person: Frame,
    segments: pd.DataFrame,
    codes: tuple[str, ...],
    settings: AgreementSettings,
    *,
    seed: int,
    kind: Kind = "expanded",
) -> pd.DataFrame:
    """Return the PREVALENCE table: a row per level, group and code; everybody first, then each column of `BY` that `segments` has.

    Excerpts are corrected by the machine's probabilities (decisions where it gives none), participants by its decisions; `person.weight`
    counts in the mean error. `machine` must not have been taught by the transcripts that `person` read, else its error looks too small.
    `equal_voice` is the mean over participants of their own share; between participants it is the share itself. Corrected shares and
    limits are clipped to 0 and 1. They are NaN in a group where nobody read a unit; limits also below two clusters with read units and
    where the person coded all of the read units alike, as resampling then cannot tell how far off the share may be. Resamples draw
    clusters with and without read units apart (Zrnic 2024, prediction-powered bootstrap). Raises ValueError where the shapes differ.
    """
    shape = (len(segments), len(codes))
    if machine.coded.shape != shape or person.coded.shape != shape:
        raise ValueError(f"codings {machine.coded.shape} and {person.coded.shape} must be (segments, codes): {shape}")
    units = _units(machine, person, segments, settings)
    rows = []
    with threadpool_limits(1):
        for by, group, held in _groups(segments):
            excerpts = units.part(held)
            for level, part in (("excerpts", excerpts), ("participants", excerpts.participants())):
                rows.append(_figures(part, settings, seed, kind).assign(level=level, by=by, group=group, code=codes))
    if not rows or not codes:
        return empty(PREVALENCE)
    return checked(PREVALENCE, pd.concat(rows, ignore_index=True).assign(against=person.coder))


def everybody(machine: Frame, person: Frame, segments: pd.DataFrame, settings: AgreementSettings, *, seed: int) -> pd.DataFrame:
    """Return the figures of all excerpts together, a row per code, as `prevalence` has them at the settings' kind of interval."""
    with threadpool_limits(1):
        return _figures(_units(machine, person, segments, settings), settings, seed, settings.interval)


def _units(machine: Frame, person: Frame, segments: pd.DataFrame, settings: AgreementSettings) -> _Units:
    return _Units(
        machine=machine.coded.astype(np.float64) if machine.score is None else machine.score,
        decided=machine.coded,
        person=person.coded,
        measured=machine.read & person.read,
        weight=person.weight,
        participant=pd.factorize(segments["participant_id"], sort=True)[0],
        cluster=pd.factorize(segments[CLUSTERS[settings.cluster]], sort=True)[0],
    )


def _groups(segments: pd.DataFrame) -> Iterator[tuple[str, str, Bools]]:
    """Everybody, then the groups of each column; "" is the group of those whom the column says nothing of."""
    if len(segments):
        yield "", "", np.ones(len(segments), dtype=bool)
    for by in BY:
        values = segments[by].fillna("").to_numpy(dtype=str) if by in segments else np.empty(0, dtype=str)
        for group in np.unique(values) if (values != "").any() else ():
            yield by, str(group), values == group


def _figures(units: _Units, settings: AgreementSettings, seed: int, kind: Kind) -> pd.DataFrame:
    """Return the figures of one group, a row per code."""
    of = np.unique(units.participant, return_inverse=True)[1]
    corrected = _corrected(units, np.ones(len(of)), settings, seed, kind)
    equal_voice = _corrected(units, 1 / np.bincount(of)[of], settings, seed, kind)
    columns = ("corrected", "low", "high", "equal_voice", "equal_voice_low", "equal_voice_high")
    return pd.DataFrame(
        {
            "n": len(of),
            "measured": int(units.measured.sum()),
            "raw": units.decided.mean(axis=0),
            **dict(zip(columns, (*corrected, *equal_voice), strict=True)),
        }
    )


def _corrected(units: _Units, voice: Floats, settings: AgreementSettings, seed: int, kind: Kind) -> tuple[Floats, Floats, Floats]:
    """Return the corrected share, its low and its high limit, each ``(k,)``; `voice` ``(n,)`` is what each unit counts."""
    cluster = np.unique(units.cluster, return_inverse=True)[1]
    counts = np.where(units.measured, units.weight * voice, 0.0)
    tallies = np.stack([_sums(units.machine, voice, cluster), _sums(units.person - units.machine, counts, cluster)], axis=1)
    measured = np.bincount(cluster, weights=units.measured) > 0
    figures = sampled(_difference, tallies, _draws(measured, resamples=settings.resamples, seed=seed))
    # What varies is mostly the mean error, so the clusters that were read say how few there are.
    low, high = np.clip(limits(Sampled(figures.value, figures.draws, figures.left_out[measured]), kind, settings.confidence), 0, 1)
    read = units.person[units.measured]
    known = np.any(read, axis=0) & ~np.all(read, axis=0) & (measured.sum() > 1)
    return np.clip(figures.value, 0, 1), np.where(known, low, np.nan), np.where(known, high, np.nan)


def _sums(values: Floats, counts: Floats, cluster: Numbers) -> Floats:
    """Return ``(clusters, 1 + k)``: the sum of `counts`, then of the weighted values."""
    return cluster_sums(np.column_stack([counts, values * counts[:, None]]), cluster, int(cluster.max()) + 1)


def _difference(tallies: Floats) -> Floats:
    """Mean of the machine's values plus mean error, from ``(..., 2, 1 + k)``."""
    means = share(tallies[..., 1:], tallies[..., :1])
    result: Floats = means[..., 0, :] + means[..., 1, :]
    return result


def _draws(measured: Bools, *, resamples: int, seed: int) -> NDArray[np.int64]:
    draws = np.zeros((resamples, len(measured)), dtype=np.int64)
    for stratum, its_seed in ((measured, seed), (~measured, seed + 1)):
        if stratum.any():
            draws[:, stratum] = cluster_draws(int(stratum.sum()), resamples=resamples, seed=its_seed)
    return draws
