"""Which stages are up to date: made from what the study holds now and from what the stages before them made, and still as they were made.

This is the one place that decides it, for a run, for `status` and for every verb that reads what a run made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.ids import digest
from nptlens.schemas.records import Problem
from nptlens.store.ledger import Ledger
from nptlens.study.folder import Study
from nptlens.study.run.plan import VALIDATION, Ingredients, Planned, validation_plan

_FIGURES = "../results/validation.json"


@dataclass(frozen=True, slots=True)
class State:
    """A stage: what changed since it ran, and which of its artefacts is not as it made it; both empty where it is up to date."""

    stage: str
    changed: str
    altered: str
    seconds: float | None

    @property
    def why(self) -> str:
        """Why it is not up to date, "" where it is."""
        return "; ".join(filter(None, (self.changed, self.altered)))


def ledger_file(study: Study) -> Path:
    """Return where the ledger lies; it is there once the study was run."""
    return study.store / "ledger.sqlite"


def ingredients(study: Study, ledger: Ledger, stage: str, planned: Planned) -> Ingredients:
    """Return all that goes into a stage: its own ingredients, and what the stages that it reads from were made from and made."""
    entries = {name: ledger.get(name) for name in {*planned.after, *(name for name, _ in planned.takes)}}
    found = dict(planned.ingredients)
    found |= {f"stage {name}": entry.fingerprint if (entry := entries[name]) else "" for name in planned.after}
    found |= {f"stage {name}: {file}": entry.artefacts.get(file, "") if (entry := entries[name]) else "" for name, file in planned.takes}
    if stage == "report" and study.validation_file() is not None:
        found[VALIDATION] = digest(validation_state(study, ledger))
    return found


def upstream(planned: Mapping[str, Planned], stages: Collection[str]) -> set[str]:
    """Return the stages named and all that they read from.

    A stage of which one file alone is taken is not among them: it may be out of date in what does not concern that file.
    """
    found: set[str] = set()
    waiting = [*stages]
    while waiting:
        stage = waiting.pop()
        if stage not in found:
            found.add(stage)
            waiting += planned[stage].after
    return found


def states(
    study: Study, ledger: Ledger, planned: Mapping[str, Planned], *, among: Collection[str] = (), files: bool = True
) -> Iterator[State]:
    """Yield the state of each stage, `among` those named alone; without `files` nobody looks at what the stages made.

    A stage that reads from one that is not up to date is not up to date either, and names the one where that began.
    """
    began: dict[str, str] = {}
    for stage, plan in planned.items():
        if among and stage not in among:
            continue
        behind = next((began[each] for each in began if each in plan.after), "")
        state = _state(study, ledger, stage, plan, behind, files=files)
        if state.why:
            began[stage] = behind or stage
        yield state


def validation_status(study: Study, ledger: Ledger) -> State | None:
    """Return the state of the last validation in the study's results; None where there is none."""
    if study.validation_file() is None and ledger.get(VALIDATION) is None:
        return None
    entry = ledger.get(VALIDATION)
    return State(VALIDATION, _validation_changed(study, ledger), ledger.altered(VALIDATION), entry.seconds if entry else None)


def validation_state(study: Study, ledger: Ledger) -> str:
    """Return why the figures in results/validation.json are not those of the study as it was run and is set now; "" where they are."""
    changed = _validation_changed(study, ledger)
    if changed:
        return changed
    altered = ledger.altered(VALIDATION, only=_FIGURES)
    return altered.replace(_FIGURES, "results/validation.json")


def validation_problems(study: Study, ledger: Ledger) -> tuple[Problem, ...]:
    """Return what must be told of a validation that the report cannot show; nothing where it shows it, or there is none."""
    why = validation_state(study, ledger) if study.validation_file() is not None else ""
    what = f"it is of an earlier run or of other settings, so the report does not show it ({why})"
    return (Problem("validation", what, "run: nptlens validate, then: nptlens report"),) if why else ()


def _validation_changed(study: Study, ledger: Ledger) -> str:
    changed = ledger.changed(VALIDATION, ingredients(study, ledger, VALIDATION, validation_plan(study)))
    return "nothing tells what it was made from" if changed == "never ran" else changed


def _state(study: Study, ledger: Ledger, stage: str, plan: Planned, behind: str, *, files: bool) -> State:
    entry = ledger.get(stage)
    changed = ledger.changed(stage, ingredients(study, ledger, stage, plan))
    if behind and changed != "never ran":
        changed = "; ".join(filter(None, (changed, f"stage {behind} is not up to date")))
    return State(stage, changed, ledger.altered(stage) if files else "", entry.seconds if entry else None)
