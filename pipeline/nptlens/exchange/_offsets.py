"""Where a place of a raw text lies in its canonical form, and what a raw offset counts."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nptlens.core.text import Span, canonical

_PLAIN = re.compile(r"[\x00-\x7f]*\Z")


class CanonicalMap:
    """A raw text, its canonical form (`text`), and the way from raw offsets to canonical ones.

    A span that begins or ends inside what became one character (a letter and its accent, a line end of two) is widened to hold it whole.
    """

    def __init__(self, raw: str) -> None:
        self.text = canonical(raw)
        body = raw.lstrip("\ufeff")
        self._cut = len(raw) - len(body)
        # Stretches that change length, as (raw start, raw end, canonical start, canonical end).
        self._edits: list[tuple[int, int, int, int]] = []
        shift = 0
        for match in _changing(body).finditer(body):
            old, new = match.group(), canonical(f" {match.group()}")[1:]  # nothing melts into a space, and no mark is cut behind one
            if new != old and max(len(new), len(old)) > 1:
                start = match.start() + shift
                self._edits.append((match.start(), match.end(), start, start + len(new)))
                shift += len(new) - len(old)
        self._starts = [edit[0] for edit in self._edits]
        self.exact = len(body) + shift == len(self.text)

    def span(self, start: int, end: int) -> Span:
        """Return the canonical span of the raw stretch ``[start, end)``."""
        low = self._at(max(0, start - self._cut), widen_down=True)
        return Span(low, max(low, self._at(max(0, end - self._cut), widen_down=False)))

    def _at(self, position: int, *, widen_down: bool) -> int:
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return min(position, len(self.text))
        raw_start, raw_end, start, end = self._edits[index]
        if position >= raw_end:
            return min(position - raw_end + end, len(self.text))
        if position == raw_start:
            return start
        return start if widen_down else end


def _changing(raw: str) -> re.Pattern[str]:
    """Return what finds each stretch that canonical form may change: line ends of two, a character with its marks, lone characters."""
    if _PLAIN.match(raw):
        return re.compile("\r\n")
    letters = set(raw)
    joining = "".join(sorted(re.escape(c) for c in letters if _joins(c)))
    alone = "".join(sorted(re.escape(c) for c in letters if unicodedata.normalize("NFC", c) != c))
    parts = ["\r\n"] + ([f"(?:.[{joining}]+)"] if joining else []) + ([f"[{alone}]"] if alone else [])
    return re.compile("|".join(parts), re.DOTALL)


def _joins(c: str) -> bool:
    """Tell whether a character may melt into the one before it: marks, and the vowels and finals of Korean."""
    return unicodedata.category(c).startswith("M") or "\u1161" <= c <= "\u1175" or "\u11a8" <= c <= "\u11c2"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a tool's offsets count: code points or UTF-16 units, a byte-order mark or not, a line end as it stands, as one or as two."""

    utf16: bool = False
    mark: bool = False
    line_end: str = "as it stands"

    def words(self) -> str:
        """Return the unit in words."""
        unit = "UTF-16 units" if self.utf16 else "code points"
        ends = "" if self.line_end == "as it stands" else f", a line end {self.line_end}"
        return unit + ends + (", the byte-order mark counted" if self.mark else "")


UNITS = tuple(
    Unit(utf16, mark, line_end) for mark, line_end, utf16 in product((False, True), ("as it stands", "as one", "as two"), (False, True))
)
"""Every unit, the standard's own first."""


@dataclass(slots=True)
class Ruler:
    """Turns offsets of one unit into code-point offsets of a raw text. `ends` are the offsets after each code point, in that unit."""

    raw: str
    unit: Unit
    ends: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        points = np.frombuffer(self.raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        widths = np.ones(len(points), dtype=np.int64)
        self.ends = widths
        if not len(points):
            return
        if self.unit.utf16:
            widths[points > 0xFFFF] = 2
        if not self.unit.mark and points[0] == 0xFEFF:
            widths[0] = 0
        if self.unit.line_end != "as it stands":
            returns, feeds = points == 13, points == 10
            paired = np.zeros(len(points), dtype=bool)
            paired[1:] = returns[:-1] & feeds[1:]
            widths[:-1][paired[1:]] = 0
            if self.unit.line_end == "as two":
                widths[feeds | (returns & ~np.append(paired[1:], False))] = 2
        self.ends = np.cumsum(widths)

    def length(self) -> int:
        """Return the text's length in this unit."""
        return int(self.ends[-1]) if len(self.ends) else 0

    def raw_span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the code-point offsets of ``[start, end)``; None where it leaves the text or is turned round."""
        if not 0 <= start <= end <= self.length():
            return None
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.ends, end, side="left")) + 1 if end > 0 else 0
        return min(first, last), last
