"""A small CSV sheet of a study as rows with line numbers; what is wrong with it is said with file, line and hint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.close_names import nearest
from nptlens.core.delimited import read_rows, table_text
from nptlens.core.errors import ReadingError, SettingsError
from nptlens.safety.paths import read_bytes

_MAX_MEGABYTES = 16


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: the number of its first line, its trimmed cells by column name in lower case, and whether it has more cells than columns."""

    line: int
    cells: dict[str, str]
    too_long: bool


def sheet_rows(path: Path, what: str, columns: Sequence[str], *, needed: Sequence[str]) -> list[SheetRow]:
    """Return the rows that are not empty; `what` names the sheet, `columns` are those it may have, `needed` those it must.

    Raises SettingsError where it cannot be read, lacks a column or has one twice.
    """
    try:
        data = read_bytes(path, max_megabytes=_MAX_MEGABYTES)
        table = read_rows(table_text(data, where=path.name), where=path.name, known=columns)
    except ReadingError as error:
        raise SettingsError(f"the {what} cannot be read: {error.what}", where=str(path)) from None
    faults = [f"no column {name}{_nearest(name, table.columns)}" for name in table.lacking(*needed)]
    faults += [f"the column {name} comes twice" for name in table.twice()]
    if faults:
        where = f"{path}, line {table.line}" if table.columns else str(path)
        raise SettingsError(f"the {what}: {'; '.join(faults)}", where=where, hint=f"first row: {','.join(columns)}")
    return [SheetRow(row.line, {name: cell.strip() for name, cell in row.cells.items()}, bool(row.beyond)) for row in table.rows]


def refuse(faults: Sequence[str], what: str, path: Path, hint: str) -> None:
    """Raise SettingsError with every fault, where there is one."""
    if faults:
        raise SettingsError(f"the {what}: {'; '.join(faults)}", where=str(path), hint=hint)


def _nearest(name: str, header: Sequence[str]) -> str:
    close = nearest(name, filter(None, header))
    return f" (is {close} meant?)" if close else ""
