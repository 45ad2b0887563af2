"""Validation of a study: everybody who coded it, and the machine, compared on what they have in common."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from nptlens.agreement.frame import CLUSTERS
from nptlens.core.errors import UsageError
from nptlens.core.ids import digest_file
from nptlens.core.text import Span
from nptlens.reporting import quota_of
from nptlens.reporting.validation import validation_files
from nptlens.schemas.records import Problem, Severity, worth_a_look
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import empty
from nptlens.schemas.validation import ADVICE, CALIBRATION, CONFUSION, LEARNING, MISMATCHES, PREVALENCE, SATURATION, Validation
from nptlens.store.ledger import Entry, Ledger
from nptlens.study.folder import Study
from nptlens.study.results.write import put_validation, refuse_folder
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.coding_stages import gold_of
from nptlens.study.run.last_run import last_run
from nptlens.study.run.pipeline import VALIDATION, before_report, makers
from nptlens.study.run.plan import plan_of
from nptlens.study.run.report_stage import provenance, report_inputs
from nptlens.study.run.runner import silent
from nptlens.study.run.stage import Progress
from nptlens.study.run.states import ingredients, status
from nptlens.study.sheets.adjudication import ADJUDICATED, MACHINE
from nptlens.study.validation._coders import Coders, coders, known_coder, pairs, triples, unshared
from nptlens.study.validation._learning_curve import learning, trained
from nptlens.study.validation._saturation import growth
from nptlens.study.validation._tables import Pairs, Work, joined, measured_by

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
    common units, a study that nobody coded, and as `last_run`.
    """
    started = time.perf_counter()
    refuse_folder(study, out or study.results)
    limited = study.settings.report.most_quoted_words > 0  # then what may be quoted hangs on what the report quotes
    needs = VALIDATION.needs
    with last_run(study, *(before_report(study) if limited else makers(needs.reads + needs.takes))) as artefacts:
        with artefacts.limited_to(VALIDATION):
            made = validation(artefacts, coder=coder, against=against, cluster=cluster, learn_from=learn_from, progress=progress)
        folder = study.results if out is None else out
        withheld = _withheld(artefacts, made) if limited else frozenset()
        told = provenance(artefacts)
        files = validation_files(made, artefacts.segments, artefacts.codebook, study.settings.report, provenance=told, withheld=withheld)
        written = put_validation(study, files, folder)
        if artefacts.ledger is not None and folder.resolve() == study.results.resolve():
            _record(artefacts, artefacts.ledger, cluster, written.paths, time.perf_counter() - started)
    stale = any(each.stage == "report" and not each.up_to_date for each in status(study))
    return Validated(written.paths, headlines(made), (*made.problems, *written.problems), stale)


def _withheld(artefacts: Artefacts, made: Validation) -> frozenset[str]:
    """Return the segments with mismatches whose words are beyond the limit, counted on from the report."""
    quota = quota_of(report_inputs(artefacts))
    columns = ["segment_id", "transcript_id", "start", "end"]
    places = {row[0]: row[1:] for row in artefacts.segments[columns].itertuples(index=False, name=None)}
    wanted = dict.fromkeys(made.mismatches["segment_id"])
    return frozenset(each for each in wanted if not quota.allows(places[each][0], Span(*places[each][1:])))


def _record(artefacts: Artefacts, ledger: Ledger, cluster: Cluster | None, paths: tuple[Path, ...], seconds: float) -> None:
    """Write down what the validation in the results was made from, so that the report shows it as long as that holds, and no longer."""
    study, encoder = artefacts.study, artefacts.encoder
    agreement = study.settings.agreement.model_copy(update={"cluster": cluster or study.settings.agreement.cluster})
    as_made = replace(study, settings=study.settings.model_copy(update={"agreement": agreement}))
    given = ingredients(study, ledger, plan_of(as_made, VALIDATION, encoder), encoder)
    digests = {f"../{study.results.name}/{path.name}": digest_file(path) for path in paths}
    ledger.put(Entry(VALIDATION.name, given, digests, seconds))


def validation(
    artefacts: Artefacts,
    *,
    coder: str = "",
    against: str = "",
    cluster: Cluster | None = None,
    learn_from: str = "",
    progress: Progress = silent,
) -> Validation:
    """Return all that a validation finds; see `validate`."""
    settings = artefacts.study.settings
    agreement = settings.agreement.model_copy(update={"cluster": cluster or settings.agreement.cluster})
    found = coders(artefacts)
    wanted = pairs(found, coder, against)
    if learn_from and known_coder(learn_from, found) == MACHINE:
        raise UsageError("the machine does not teach itself", hint="name a person: --learning CODER")
    gaps = unshared(found, wanted, artefacts.segments["transcript_id"].to_numpy(dtype=object), explicit=bool(coder and against))
    kept = tuple(pair for pair in wanted if _shared(found, pair))
    work = Work(artefacts, found, agreement, progress)
    many = () if coder or against else tuple(name for name in found.people if name != ADJUDICATED)
    curves = growth(artefacts, found)
    taught = trained(artefacts, found)
    baselines, beside = work.baselines(kept)
    stances, stance_confusion = work.stances(kept)
    gold = gold_of([found.people[name] for name in measured_by(kept)], _named_gold(settings.selective.gold, kept))
    problems = [*_of_the_run(artefacts), *found.problems, *gaps, *_few(artefacts, found, kept, agreement), *_places(artefacts, agreement)]
    return Validation(
        study=settings.study.name,
        invented=settings.study.invented,
        coders=_named(found, kept),
        cluster=agreement.cluster,
        interval=agreement.interval,
        confidence=agreement.confidence,
        resamples=agreement.resamples,
        overlap=agreement.overlap,
        transcripts=_transcripts(artefacts, found, kept),
        trained=taught if any(MACHINE in pair for pair in kept) else (),
        gold="" if gold is None else gold.coder,
        codes=work.codes(kept),
        figures=work.figures(kept, many),
        baselines=baselines,
        beside_baselines=beside,
        ceiling=work.ceiling(triples(found, kept, named=bool(coder or against))),
        confusion=joined(CONFUSION, map(work.confusion, kept)),
        stances=stances,
        stance_confusion=stance_confusion,
        mismatches=joined(MISMATCHES, map(work.mismatches, kept)),
        calibration=joined(CALIBRATION, map(work.calibration, measured_by(kept))),
        learning=learning(artefacts, found, learn_from, agreement, progress) if learn_from else empty(LEARNING),
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


def _named_gold(name: str, kept: Pairs) -> str:
    """Return the coder whom `selective.gold` names, "" where a pair without them was asked for."""
    return name if name in measured_by(kept) else ""


def _shared(found: Coders, pair: tuple[str, str]) -> bool:
    (one, other), _ = found.pair(*pair)
    return bool((one.read & other.read).any())


def _named(found: Coders, kept: Pairs) -> tuple[str, ...]:
    used = {name for pair in kept for name in pair}
    machine = (found.machine.coder,) if found.machine is not None and MACHINE in used else ()
    return *(name for name in found.people if name in used), *machine


def _transcripts(artefacts: Artefacts, found: Coders, kept: Pairs) -> int:
    read = np.zeros(len(artefacts.segments), dtype=bool)
    for pair in kept:
        (one, other), _ = found.pair(*pair)
        read |= one.read & other.read
    return int(artefacts.segments.loc[read, "transcript_id"].nunique())


def _of_the_run(artefacts: Artefacts) -> tuple[Problem, ...]:
    """Return what the run found wrong with sources, manual coding, seeds and codes: figures are made of what is left."""
    return tuple(problem for stage in ("read", "manual", "code", "compare") for problem in artefacts.problems_of(stage))


def _few(artefacts: Artefacts, found: Coders, kept: Pairs, agreement: AgreementSettings) -> list[Problem]:
    problems = []
    for pair in kept:
        (one, other), _ = found.pair(*pair)
        clusters = artefacts.segments.loc[one.read & other.read, CLUSTERS[agreement.cluster]].nunique()
        if clusters < _FEW:
            what = f"they share {clusters} {agreement.cluster}s only: intervals of so few are not to be trusted"
            problems.append(Problem(" and ".join(pair), what, "code more of them twice", Severity.NOTE))
    return problems


def _places(artefacts: Artefacts, agreement: AgreementSettings) -> list[Problem]:
    """Say where the clusters are not known; raises UsageError where none is."""
    unknown = (artefacts.segments[CLUSTERS[agreement.cluster]].fillna("") == "").sum()
    if not unknown:
        return []
    if unknown == len(artefacts.segments):
        hint = "add it to the participants sheet, or take --cluster transcript"
        raise UsageError(f"no {agreement.cluster} is known of any participant", where=str(artefacts.study.root), hint=hint)
    what = f"{unknown} units are of no known {agreement.cluster}; they count as one {agreement.cluster}"
    return [Problem("intervals", what, "add it to the participants sheet", Severity.NOTE)]
