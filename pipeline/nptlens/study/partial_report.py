"""A part of the report, or other formats of it, beside the report of the run: nothing of the run is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nptlens.core.errors import SettingsError
from nptlens.reporting import report_files
from nptlens.schemas.records import Problem, worth_a_look
from nptlens.schemas.settings import ReportSettings
from nptlens.store.lock import study_lock
from nptlens.study.folder import Study
from nptlens.study.results.read_back import read_back
from nptlens.study.results.write import SELECTED, put_report, refuse_folder
from nptlens.study.run.last_run import last_run
from nptlens.study.run.pipeline import before_report
from nptlens.study.run.report_stage import report_inputs
from nptlens.study.run.states import ledger_file, never_run


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

    Raises UsageError where `wanted` names a code or column that the study lacks, SettingsError for a value that a setting cannot have,
    and as `last_run`.
    """
    refuse_folder(study, out or study.results / SELECTED)
    try:
        settings = ReportSettings.model_validate(study.settings.report.model_dump() | dict(wanted))
    except ValidationError as error:
        raise SettingsError("; ".join(f"report.{each['loc'][0]}: {each['msg']}" for each in error.errors()), where="report") from None
    if not ledger_file(study).is_file():
        raise never_run(study)
    with study_lock(study.store):  # what was read back may be what a stage is made from
        told = read_back(study)
    with last_run(study, *before_report(study)) as artefacts:
        artefacts.study = replace(study, settings=study.settings.model_copy(update={"report": settings}))
        files = report_files(report_inputs(artefacts))
        written = put_report(study, files, out or study.results / SELECTED)
        return SelectedReport(written.paths, (*told, *written.problems))
