"""The tables of one validation, each from the frames of those who are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nptlens.agreement import Frame, advise, calibration_bins, compare, prevalence
from nptlens.agreement.beside import beside
from nptlens.agreement.boundaries import unitized
from nptlens.agreement.ceiling import ceiling
from nptlens.agreement.confusion import confused
from nptlens.agreement.frame import CLUSTERS
from nptlens.agreement.levels import Measure, brief, levels, measure
from nptlens.agreement.mismatches import mismatches
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import AGREEMENT, Table, checked, empty
from nptlens.schemas.validation import BESIDE_BASELINES, CEILING, FIGURES
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.coding_stages import stances_compared
from nptlens.study.run.stage import Progress
from nptlens.study.sheets.adjudication import MACHINE
from nptlens.study.validation._baselines import baselines
from nptlens.study.validation._coders import Coders, stretches

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The tables of one validation."""

    artefacts: Artefacts
    found: Coders
    agreement: AgreementSettings
    progress: Progress

    @property
    def seed(self) -> int:
        """The study's one random seed."""
        return self.artefacts.study.settings.study.seed

    def how(self, codes: tuple[str, ...]) -> Measure:
        """Return how figures of these codes are made."""
        return measure(codes, self.artefacts.codebook, self.agreement, seed=self.seed)

    def figures(self, kept: Pairs, many: tuple[str, ...]) -> pd.DataFrame:
        """All three levels of every pair, and of more than two people at once."""
        sets = [*kept, *([many] if len(many) > 2 else [])]
        tables = []
        for number, names in enumerate(sets):
            self.progress("figures", number, len(sets))
            frames, codes = self.found.pair(*names) if len(names) == 2 else (self._people(names), self.found.codes)
            tables.append(levels(frames, self.artefacts.segments, self.how(codes)))
            marked = [stretches(self.artefacts, self.found, name) for name in names]
            tables.append(unitized(marked, self.artefacts.segments, self.how(codes)))
        return joined(FIGURES, tables)

    def _people(self, names: tuple[str, ...]) -> list[Frame]:
        return [self.found.people[name] for name in names]

    def codes(self, kept: Pairs) -> pd.DataFrame:
        """One row of figures a code and pair: those of the run, made again only where intervals resample something else."""
        made = self.artefacts.agreement if self.agreement == self.artefacts.study.settings.agreement else empty(AGREEMENT)
        tables = []
        for pair in kept:
            first, against = (frame.coder for frame in self.found.pair(*pair)[0])
            own = made[(made["coder"] == first) & (made["against"] == against)]
            tables.append(own if len(own) else self._compared(pair))
        return joined(AGREEMENT, tables)

    def _compared(self, pair: tuple[str, str]) -> pd.DataFrame:
        (first, against), codes = self.found.pair(*pair)
        thresholds = {card.code: card.threshold for card in self.artefacts.heads} if MACHINE in pair else {}
        made = compare(first, against, self.artefacts.segments, codes, self.agreement, seed=self.seed, thresholds=thresholds)
        return empty(AGREEMENT) if made is None else made.table

    def baselines(self, kept: Pairs) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What the machine must be better than, against each person it is measured by, and how far it is."""
        machine, people = self.found.machine, measured_by(kept)
        if not people or machine is None:
            return empty(FIGURES), empty(BESIDE_BASELINES)
        frames = baselines(self.artefacts, machine, self.found.known, self.progress)
        how, segments = self.how(self.found.known), self.artefacts.segments
        persons = [self.found.on_known(name) for name in people]
        figures = joined(FIGURES, (brief([frame, person], segments, how) for person in persons for frame in frames))
        return figures, joined(BESIDE_BASELINES, (beside(machine, frames, person, segments, how) for person in persons))

    def ceiling(self, asked: Pairs) -> pd.DataFrame:
        """The machine beside a person, both compared with another person."""
        if self.found.machine is None:
            return empty(CEILING)
        how, machine = self.how(self.found.known), self.found.machine
        on = self.found.on_known
        return joined(CEILING, (ceiling(on(first), on(other), machine, self.artefacts.segments, how) for first, other in asked))

    def stances(self, kept: Pairs) -> tuple[pd.DataFrame, pd.DataFrame]:
        """How far the coders of each pair agree on stances: those of the run, made again where intervals resample something else."""
        artefacts, machine = self.artefacts, self.found.machine
        made = artefacts.stance_agreement, artefacts.stance_confusion
        if self.agreement != artefacts.study.settings.agreement:
            made = stances_compared(artefacts, artefacts.stances, machine.coder if machine else "", self.agreement)
        wanted = {frozenset(frame.coder for frame in self.found.pair(*pair)[0]) for pair in kept}
        first, second = (_of_pairs(each, wanted) for each in made)
        return first, second

    def confusion(self, pair: tuple[str, str]) -> pd.DataFrame:
        """Which codes are taken for which."""
        frames, codes = self.found.pair(*pair)
        return confused(*frames, self.artefacts.segments, self.artefacts.codebook, self.how(codes))

    def mismatches(self, pair: tuple[str, str]) -> pd.DataFrame:
        """Where two coders differ."""
        frames, codes = self.found.pair(*pair)
        return mismatches(*frames, self.artefacts.segments, codes, self.artefacts.codebook)

    def advice(self, pair: tuple[str, str]) -> pd.DataFrame:
        """How much more coding gives intervals of the wanted width."""
        frames, codes = self.found.pair(*pair)
        wanted = self.artefacts.study.settings.validation.width
        return advise(*frames, self.artefacts.segments, codes, self.agreement, wanted=wanted, seed=self.seed)

    def calibration(self, person: str) -> pd.DataFrame:
        """The machine's probabilities beside what a person gave."""
        (machine, frame), codes = self.found.pair(MACHINE, person)
        both = machine.read & frame.read
        assert machine.score is not None
        clusters = self.artefacts.segments[CLUSTERS[self.agreement.cluster]].to_numpy(dtype=object)[both].tolist()
        return calibration_bins(machine.score[both], frame.coded[both], clusters, codes, self.agreement, against=person, seed=self.seed)

    def prevalence(self, person: str) -> pd.DataFrame:
        """How common each code is, corrected by a person's coding."""
        (machine, frame), codes = self.found.pair(MACHINE, person)
        return prevalence(machine, frame, self.artefacts.segments, codes, self.agreement, seed=self.seed, kind=self.agreement.interval)


def joined(table: Table, parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of the parts as one table."""
    held = [part for part in parts if len(part)]
    return checked(table, pd.concat(held, ignore_index=True)) if held else empty(table)


def measured_by(kept: Pairs) -> tuple[str, ...]:
    """Return whom the machine is compared with."""
    return tuple(against for coder, against in kept if coder == MACHINE)


def _of_pairs(table: pd.DataFrame, wanted: set[frozenset[str]]) -> pd.DataFrame:
    """Return the rows of the `wanted` pairs of coders, in either direction."""
    held = [frozenset(pair) in wanted for pair in zip(table["coder"], table["against"], strict=True)]
    return table[np.array(held, dtype=bool)].reset_index(drop=True)
