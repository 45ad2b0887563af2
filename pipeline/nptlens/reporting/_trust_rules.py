"""The rules of a verdict: from a code's row of figures to a word and a sentence, by the limits of its intervals (docs/statistics.md).

In order: (1) more than half of what the machine gives is wrong: do not use; (2) more than half of what the person gave is missed: misses;
(3) precision and recall are both at least `GOOD`: use; (4) precision is above one half and kappa above 0: check; (5) an interval is wider
than `WIDE`: too few; (6) kappa is below `SLIGHT`: do not use; (7) else every excerpt that it gives must be read: check.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from nptlens.reporting._words import count, counted, decimal
from nptlens.schemas.code_figures import CodeFigures

Verdict = Literal["use", "check", "misses", "do not use", "too few", "not measured"]
GOOD, HALF, SLIGHT, WIDE = 0.8, 0.5, 0.2, 0.4
_ALONE = 24  # equal excerpts that give an interval of that width
_MOST = 10  # of so many excerpts at least one is checked
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def verdict(row: CodeFigures | None) -> tuple[Verdict, str]:
    """Return a code's verdict and what is said of it; None: it was not measured."""
    if row is None or not row.n:
        return "not measured", "not measured: suggestions"
    return _proven(row) or _open(row)


def _proven(row: CodeFigures) -> tuple[Verdict, str] | None:
    """Return what the limits show, None where they leave it open; a limit that is NaN shows nothing."""
    if row.precision_high < HALF:
        worse = "worse than chance" if row.kappa_high <= 0 else "wrong more often than right"
        return "do not use", f"{worse}, do not use ({_precision(row)}; {_kappa(row)})"
    if row.recall_high < HALF:
        return "misses", f"misses {missed(row.recall)} ({_recall(row)})"
    if row.precision_low >= GOOD and row.recall_low >= GOOD:
        return "use", f"may be used ({_precision(row)}; {_recall(row)})"
    if row.precision_low >= HALF and row.kappa_low > 0:
        often = min(math.floor(1 / max(1 - row.precision_low, 1 / _MOST) + 1e-9), _MOST)
        return "check", f"may be used with a check of one in {_NUMBERS[often]} ({_precision(row)}); {_found(row)}"
    return None


def _open(row: CodeFigures) -> tuple[Verdict, str]:
    if not _width(row) <= WIDE:
        return "too few", f"cannot be said: {_needed(row)}"
    if not row.kappa_high >= SLIGHT:
        chance = "worse than chance" if row.kappa_high <= 0 else "hardly better than chance"
        return "do not use", f"{chance}, do not use ({_kappa(row)})"
    return "check", f"use only what a person has read ({_precision(row)}); {_found(row)}"


def missed(recall: float) -> str:
    """Return the share that is missed in words, "five of six", as the nearest fraction of at most ten."""
    share = Fraction(1 - recall).limit_denominator(10)
    if share.numerator in (0, share.denominator):
        return "all" if recall == 0 else "nearly all"
    return f"{_NUMBERS[share.numerator]} of {_NUMBERS[share.denominator]}"


def _precision(row: CodeFigures) -> str:
    return f"precision {_between(row.precision, row.precision_low, row.precision_high)}"


def _kappa(row: CodeFigures) -> str:
    return f"kappa {_between(row.kappa, row.kappa_low, row.kappa_high)}"


def _recall(row: CodeFigures) -> str:
    return f"recall {_between(row.recall, row.recall_low, row.recall_high)}"


def _found(row: CodeFigures) -> str:
    """Say how much of the code is found; where less than half may be, that its numbers are too low as they are."""
    if math.isnan(row.recall):
        return "how much it misses is not known"
    less = "; it may miss half of them or more" if row.recall_low < HALF else ""
    return f"it finds {_NUMBERS[round(row.recall * 10)]} of ten ({_recall(row)}){less}"


def _between(value: float, low: float, high: float) -> str:
    return f"{decimal(value)}, {decimal(low)} to {decimal(high)}"


def _width(row: CodeFigures) -> float:
    """Return the width of the wider of the two intervals; NaN where one of them is not there."""
    return float(max(row.precision_high - row.precision_low, row.recall_high - row.recall_low, key=lambda each: (math.isnan(each), each)))


def _needed(row: CodeFigures) -> str:
    """Say what was read and how much more would narrow the wider interval to `WIDE`: its width shrinks with the root of what is read."""
    read = f"{counted(row.n, 'excerpt')} read, {count(row.coded_against)} with the code by the person and {count(row.coded)} by the machine"
    width = _width(row)
    held = min(max(row.coded_against, row.coded, 1) / _ALONE, 0.5)  # where one of the intervals is not there, by how many there are
    times = 1 / held if math.isnan(width) else (width / WIDE) ** 2
    more = _rounded(max(row.n * (times - 1), 1))
    left = row.excerpts - row.n
    told = f"about {count(more)} more needed"
    return f"{read}; {told}" + (f", and the study has {count(left)}" if more > left else "")


def _rounded(number: float) -> int:
    unit = int(10 ** max(math.floor(math.log10(number)) - 1, 0))
    return math.ceil(number / unit) * unit
