"""The practices sheet: the practices of the sampling frame, their adopter category, and whether they were invited."""

from __future__ import annotations

from pathlib import Path

from nptlens.reading._sheet_rows import refuse, sheet_rows
from nptlens.schemas.fieldwork import Practice

_WHAT = "practices sheet"
_COLUMNS = ("practice", "name", "adopter_category", "invited")
_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}


def read_practices(path: Path) -> tuple[Practice, ...]:
    """Return the practices of a CSV sheet in the order of its rows.

    Columns: practice, and if they are there name, adopter_category, invited (yes or no; without the column all were invited); others are
    ignored. Raises SettingsError that lists every fault with its line.
    """
    faults: list[str] = []
    found: dict[str, Practice] = {}
    lines: dict[str, int] = {}
    for row in sheet_rows(path, _WHAT, _COLUMNS, needed=("practice",)):
        cells, line = row.cells, row.line
        name = cells["practice"]
        invited = cells.get("invited", "yes").casefold()
        faults += row.too_long()
        if not name:
            faults.append(f"line {line}: no practice id")
        elif ";" in name:
            faults.append(f"line {line}: {name} holds ';', which stands between practices")
        elif name in found:
            faults.append(f"line {line}: practice {name} is also on line {lines[name]}")
        if invited not in _YES | _NO:
            faults.append(f"line {line}: invited is {cells['invited']!r}, not yes or no")
        found.setdefault(name, Practice(name, cells.get("name", ""), cells.get("adopter_category", ""), invited in _YES))
        lines.setdefault(name, line)
    refuse(faults, _WHAT, path, "one row a practice; invited is yes or no")
    return tuple(found.values())
