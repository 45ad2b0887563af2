"""Places of a phrase in a text, whatever its case, accents and typographic signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from nptlens.core.text import Span

_SIGNS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"})
_BETWEEN = r"\W+"
_WORD = re.compile(r"\w+(?:'\w+)*")


class Phrase:
    """Words that follow each other, with nothing but signs and blanks between them; `whole`: the last word does not go on.

    Raises ValueError where there is no word.
    """

    def __init__(self, words: str, *, whole: bool = True) -> None:
        found = _WORD.findall(_folded(words)[0])
        if not found:
            raise ValueError("no word")
        self._pattern = re.compile(r"(?<!\w)" + _BETWEEN.join(map(re.escape, found)) + (r"(?!\w)" if whole else ""))

    def places(self, text: str) -> Iterator[Span]:
        """Yield where the phrase stands in `text`."""
        folded, origin = _folded(text)
        for found in self._pattern.finditer(folded):
            end = origin[found.end() - 1] + 1
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1  # an accent that stands on the last letter
            yield Span(origin[found.start()], end)


def _folded(text: str) -> tuple[str, list[int] | range]:
    """Return `text` in small letters without accents, and for each of its characters the place that it is from."""
    if text.isascii():
        return text.lower(), range(len(text))
    parts = [_plain(character) for character in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


@cache
def _plain(character: str) -> str:
    apart = unicodedata.normalize("NFKD", character.translate(_SIGNS)).casefold()
    return "".join(each for each in apart if not unicodedata.combining(each))
