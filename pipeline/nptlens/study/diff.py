"""Two runs compared: a study and a run it kept, or two study folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nptlens.agreement import compare_runs
from nptlens.core.errors import NptlensError, UsageError
from nptlens.core.hints import command
from nptlens.reporting.changes import changes_file
from nptlens.schemas.run_comparison import RunDifference
from nptlens.store.lock import study_lock
from nptlens.store.outputs import Outputs, Written
from nptlens.store.salt import study_salt
from nptlens.study.folder import Study, is_study, open_study
from nptlens.study.run.pipeline import of_the_codings
from nptlens.study.run.states import status
from nptlens.study.snapshots import current_run, kept_names, kept_run, with_salt


def diff(first: Path, second: str) -> RunDifference:
    """Compare the study in `first` with another: from a run it kept as `second` to its last run, else from its last run to the study there.

    A kept run goes before a folder of that name; write ./NAME for the folder. Raises UsageError where `second` is neither, or a study has
    no whole run; SettingsError where a folder is no study.
    """
    study = open_study(first)
    if second in kept_names(study):
        kept, last = kept_run(study, second), current_run(study, "the last run")
        last = with_salt(last, study_salt(study.store)) if kept.salted else last
        return replace(compare_runs(kept, last), notes=_changed_since(study))
    folder = Path(second)
    if not is_study(folder):
        names = ", ".join(kept_names(study))
        hint = f"kept runs are: {names}" if names else f"keep a run: {command('run', study.root, '--keep', 'NAME')}"
        raise UsageError(f"{second} is neither a run that the study kept nor a study folder", where=str(first), hint=hint)
    other = open_study(folder)
    told = [path.name if path.name and first.name != folder.name else str(path) for path in (first, folder)]
    runs = (current_run(each, name) for each, name in zip((study, other), told, strict=True))
    return replace(compare_runs(*runs), notes=(*_changed_since(study), *_changed_since(other)))


def _changed_since(study: Study) -> tuple[str, ...]:
    """Say it where a study was changed since its last run: what is compared is that run."""
    try:
        stale = next((each for each in status(study) if each.stage in of_the_codings() and not each.up_to_date), None)
    except NptlensError as error:  # a run can be compared where its encoder is no longer installed
        return (f"{study.root.name}: whether it is up to date cannot be told: {error.what}",)
    return (f"{study.root.name} has changed since its last run: stage {stale.stage} ({stale.why})",) if stale else ()


def write_changes(study: Path, difference: RunDifference, path: Path) -> Written:
    """Write what changed to `path` (.csv, .xlsx or .json); a file that is there, and that a person changed, is kept.

    Raises UsageError for another suffix, LockedError where a run holds the study.
    """
    content, store = changes_file(difference, path), open_study(study).store
    with study_lock(store):
        return Outputs(store).write(path, content)
