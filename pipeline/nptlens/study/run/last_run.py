"""What the last run made, for the verbs that read it: under the study's lock, and only where it is what the ledger says.

A verb names the stages that it reads from. It is refused where one of them, or one that they read from, is not up to date, and each file
is held against its digest before it is read. So no verb mixes two runs, and a damaged file is never an answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nptlens.core.errors import UsageError
from nptlens.store.ledger import Entry, Ledger
from nptlens.store.lock import study_lock
from nptlens.study.data_protection._removal_plan import refuse_unfinished
from nptlens.study.folder import Study
from nptlens.study.run.pipeline import upstream
from nptlens.study.run.plan import encoder_card, plan
from nptlens.study.run.states import CheckedFiles, ledger_file, made_by, never_run, refuse, run_again, states

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
