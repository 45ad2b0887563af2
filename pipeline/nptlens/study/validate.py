"""Validation of a study: everybody who coded it, and the machine, compared on what they have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from nptlens.agreement import advise, calibration_bins, prevalence
from nptlens.agreement.ceiling import ceiling
from nptlens.agreement.compare import CLUSTERS
from nptlens.agreement.confusion import confused
from nptlens.agreement.levels import Measure, brief, levels, measure
from nptlens.agreement.mismatches import mismatches
from nptlens.agreement.stretches import unitized
from nptlens.errors import UsageError
from nptlens.records import Problem, Severity, worth_a_look
from nptlens.reporting.validation import write_validation
from nptlens.settings import AgreementSettings
from nptlens.store.lock import study_lock
from nptlens.study._beside import baselines
from nptlens.study._coders import Coders, coders, known_coder, pairs, stretches, triples, unshared
from nptlens.study._growth import growth
from nptlens.study._taught import learning, trained
from nptlens.study.adjudication import ADJUDICATED, MACHINE
from nptlens.study.desk import Desk
from nptlens.study.folder import Study
from nptlens.study.plan import STAGES
from nptlens.study.provenance import provenance
from nptlens.study.run import silent
from nptlens.study.sheets import up_to_date
from nptlens.study.stages import Progress
from nptlens.tables import Table, checked, empty
from nptlens.validation import ADVICE, CALIBRATION, CEILING, CONFUSION, FIGURES, LEARNING, MISMATCHES, PREVALENCE, SATURATION, Validation

Cluster = Literal["transcript", "participant", "practice"]
Pairs = tuple[tuple[str, str], ...]
_FEW = 5
_HEADLINES = (
    ("which", "all", "mean_kappa"), ("which", "all", "alpha_masi"), ("which", "all", "macro_f1"), ("which", "all", "macro_ap"),
    ("where", "all", "kappa"), ("where", "characters", "unitizing_alpha"), ("case", "participants", "mean_kappa"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure of all codes together, with its frame."""

    coder: str
    against: str
    level: str
    frame: str
    statistic: str
    value: float
    low: float
    high: float
    n: int
    uncoded: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Validated:
    """What a validation wrote, its headline figures, and what a person should know."""

    outputs: tuple[Path, ...]
    headlines: tuple[Headline, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def validate(
    study: Study,
    *,
    coder: str = "",
    against: str = "",
    cluster: Cluster | None = None,
    out: Path | None = None,
    learn_from: str = "",
    progress: Progress = silent,
) -> Validated:
    """Compare the coders of a study and write validation.html, .json and .xlsx to `out` (the study's results without it).

    `coder` and `against` (people, or "machine") narrow the pairs; `cluster` is what the intervals resample, the study's setting without it;
    `learn_from` names the person whose coding teaches for the learning curve. Raises UsageError for an unknown coder, a named pair without
    common units, a study that nobody coded, that was not run or has changed since; LockedError where a run holds it.
    """
    desk = up_to_date(study, *STAGES[: STAGES.index("compare") + 1])
    with study_lock(study.store):
        made = validation(desk, coder=coder, against=against, cluster=cluster, learn_from=learn_from, progress=progress)
        folder = study.results if out is None else out
        folder.mkdir(parents=True, exist_ok=True)
        told = provenance(desk)
        paths = write_validation(made, desk.segments, desk.codebook, study.settings.report, folder, provenance=told)
    return Validated(paths, headlines(made), made.problems)


def validation(
    desk: Desk, *, coder: str = "", against: str = "", cluster: Cluster | None = None, learn_from: str = "", progress: Progress = silent
) -> Validation:
    """Return all that a validation finds; see `validate`."""
    settings = desk.study.settings
    agreement = settings.agreement.model_copy(update={"cluster": cluster or settings.agreement.cluster})
    found = coders(desk)
    wanted = pairs(found, coder, against)
    if learn_from and known_coder(learn_from, found) == MACHINE:
        raise UsageError("the machine does not teach itself", hint="name a person: --learning CODER")
    gaps = unshared(found, wanted, desk.segments["transcript_id"].to_numpy(dtype=object), explicit=bool(coder and against))
    kept = tuple(pair for pair in wanted if _shared(found, pair))
    work = _Work(desk, found, agreement, progress)
    many = () if coder or against else tuple(name for name in found.people if name != ADJUDICATED)
    curves = growth(desk, found)
    taught = trained(desk, found)
    problems = [*_of_the_run(desk), *found.problems, *gaps, *_few(desk, found, kept, agreement), *_places(desk, agreement)]
    return Validation(
        study=settings.study.name,
        invented=settings.study.invented,
        coders=_named(found, kept),
        cluster=agreement.cluster,
        interval=agreement.interval,
        confidence=agreement.confidence,
        resamples=agreement.resamples,
        overlap=agreement.overlap,
        transcripts=_transcripts(desk, found, kept),
        trained=taught if any(MACHINE in pair for pair in kept) else (),
        figures=work.figures(kept, many),
        baselines=work.baselines(kept),
        ceiling=work.ceiling(triples(found, kept, named=bool(coder or against))),
        confusion=_joined(CONFUSION, map(work.confusion, kept)),
        mismatches=_joined(MISMATCHES, map(work.mismatches, kept)),
        calibration=_joined(CALIBRATION, map(work.calibration, _people(kept))),
        learning=learning(desk, found, learn_from, agreement, progress) if learn_from else empty(LEARNING),
        advice=_joined(ADVICE, map(work.advice, kept)),
        prevalence=_joined(PREVALENCE, map(work.prevalence, _people(kept))),
        saturation=_joined(SATURATION, (each.table for each in curves)),
        saturation_summaries=tuple(each.summary for each in curves),
        problems=tuple(sorted(set(problems))),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """The tables of one validation."""

    desk: Desk
    found: Coders
    agreement: AgreementSettings
    progress: Progress

    @property
    def seed(self) -> int:
        return self.desk.study.settings.study.seed

    def how(self, codes: tuple[str, ...]) -> Measure:
        return measure(codes, self.desk.codebook, self.agreement, seed=self.seed)

    def figures(self, kept: Pairs, many: tuple[str, ...]) -> pd.DataFrame:
        """All three levels of every pair, and of more than two people at once."""
        sets = [*kept, *([many] if len(many) > 2 else [])]  # noqa: PLR2004
        tables = []
        for number, names in enumerate(sets):
            self.progress("figures", number, len(sets))
            frames, codes = self.found.pair(*names) if len(names) == 2 else (self._people(names), self.found.codes)  # noqa: PLR2004
            tables.append(levels(frames, self.desk.segments, self.how(codes)))
            marked = [stretches(self.desk, self.found, name) for name in names]
            tables.append(unitized(marked, self.desk.segments, self.how(codes)))
        return _joined(FIGURES, tables)

    def _people(self, names: tuple[str, ...]) -> list[object]:
        return [self.found.people[name] for name in names]

    def baselines(self, kept: Pairs) -> pd.DataFrame:
        """What the machine must be better than, against each person it is measured by."""
        if not any(MACHINE in pair for pair in kept) or self.found.machine is None:
            return empty(FIGURES)
        frames = baselines(self.desk, self.found.machine, self.found.known, self.progress)
        how, people = self.how(self.found.known), _people(kept)
        return _joined(FIGURES, (brief([frame, self.found.on_known(name)], self.desk.segments, how) for name in people for frame in frames))

    def ceiling(self, asked: Pairs) -> pd.DataFrame:
        """The machine beside a person, both compared with another person."""
        if self.found.machine is None:
            return empty(CEILING)
        how, machine = self.how(self.found.known), self.found.machine
        on = self.found.on_known
        return _joined(CEILING, (ceiling(on(first), on(other), machine, self.desk.segments, how) for first, other in asked))

    def confusion(self, pair: tuple[str, str]) -> pd.DataFrame:
        """Which codes are taken for which."""
        frames, codes = self.found.pair(*pair)
        return confused(*frames, self.desk.segments, self.desk.codebook, self.how(codes))

    def mismatches(self, pair: tuple[str, str]) -> pd.DataFrame:
        """Where two coders differ."""
        frames, codes = self.found.pair(*pair)
        return mismatches(*frames, self.desk.segments, codes, self.desk.codebook)

    def advice(self, pair: tuple[str, str]) -> pd.DataFrame:
        """How much more coding gives intervals of the wanted width."""
        frames, codes = self.found.pair(*pair)
        wanted = self.desk.study.settings.validation.width
        return advise(*frames, self.desk.segments, codes, self.agreement, wanted=wanted, seed=self.seed)

    def calibration(self, person: str) -> pd.DataFrame:
        """The machine's probabilities beside what a person gave."""
        (machine, frame), codes = self.found.pair(MACHINE, person)
        both = machine.read & frame.read
        assert machine.score is not None
        clusters = self.desk.segments[CLUSTERS[self.agreement.cluster]].to_numpy(dtype=object)[both].tolist()
        return calibration_bins(machine.score[both], frame.coded[both], clusters, codes, self.agreement, against=person, seed=self.seed)

    def prevalence(self, person: str) -> pd.DataFrame:
        """How common each code is, corrected by a person's coding."""
        (machine, frame), codes = self.found.pair(MACHINE, person)
        return prevalence(machine, frame, self.desk.segments, codes, self.agreement, seed=self.seed, kind=self.agreement.interval)


def headlines(made: Validation) -> tuple[Headline, ...]:
    """Return the figures of all codes together, pair by pair."""
    whole = made.figures[made.figures["scope"] == "overall"]
    columns = list(Headline.__slots__)
    rows = []
    for (coder, against), own in whole.groupby(["coder", "against"], sort=False):
        for level, frame, statistic in _HEADLINES:
            held = own[(own["level"] == level) & (own["frame"] == frame) & (own["statistic"] == statistic)]
            rows += [Headline(*row) for row in held.assign(coder=coder, against=against)[columns].itertuples(index=False, name=None)]
    return tuple(rows)


def _joined(table: Table, parts: object) -> pd.DataFrame:
    held = [part for part in parts if len(part)]  # type: ignore[attr-defined]
    return checked(table, pd.concat(held, ignore_index=True)) if held else empty(table)


def _people(kept: Pairs) -> tuple[str, ...]:
    """Return whom the machine is compared with."""
    return tuple(against for coder, against in kept if coder == MACHINE)


def _shared(found: Coders, pair: tuple[str, str]) -> bool:
    (one, other), _ = found.pair(*pair)
    return bool((one.read & other.read).any())


def _named(found: Coders, kept: Pairs) -> tuple[str, ...]:
    used = {name for pair in kept for name in pair}
    machine = (found.machine.coder,) if found.machine is not None and MACHINE in used else ()
    return *(name for name in found.people if name in used), *machine


def _transcripts(desk: Desk, found: Coders, kept: Pairs) -> int:
    read = np.zeros(len(desk.segments), dtype=bool)
    for pair in kept:
        (one, other), _ = found.pair(*pair)
        read |= one.read & other.read
    return int(desk.segments.loc[read, "transcript_id"].nunique())


def _of_the_run(desk: Desk) -> tuple[Problem, ...]:
    """Return what the run found wrong with sources, manual coding, seeds and codes: figures are made of what is left."""
    return tuple(problem for stage in STAGES if stage in ("read", "manual", "code", "compare") for problem in desk.problems_of(stage))


def _few(desk: Desk, found: Coders, kept: Pairs, agreement: AgreementSettings) -> list[Problem]:
    problems = []
    for pair in kept:
        (one, other), _ = found.pair(*pair)
        clusters = desk.segments.loc[one.read & other.read, CLUSTERS[agreement.cluster]].nunique()
        if clusters < _FEW:
            what = f"they share {clusters} {agreement.cluster}s only: intervals of so few are not to be trusted"
            problems.append(Problem(" and ".join(pair), what, "code more of them twice", Severity.NOTE))
    return problems


def _places(desk: Desk, agreement: AgreementSettings) -> list[Problem]:
    """Say where the clusters are not known; raises UsageError where none is."""
    unknown = (desk.segments[CLUSTERS[agreement.cluster]].fillna("") == "").sum()
    if not unknown:
        return []
    if unknown == len(desk.segments):
        hint = "add it to the participants sheet, or take --cluster transcript"
        raise UsageError(f"no {agreement.cluster} is known of any participant", where=str(desk.study.root), hint=hint)
    what = f"{unknown} units are of no known {agreement.cluster}; they count as one {agreement.cluster}"
    return [Problem("intervals", what, "add it to the participants sheet", Severity.NOTE)]
