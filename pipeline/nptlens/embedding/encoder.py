"""What an encoder is to the rest of the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into unit vectors. A text's vector depends on the text alone, never on its neighbours or on threads."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 vectors ``(len(texts), dimension)`` of length 1."""
