"""The register of projects as the last run coded it."""

from __future__ import annotations

from dataclasses import dataclass

from nptlens.errors import UsageError
from nptlens.fieldwork import AttributeTally, CrossTable
from nptlens.study.around import register
from nptlens.study.folder import Study


@dataclass(frozen=True, slots=True)
class ProjectCount:
    """Counts and cross-tables; `coded` and `open` are (project, attribute, value, who) and (project, attribute, most probable, its probability, why)."""

    projects: int
    tallies: tuple[AttributeTally, ...]
    outcome: tuple[str, str]
    crosses: tuple[CrossTable, ...]
    coded: tuple[tuple[str, str, str, str], ...]
    open: tuple[tuple[str, str, str, float, str], ...]


def projects(study: Study) -> ProjectCount:
    """Return the counts; raises UsageError where the study has no register of projects, or it was not coded yet."""
    if study.projects_file() is None:
        raise UsageError("this study has no register of projects", where=str(study.root), hint="write projects.csv: project_id,description,practice")
    if not (study.store / "project_codings.parquet").is_file():
        raise UsageError("the projects are not coded yet", where=str(study.root), hint="run: nptlens run")
    found = register(study)
    decided = found.codings[found.codings["code"] != ""]
    undecided = found.codings[found.codings["code"] == ""]
    return ProjectCount(
        projects=len(found.projects),
        tallies=found.tallies,
        outcome=found.outcome,
        crosses=found.crosses,
        coded=tuple(zip(*(decided[name].tolist() for name in ("project_id", "attribute", "code", "coder")), strict=True)),
        open=tuple(zip(*(undecided[name].tolist() for name in ("project_id", "attribute", "likeliest", "probability", "reason")), strict=True)),
    )
