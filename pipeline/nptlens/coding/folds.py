"""How transcripts are dealt to folds, so that what is measured was not learned from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def deal(groups: Sequence[str], number: int) -> dict[str, int]:
    """Return each group's fold: the largest groups first, each to the fold that holds least; hangs on no order of rows."""
    sizes = pd.Series(groups, dtype=object).value_counts()
    held = [0] * max(1, min(number, len(sizes)))
    dealt: dict[str, int] = {}
    for group in sorted(sizes.index, key=lambda name: (-sizes[name], name)):
        smallest = held.index(min(held))
        dealt[group] = smallest
        held[smallest] += int(sizes[group])
    return dealt
