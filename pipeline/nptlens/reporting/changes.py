"""The differences of two runs as a file: CSV, a workbook or JSON. No words of a transcript are in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from nptlens.core.delimited import as_opened
from nptlens.core.errors import UsageError
from nptlens.reporting._columns import Cell, Column, Sheet, cells_csv, frame_columns, frame_rows, sheet
from nptlens.reporting._xlsx import book
from nptlens.schemas.run_comparison import Cause, RunDifference

SUFFIXES = (".csv", ".xlsx", ".json")
_WIDE = 26  # characters of a column that holds ids
_CAUSES: tuple[Column[Cause], ...] = (
    Column("kind", 18, lambda cause: cause.kind),
    Column("what", 40, lambda cause: cause.name),
    Column("stages", 24, lambda cause: ", ".join(cause.stages)),
    Column("before", 30, lambda cause: cause.before),
    Column("after", 30, lambda cause: cause.after),
)


def changes_file(difference: RunDifference, path: Path) -> bytes:
    """Return what changed as the file that `path` names: .csv a row per excerpt and code, .xlsx and .json also by code, and the causes.

    The same runs give the same bytes. Raises UsageError for another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path.name}: changes are not written as {suffix or 'a file without suffix'}", hint=f"use {', '.join(SUFFIXES)}")
    if suffix == ".csv":
        return as_opened(cells_csv([str(name) for name in difference.changes.columns], frame_rows(difference.changes)))
    if suffix == ".json":
        return (json.dumps(as_records(difference), ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n").encode("utf-8")
    title = f"before → after: {difference.before} → {difference.after}"
    return book(title, _sheets(difference), lambda notices: _about(difference, notices), "the CSV file")


def as_records(difference: RunDifference) -> dict[str, Any]:
    """Return the difference as plain values, None for what is not known."""
    return {
        "before": difference.before,
        "after": difference.after,
        "same": difference.same(),
        "excerpts": asdict(difference.excerpts),
        "causes": [asdict(each) for each in difference.causes],
        "notes": list(difference.notes),
        "codes": _records(difference.codes),
        "changes": _records(difference.changes),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in frame_rows(table, whole=True)]


def _sheets(difference: RunDifference) -> tuple[Sheet, ...]:
    return _sheet("Changes", difference.changes, 3), _sheet("Codes", difference.codes, 1), sheet("Causes", _CAUSES, difference.causes)


def _sheet(name: str, table: pd.DataFrame, frozen: int) -> Sheet:
    columns = frame_columns(table, lambda column: _WIDE if column.startswith(("segment", "why")) else 14)
    return sheet(name, columns, frame_rows(table), frozen)


def _about(difference: RunDifference, notices: list[str]) -> Sheet:
    counts = asdict(difference.excerpts)
    rows: list[tuple[Cell, ...]] = [("before", difference.before), ("after", difference.after)]
    rows += [(f"excerpts: {name.replace('_', ' ')}", number) for name, number in counts.items()]
    rows += [("notice", notice) for notice in (*difference.notes, *notices)]
    return Sheet("About", (("what", 28), ("value", 60)), tuple(rows))
