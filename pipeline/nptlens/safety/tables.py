"""A table that a person keeps, as CSV in any spelling or as a workbook (.xlsx, .ods), to rows under named columns."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from nptlens.core.delimited import Rows, read_rows, rows_of, table_text
from nptlens.safety.grid import is_workbook, read_grid
from nptlens.safety.paths import read_bytes
from nptlens.schemas.records import Problem

KINDS = (".csv", ".tsv", ".xlsx", ".ods")
"""The suffixes of tables; what is in a file decides how it is read."""
_MAX_MEGABYTES = 64


def read_any_table(path: Path, *, known: Collection[str] = (), strict: bool = True) -> Rows:
    """Return the rows of a table by the names of its columns, as `core.delimited.read_rows` does; of a workbook its first sheet.

    Raises ReadingError where it cannot be opened, is empty, or is no table.
    """
    data = read_bytes(path, max_megabytes=_MAX_MEGABYTES)
    if is_workbook(data):
        grid = read_grid(data, where=path.name)
        return rows_of(list(zip(grid.lines, grid.rows, strict=True)), known=known, notes=tuple(map(_told, grid.problems)))
    return read_rows(table_text(data, where=path.name), where=path.name, strict=strict, known=known)


def table_notes(path: Path) -> tuple[str, ...]:
    """Return what had to be guessed to read a table or another file of text, and which sheets of a workbook are not read."""
    data = read_bytes(path, max_megabytes=_MAX_MEGABYTES)
    if is_workbook(data):
        return tuple(map(_told, read_grid(data, where=path.name).problems))
    return table_text(data, where=path.name).notes()


def _told(problem: Problem) -> str:
    return f"{problem.what}: {problem.hint}" if problem.hint else problem.what
