"""Where a stretch of another tool's copy of a transcript lies in ours, found by laying both texts side by side word by word.

The copy may hold what ours keeps as fields: times, labels, tags between the captions. Its words that ours lacks must all be such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nptlens.core.text import Span
from nptlens.exchange._normalise import Folded, fold
from nptlens.exchange._said import furniture

_RUN = 4
"""Words in a row that stand once in either text and so tie them together."""
_LARGEST = 4_000_000
_FEW = 20
"""Letters that may stand anywhere by chance, so that a neighbour of theirs must be the same in both texts."""
_SHARED = 0.6
"""The part of the shorter text's words that must be in both, so that the two are copies of one text."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two folded texts and, for each character of the first, its place in the second (-1 for none)."""

    source: Folded
    target: Folded
    places: NDArray[np.int64]
    no_speech: NDArray[np.bool_]

    def span(self, span: Span) -> Span | None:
        """Return the stretch that holds all spoken words of `span` and no others; None where there is none."""
        low, high = (int(each) for each in self.source.origin.searchsorted([span.start, span.end]))
        letters = np.array([character != " " for character in self.source.text[low:high]], dtype=bool)
        places = self.places[low:high]
        there = letters & (places >= 0)
        if not there.any() or (letters & ~there & ~self.no_speech[self.source.origin[low:high]]).any():
            return None
        first, last = int(places[there].min()), int(places[there].max()) + 1
        held = sum(character != " " for character in self.target.text[first:last])
        if held != int(there.sum()) or (held < _FEW and not self._beside(low - 1, -1, first - 1) and not self._beside(high, 1, last)):
            return None
        return self.target.back(first, last)

    def _beside(self, at: int, step: int, place: int) -> bool:
        """Tell whether the next spoken character of the source, from `at` on, is that of the target from `place` on."""
        text, other = self.source.text, self.target.text
        while 0 <= at < len(text) and (text[at] == " " or (self.places[at] < 0 and self.no_speech[self.source.origin[at]])):
            at += step
        while 0 <= place < len(other) and other[place] == " ":
            place += step
        inside = 0 <= at < len(text)
        return int(self.places[at]) == place if inside else not 0 <= place < len(other)


@lru_cache(maxsize=4)
def align(source: str, target: str) -> Alignment | None:
    """Return how two texts lie side by side, None where they are no copies of one text."""
    one, other = fold(source), fold(target)
    ours, theirs = _tokens(one.text), _tokens(other.text)
    pairs = _pairs([token for _, token in ours], [token for _, token in theirs])
    if len(pairs) < _SHARED * min(len(ours), len(theirs)) or not pairs:
        return None
    places = np.full(len(one.text), -1, dtype=np.int64)
    for left, right in pairs:
        (start, token), (there, _) = ours[left], theirs[right]
        places[start : start + len(token)] = np.arange(there, there + len(token))
    no_speech = np.zeros(len(source) + 1, dtype=bool)
    for start, end in furniture(source):
        no_speech[start:end] = True
    return Alignment(one, other, places, no_speech)


def _tokens(text: str) -> list[tuple[int, str]]:
    found, at = [], 0
    for token in text.split(" ") if text else ():
        found.append((at, token))
        at += len(token) + 1
    return found


def _pairs(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Return which word of the one is which of the other, in order: runs that stand once in both first, then what lies between."""
    pairs: list[tuple[int, int]] = []
    left = right = 0
    for start, there in [*_ties(one, other), (len(one), len(other))]:
        if start < left or there < right:
            continue
        if 0 < (start - left) * (there - right) <= _LARGEST:
            blocks = SequenceMatcher(None, one[left:start], other[right:there], autojunk=False).get_matching_blocks()
            pairs += [(left + a + k, right + b + k) for a, b, size in blocks for k in range(size)]
        if start < len(one) and there < len(other):
            pairs.append((start, there))
        left, right = start + 1, there + 1
    return pairs


def _ties(one: Sequence[str], other: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Return the words of runs that stand once in both texts, as many as go forward in both."""
    runs = [[tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)] for words in (one, other)]
    once = [Counter(each) for each in runs]
    at = {run: place for place, run in enumerate(runs[1]) if once[1][run] == 1}
    starts = [(place, at[run]) for place, run in enumerate(runs[0]) if once[0][run] == 1 and run in at]
    kept = _rising(starts)
    return sorted({(start + k, there + k) for start, there in kept for k in range(_RUN)})


def _rising(starts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest row of pairs whose second places rise."""
    from bisect import bisect_left

    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(starts):
        slot = bisect_left(tails, there)
        before.append(ends[slot - 1] if slot else -1)
        tails[slot : slot + 1], ends[slot : slot + 1] = [there], [number]
    found, at = [], ends[-1] if ends else -1
    while at >= 0:
        found.append(starts[at])
        at = before[at]
    return found[::-1]
