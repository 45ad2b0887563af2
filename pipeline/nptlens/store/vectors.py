"""A cache of vectors by (model digest, text digest): it holds no text, and a vector is computed once."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.schemas.records import Embedded
from nptlens.store._rows import RowCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WIDTH = struct.Struct("<I")  # numbers in the vector, before its bytes and those of the layers


class VectorCache:
    """What one model makes of texts, in an SQLite file; see `RowCache` for what is raised, and for what becomes of a damaged file."""

    def __init__(self, path: Path, model_digest: str) -> None:
        self._cache = RowCache(path, model_digest)

    def close(self) -> None:
        """Close the database."""
        self._cache.close()

    def rows(self, text_digests: Sequence[str]) -> Iterator[tuple[str, NDArray[np.float32], NDArray[np.float32]]]:
        """Yield digest, vector ``(d,)`` and layers ``(e,)`` of the texts that are known, in any order."""
        import numpy as np

        for key, value in self._cache.get(text_digests):
            (width,) = _WIDTH.unpack_from(value)
            numbers = np.frombuffer(value, dtype="<f4", offset=_WIDTH.size)
            yield key, numbers[:width], numbers[width:]

    def put(self, text_digests: Sequence[str], embedded: Embedded) -> None:
        """Store n rows in one transaction."""
        rows = zip(text_digests, embedded.vectors, embedded.layers, strict=True)
        self._cache.put(
            {
                key: _WIDTH.pack(len(vector)) + vector.astype("<f4").tobytes() + layers.astype("<f4").tobytes()
                for key, vector, layers in rows
            }
        )
