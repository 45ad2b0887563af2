"""A part of the report, or other formats of it, beside the report of the run: nothing of the run is touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nptlens.core.errors import SettingsError
from nptlens.core.ids import digest_json
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

_FEW_CODES, _LONGEST = 4, 80


@dataclass(frozen=True, slots=True)
class SelectedReport:
    """The files that were written, and what became of those that a person changed."""

    outputs: tuple[Path, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look: a file was kept, or could not be read back."""
        return worth_a_look(self.problems)


def selection_name(wanted: Mapping[str, Any]) -> str:
    """Return what a selection is called in names of folders: ``by-role``, ``codes-F1-F3``; "" where only formats are chosen."""
    codes, most = tuple(wanted.get("codes") or ()), wanted.get("excerpts")
    shown = [*codes] if len(codes) <= _FEW_CODES else [*codes[:_FEW_CODES], f"and {len(codes) - _FEW_CODES} more", digest_json(codes)[:6]]
    told = [f"by {wanted['by']}"] if wanted.get("by") else []
    told += [f"codes {' '.join(shown)}"] if codes else []
    told += [f"{most} excerpts"] if most is not None else []
    told += [str(wanted["length"])] if wanted.get("length") else []
    return "-".join(re.sub(r"[^\w]+", "-", each).strip("-") for each in told)[:_LONGEST]


def report_selected(study: Study, wanted: Mapping[str, Any], out: Path | None) -> SelectedReport:
    """Write the report with `wanted` in place of fields of ReportSettings into `out`.

    Without `out` each selection has a folder of its own (results/selected/by-role), so that one does not replace another.

    What a person wrote into an earlier one is read back first, and that file is kept.

    Raises UsageError where `wanted` names a code or column that the study lacks, SettingsError for a value that a setting cannot have,
    and as `last_run`.
    """
    folder = out or study.results / SELECTED / selection_name(wanted)
    refuse_folder(study, folder)
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
        written = put_report(study, files, folder)
        return SelectedReport(written.paths, (*told, *written.problems))
