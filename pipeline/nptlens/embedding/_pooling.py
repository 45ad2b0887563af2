"""How the states of a text's tokens become one row: the same for every backend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PARTS = ((1 / 3, "max"), (1 / 2, "mean"), (2 / 3, "max"))
"""How deep in the encoder a middle layer lies, and how a text's tokens are pooled there."""


def depths(layers: int) -> tuple[int, ...]:
    """Return after how many of an encoder's layers the middle layers lie."""
    return tuple(round(depth * layers) for depth, _ in PARTS)


def pooled(states: NDArray[np.float32], how: str) -> NDArray[np.float32]:
    """Return one row per text ``(n, w)`` of its tokens' states ``(n, tokens, w)``; `how` is "max" or "mean"."""
    rows: NDArray[np.float32] = states.max(axis=1) if how == "max" else states.mean(axis=1)
    return rows


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows ``(n, d)`` at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    result: NDArray[np.float32] = np.divide(rows, lengths, where=lengths > 0, out=np.zeros_like(rows, dtype=np.float32))
    return result
