"""What every clustering gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Assignment:
    """Topic numbers ``(n,)`` (-1: outlier) and strengths of membership ``(n,)`` in [0, 1]."""

    topic: NDArray[np.int64]
    strength: NDArray[np.float64]
