"""Two runs compared: a study and a run it kept, or two study folders."""

from __future__ import annotations

from pathlib import Path

from nptlens.agreement import compare_runs
from nptlens.errors import UsageError
from nptlens.runs import KeptRun, RunDifference
from nptlens.study.folder import Study, is_study, open_study
from nptlens.study.keep import current_run, kept_names, kept_run


def diff(first: Path, second: str) -> RunDifference:
    """Compare the study in `first` with another: from a run it kept as `second` to its last run, else from its last run to the study there.

    A kept run goes before a folder of that name; write ./NAME for the folder. Raises UsageError where `second` is neither, or a study has
    no whole run; SettingsError where a folder is no study.
    """
    study = open_study(first)
    if second in kept_names(study):
        return compare_runs(kept_run(study, second), current_run(study, "the last run"))
    folder = Path(second)
    if not is_study(folder):
        names = ", ".join(kept_names(study))
        hint = f"kept runs are: {names}" if names else "keep a run: nptlens run --keep NAME"
        raise UsageError(f"{second} is neither a run that the study kept nor a study folder", where=str(first), hint=hint)
    return compare_runs(_last(study, first), _last(open_study(folder), folder))


def _last(study: Study, folder: Path) -> KeptRun:
    return current_run(study, folder.name or str(folder))
