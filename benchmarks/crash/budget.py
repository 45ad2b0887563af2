"""How the time of a run of the harness is dealt out."""

from __future__ import annotations

import time
from collections.abc import Sequence

PARTS = {"kills": 3.0, "failures": 5.0, "flips": 3.0, "together": 2.0, "cost": 2.0}
"""The parts, in their order, with the weight of each in the time."""


class Budget:
    """The seconds that are left, dealt out by weight to the parts that are still to do; what one leaves, the next ones have."""

    def __init__(self, seconds: float, parts: Sequence[str]) -> None:
        self._until = time.monotonic() + seconds
        self._left = list(parts)

    def seconds(self) -> float:
        """Return the share of the next part."""
        share = PARTS[self._left[0]] / sum(PARTS[name] for name in self._left)
        del self._left[0]
        return max(0.0, self._until - time.monotonic()) * share
