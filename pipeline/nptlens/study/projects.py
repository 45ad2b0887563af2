"""The register of projects as the last run coded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nptlens.core.errors import UsageError
from nptlens.schemas.fieldwork import AttributeTally, CrossTable
from nptlens.study.folder import Study
from nptlens.study.run.fieldwork_stages import register
from nptlens.study.run.last_run import last_run


@dataclass(frozen=True, slots=True)
class ProjectCount:
    """Counts and cross-tables.

    `coded` are (project, attribute, value, who), `open` (project, attribute, most probable value, its probability, why it is open).
    """

    projects: int
    tallies: tuple[AttributeTally, ...]
    outcome: tuple[str, str]
    crosses: tuple[CrossTable, ...]
    coded: tuple[tuple[str, str, str, str], ...]
    open: tuple[tuple[str, str, str, float, str], ...]


def projects(study: Study) -> ProjectCount:
    """Return the counts; raises UsageError where the study has no register of projects, and as `last_run`."""
    if study.projects_file() is None:
        hint = "write projects.csv: project_id,description,practice"
        raise UsageError("this study has no register of projects", where=str(study.root), hint=hint)
    with last_run(study, "projects") as artefacts:
        found = register(artefacts)
    decided = found.codings[found.codings["code"] != ""]
    undecided = found.codings[found.codings["code"] == ""]
    return ProjectCount(
        projects=len(found.projects),
        tallies=found.tallies,
        outcome=found.outcome,
        crosses=found.crosses,
        coded=_rows(decided, ("project_id", "attribute", "code", "coder")),
        open=_rows(undecided, ("project_id", "attribute", "likeliest", "probability", "reason")),
    )


def _rows(codings: pd.DataFrame, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(zip(*(codings[name].tolist() for name in names), strict=True))
