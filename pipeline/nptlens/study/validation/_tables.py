"""The tables of one validation, each from the frames of those who are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from nptlens.agreement import Frame, advise, calibration_bins, prevalence
from nptlens.agreement.boundaries import unitized
from nptlens.agreement.ceiling import ceiling
from nptlens.agreement.compare import CLUSTERS
from nptlens.agreement.confusion import confused
from nptlens.agreement.levels import Measure, brief, levels, measure
from nptlens.agreement.mismatches import mismatches
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import Table, checked, empty
from nptlens.schemas.validation import CEILING, FIGURES
from nptlens.study.run.artefacts import Artefacts
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

    def baselines(self, kept: Pairs) -> pd.DataFrame:
        """What the machine must be better than, against each person it is measured by."""
        if not any(MACHINE in pair for pair in kept) or self.found.machine is None:
            return empty(FIGURES)
        frames = baselines(self.artefacts, self.found.machine, self.found.known, self.progress)
        how, people = self.how(self.found.known), measured_by(kept)
        return joined(
            FIGURES, (brief([frame, self.found.on_known(name)], self.artefacts.segments, how) for name in people for frame in frames)
        )

    def ceiling(self, asked: Pairs) -> pd.DataFrame:
        """The machine beside a person, both compared with another person."""
        if self.found.machine is None:
            return empty(CEILING)
        how, machine = self.how(self.found.known), self.found.machine
        on = self.found.on_known
        return joined(CEILING, (ceiling(on(first), on(other), machine, self.artefacts.segments, how) for first, other in asked))

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
