"""What is known of results/ without opening a file of it: whether it is of one run, and whether a person filled something in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nptlens.store.outputs import Outputs
from nptlens.study.folder import Study

INCOMPLETE = "INCOMPLETE.txt"
"""Stands beside the files of a report while they are put in place; where it stays, they are of two runs."""
VALIDATION_INCOMPLETE = "INCOMPLETE-validation.txt"
"""The same, of a validation."""
FILLED = ("excerpts.xlsx", "report.docx", "projects_coded.csv")
"""The files that `read_back` reads; named here too, so that a run that finds none changed need not import what reads them."""


def incomplete(folder: Path) -> str:
    """Return the name of what says that files of a folder are of two runs, "" where nothing does."""
    return next((name for name in (INCOMPLETE, VALIDATION_INCOMPLETE) if (folder / name).is_file()), "")


def unfinished(study: Study, stage: str) -> str:
    """Return why a report must be written again though all that it is made from is as it was; "" where it need not."""
    interrupted = stage == "report" and (study.results / INCOMPLETE).is_file()
    return f"interrupted: {study.results.name}/{INCOMPLETE}" if interrupted else ""


def filled_in(study: Study, written: Mapping[Path, str]) -> bool:
    """Tell whether one of FILLED was changed since it was written, or is there and not recorded; whoever asks holds the lock.

    `written` are the files of the last report, with their digests: a study of before outputs were recorded has them from there.
    """
    outputs = Outputs(study.store)
    outputs.adopt(written)
    unknown = any((study.results / name).is_file() and not outputs.knows(study.results / name) for name in FILLED)
    return unknown or any(path.name in FILLED for path in outputs.changed())
