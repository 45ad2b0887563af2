"""Words that a document holds and does not show, or shows struck out: they are counted and told, and never kept.

They are often hidden for the sake of a person whose name they are, so nothing of them may reach a text, a message or a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nptlens.core.text import count_words
from nptlens.reading.layouts._page_furniture import many
from nptlens.schemas.records import Problem, Severity

HIDDEN, STRUCK, BOLD, ITALIC = 1, 2, 4, 8  # how a run of words looks
UNREAD, STANDS_OUT = HIDDEN | STRUCK, BOLD | ITALIC


@dataclass(slots=True)
class NotShown:
    """The pieces that were left out, until they are counted."""

    hidden: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    apart: bool = True  # words that are shown, or the end of a paragraph, came since the last piece

    def add(self, words: str, look: int) -> None:
        """Take a run that is hidden or struck out."""
        (self.hidden if look & HIDDEN else self.struck).append(f" {words}" if self.apart else words)
        self.apart = False

    def told(self, where: str) -> Iterator[Problem]:
        """Yield how many words are not read, and what to do if they should be."""
        for pieces, what, how in (
            (self.hidden, "of hidden text left out", "show the hidden text and save the file again"),
            (self.struck, "in struck-out type left out", "remove the strike-through and save the file again"),
        ):
            number = count_words("".join(pieces))
            if number:
                yield Problem(where, f"{many(number, 'word')} {what}", f"if they were said and may be read, {how}", Severity.WARNING)
