"""A part of the report, or other formats of it, beside the report of the run: nothing of the run is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nptlens.errors import SettingsError, UsageError
from nptlens.reporting import report
from nptlens.settings import ReportSettings
from nptlens.store.lock import study_lock
from nptlens.study.desk import Desk
from nptlens.study.folder import Study
from nptlens.study.provenance import report_inputs
from nptlens.study.stages import MAKERS
from nptlens.study.status import status

SELECTED = "selected"


def report_selected(study: Study, wanted: Mapping[str, Any], out: Path | None) -> tuple[Path, ...]:
    """Write the report with `wanted` in place of fields of ReportSettings into `out` (results/selected) and return the files' paths.

    Raises UsageError where a stage is not up to date or `wanted` names a code or column that the study lacks, SettingsError for a value
    that a setting cannot have, LockedError where a run holds the study.
    """
    refuse_stale(study)
    try:
        settings = ReportSettings.model_validate(study.settings.report.model_dump() | dict(wanted))
    except ValidationError as error:
        raise SettingsError("; ".join(f"report.{each['loc'][0]}: {each['msg']}" for each in error.errors()), where="report") from None
    chosen = replace(study, settings=study.settings.model_copy(update={"report": settings}))
    with study_lock(study.store):
        desk = Desk(chosen)
        problems = [problem for stage in MAKERS for problem in desk.problems_of(stage)]
        return report(report_inputs(desk, problems=problems), out or study.results / SELECTED)


def refuse_stale(study: Study) -> None:
    """Raise UsageError where a stage before the report is not up to date."""
    stale = [each for each in status(study) if not each.up_to_date and each.stage != "report"]
    if stale:
        raise UsageError(f"stage {stale[0].stage} is not up to date ({stale[0].why})", hint="run: nptlens run")
