"""What the stages listed for a person to see."""

from __future__ import annotations

from nptlens.records import Problem
from nptlens.store.files import read_records
from nptlens.study.folder import Study


def problems_file(stage: str) -> str:
    """Return the name of the file in the store that a stage lists its problems in."""
    return f"problems_{stage}.json"


def problems_of(study: Study, stage: str) -> tuple[Problem, ...]:
    """Return the problems that a stage of the last run listed; empty where it lists none or never ran."""
    path = study.store / problems_file(stage)
    return read_records(path, tuple[Problem, ...]) if path.is_file() else ()
