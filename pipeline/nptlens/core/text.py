"""The one definition of canonical text, and of a place in it.

Canonical text is Unicode NFC, its lines end in ``\\n``, and offsets count code points, so that a Python
slice, an R ``substr`` and a QDA program agree on what a quotation is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029", "\x85")
_SIGN = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_](?:[\w'’\-]*[^\W_])?")
# Scripts that leave no blanks between words: Thai, Lao, Myanmar, Khmer, Japanese and Chinese. A word of theirs has two characters or so.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0eff\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_ANY_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|(?:(?![{_UNSPACED}])[^\W_])(?:(?:(?![{_UNSPACED}])[\w'’\-])*(?:(?![{_UNSPACED}])[^\W_]))?")


def canonical(raw: str) -> str:
    """Return `raw` as canonical text: no byte-order marks before it, ``\\n`` line ends, NFC."""
    text = raw.lstrip("\ufeff")
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def count_words(text: str) -> int:
    """Return the number of words: runs of letters and digits, with inner apostrophes and hyphens.

    Of a script that leaves no blanks between words (Chinese, Japanese, Thai), two characters count as a word.
    """
    return len(_pattern(text).findall(text))


def has_words(text: str) -> bool:
    """Tell whether a text holds a word, as `count_words` counts them."""
    return _SIGN.search(text) is not None


def _pattern(text: str) -> re.Pattern[str]:
    return _WORD if text.isascii() or not _IS_UNSPACED.search(text) else _ANY_WORD


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch ``[start, end)`` of a canonical text, in code points.

    Raises ValueError where ``0 <= start <= end`` does not hold.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span must have 0 <= start <= end, got [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the slice of `text`; raises ValueError where the span leaves the text."""
        if self.end > len(text):
            raise ValueError(f"span [{self.start}, {self.end}) leaves a text of {len(text)} code points")
        return text[self.start : self.end]

    def overlap(self, other: Span) -> int:
        """Return how many code points two spans share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def trimmed(self, text: str) -> Span:
        """Return the span without the white space at both of its ends."""
        piece = self.of(text)
        words = piece.strip()
        if len(words) == len(piece):
            return self
        start = self.start + len(piece) - len(piece.lstrip())
        return Span(start, start + len(words))


def lines(text: str) -> Iterator[Span]:
    """Yield the span of each line, without its line end."""
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield Span(start, end)
        start = end + 1


def words(text: str) -> tuple[Span, ...]:
    """Return the spans of the words, as `count_words` counts them."""
    return tuple(Span(*match.span()) for match in _pattern(text).finditer(text))
