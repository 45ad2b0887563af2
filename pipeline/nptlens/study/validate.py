"""Validation of a study: everybody who coded it, and the machine, compared on what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from nptlens.agreement.compare import CLUSTERS
from nptlens.errors import UsageError
from nptlens.records import Problem, Severity, worth_a_look
from nptlens.reporting.validation import write_validation
from nptlens.settings import AgreementSettings
from nptlens.store.folders import make_folder
from nptlens.store.lock import study_lock
from nptlens.study._coders import Coders, coders, known_coder, pairs, triples, unshared
from nptlens.study._growth import growth
from nptlens.study._tables import Pairs, Work, joined, measured_by
from nptlens.study._taught import learning, trained
from nptlens.study.adjudication import ADJUDICATED, MACHINE
from nptlens.study.desk import Desk, Progress
from nptlens.study.folder import Study
from nptlens.study.plan import STAGES
from nptlens.study.provenance import provenance
from nptlens.study.run import silent
from nptlens.study.sheets import up_to_date
from nptlens.study.status import status
from nptlens.tables import empty
from nptlens.validation import ADVICE, CALIBRATION, CONFUSION, LEARNING, MISMATCHES, PREVALENCE, SATURATION, Validation

Cluster = Literal["transcript", "participant", "practice"]
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
    """What a validation wrote, its headline figures, what a person should know, and whether the study's report is out of date now."""

    outputs: tuple[Path, ...]
    headlines: tuple[Headline, ...]
    problems: tuple[Problem, ...]
    report_is_stale: bool

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
        make_folder(folder)
        told = provenance(desk)
        paths = write_validation(made, desk.segments, desk.codebook, study.settings.report, folder, provenance=told)
    stale = any(each.stage == "report" and not each.up_to_date for each in status(study))
    return Validated(paths, headlines(made), made.problems, stale)


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
    work = Work(desk, found, agreement, progress)
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
        confusion=joined(CONFUSION, map(work.confusion, kept)),
        mismatches=joined(MISMATCHES, map(work.mismatches, kept)),
        calibration=joined(CALIBRATION, map(work.calibration, measured_by(kept))),
        learning=learning(desk, found, learn_from, agreement, progress) if learn_from else empty(LEARNING),
        advice=joined(ADVICE, map(work.advice, kept)),
        prevalence=joined(PREVALENCE, map(work.prevalence, measured_by(kept))),
        saturation=joined(SATURATION, (each.table for each in curves)),
        saturation_summaries=tuple(each.summary for each in curves),
        problems=tuple(sorted(set(problems))),
    )


def headlines(made: Validation) -> tuple[Headline, ...]:
    """Return the figures of all codes together, pair by pair."""
    whole = made.figures[made.figures["scope"] == "overall"]
    columns = list(Headline.__slots__)
    rows = []
    for coder, against in dict.fromkeys(zip(whole["coder"], whole["against"], strict=True)):
        own = whole[(whole["coder"] == coder) & (whole["against"] == against)]
        for level, frame, statistic in _HEADLINES:
            held = own[(own["level"] == level) & (own["frame"] == frame) & (own["statistic"] == statistic)]
            rows += [Headline(*row) for row in held[columns].itertuples(index=False, name=None)]
    return tuple(rows)


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
