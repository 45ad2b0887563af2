"""From the offsets and words of another tool's coding to a span of canonical text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nptlens.core.text import Span, canonical
from nptlens.exchange._offsets import CanonicalMap, Ruler, Unit
from nptlens.schemas.records import Problem, Severity

_UTF16 = Unit(utf16=True, mark=True)
_HINTS = {
    "utf-16": (Severity.NOTE, "codings count astral characters twice", "their words confirm the place"),
    "words": (Severity.WARNING, "codings stand elsewhere than their offsets say", "the place was found by their words"),
    "": (Severity.WARNING, "codings fit neither by their offsets nor by their words", "look them up in the tool that made the project"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a coding lies: `span` is None where nothing leads anywhere; `how` is "offsets", "utf-16", "words" or ""."""

    span: Span | None
    how: str


class Places:
    """One raw text as another tool measures it, and its canonical `text`."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._map = CanonicalMap(raw)
        self.text = self._map.text
        self._utf16: Ruler | None = None

    def locate(self, start: int | None, end: int | None, quote: str = "") -> Found:
        """Return the span that offsets mean, checked against the words where the tool gives them.

        Offsets are code points of the raw text. Where their words differ they are tried as UTF-16 units; then the words are looked
        for, and taken where they stand nearest to the offsets.
        """
        words = _folded(canonical(quote))
        if start is not None and end is not None:
            ways = [("offsets", self._points)] + ([("utf-16", self._units)] if words else [])
            for how, way in ways:
                raw = way(start, end)
                if raw is None:
                    continue
                span = self._map.span(*raw)
                if not words or _folded(span.of(self.text)) == words:
                    return Found(span, how)
        return self._by_words(canonical(quote).strip(), max(0, start or 0))

    def _points(self, start: int, end: int) -> tuple[int, int] | None:
        return (start, end) if 0 <= start <= end <= len(self.raw) else None

    def _units(self, start: int, end: int) -> tuple[int, int] | None:
        if self._utf16 is None:
            self._utf16 = Ruler(self.raw, _UTF16)
        return self._utf16.raw_span(start, end)

    def _by_words(self, quote: str, near: int) -> Found:
        before, after = self.text.rfind(quote, 0, near + len(quote)), self.text.find(quote, near)
        hits = [place for place in (before, after) if place >= 0] if quote else []
        if not hits:
            return Found(None, "")
        start = min(hits, key=lambda place: abs(place - near))
        return Found(Span(start, start + len(quote)), "words")


def place_problems(found: Iterable[str], *, where: str) -> Iterator[Problem]:
    """Yield one Problem for each way, other than plain offsets, in which places were found, with its number."""
    counts = Counter(found)
    for how, (severity, what, hint) in _HINTS.items():
        if counts[how]:
            yield Problem(where, f"{counts[how]} {what}", hint, severity)


def _folded(words: str) -> str:
    return " ".join(words.split())
