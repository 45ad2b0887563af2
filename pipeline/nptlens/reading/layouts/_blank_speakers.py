"""Rows whose speaker's cell is blank: whether the speaker above goes on, told by how the other rows name theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nptlens.reading.layouts._labels import is_role
from nptlens.schemas.records import Problem, Severity

_ASIDE = re.compile(r"\s*[(\[{<].*[)\]}>]\s*[.]?\s*", re.DOTALL)
_SAME = 0.1  # of the neighbouring rows that name somebody: more of them with one name, and a blank is no "the same as above"


@dataclass(frozen=True, slots=True)
class Filled:
    """The labels of all rows: how many blank ones go on with the label above, how many are nobody's, and whether that is plain."""

    labels: tuple[str, ...]
    continued: int = 0
    unnamed: int = 0
    plain: bool = True

    def problems(self, where: str) -> list[Problem]:
        """Return what a person should know of the rows without a speaker."""
        told = []
        if self.continued:
            what = f"{self.continued} rows without a speaker are read as the speaker above going on"
            hint = "" if self.plain else "look whether each row is another person's, and name one in each"
            told.append(Problem(where, what, hint, Severity.NOTE if self.plain else Severity.WARNING))
        if self.unnamed:
            what = f"{self.unnamed} rows of its table name no speaker"
            told.append(Problem(where, what, "nothing shows that the speaker above goes on: name one in each row", Severity.WARNING))
        return told


def fill_blanks(labels: Sequence[str], words: Sequence[str]) -> Filled:
    """Return the labels with blank ones filled from above where the table is a conversation that names each turn's speaker once.

    That is so where labels recur and neighbouring rows have different ones, or where most rows are blank. In a table of comments each row
    is another person's: there a blank is nobody's, as it is between two turns of one speaker. Words all in brackets are an aside of nobody.
    """
    named = [label for label in labels if label]
    if not named or len(named) == len(labels):
        return Filled(tuple(labels))
    pairs = [(one, other) for one, other in pairwise(labels) if one and other]
    same = sum(one == other for one, other in pairs)
    distinct = len(set(named))
    recurring = distinct * 3 <= len(named) * 2 or (distinct <= 3 and any(is_role(label) for label in named))
    grouped = len(labels) - len(named) >= len(named)
    goes_on = (recurring or grouped) and same <= _SAME * len(pairs)
    below = list(labels)
    for place in range(len(labels) - 2, -1, -1):
        below[place] = labels[place] or below[place + 1]
    filled: list[str] = []
    above = ""
    continued = unnamed = 0
    for label, said, following in zip(labels, words, below, strict=True):
        above = label or above
        continues = not label and not _ASIDE.fullmatch(said) and goes_on and above != "" and (above != following or grouped)
        continued += continues
        unnamed += not label and not continues and not _ASIDE.fullmatch(said)
        filled.append(above if continues else label)
    return Filled(tuple(filled), continued, unnamed, recurring)
