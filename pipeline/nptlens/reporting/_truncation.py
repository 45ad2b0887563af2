"""What to keep where not every coding fits: of each code the most probable ones, of every code as many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from nptlens.reporting._index import Coding

ROWS = 50_000
"""Rows of a sheet below its header: ten times as many take minutes to write and longer to open."""


def ranked(codings: Sequence[Coding]) -> list[Coding]:
    """Return codings with the assigned before the abstained, the most probable first; ties go to the earlier place."""
    return sorted(codings, key=lambda each: (each.decision != "assigned", -each.probability, each.segment.position))


def kept(codings: Sequence[Coding], most: int) -> Sequence[Coding]:
    """Return at most `most` codings in the order given: the first by `ranked` of each code, of every code as many if it has them."""
    if len(codings) <= most:
        return codings
    by_code: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_code[coding.code].append(coding)
    each = _each([len(own) for own in by_code.values()], most)
    chosen = {(coding.segment.position, coding.code) for own in by_code.values() for coding in ranked(own)[:each]}
    return [coding for coding in codings if (coding.segment.position, coding.code) in chosen]


def _each(sizes: Sequence[int], most: int) -> int:
    """Return the largest number of which every code may keep as many, so that all together stay within `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if sum(min(size, middle) for size in sizes) <= most else (low, middle - 1)
    return low


def left_out(held: int, whole: int) -> str:
    """Return in words that only `held` of `whole` codings are there, "" where all are."""
    return f"{held:,} of {whole:,} codings, the most probable of each code" if held < whole else ""
