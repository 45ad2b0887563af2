"""Seeds too much alike, by meaning or by words, and whether their labels agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nptlens.coding.lexical_similarity import grams, jaccard, words
from nptlens.schemas.records import Codebook, Problem, Seed, Severity

NEAR_COPY = 0.92
NEAR_WORDS = 0.5
_BLOCK = 2_048
_OPPOSITE = {"asserted", "contrary"}


class Likeness(StrEnum):
    """What two seeds that are near copies disagree about."""

    COPY = "near copies of one another"
    CODES = "near copies with different codes"
    STANCE = "near copies of opposite stance"


@dataclass(frozen=True, slots=True, order=True)
class SeedPair:
    """Two near copies: their cosine, the Jaccard likeness of their runs of three words, and what they disagree about."""

    first: str
    second: str
    cosine: float
    jaccard: float
    kind: Likeness
    same_words: bool

    def problem(self) -> Problem:
        """Return what a person should know: different codes need a decision, and so do the same words under opposite stances."""
        hints = {
            Likeness.COPY: "keep one",
            Likeness.CODES: "decide which code holds",
            Likeness.STANCE: "decide which stance holds" if self.same_words else "well, if one denies what the other says",
        }
        grave = self.kind is Likeness.CODES or (self.kind is Likeness.STANCE and self.same_words)
        severity = Severity.WARNING if grave else Severity.NOTE
        return Problem(f"{self.first}, {self.second}", self.kind.value, hints[self.kind], severity)


def near_copies(seeds: Sequence[Seed], vectors: NDArray[np.float32], codebook: Codebook) -> tuple[SeedPair, ...]:
    """Return pairs of seeds with a cosine of at least 0.92, or half of their runs of three words in common, sorted.

    `vectors` ``(n, d)`` are unit vectors, row i of seed i.
    """
    said = [words(seed.text) for seed in seeds]
    runs = [grams(each, 3) for each in said]
    alike = _near(vectors) | _sharing(runs)
    found = []
    for i, j in alike:
        cosine = float(np.einsum("d,d->", vectors[i], vectors[j], dtype=np.float64).round(6))
        shared = round(jaccard(runs[i], runs[j]), 6)
        kind = _kind(seeds[i], seeds[j], codebook)
        found.append(SeedPair(seeds[i].id, seeds[j].id, cosine, shared, kind, said[i] == said[j]))
    return tuple(sorted(found))


def _near(vectors: NDArray[np.float32]) -> set[tuple[int, int]]:
    """Return pairs of rows with a cosine of at least NEAR_COPY; some thousands of rows at a time, as all pairs may not fit in memory."""
    found = set()
    for start in range(0, len(vectors), _BLOCK):
        cosine = (vectors[start : start + _BLOCK] @ vectors[start:].T).round(6)
        rows, columns = np.nonzero(np.triu(cosine >= NEAR_COPY, k=1))
        found |= set(zip((rows + start).tolist(), (columns + start).tolist(), strict=True))
    return found


def _sharing(runs: Sequence[frozenset[tuple[str, ...]]]) -> set[tuple[int, int]]:
    holders: dict[tuple[str, ...], list[int]] = {}
    for number, own in enumerate(runs):
        for run in own:
            holders.setdefault(run, []).append(number)
    meet = {(i, j) for rows in holders.values() for place, i in enumerate(rows) for j in rows[place + 1 :]}
    return {(i, j) for i, j in meet if jaccard(runs[i], runs[j]) >= NEAR_WORDS}


def _kind(first: Seed, second: Seed, codebook: Codebook) -> Likeness:
    if not (_refines(first, second, codebook) or _refines(second, first, codebook)):
        return Likeness.CODES
    return Likeness.STANCE if {first.stance, second.stance} == _OPPOSITE else Likeness.COPY


def _refines(broad: Seed, fine: Seed, codebook: Codebook) -> bool:
    """Tell whether `fine` carries the codes of `broad`, or codes below them, and no other."""
    if set(broad.codes) == set(fine.codes):
        return True
    lines = [{code, *codebook.ancestors(code)} for code in fine.codes]
    return bool(broad.codes) and set(broad.codes) <= set().union(*lines) and all(line & set(broad.codes) for line in lines)
