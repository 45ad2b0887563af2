"""Line numbers in the margin of a page: in a column that the text layer gives by itself, or before the words of each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

_COLUMN = 5  # so many numbers below each other that count on are a margin
_NUMBERED = 0.8  # or so many of the lines begin with the next number
_MANY, _HALF = 8, 0.5  # or so many, from the first to the last without a gap, and so much of all lines
_STEPS = (1, 5, 10)
_FEWEST = 3  # numbers that may be a margin
_NUMBER = re.compile(r"[ \t]*(?P<number>0{0,3}[1-9][0-9]{0,4})(?:(?:[ \t]|[.)](?=[ \t]))(?P<words>.*))?")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as lines: the text, what the printed page adds to it, and its footnotes."""

    lines: tuple[str, ...]
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Numbered:
    line: int
    value: int
    written: str
    words: str


def without_margin(pages: Sequence[Page]) -> list[Page]:
    """Return the pages with their margin numbers, if they have any, among what the page adds."""
    return [_without(page) for page in pages]


def _without(page: Page) -> Page:
    numbered = [
        _Numbered(index, int(match["number"]), match["number"], match["words"] or "")
        for index, line in enumerate(page.lines)
        if "0" <= line.lstrip()[:1] <= "9" and (match := _NUMBER.fullmatch(line))
    ]
    if len(numbered) < _FEWEST:
        return page
    lone = {each.line: each for run in _runs(page, numbered) if len(run) >= _COLUMN for each in run}
    filled = sum(1 for line in page.lines if line)
    chain = max((_chain(numbered, step) for step in _STEPS), key=len)
    step = chain[1].value - chain[0].value if len(chain) > 1 else 1
    spread = len(chain) >= max(_FEWEST, int(_NUMBERED * filled / step)) or _below_a_header(page, chain, step, filled)
    if not lone and spread and _evenly(page, chain, step):
        lone = {each.line: each for each in chain}
    if not lone:
        return page
    lines = [lone[index].words if index in lone else line for index, line in enumerate(page.lines)]
    column = {index for index, each in lone.items() if not each.words}
    kept = tuple(line for index, line in enumerate(lines) if index not in column)
    return replace(page, lines=kept, added=(*page.added, *(each.written for each in lone.values())))


def _below_a_header(page: Page, chain: Sequence[_Numbered], step: int, filled: int) -> bool:
    """Tell whether every line from the first number to the last is numbered, and these are many: titles above have no numbers."""
    if len(chain) < _MANY or len(chain) * step < _HALF * filled:
        return False
    between = sum(1 for line in page.lines[chain[0].line : chain[-1].line + 1] if line.strip())
    return len(chain) * step >= between


def _runs(page: Page, numbered: Sequence[_Numbered]) -> list[list[_Numbered]]:
    """Return the runs of lone numbers that follow each other (empty lines between them count for nothing) and count on."""
    filled = {index: place for place, index in enumerate(index for index, line in enumerate(page.lines) if line)}
    lone = [each for each in numbered if not each.words]
    keyed = groupby(enumerate(lone), key=lambda pair: (filled[pair[1].line] - pair[0], pair[1].value - pair[0]))
    return [[each for _, each in group] for _, group in keyed]


def _chain(numbered: Sequence[_Numbered], step: int) -> list[_Numbered]:
    """Return the longest list of numbered lines, in order, in which each number is `step` more than the one before."""
    best: dict[int, list[_Numbered]] = {}
    for each in numbered:
        before = best.get(each.value - step, [])
        if len(before) + 1 > len(best.get(each.value, [])):
            best[each.value] = [*before, each]
    return max(best.values(), key=len, default=[])


def _evenly(page: Page, chain: Sequence[_Numbered], step: int) -> bool:
    """Tell whether numbers that leave lines out leave out as many each time: every fifth line has one.

    A number that the text layer gives as a line of its own is counted between its neighbours, and may stand one line off.
    """
    alone = {each.line for each in chain if not each.words}
    if step == 1:
        return True
    place, places = 0, dict[int, int]()
    for index, line in enumerate(page.lines):
        places[index] = place
        place += bool(line) and index not in alone
    slack = 1 if alone else 0
    return all(abs(places[b.line] - places[a.line] - step) <= slack for a, b in pairwise(chain))
