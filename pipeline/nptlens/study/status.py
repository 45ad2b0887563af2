"""Which stages are up to date, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.store.ledger import Ledger
from nptlens.study.folder import Study
from nptlens.study.plan import plan
from nptlens.study.unfinished import unfinished


@dataclass(frozen=True, slots=True)
class StageStatus:
    """A stage: whether it is up to date, why not, and the seconds it took when it last ran."""

    stage: str
    up_to_date: bool
    why: str
    seconds: float | None


def status(study: Study) -> tuple[StageStatus, ...]:
    """Return the state of every stage; nothing is run or written where the study never ran."""
    ingredients = plan(study)
    path = study.store / "ledger.sqlite"
    if not path.is_file():
        return tuple(StageStatus(stage, False, "never ran", None) for stage in ingredients)
    ledger = Ledger(path)
    try:
        found = []
        for stage in ingredients:
            why, entry = ledger.why_stale(stage, ingredients[stage]) or unfinished(study, stage), ledger.get(stage)
            found.append(StageStatus(stage, not why, why, entry.seconds if entry else None))
        return tuple(found)
    finally:
        ledger.close()
