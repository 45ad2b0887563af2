"""What every encoder offers: texts in, unit vectors and middle layers out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nptlens.schemas.records import Embedded


class Encoder(Protocol):
    """Turns texts into unit vectors. What is made of a text depends on the text alone, never on its neighbours or on threads."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Embedded:
        """Return unit vectors ``(len(texts), dimension)`` and what the middle layers hold."""
