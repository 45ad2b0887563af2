"""When a stretch that somebody marked codes a segment: manual codings are spans that do not follow our segments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Offsets = NDArray[np.int64]


def shared(starts: Offsets, ends: Offsets, start: int, end: int, *, least: float) -> Offsets:
    """Return how many characters of each segment ``[starts[i], ends[i])`` the span ``[start, end)`` codes ``(n,)``, 0 where it does not.

    A span codes a segment where the two share at least `least` of the shorter one, so that a short span inside a long segment
    counts, and a long span counts for every segment in it.
    """
    common = np.minimum(ends, end) - np.maximum(starts, start)
    enough = (common > 0) & (common >= least * np.minimum(ends - starts, end - start))
    result: Offsets = np.where(enough, common, 0)
    return result
