"""A cache of vectors by (model digest, text digest): it holds no text, and a vector is computed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.errors import IntegrityError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCHEMA = "CREATE TABLE IF NOT EXISTS vector (model TEXT, text TEXT, data BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"


class VectorCache:
    """float32 vectors of one model in an SQLite file."""

    def __init__(self, path: Path, model_digest: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._model = model_digest
        try:
            self._db = sqlite3.connect(path)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise IntegrityError("the vector cache is damaged", where=str(path), hint="delete it and run again") from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def get(self, text_digest: str) -> NDArray[np.float32] | None:
        """Return the vector ``(d,)`` of a text, None where it is not known."""
        import numpy as np

        row = self._db.execute("SELECT data FROM vector WHERE model = ? AND text = ?", (self._model, text_digest)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype="<f4")

    def put(self, text_digests: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store vectors ``(n, d)`` in one transaction."""
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO vector VALUES (?, ?, ?)",
                [(self._model, key, row.astype("<f4").tobytes()) for key, row in zip(text_digests, vectors, strict=True)],
            )
