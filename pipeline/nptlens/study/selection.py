"""A part of the report, or other formats of it, beside the report of the run: nothing of the run is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nptlens.errors import SettingsError, UsageError
from nptlens.records import Problem, worth_a_look
from nptlens.reporting import report_files
from nptlens.settings import ReportSettings
from nptlens.store.lock import study_lock
from nptlens.study.desk import Desk
from nptlens.study.folder import Study
from nptlens.study.provenance import report_inputs
from nptlens.study.read_back import read_back
from nptlens.study.results import SELECTED, put_report, refuse_folder
from nptlens.study.stages import MAKERS
from nptlens.study.status import status


@dataclass(frozen=True, slots=True)
class SelectedReport:
    """The files that were written, and what became of those that a person changed."""

    outputs: tuple[Path, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: a file was kept, or could not be read back."""
        return worth_a_look(self.problems)


def report_selected(study: Study, wanted: Mapping[str, Any], out: Path | None) -> SelectedReport:
    """Write the report with `wanted` in place of fields of ReportSettings into `out` (results/selected).

    What a person wrote into an earlier one is read back first, and that file is kept.

    Raises UsageError where a stage is not up to date or `wanted` names a code or column that the study lacks, SettingsError for a value
    that a setting cannot have, LockedError where a run holds the study.
    """
    refuse_folder(study, out or study.results / SELECTED)
    refuse_stale(study)
    try:
        settings = ReportSettings.model_validate(study.settings.report.model_dump() | dict(wanted))
    except ValidationError as error:
        raise SettingsError("; ".join(f"report.{each['loc'][0]}: {each['msg']}" for each in error.errors()), where="report") from None
    chosen = replace(study, settings=study.settings.model_copy(update={"report": settings}))
    with study_lock(study.store):
        told = read_back(study)
        refuse_stale(study)  # what was read back may be what a stage is made from
        desk = Desk(chosen)
        problems = [problem for stage in MAKERS for problem in desk.problems_of(stage)]
        files = report_files(report_inputs(desk, problems=problems))
        written = put_report(study, files, out or study.results / SELECTED)
        return SelectedReport(written.paths, (*told, *written.problems))


def refuse_stale(study: Study) -> None:
    """Raise UsageError where a stage before the report is not up to date."""
    stale = [each for each in status(study) if not each.up_to_date and each.stage != "report"]
    if stale:
        raise UsageError(f"stage {stale[0].stage} is not up to date ({stale[0].why})", hint="run: nptlens run")
