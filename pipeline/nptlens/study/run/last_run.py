"""What the last run made, for the verbs that read it: under the study's lock, and only where it is what the ledger says.

A verb names the stages that it reads from. It is refused where one of them, or one that they read from, is not up to date, and each file
is held against its digest before it is read. So no verb mixes two runs, and a damaged file is never an answer.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.core.errors import IntegrityError, UsageError
from nptlens.store.ledger import Entry, Ledger, digest_if_there
from nptlens.store.lock import study_lock
from nptlens.study.data_protection._removal_plan import refuse_unfinished
from nptlens.study.folder import Study
from nptlens.study.run.pipeline import upstream
from nptlens.study.run.plan import encoder_card, plan
from nptlens.study.run.states import State, ledger_file, made_by, states

if TYPE_CHECKING:
    from nptlens.study.run.artefacts import Artefacts


@contextmanager
def last_run(study: Study, *stages: str, whole: Collection[str] = ()) -> Iterator[Artefacts]:
    """Hold the study's lock and give what `stages` made; all that they hang on must be as it was when they ran.

    Of stages in `whole` it is only asked that they belong to one run, whatever was changed since. Raises UsageError where the study was
    never run or a stage is not up to date, LockedError where a run holds the study, and IntegrityError for a file
    that is not what its stage made, as soon as it is asked for.
    """
    from nptlens.study.run.artefacts import Artefacts

    path = ledger_file(study)
    if not path.is_file():
        raise never_run(study)
    with study_lock(study.store):
        refuse_unfinished(study)
        ledger = Ledger(path)
        try:
            if stages:
                encoder = encoder_card(study)
                planned = plan(study, encoder)
                among = upstream(stages, lambda name: planned[name].after)
                for state in states(study, ledger, planned, encoder, among=among, files=False):
                    refuse(study, state)
            _one_run(study, ledger, whole)
            yield Artefacts(study, ledger=ledger, files=CheckedFiles(study, ledger))
        finally:
            ledger.close()


def never_run(study: Study) -> UsageError:
    """Return the error for a study that no run has touched."""
    return UsageError("the study was never run", where=str(study.root), hint=run_again(study))


def run_again(study: Study) -> str:
    """Return the command that brings a study up to date, to be pasted."""
    return f"run: nptlens run {shlex.quote(str(study.root))}"


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


def _one_run(study: Study, ledger: Ledger, names: Collection[str]) -> None:
    """Raise UsageError where one of these stages, or one that it read from, never ran or is of another run than the others.

    They are of one run where each was made from what the stages before it made, and all from the same files, settings and versions.
    """
    entries = _read_from(study, ledger, names)
    given: dict[str, tuple[str, str]] = {}
    for entry in entries:
        for key, value in entry.ingredients.items():
            earlier, file = made_by(key)
            other, held = (earlier, _made(ledger, earlier, file)) if earlier else given.setdefault(key, (entry.name, value))
            if held != value:
                what = f"stage {entry.name} is of an earlier run than stage {other}"
                raise UsageError(what, where=str(study.root), hint=run_again(study))


def _made(ledger: Ledger, stage: str, file: str) -> str | None:
    entry = ledger.get(stage)
    return entry.artefacts.get(file) if entry else None


def _read_from(study: Study, ledger: Ledger, names: Collection[str]) -> list[Entry]:
    """Return what the ledger says of these stages and of all that they read from, in the order in which they ran."""
    found: dict[str, Entry] = {}

    def after(name: str) -> list[str]:
        entry = ledger.get(name)
        if entry is None or not entry.artefacts:
            raise UsageError(f"stage {name} never ran", where=str(study.root), hint=run_again(study))
        found[name] = entry
        return [stage for stage, _ in map(made_by, entry.ingredients) if stage]

    return [found[name] for name in upstream(names, after)]
