"""The main job, stage by stage; what is still true of an earlier run is not done again.

The stages, and the libraries that they need, are imported when the first of them has to run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.core.ids import digest_file
from nptlens.schemas.records import AgreementSummary, Problem, StageReport, worth_a_look
from nptlens.store.ledger import Entry, Ledger
from nptlens.store.lock import study_lock
from nptlens.study.data_protection._removal_plan import refuse_unfinished
from nptlens.study.folder import Study
from nptlens.study.results.unfinished import filled_in, unfinished
from nptlens.study.run.pipeline import SUMMARIES
from nptlens.study.run.plan import encoder_card, plan
from nptlens.study.run.stage import problems
from nptlens.study.run.states import State, ingredients, ledger_file, never_run, refuse, state, validation_problems

if TYPE_CHECKING:
    from nptlens.embedding import EncoderCard
    from nptlens.study.run.artefacts import Artefacts
    from nptlens.study.run.stage import Progress


def silent(stage: str, done: int, total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did and found: a report per stage, where the outputs lie, the problems, the agreement."""

    stages: tuple[StageReport, ...]
    outputs: tuple[Path, ...]
    problems: tuple[Problem, ...]
    agreement: tuple[AgreementSummary, ...]
    told: tuple[Problem, ...] = ()  # those of `problems` that are of this run alone: what was read back, which files were kept

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: something was skipped, dropped or left out."""
        return worth_a_look(self.problems)


def run(study: Study, *, again: tuple[str, ...] = (), only: tuple[str, ...] = (), progress: Progress = silent) -> RunResult:
    """Run every stage that is not up to date, in order, and those named in `again`; an interrupted run goes on where it stopped.

    With `only`, all other stages must be up to date. Raises LockedError where another run holds the study, NoInputError where nothing can
    be read, SettingsError, CodebookError and SeedError for what the study folder says wrongly; UsageError and IntegrityError where a stage
    that is not in `only` is not up to date, or where an erasure was interrupted.
    """
    if only and not ledger_file(study).is_file():
        raise never_run(study)
    with study_lock(study.store):
        refuse_unfinished(study)
        ledger = Ledger(ledger_file(study))
        try:
            return _run(study, ledger, again, only, progress)
        finally:
            ledger.close()


def _run(study: Study, ledger: Ledger, again: tuple[str, ...], only: tuple[str, ...], progress: Progress) -> RunResult:
    told = _read_back(study, ledger)
    encoder = encoder_card(study)
    planned = plan(study, encoder)
    artefacts: Artefacts | None = None
    reports = []
    for stage, each in planned.items():
        started = time.perf_counter()
        # Only now is it known what the stages before have made.
        given = ingredients(study, ledger, each, encoder)
        found = state(ledger, each, given)
        why = found.changed or found.altered or unfinished(study, stage)
        if only and stage not in only:
            refuse(study, State(stage, found.changed, why, None))
        why = "asked for" if stage in again else why
        if why:
            progress(stage, 0, 0)
            artefacts = artefacts or _artefacts(study, progress, encoder, ledger)
            digests = {name: digest_file(study.store / name) for name in artefacts.make(each.stage, progress)}
            ledger.put(Entry(stage, given, digests, time.perf_counter() - started))
        reports.append(StageReport(stage, bool(why), why, time.perf_counter() - started))
    made = ledger.get("report")
    told += tuple(artefacts.told) if artefacts else ()
    listed = [problems(each).read(study.store / problems(each).file) for each in planned if problems(each) in planned[each].stage.artefacts]
    return RunResult(
        stages=tuple(reports),
        outputs=tuple((study.store / name).resolve() for name in sorted(made.artefacts)) if made else (),
        problems=(*chain.from_iterable(listed), *validation_problems(study, ledger, encoder), *told),
        told=told,
        agreement=SUMMARIES.read(study.store / SUMMARIES.file),
    )


def _read_back(study: Study, ledger: Ledger) -> tuple[Problem, ...]:
    """Take what people wrote into results into the study, before anything is compared with it."""
    made = ledger.get("report")
    written = {(study.store / name).resolve(): sha256 for name, sha256 in made.artefacts.items()} if made else {}
    if not filled_in(study, written):
        return ()
    from nptlens.study.results.read_back import read_back

    return read_back(study)


def _artefacts(study: Study, progress: Progress, encoder: EncoderCard, ledger: Ledger) -> Artefacts:
    from nptlens.study.run.artefacts import Artefacts

    return Artefacts(study, progress, encoder, ledger=ledger)

