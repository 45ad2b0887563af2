"""Two runs compared: a study and a run it kept, or two study folders."""

from __future__ import annotations

from pathlib import Path

from nptlens.agreement import compare_runs
from nptlens.errors import UsageError
from nptlens.runs import KeptRun, RunDifference
from nptlens.store.salt import study_salt
from nptlens.study.folder import Study, open_study
from nptlens.study.keep import current_run, kept_names, kept_run, with_salt


def diff(first: Path, second: str) -> RunDifference:
    """Compare the study in `first` with another: from a run it kept as `second` to its last run, else from its last run to the study there.

    A kept run goes before a folder of that name; write ./NAME for the folder. Raises UsageError where `second` is neither, or a study has
    no whole run; SettingsError where a folder is no study.
    """
    study = open_study(first)
    if second in kept_names(study):
        kept, last = kept_run(study, second), current_run(study, "the last run")
        return compare_runs(kept, with_salt(last, study_salt(study.store)) if kept.salted else last)
    folder = Path(second)
    if not (folder / "study.toml").is_file():
        names = ", ".join(kept_names(study))
        hint = f"kept runs are: {names}" if names else "keep a run: nptlens run --keep NAME"
        raise UsageError(f"{second} is neither a run that the study kept nor a study folder", where=str(first), hint=hint)
    return compare_runs(_last(study, first), _last(open_study(folder), folder))


def _last(study: Study, folder: Path) -> KeptRun:
    return current_run(study, folder.name or str(folder))
