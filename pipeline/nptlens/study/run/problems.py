"""What the stages listed for a person to see, and what there is to say of the tables that people wrote."""

from __future__ import annotations

from pathlib import Path

from nptlens.core.delimited import read_table_text
from nptlens.schemas.records import Problem, Severity
from nptlens.store.files import read_records
from nptlens.study.folder import Study


def problems_file(stage: str) -> str:
    """Return the name of the file in the store that a stage lists its problems in."""
    return f"problems_{stage}.json"


def problems_of(study: Study, stage: str) -> tuple[Problem, ...]:
    """Return the problems that a stage of the last run listed; empty where it lists none or never ran."""
    path = study.store / problems_file(stage)
    return read_records(path, tuple[Problem, ...]) if path.is_file() else ()


def encodings(*tables: Path | None) -> list[Problem]:
    """Return a note for each table whose encoding had to be guessed; raises ReadingError where one is no text."""
    found = [(path.name, read_table_text(path)) for path in tables if path]
    return [Problem(name, note, "look at its accents", Severity.NOTE) for name, table in found for note in table.notes()]
