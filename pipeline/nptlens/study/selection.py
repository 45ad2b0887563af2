"""A part of the report, or other formats of it, beside the report of the run: nothing of the run is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nptlens.errors import SettingsError
from nptlens.reporting import report
from nptlens.settings import ReportSettings
from nptlens.study.folder import Study
from nptlens.study.made import last_run
from nptlens.study.plan import stages_of
from nptlens.study.provenance import report_inputs

SELECTED = "selected"


def report_selected(study: Study, wanted: Mapping[str, Any], out: Path | None) -> tuple[Path, ...]:
    """Write the report with `wanted` in place of fields of ReportSettings into `out` (results/selected) and return the files' paths.

    Raises UsageError where `wanted` names a code or column that the study lacks, SettingsError for a value that a setting cannot have,
    and as `last_run`.
    """
    try:
        settings = ReportSettings.model_validate(study.settings.report.model_dump() | dict(wanted))
    except ValidationError as error:
        raise SettingsError("; ".join(f"report.{each['loc'][0]}: {each['msg']}" for each in error.errors()), where="report") from None
    stages = stages_of(study)[:-1]
    with last_run(study, *stages) as desk:
        desk.study = replace(study, settings=study.settings.model_copy(update={"report": settings}))
        problems = [problem for stage in stages for problem in desk.problems_of(stage)]
        return report(report_inputs(desk, problems=problems), out or study.results / SELECTED)
