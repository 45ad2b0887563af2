"""From the offsets and words of another tool's coding to a span of canonical text.

A coding's own words decide what its offsets count: programs mix units within one file (what was marked by hand, what was searched for,
what came from elsewhere). Words are compared exactly under every unit before any sign is forgiven, then but for white space and the
shape of quotation marks, then as the beginning of a longer stretch; then they are looked for near the place.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from nptlens.core.text import Span, canonical
from nptlens.exchange._offsets import UNITS, CanonicalMap, Ruler, Unit
from nptlens.schemas.records import Problem, Severity

_CONFIRMED = "their words confirm the place"
_HINTS = {
    "utf-16": (Severity.NOTE, "codings count astral characters twice", _CONFIRMED),
    "other unit": (Severity.NOTE, "codings count line ends or the byte-order mark otherwise than the text has them", _CONFIRMED),
    "words": (Severity.WARNING, "codings stand elsewhere than their offsets say", "the place was found by their words"),
    "": (Severity.WARNING, "codings fit neither by their offsets nor by their words", "look them up in the tool that made the project"),
}
_LINE_ENDS = re.compile("[\n\t\x0b\x0c\x85\u2028\u2029]")
_ALIKE = ('"“”„‟«»″', "'‘’‚‛`´′", "-‐‑‒–—―−")
_PLAIN = {ord(each): signs[0] for signs in _ALIKE for each in signs} | {ord("…"): "..."}
_CLASSES = {signs[0]: f"[{re.escape(signs)}]" for signs in _ALIKE}
_CUT = 12
"""Characters that a quotation must have to be taken as the beginning of a longer stretch without a sign that it was cut."""
_NEAR = 500
"""Characters beyond which words that stand several times are not taken for the marked ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a coding lies: `span` is None where nothing leads anywhere; `how` is "offsets", "utf-16", "other unit", "words" or ""."""

    span: Span | None
    how: str


class Places:
    """One raw text as another tool measures it, and its canonical `text`."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._map = CanonicalMap(raw)
        self.text = self._map.text
        self._lines = _LINE_ENDS.sub(" ", self.text)
        self._rulers: dict[Unit, Ruler] = {}

    def by_offsets(self, start: int, end: int, unit: Unit = UNITS[0]) -> Span | None:
        """Return the span that offsets of one unit mean, None where they leave the text."""
        raw = self._raw(start, end, unit)
        return None if raw is None else self._map.span(*raw)

    def units(self, start: int, end: int, quote: str) -> list[Unit]:
        """Return the units under which the offsets mark exactly the words."""
        wanted = _exact(quote)
        return [unit for unit in UNITS if (words := self._words(start, end, unit)) is not None and _exact(words) == wanted]

    def fitting(self, start: int, end: int, quote: str, units: Sequence[Unit] = UNITS) -> Unit | None:
        """Return the first of `units` under which offsets mark the words: exactly, but for spaces and quotes, or as far as given."""
        cut = without_cut(quote)
        ways: tuple[Callable[[str], bool], ...] = (
            lambda words: _exact(words) == _exact(quote),
            lambda words: loose(words) == loose(quote),
            lambda words: bool(cut) and loose(words).startswith(cut),
        )
        under = [(unit, words) for unit in units if (words := self._words(start, end, unit)) is not None]
        return next((unit for way in ways for unit, words in under if way(words)), None) if loose(quote) else None

    def locate(self, start: int | None, end: int | None, quote: str = "", units: Sequence[Unit] = UNITS) -> Found:
        """Return the span that offsets mean, checked against the words where the tool gives them; likelier `units` come first.

        Without words the first unit counts. Words that no unit leads to are looked for near the place.
        """
        if start is None or end is None:
            return self._by_words(quote, None, 0, units[0])
        if not loose(quote):
            span = self.by_offsets(start, end, units[0])
            return Found(span, "" if span is None else _name(units[0]))
        unit = self.fitting(start, end, quote, units)
        if unit is not None:
            return Found(self.by_offsets(start, end, unit), _name(unit))
        return self._by_words(quote, start, end - start, units[0])

    def _raw(self, start: int, end: int, unit: Unit) -> tuple[int, int] | None:
        if unit == UNITS[0] and not self.raw.startswith("\ufeff"):
            return (start, end) if 0 <= start <= end <= len(self.raw) else None
        if unit not in self._rulers:
            self._rulers[unit] = Ruler(self.raw, unit)
        return self._rulers[unit].raw_span(start, end)

    def _words(self, start: int, end: int, unit: Unit) -> str | None:
        place = self._raw(start, end, unit)
        return None if place is None else self.raw[slice(*place)]

    def _by_words(self, quote: str, start: int | None, length: int, unit: Unit) -> Found:
        """Return where the words stand nearest to the place; words that were cut are as long as the offsets say."""
        wanted, near = _exact(quote).strip(), 0
        if start is not None:
            there = self.by_offsets(start, start, unit)
            near = len(self.text) if there is None else there.start
        hits = _every(self._lines, wanted) or [match.span() for match in _pattern(loose(quote)).finditer(self.text)] if wanted else []
        cut = False
        if not hits and start is not None and length > len(wanted) and (begin := without_cut(quote)):
            hits, cut = [match.span() for match in _pattern(begin).finditer(self.text)], True
        if not hits:
            return Found(None, "")
        first, last = min(hits, key=lambda hit: abs(hit[0] - near))
        if len(hits) > 1 and (start is None or abs(first - near) > _NEAR):
            return Found(None, "")
        return Found(Span(first, max(last, self._end(first, length, unit)) if cut else last), "words")

    def _end(self, first: int, length: int, unit: Unit) -> int:
        """Return where a stretch that starts at a character of the canonical text ends, its length given in a tool's unit."""
        ruler = Ruler(self.text, unit)
        begin = int(ruler.ends[first - 1]) if first else 0
        place = ruler.raw_span(begin, begin + length)
        return place[1] if place else len(self.text)


def place_problems(found: Iterable[str], *, where: str) -> Iterator[Problem]:
    """Yield one Problem for each way, other than plain offsets, in which places were found, with its number."""
    counts = Counter(found)
    for how, (severity, what, hint) in _HINTS.items():
        if counts[how]:
            yield Problem(where, f"{counts[how]} {what}", hint, severity)


def loose(words: str) -> str:
    """Return words without what programs change when they quote: one space for white space, one shape of quotes and dashes."""
    seen = (each for each in canonical(words).translate(_PLAIN) if unicodedata.category(each) != "Cf")
    return " ".join("".join(seen).split())


def without_cut(quote: str) -> str:
    """Return the loose beginning that a quotation gives of a longer stretch, "" where it is too short to be one."""
    words = loose(quote)
    begin = words.removesuffix("...").rstrip()
    return begin if begin and (begin != words or len(begin) >= _CUT) else ""


def _name(unit: Unit) -> str:
    if unit.line_end != UNITS[0].line_end:
        return "other unit"
    return "utf-16" if unit.utf16 else "offsets"


def _exact(words: str) -> str:
    return _LINE_ENDS.sub(" ", canonical(words))


def _every(text: str, words: str) -> list[tuple[int, int]]:
    found, at = [], text.find(words)
    while at >= 0:
        found.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return found


def _pattern(words: str) -> re.Pattern[str]:
    """Return what finds loose words in a text."""
    parts = (r"\s+" if each == " " else _CLASSES.get(each) or re.escape(each) for each in words.replace("...", "…"))
    return re.compile("".join(r"(?:…|\.\.\.)" if part == "…" else part for part in parts))
