"""Times as transcripts write them."""

from __future__ import annotations

import random
from collections.abc import Callable

Form = Callable[[float], str]


def _parts(seconds: float) -> tuple[int, int, int]:
    whole = int(seconds)
    return whole // 3600, whole // 60 % 60, whole % 60


def hms(seconds: float) -> str:
    """Return 00:01:02."""
    return "{:02}:{:02}:{:02}".format(*_parts(seconds))


def short(seconds: float) -> str:
    """Return 1:02, or 1:01:02 from an hour on."""
    hours, minutes, rest = _parts(seconds)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def padded(seconds: float) -> str:
    """Return 01:02."""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


def milli(seconds: float, point: str = ".") -> str:
    """Return 00:01:02.500."""
    return f"{hms(seconds)}{point}{round(seconds % 1 * 1000):03}"


def tenths(seconds: float) -> str:
    """Return 00:01:02.5."""
    return f"{hms(seconds)}.{int(seconds % 1 * 10)}"


def f4(seconds: float) -> str:
    """Return #00:01:02-5#."""
    return f"#{hms(seconds)}-{int(seconds % 1 * 10)}#"


def smpte(seconds: float) -> str:
    """Return 00:01:02:12, with frames."""
    return f"{hms(seconds)}:{int(seconds % 1 * 24):02}"


def letters(seconds: float) -> str:
    """Return 0h1m2s."""
    return "{}h{}m{}s".format(*_parts(seconds))


def clock(seconds: float) -> str:
    """Return 10:02 AM."""
    return f"10:{int(seconds) // 60 % 60:02} AM"


def clock_seconds(seconds: float) -> str:
    """Return 10:02:03."""
    return "10:{1:02}:{2:02}".format(*_parts(seconds))


def iso(seconds: float) -> str:
    """Return 2026-03-04 10:02:03."""
    return f"2026-03-04 {clock_seconds(seconds)}"


def bracketed(form: Form, rng: random.Random) -> Form:
    """Return the form in brackets or without."""
    opening, closing = rng.choice(("[]", "[]", "()", ("", "")))
    return lambda seconds: f"{opening}{form(seconds)}{closing}"


def before(rng: random.Random) -> tuple[str, Form]:
    """Return a form that stands before labels, and its name."""
    name, form = rng.choice((("hms", hms), ("m:ss", short), ("mm:ss", padded), ("tenths", tenths), ("milli", milli)))
    return name, bracketed(form, rng)
