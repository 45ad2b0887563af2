"""Which stages are up to date: made from what the study holds now and from what the stages before them made, and still as they were made.

This is the one place that decides it, for a run, for `status` and for every verb that reads what a run made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.hints import command
from nptlens.core.ids import digest
from nptlens.embedding import EncoderCard
from nptlens.schemas.records import Problem
from nptlens.store.ledger import Ledger, digest_if_there
from nptlens.study.folder import Study
from nptlens.study.results.unfinished import unfinished
from nptlens.study.run.pipeline import VALIDATION, titles
from nptlens.study.run.plan import Ingredients, Planned, encoder_card, plan, plan_of

_FIGURES = "../results/validation.json"
_MADE = "stage "  # begins the name of what an earlier stage made, among a stage's ingredients


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


@dataclass(frozen=True, slots=True)
class StageStatus:
    """A stage: whether it is up to date, why not, and the seconds it took when it last ran."""

    stage: str
    up_to_date: bool
    why: str
    seconds: float | None


def ledger_file(study: Study) -> Path:
    """Return where the ledger lies; it is there once the study was run."""
    return study.store / "ledger.sqlite"


def status(study: Study) -> tuple[StageStatus, ...]:
    """Return the state of every stage, and of a validation where there is one; nothing is run or written.

    It does not wait for a run that goes on: it tells what stands in the ledger at the time.
    """
    encoder = encoder_card(study)
    planned = plan(study, encoder)
    path = ledger_file(study)
    if not path.is_file():
        return tuple(StageStatus(stage, False, "never ran", None) for stage in planned)
    ledger = Ledger(path)
    try:
        validation = validation_status(study, ledger, encoder)
        found = [*states(study, ledger, planned, encoder), *([validation] if validation else [])]
        return tuple(_told(study, state) for state in found)
    finally:
        ledger.close()


def _told(study: Study, state: State) -> StageStatus:
    why = state.why or unfinished(study, state.stage)
    return StageStatus(state.stage, not why, why, state.seconds)


def ingredients(study: Study, ledger: Ledger, planned: Planned, encoder: EncoderCard) -> Ingredients:
    """Return all that goes into a stage: what is known before anything runs, and the digests of what the stages before it made.

    Into what shows a validation goes also whether that validation holds.
    """
    entries = {name: ledger.get(name) for name in {name for name, _ in planned.made_by}}
    found = dict(planned.ingredients)
    for name, file in planned.made_by:
        entry = entries[name]
        found[f"{_MADE}{name}: {file}"] = entry.artefacts.get(file, "") if entry else ""
    if "validation_file" in planned.needs.inputs and study.validation_file() is not None:
        found[VALIDATION.name] = digest(validation_state(study, ledger, encoder))
    return found


def made_by(ingredient: str) -> tuple[str, str]:
    """Return stage and file where an ingredient is what an earlier stage made, two empty strings where it is anything else."""
    stage, _, file = ingredient.removeprefix(_MADE).partition(": ")
    return (stage, file) if ingredient.startswith(_MADE) and stage in titles() else ("", "")


def states(
    study: Study,
    ledger: Ledger,
    planned: Mapping[str, Planned],
    encoder: EncoderCard,
    *,
    among: Collection[str] = (),
    files: bool = True,
) -> Iterator[State]:
    """Yield the state of each stage, `among` those named alone; without `files` nobody looks at what the stages made.

    A stage that reads from one that is not up to date is not up to date either, and names the one where that began, and what has changed
    beside that.
    """
    began: dict[str, str] = {}
    told: set[str] = set()
    for name, each in planned.items():
        if among and name not in among:
            continue
        given = ingredients(study, ledger, each, encoder)
        found = state(ledger, each, given, files=files)
        entry = ledger.get(name)
        changes = entry.changes(given) if entry else ()
        behind = next((began[earlier] for earlier in began if earlier in each.after), "")
        if behind and entry:
            own = "" if told.issuperset(changes) else found.changed
            found = replace(found, changed="; ".join(filter(None, (own, f"stage {behind} is not up to date"))))
        told.update(changes)
        if found.why:
            began[name] = behind or name
        yield found


def state(ledger: Ledger, planned: Planned, given: Ingredients, *, files: bool = True) -> State:
    """Return the state of one stage, by what goes into it now."""
    name = planned.stage.name
    entry = ledger.get(name)
    lacking = next((each.file for each in planned.stage.artefacts if entry and each.file not in entry.artefacts), "")
    altered = f"missing: {lacking}" if lacking else ledger.altered(name) if files else ""
    return State(name, ledger.changed(name, given), altered, entry.seconds if entry else None)


def validation_status(study: Study, ledger: Ledger, encoder: EncoderCard) -> State | None:
    """Return the state of the last validation in the study's results; None where there is none."""
    entry = ledger.get(VALIDATION.name)
    if study.validation_file() is None and entry is None:
        return None
    changed = _validation_changed(study, ledger, encoder)
    return State(VALIDATION.name, changed, ledger.altered(VALIDATION.name), entry.seconds if entry else None)


def validation_state(study: Study, ledger: Ledger, encoder: EncoderCard) -> str:
    """Return why the figures in results/validation.json are not those of the study as it was run and is set now; "" where they are."""
    changed = _validation_changed(study, ledger, encoder)
    if changed:
        return changed
    altered = ledger.altered(VALIDATION.name, only=_FIGURES)
    return altered.replace(_FIGURES, "results/validation.json")


def validation_problems(study: Study, ledger: Ledger, encoder: EncoderCard) -> tuple[Problem, ...]:
    """Return what must be told of a validation that the report cannot show; nothing where it shows it, or there is none."""
    why = validation_state(study, ledger, encoder) if study.validation_file() is not None else ""
    what = f"it is of an earlier run or of other settings, so the report does not show it ({why})"
    return (Problem("validation", what, "run: nptlens validate STUDY; then: nptlens report STUDY"),) if why else ()


def _validation_changed(study: Study, ledger: Ledger, encoder: EncoderCard) -> str:
    planned = plan_of(study, VALIDATION, encoder)
    changed = ledger.changed(VALIDATION.name, ingredients(study, ledger, planned, encoder))
    return "nothing tells what it was made from" if changed == "never ran" else changed


def never_run(study: Study) -> UsageError:
    """Return the error for a study that no run has touched."""
    return UsageError("the study was never run", where=str(study.root), hint=run_again(study))


def run_again(study: Study) -> str:
    """Return the command that brings a study up to date, to be pasted."""
    return f"run: {command('run', study.root)}"


def refuse(study: Study, state: State) -> None:
    """Raise UsageError where a stage must run first, IntegrityError where what it made was altered."""
    if state.changed:
        raise UsageError(f"stage {state.stage} is not up to date ({state.changed})", where=str(study.root), hint=run_again(study))
    if state.altered:
        raise _altered(study, state.stage, state.altered.split(": ", 1)[1])


def digests(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """Return stage and sha256 by file, for all that stages made."""
    entries = [entry for name in ledger.names() if (entry := ledger.get(name)) is not None]
    return {file: (entry.name, sha256) for entry in entries for file, sha256 in entry.artefacts.items()}


class CheckedFiles:
    """The files of the store, each held against the ledger's digest when it is first asked for."""

    def __init__(self, study: Study, ledger: Ledger) -> None:
        self._study, self._digests = study, digests(ledger)
        self._checked: set[str] = set()

    def __contains__(self, name: str) -> bool:
        """Tell whether a stage made a file of this name."""
        return name in self._digests

    def path(self, name: str) -> Path:
        """Return where a file lies; raises UsageError where no stage made it, IntegrityError where it is not as it was made."""
        if name not in self._digests:
            raise UsageError(f"no stage has made {name} yet", where=str(self._study.root), hint=run_again(self._study))
        stage, sha256 = self._digests[name]
        path = self._study.store / name
        if name not in self._checked:
            if digest_if_there(path) != sha256:
                raise _altered(self._study, stage, name)
            self._checked.add(name)
        return path


def _altered(study: Study, stage: str, name: str) -> IntegrityError:
    return IntegrityError(f"{Path(name).name} is not what stage {stage} made", where=str(study.store / name), hint=run_again(study))
