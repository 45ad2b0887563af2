"""A text reduced to what two copies of it share, with the way back.

Letter case, typographic variants (ligatures, full-width forms), punctuation and white space go: words are joined by one space. Emoji and
other symbols stay. Each character of the folded text knows the character of the text that it came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nptlens.core.text import Span


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origin` holds, for each of its characters, the offset in the text it was made of."""

    text: str
    origin: NDArray[np.int64]

    def back(self, start: int, end: int) -> Span:
        """Return the span of the text that the folded stretch ``[start, end)``, which must not be empty, was made of."""
        return Span(int(self.origin[start]), int(self.origin[end - 1]) + 1)


@lru_cache(maxsize=8)
def fold(text: str) -> Folded:
    """Return the folded form of `text`: no white space at its ends, one space between words."""
    table = {character: _folded(character) for character in set(text)}
    pieces = [table[character] for character in text]
    joined = "".join(pieces)
    origin = np.repeat(np.arange(len(text)), np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces)))
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    space = points == 32
    kept = ~space
    kept[1:] |= ~space[:-1]  # the first space after a word
    if len(kept):
        kept[0] = not space[0]
    ends = int(np.flatnonzero(~space)[-1]) + 1 if (~space).any() else 0
    kept[ends:] = False
    folded = points[kept].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return Folded(folded, origin[kept])


def _folded(character: str) -> str:
    return "".join(map(_kept, unicodedata.normalize("NFKC", character).casefold()))


def _kept(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cf" or "\ufe00" <= character <= "\ufe0f":  # soft hyphens, joiners, variants of emoji: seen by nobody
        return ""
    return character if kind[0] in "LNM" or kind == "So" or (kind == "Sk" and ord(character) > 0xFFFF) else " "
