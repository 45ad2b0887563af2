"""A cache of vectors by (model digest, text digest): it holds no text, and a vector is computed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.errors import IntegrityError
from nptlens.records import Embedded
from nptlens.store._sqlite import opened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCHEMA = "CREATE TABLE IF NOT EXISTS embedded (model TEXT, text TEXT, vector BLOB, layers BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"


class VectorCache:
    """What one model makes of texts, in an SQLite file."""

    def __init__(self, path: Path, model_digest: str) -> None:
        self._model = model_digest
        try:
            self._db = opened(path, _SCHEMA)
        except sqlite3.DatabaseError as error:
            raise IntegrityError("the vector cache is damaged", where=str(path), hint="delete it and run again") from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def missing(self, text_digests: Sequence[str]) -> list[str]:
        """Return the digests of the texts that are not known, in their order."""
        known = {key for block in _blocks(text_digests) for (key,) in self._select("text", block)}
        return [key for key in text_digests if key not in known]

    def rows(self, text_digests: Sequence[str]) -> Iterator[tuple[str, NDArray[np.float32], NDArray[np.float32]]]:
        """Yield digest, vector ``(d,)`` and layers ``(e,)`` of the texts that are known, in any order."""
        import numpy as np

        for block in _blocks(text_digests):
            for key, vector, layers in self._select("text, vector, layers", block):
                yield key, np.frombuffer(vector, dtype="<f4"), np.frombuffer(layers, dtype="<f4")

    def _select(self, what: str, block: Sequence[str]) -> sqlite3.Cursor:
        marks = ", ".join("?" * len(block))
        return self._db.execute(f"SELECT {what} FROM embedded WHERE model = ? AND text IN ({marks})", (self._model, *block))  # noqa: S608

    def put(self, text_digests: Sequence[str], embedded: Embedded) -> None:
        """Store n rows in one transaction."""
        rows = zip(text_digests, embedded.vectors, embedded.layers, strict=True)
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO embedded VALUES (?, ?, ?, ?)",
                [(self._model, key, vector.astype("<f4").tobytes(), layers.astype("<f4").tobytes()) for key, vector, layers in rows],
            )


def _blocks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    # SQLite takes so many parameters in any build, and sorted keys lie beside each other on the disk.
    ordered = sorted(keys)
    for start in range(0, len(ordered), 900):
        yield ordered[start : start + 900]
