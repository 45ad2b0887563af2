"""Times as transcripts write them."""

from __future__ import annotations

import re

TIME = r"(?:[0-9]{1,2}:[0-5]?[0-9]|[0-9]{1,3}):[0-5][0-9](?:[.,][0-9]{1,3})?"
LOOSE = r"(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{1,2}(?:[.,][0-9]{1,9})?"
BRACKETED = rf"\\?[\[(][ \t]*{TIME}[ \t]*\\?[\])]"
STAMP = rf"(?:{BRACKETED}|{TIME}(?![0-9:.,]))"
RANGE = rf"{LOOSE}[ \t]*-->[ \t]*{LOOSE}"

_LOOSE = re.compile(LOOSE)
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


def seconds(stamp: str | None) -> float | None:
    """Return the first time in `stamp` (``m:ss``, ``h:mm:ss``, with decimals) in seconds, None where there is none."""
    found = _LOOSE.search(stamp) if stamp else None
    if found is None:
        return None
    total = 0.0
    for part in found[0].replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def last_seconds(stamp: str) -> float | None:
    """Return the end of a range ``time --> time`` in seconds, None where `stamp` is one time."""
    _, arrow, end = stamp.partition("-->")
    return seconds(end) if arrow else None


def cell_seconds(cell: str) -> float | None:
    """Return a table cell in seconds: a time, or a plain number of seconds; None for anything else."""
    cell = cell.strip().strip("[]()")
    if _LOOSE.fullmatch(cell):
        return seconds(cell)
    return round(float(cell.replace(",", ".")), 3) if _PLAIN.fullmatch(cell) else None
