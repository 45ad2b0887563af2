"""How figures, places and missing values are worded, the same in every output."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence

from nptlens.reporting._complementary_suppression import Hidden, Shown
from nptlens.schemas.records import Problem, Severity

UNDETERMINED = "n/d"
SEVERAL = "several practices"
NO_PRACTICE = "practice not stated"
NO_ROLE = "role not stated"
NO_PARTICIPANT = "participant not stated"
NO_SPEAKER = "speaker not stated"
INTERVIEWER = "interviewer"
_JOINERS = "\u200c\u200d\u00ad"


def count(number: Shown) -> str:
    """Return a whole number with commas: 12,345; "<5" of a small one that is hidden."""
    return str(number) if isinstance(number, Hidden) else f"{number:,}"


def counted(number: Shown, singular: str, plural: str = "") -> str:
    """Return a number with its noun: "1 excerpt", "2 excerpts"."""
    if isinstance(number, Hidden):
        return f"{number} {plural or singular + 's'}" if number.below else f"number of {plural or singular + 's'} not shown"
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def decimal(value: float | None, digits: int = 2) -> str:
    """Return a figure with a true minus sign, "n/d" where the data do not determine it."""
    if value is None or math.isnan(value):
        return UNDETERMINED
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "\N{MINUS SIGN}")


def has_interval(value: float, low: float, high: float) -> bool:
    """Tell whether a figure and both ends of its interval are determined."""
    return not any(map(math.isnan, (value, low, high)))


def percent(part: int, whole: int) -> str:
    """Return a share as "12.3%", "n/d" of nothing."""
    return f"{100 * part / whole:.1f}%" if whole else UNDETERMINED


def share(value: float) -> str:
    """Return a share as "12.3%", "n/d" where not determined."""
    return UNDETERMINED if math.isnan(value) else f"{100 * value:.1f}%"


def clock(seconds: float | None) -> str:
    """Return a time as m:ss or h:mm:ss, "" where none is known."""
    if seconds is None or math.isnan(seconds):
        return ""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minutes}:{second:02d}"


def practices_in(cell: str) -> tuple[str, ...]:
    """Return the practices that a participant's sheet row names, parted by semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def practice_words(cell: str) -> str:
    """Return the practices as they are shown: "P01, P02"."""
    return ", ".join(practices_in(cell)) or NO_PRACTICE


def practice_column(cell: str) -> str:
    """Return the one column that a segment counts in: its practice, or "several practices", or "not stated"."""
    practices = practices_in(cell)
    if len(practices) == 1:
        return practices[0]
    return SEVERAL if practices else NO_PRACTICE


def visible(text: str) -> str:
    """Return `text` with control characters shown by their number, so that no name can turn the words after it around.

    Joiners, which some scripts are written with, stay.
    """
    controls = {each for each in set(text) if unicodedata.category(each) in ("Cc", "Cf", "Cs")} - set(_JOINERS)
    return "".join(f"⟨U+{ord(each):04X}⟩" if each in controls else each for each in text) if controls else text


def errors_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return errors, then warnings, then notes, each in order of place."""
    ranks = list(Severity)[::-1]
    return tuple(sorted(problems, key=lambda each: (ranks.index(each.severity), each.where, each.what, each.hint)))


def lower_first(title: str) -> str:
    """Return a title as it stands within a sentence: ``Career stage`` with a small letter, ``NHS trust`` as it is."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def short(text: str, most: int) -> str:
    """Return a label of at most `most` characters, "…" where it was cut."""
    shown = visible(text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def listed(words: Sequence[str]) -> str:
    """Return words as a list within a sentence: ``a, b and c``."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
