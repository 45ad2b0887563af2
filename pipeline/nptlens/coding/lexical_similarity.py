"""Likeness by words: which seeds say the same, and which say what a study's own transcripts say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nptlens.schemas.records import Seed

LONG_RUN = 8
SHARE = 0.6
_GRAM = 5
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class LeakedSeed:
    """A seed whose words stand in a segment: the longest run of words they share, and the share of the seed's 5-grams found there."""

    seed: str
    segment_id: str
    run: int
    share: float


def words(text: str) -> Words:
    """Return the words of a text, case folded, in order."""
    return tuple(_WORD.findall(text.casefold().replace("’", "'")))


def grams(said: Words, n: int) -> frozenset[Words]:
    """Return every run of `n` words; a shorter text is one run of its own."""
    return frozenset(said[i : i + n] for i in range(max(1, len(said) - n + 1))) if said else frozenset()


def jaccard(first: frozenset[Words], second: frozenset[Words]) -> float:
    """Return the share of runs that two texts have in common (Jaccard 1912); 0 where both are empty."""
    return len(first & second) / len(first | second) if first or second else 0.0


def longest_run(first: Words, second: Words) -> int:
    """Return the length of the longest run of words that stands in both."""
    best = 0
    above = [0] * (len(second) + 1)
    for word in first:
        here = [0] * (len(second) + 1)
        for column, other in enumerate(second, start=1):
            if word == other:
                here[column] = above[column - 1] + 1
                best = max(best, here[column])
        above = here
    return best


def leaks(seeds: Sequence[Seed], segments: Iterable[tuple[str, str]]) -> tuple[LeakedSeed, ...]:
    """Return the seeds whose words stand in a segment (given as id and text), sorted by seed and segment.

    They share a run of at least 8 words, or at least 60 % of the seed's runs of five words. A seed of fewer than five words
    leaks only where a segment is just these words.
    """
    said = [words(seed.text) for seed in seeds]
    own = [grams(each, _GRAM) for each in said]
    holders: dict[Words, list[int]] = defaultdict(list)
    for number, each in enumerate(own):
        for gram in each:
            holders[gram].append(number)
    found = []
    for segment_id, text in segments:
        there = words(text)
        shared = Counter(number for gram in grams(there, _GRAM) for number in holders.get(gram, ()))
        for number, count in shared.items():
            share, run = count / len(own[number]), longest_run(said[number], there)
            if run >= LONG_RUN or share >= SHARE:
                found.append(LeakedSeed(seeds[number].id, segment_id, run, round(share, 6)))
    return tuple(sorted(found))
