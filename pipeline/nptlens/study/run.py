"""The main job, stage by stage; what is still true of an earlier run is not done again.

The stages, and the libraries that they need, are imported when the first of them has to run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.ids import digest_file
from nptlens.records import AgreementSummary, Problem, StageReport, worth_a_look
from nptlens.store.files import read_records
from nptlens.store.ledger import Entry, Ledger
from nptlens.store.lock import study_lock
from nptlens.study.folder import Study
from nptlens.study.listed import problems_of
from nptlens.study.plan import encoder_card, plan
from nptlens.study.unfinished import filled_in, unfinished

if TYPE_CHECKING:
    from nptlens.embedding import EncoderCard
    from nptlens.study.desk import Desk, Progress


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


def run(study: Study, *, again: tuple[str, ...] = (), progress: Progress = silent) -> RunResult:
    """Run every stage that is not up to date, in order, and those named in `again`; an interrupted run goes on where it stopped.

    Raises LockedError where another run holds the study, NoInputError where nothing can be read, SettingsError, CodebookError and
    SeedError for what the study folder says wrongly.
    """
    with study_lock(study.store):
        ledger = Ledger(study.store / "ledger.sqlite")
        try:
            return _run(study, ledger, again, progress)
        finally:
            ledger.close()


def _run(study: Study, ledger: Ledger, again: tuple[str, ...], progress: Progress) -> RunResult:
    told = _read_back(study, ledger)
    encoder = encoder_card(study)
    ingredients = plan(study, encoder)
    desk: Desk | None = None
    reports = []
    for stage in ingredients:
        started = time.perf_counter()
        why = "asked for" if stage in again else ledger.why_stale(stage, ingredients[stage]) or unfinished(study, stage)
        if why:
            progress(stage, 0, 0)
            desk = desk or _desk(study, progress, encoder)
            files = _make(stage, desk, progress)
            artefacts = {name: digest_file(study.store / name) for name in files}
            ledger.put(Entry(stage, ingredients[stage], artefacts, time.perf_counter() - started))
        reports.append(StageReport(stage, bool(why), why, time.perf_counter() - started))
    made = ledger.get("report")
    told += tuple(desk.told) if desk else ()
    return RunResult(
        stages=tuple(reports),
        outputs=tuple((study.store / name).resolve() for name in sorted(made.artefacts)) if made else (),
        problems=(*(problem for stage in ingredients for problem in problems_of(study, stage)), *told),
        told=told,
        agreement=read_records(study.store / "agreement.json", tuple[AgreementSummary, ...]),
    )


def _read_back(study: Study, ledger: Ledger) -> tuple[Problem, ...]:
    """Take what people wrote into results into the study, before anything is compared with it."""
    made = ledger.get("report")
    written = {(study.store / name).resolve(): sha256 for name, sha256 in made.artefacts.items()} if made else {}
    if not filled_in(study, written):
        return ()
    from nptlens.study.read_back import read_back

    return read_back(study)


def _desk(study: Study, progress: Progress, encoder: EncoderCard) -> Desk:
    from nptlens.study.desk import Desk

    return Desk(study, progress, encoder)


def _make(stage: str, desk: Desk, progress: Progress) -> tuple[str, ...]:
    from nptlens.study.around import MAKERS_AROUND
    from nptlens.study.stages import MAKERS

    return (MAKERS | MAKERS_AROUND)[stage](desk, progress)
