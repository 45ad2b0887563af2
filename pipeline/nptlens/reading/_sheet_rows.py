"""A small CSV sheet of a study as rows with line numbers; what is wrong with it is said with file, line and hint."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.close_names import nearest
from nptlens.core.decoding import table_text
from nptlens.core.errors import ReadingError, SettingsError
from nptlens.core.text import canonical
from nptlens.safety.paths import read_bytes

_MAX_MEGABYTES = 16


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: the number of its first line, its cells by column name in lower case, and whether it has more cells than columns."""

    line: int
    cells: dict[str, str]
    too_long: bool


def sheet_rows(path: Path, what: str, columns: Sequence[str], *, needed: Sequence[str]) -> list[SheetRow]:
    """Return the rows that are not empty; `what` names the sheet, `columns` are those it may have, `needed` those it must.

    Raises SettingsError where it cannot be read, lacks a column or has one twice.
    """
    try:
        table = table_text(read_bytes(path, max_megabytes=_MAX_MEGABYTES), where=path.name)
        rows = numbered(canonical(table.text), table.separator)
    except (ReadingError, csv.Error) as error:
        why = error.what if isinstance(error, ReadingError) else "not a readable CSV file"
        raise SettingsError(f"the {what} cannot be read: {why}", where=str(path)) from None
    header = [cell.strip().casefold() for cell in rows[0][1]] if rows else []
    faults = [f"no column {name}{_nearest(name, header)}" for name in needed if name not in header]
    faults += [f"the column {name} comes twice" for name in sorted(set(header)) if name and header.count(name) > 1]
    if faults:
        where = f"{path}, line {rows[0][0]}" if rows else str(path)
        raise SettingsError(f"the {what}: {'; '.join(faults)}", where=where, hint=f"first row: {','.join(columns)}")
    return [
        SheetRow(line, dict(zip(header, (cell.strip() for cell in row), strict=False)), any(cell.strip() for cell in row[len(header) :]))
        for line, row in rows[1:]
    ]


def refuse(faults: Sequence[str], what: str, path: Path, hint: str) -> None:
    """Raise SettingsError with every fault, where there is one."""
    if faults:
        raise SettingsError(f"the {what}: {'; '.join(faults)}", where=str(path), hint=hint)


def numbered(text: str, separator: str = ",", *, strict: bool = True) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with the number of its first line; raises csv.Error where `strict` finds bad quoting."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    for row in reader:
        if any(cell.strip() for cell in row):
            rows.append((before + 1, row))
        before = reader.line_num
    return rows


def _nearest(name: str, header: Sequence[str]) -> str:
    close = nearest(name, filter(None, header))
    return f" (is {close} meant?)" if close else ""
