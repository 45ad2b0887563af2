"""Praat's TextGrid, long or short: tiers of intervals, whose words are a speaker's, and tiers of points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical, count_words
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._tiers import Annotation, Tier, chained, turns_of_tiers
from nptlens.schemas.records import Problem, Severity

# Praat reads texts in quotes, flags in angle brackets and numbers that stand free; all else, as "xmin =", is for people.
_TOKEN = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"|(?P<flag><[a-z]+>)|![^\n]*'
    r"|(?<!\S)(?P<number>-?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?%?)(?!\S)"
)
_SILENCE = frozenset(("sil", "sp", "spn", "<sil>", "<p>", "<p:>", "<eps>", "#", "silence", "pau"))
_TRIGRAPH = re.compile(r"""\\(?:[aeiouyAEIOUY]["'`^~:]|ss|s\^|n~|N~|c,|C,|ae|Ae|o/|O/)""")
_HINT = "in Praat, save it as text (Save as text file...)"
_ONE_WORD, _PAUSE_S = 1.5, 1.0  # words an interval from which on a tier is aligned word by word; a longer pause ends its stretches


@dataclass(slots=True)
class _Tokens:
    """The values of a file in order; taking one of another kind, or one too many, raises ReadingError."""

    values: Iterator[re.Match[str]]
    where: str

    def text(self) -> str:
        """Return the next value, a text, with its doubled quotes single."""
        return self._next("text").replace('""', '"')

    def number(self) -> float:
        """Return the next value, a number."""
        return float(self._next("number").rstrip("%"))

    def count(self) -> int:
        """Return the next value, a whole number."""
        return int(self.number())

    def flag(self) -> str:
        """Return the next value, a flag."""
        return self._next("flag")

    def _next(self, kind: str) -> str:
        found = next((each for each in self.values if each.lastgroup), None)
        if found is None or found.lastgroup != kind:
            raise ReadingError("the TextGrid ends early or is damaged", where=self.where, hint=_HINT)
        return found[kind]


@dataclass(slots=True)
class _Grid:
    tiers: list[Tier]
    points: list[str]
    silences: int = 0


def read_textgrid(data: bytes, *, where: str) -> Shaped:
    """Return the words of a TextGrid's interval tiers in the order of time; the tier's name is the speaker.

    Empty intervals are pauses. Tiers of points are no speech, and told. Raises ReadingError where it is no TextGrid, or has no words.
    """
    if data.startswith(b"ooBinaryFile"):
        raise ReadingError("a TextGrid in Praat's binary form", where=where, hint=_HINT)
    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    if not re.match(r'\s*(?:File type = )?"ooTextFile"\s+(?:Object class = )?"TextGrid"', text):
        raise ReadingError("no TextGrid of Praat", where=where, hint=_HINT)
    grid = _grid(_Tokens(_TOKEN.finditer(text), where))
    if not any(tier.words() for tier in grid.tiers):
        raise ReadingError("no tier of intervals has words", where=where, hint="speech is read from tiers of intervals, a speaker each")
    problems = list(_told(grid, len(_TRIGRAPH.findall(text)), where))
    return turns_of_tiers(grid.tiers, layout="TextGrid tiers", where=where, notes=encoding_notes(encoding), problems=problems)


def _grid(tokens: _Tokens) -> _Grid:
    for _ in range(2):
        tokens.text()
    start, end = tokens.number(), tokens.number()
    grid = _Grid([], [])
    for _ in range(tokens.count() if tokens.flag() == "<exists>" and start <= end else 0):
        kind, name = tokens.text(), tokens.text().strip()
        tokens.number(), tokens.number()
        name = name or f"tier {len(grid.tiers) + len(grid.points) + 1}"
        if kind == "IntervalTier":
            grid.tiers.append(_tier(name, tokens, grid))
            continue
        marks = [(tokens.number(), tokens.text())[1] for _ in range(tokens.count())]
        grid.points.append(f"{name} ({len(marks)})")
    return grid


def _tier(name: str, tokens: _Tokens, grid: _Grid) -> Tier:
    found: list[Annotation] = []
    for _ in range(tokens.count()):
        start, end, words = tokens.number(), tokens.number(), tokens.text().strip()
        silent = words.casefold() in _SILENCE
        grid.silences += silent
        if words and not silent:
            found.append(Annotation(words, round(max(0.0, start), 3), round(max(0.0, end), 3), start))
    found.sort(key=lambda each: each.order)
    words_each = sum(count_words(each.text) for each in found) / len(found) if found else 0.0
    if words_each <= _ONE_WORD and len(found) > 2:
        found = list(chained(found, between=" ", pause_s=_PAUSE_S))
    return Tier(name, name, tuple(found), named=False)


def _told(grid: _Grid, trigraphs: int, where: str) -> Iterator[Problem]:
    if grid.points:
        yield Problem(where, f"tiers of points are not read as speech: {', '.join(grid.points)}", "", Severity.NOTE)
    if grid.silences:
        yield Problem(where, f"intervals that mark silence are left out: {grid.silences}", "", Severity.NOTE)
    if trigraphs:
        what = f"letters that Praat writes with a backslash stay as they are: {trigraphs}"
        yield Problem(where, what, "in Praat, choose Convert to Unicode, then save it again")
