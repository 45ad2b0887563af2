"""Texts of one length in tokens side by side, so that nothing is padded."""

from __future__ import annotations

from collections.abc import Sequence


def batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Return row numbers grouped by equal `lengths` (in tokens), long ones first, at most `budget` tokens in a group of more than one."""
    rows: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        rows.setdefault(length, []).append(row)
    found = []
    for length, same in sorted(rows.items(), reverse=True):
        size = max(1, budget // max(1, length))
        found += [same[start : start + size] for start in range(0, len(same), size)]
    return found
