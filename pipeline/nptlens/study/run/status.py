"""Which stages are up to date, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.store.ledger import Ledger
from nptlens.study.folder import Study
from nptlens.study.results.unfinished import unfinished
from nptlens.study.run.plan import plan
from nptlens.study.run.states import State, ledger_file, states, validation_status


@dataclass(frozen=True, slots=True)
class StageStatus:
    """A stage: whether it is up to date, why not, and the seconds it took when it last ran."""

    stage: str
    up_to_date: bool
    why: str
    seconds: float | None


def status(study: Study) -> tuple[StageStatus, ...]:
    """Return the state of every stage, and of a validation where there is one; nothing is run or written.

    It does not wait for a run that goes on: it tells what stands in the ledger at the time.
    """
    planned = plan(study)
    path = ledger_file(study)
    if not path.is_file():
        return tuple(StageStatus(stage, False, "never ran", None) for stage in planned)
    ledger = Ledger(path)
    try:
        validation = validation_status(study, ledger)
        found = [*states(study, ledger, planned), *([validation] if validation else [])]
        return tuple(_told(study, state) for state in found)
    finally:
        ledger.close()


def _told(study: Study, state: State) -> StageStatus:
    why = state.why or unfinished(study, state.stage)
    return StageStatus(state.stage, not why, why, state.seconds)
