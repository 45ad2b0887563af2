"""Times as transcripts write them: since the start of a recording, with frames, or of the day."""

from __future__ import annotations

import datetime
import re

TIME = r"(?:[0-9]{1,2}:[0-5]?[0-9]|[0-9]{1,3}):[0-5][0-9](?:[.,][0-9]{1,3})?"
LOOSE = r"(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{1,2}(?:[.,][0-9]{1,9})?"
RANGE = rf"{LOOSE}[ \t]*-->[ \t]*{LOOSE}"

_FRAMES = r"[0-9]{1,2}:[0-5][0-9]:[0-5][0-9][:;][0-9]{2}"
_F4 = r"#[0-9]{1,3}:[0-5][0-9]:[0-5][0-9](?:[-.,][0-9]{1,3})?#"  # f4, f5, MAXQDA: what follows the hyphen is a decimal
_UNITS = r"(?:[0-9]{1,2}[ ]?h[ ]?)?[0-9]{1,2}[ ]?m(?:in)?[ ]?[0-9]{1,2}[ ]?s(?:ec)?"
_CLOCK = r"[0-9]{1,2}:[0-5][0-9](?::[0-5][0-9])?[ \u202f\xa0]?[AaPp]\.?[Mm]\b\.?"
_DATE = r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4})"
_DATED = rf"{_DATE}(?:T|,?[ \t]+)(?:{_CLOCK}|[0-9]{{1,2}}:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{{1,6}})?)?)(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
_ONE = rf"(?:{_DATED}|{_CLOCK}|{_FRAMES}|{_F4}|{TIME})"
_TO = r"[ \t]*(?:-->|->|[-\u2013\u2014]|\bto\b|\bbis\b)[ \t]*"
_SPAN = rf"{_ONE}(?:{_TO}{_ONE})?"

WHOLE = rf"(?:{_DATED}|{_FRAMES}|[0-9]{{1,3}}:[0-5][0-9]:[0-5][0-9](?:[.,][0-9]{{1,3}})?)"
"""A time that cannot be taken for anything else: hours, minutes and seconds."""
BRACKETED = rf"(?:\\?[\[(\u27e8][ \t]*(?:{_SPAN}|{_UNITS})[ \t]*\\?[\])\u27e9]|{_F4})"
STAMP = rf"(?:{BRACKETED}|{_SPAN}(?![0-9:.,]*[0-9]))"

_ANY = re.compile(rf"(?P<dated>{_DATED})|(?P<clock>{_CLOCK})|(?P<frames>{_FRAMES})|(?P<units>{_UNITS})|(?P<loose>{LOOSE}(?:-[0-9](?=#))?)")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_CLOCK_PARTS = re.compile(r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}(?:[.,][0-9]{1,6})?))?[ \u202f\xa0]?(?P<half>[AaPp])?")
_DAY_S = 86_400


def seconds(stamp: str | None) -> float | None:
    """Return the first time in `stamp` in seconds, None where there is none.

    ``m:ss`` and ``h:mm:ss`` with decimals; frames are left out, since their rate is unknown; a time of the day is that since midnight, with
    a date since the first of January of the year 1 (`is_clock` tells them).
    """
    found = _ANY.search(stamp) if stamp else None
    return None if found is None else _value(found)


def last_seconds(stamp: str) -> float | None:
    """Return the end of a range (``time --> time``, ``time - time``) in seconds, None where `stamp` is one time."""
    found = list(_ANY.finditer(stamp))
    return _value(found[1]) if len(found) > 1 else None


def is_clock(stamp: str) -> bool:
    """Tell whether `stamp` is a time of the day and none of the recording."""
    found = _ANY.search(stamp)
    return found is not None and (found["clock"] or found["dated"]) is not None


def cell_seconds(cell: str) -> float | None:
    """Return a table cell in seconds: a time, or a plain number of seconds; None for anything else."""
    cell = cell.strip().strip("[]()#")
    if re.fullmatch(rf"{LOOSE}|{_FRAMES}", cell):
        return seconds(cell)
    return round(float(cell.replace(",", ".")), 3) if _PLAIN.fullmatch(cell) else None


def _value(found: re.Match[str]) -> float:
    if found["dated"] or found["clock"]:
        return _of_the_day(found[0])
    if found["units"]:
        hours, minutes, rest = ([0, 0, 0] + [int(part) for part in re.findall("[0-9]+", found["units"])])[-3:]
        return float(hours * 3600 + minutes * 60 + rest)
    stamp = found["frames"] or found["loose"]
    parts = re.split("[:;]", stamp.replace(",", ".").replace("-", "."))[: 3 if found["frames"] else None]
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return round(total, 3)


def _of_the_day(stamp: str) -> float:
    day = re.match(_DATE, stamp)
    clock = _CLOCK_PARTS.search(stamp, day.end() if day else 0)
    if clock is None:  # cannot be: both patterns end in a clock
        return 0.0
    hour = int(clock["h"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"] in "Pp" else 0)
    return round(
        _days(day[0] if day else "") * _DAY_S + hour * 3600 + int(clock["m"]) * 60 + float((clock["s"] or "0").replace(",", ".")), 3
    )


def _days(day: str) -> int:
    """Return the number of a day; 0 where day and month cannot be told apart, so that only the clock counts."""
    try:
        return datetime.date.fromisoformat(day).toordinal()
    except ValueError:
        return 0
