"""The differences of two runs as a file: CSV, a workbook or JSON. No words of a transcript are in it."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from nptlens.core.errors import UsageError
from nptlens.reporting._sheets import Cell, Sheet
from nptlens.reporting._xlsx import book
from nptlens.safety.cells import guarded
from nptlens.schemas.run_comparison import RunDifference

SUFFIXES = (".csv", ".xlsx", ".json")
_WIDE = 26  # characters of a column that holds ids


def changes_file(difference: RunDifference, path: Path) -> bytes:
    """Return what changed as the file that `path` names: .csv a row per excerpt and code, .xlsx and .json also by code, and the causes.

    The same runs give the same bytes. Raises UsageError for another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path.name}: changes are not written as {suffix or 'a file without suffix'}", hint=f"use {', '.join(SUFFIXES)}")
    if suffix == ".csv":
        return _csv(difference.changes).encode("utf-8")
    if suffix == ".json":
        return (json.dumps(as_records(difference), ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n").encode("utf-8")
    title = f"{difference.before} and {difference.after}"
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
    return [dict(zip(names, row, strict=True)) for row in _rows(table)]


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for row in table.itertuples(index=False, name=None):
        yield tuple(None if isinstance(cell, float) and math.isnan(cell) else cell for cell in row)


def _csv(table: pd.DataFrame) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    for row in _rows(table):
        writer.writerow([guarded(cell) if isinstance(cell, str) else f"{cell:.4f}" if isinstance(cell, float) else cell for cell in row])
    return buffer.getvalue()


def _sheets(difference: RunDifference) -> tuple[Sheet, ...]:
    return _sheet("Changes", difference.changes, 3), _sheet("Codes", difference.codes, 1), _causes(difference)


def _sheet(name: str, table: pd.DataFrame, frozen: int) -> Sheet:
    columns = tuple((str(column), _WIDE if str(column).startswith(("segment", "why")) else 14) for column in table.columns)
    rows: list[tuple[Cell, ...]] = [tuple(round(cell, 4) if isinstance(cell, float) else cell for cell in row) for row in _rows(table)]
    return Sheet(name, columns, tuple(rows), frozen=frozen)


def _causes(difference: RunDifference) -> Sheet:
    columns = (("kind", 18), ("what", 40), ("stages", 24), ("before", 30), ("after", 30))
    return Sheet("Causes", columns, tuple((c.kind, c.name, ", ".join(c.stages), c.before, c.after) for c in difference.causes))


def _about(difference: RunDifference, notices: list[str]) -> Sheet:
    counts = asdict(difference.excerpts)
    rows: list[tuple[Cell, ...]] = [("before", difference.before), ("after", difference.after)]
    rows += [(f"excerpts: {name.replace('_', ' ')}", number) for name, number in counts.items()]
    rows += [("notice", notice) for notice in (*difference.notes, *notices)]
    return Sheet("About", (("what", 28), ("value", 60)), tuple(rows))
