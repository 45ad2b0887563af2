"""A small table of a study (CSV or a workbook) as rows with line numbers; what is wrong with it is said with file, line and hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.close_names import nearest
from nptlens.core.delimited import Rows
from nptlens.core.errors import ReadingError, SettingsError
from nptlens.safety.tables import read_any_table
from nptlens.schemas.records import Problem

_LONGEST = 40  # characters of a cell that are told


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: the number of its first line, its trimmed cells by column name in lower case, and the cells beyond the last column."""

    line: int
    cells: dict[str, str]
    beyond: tuple[str, ...]

    def too_long(self) -> list[str]:
        """Return the fault of a row with more cells than columns, with what is too much."""
        return [f"line {self.line}: more cells than columns ({', '.join(map(quoted, self.beyond))})"] if self.beyond else []


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The rows of a table that are not empty, and its columns as (name in lower case, heading as it is written)."""

    rows: tuple[SheetRow, ...]
    columns: tuple[tuple[str, str], ...]


def sheet_table(path: Path, what: str, columns: Sequence[str], *, needed: Sequence[str]) -> SheetTable:
    """Return a table; `what` names it, `columns` are those that it may have, `needed` those that it must.

    Raises SettingsError where it cannot be read, lacks a column or has one twice.
    """
    table = _read(path, what, columns)
    faults = [f"no column {name}{_nearest(name, table.columns)}" for name in table.lacking(*needed)]
    faults += [f"the column {name} comes twice" for name in table.twice()]
    if faults:
        where = f"{path}, line {table.line}" if table.columns else str(path)
        raise SettingsError(f"the {what}: {'; '.join(faults)}", where=where, hint=f"first row: {','.join(columns)}")
    rows = (SheetRow(row.line, {name: cell.strip() for name, cell in row.cells.items()}, row.beyond) for row in table.rows)
    return SheetTable(tuple(rows), tuple(zip(table.columns, table.headings, strict=True)))


def sheet_rows(path: Path, what: str, columns: Sequence[str], *, needed: Sequence[str]) -> tuple[SheetRow, ...]:
    """Return the rows of a table as `sheet_table` does."""
    return sheet_table(path, what, columns, needed=needed).rows


def unread_cells(path: Path, what: str, columns: Sequence[str]) -> Iterator[Problem]:
    """Yield a warning for each cell in a column without a heading, which is not read,."""
    table = _read(path, what, columns)
    for row in table.rows:
        for cell in row.unnamed:
            told = f"{quoted(cell)} stands in a column without a heading and is not read"
            yield Problem(f"{path.name} line {row.line}", told, "give the column a heading, or empty it")


def refuse(faults: Sequence[str], what: str, path: Path, hint: str) -> None:
    """Raise SettingsError with every fault, where there is one."""
    if faults:
        raise SettingsError(f"the {what}: {'; '.join(faults)}", where=str(path), hint=hint)


def quoted(cell: str) -> str:
    """Return a cell on one line in quotation marks, its end cut off where it is long."""
    plain = " ".join(cell.split())
    return f'"{plain}"' if len(plain) <= _LONGEST else f'"{plain[: _LONGEST - 1]}…"'


def _read(path: Path, what: str, columns: Sequence[str]) -> Rows:
    try:
        return read_any_table(path, known=columns)
    except ReadingError as error:
        raise SettingsError(f"the {what} cannot be read: {error.what}", where=str(path), hint=error.hint) from None


def _nearest(name: str, header: Sequence[str]) -> str:
    close = nearest(name, filter(None, header))
    return f" (is {close} meant?)" if close else ""
