"""A cache of vectors by (model digest, text digest): it holds no text, and a vector is computed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nptlens.errors import IntegrityError
from nptlens.records import Embedded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCHEMA = "CREATE TABLE IF NOT EXISTS embedded (model TEXT, text TEXT, vector BLOB, layers BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"


class VectorCache:
    """What one model makes of texts, in an SQLite file."""

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

    def get(self, text_digest: str) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Return the vector ``(d,)`` of a text and its layers ``(e,)``, None where it is not known."""
        import numpy as np

        row = self._db.execute("SELECT vector, layers FROM embedded WHERE model = ? AND text = ?", (self._model, text_digest)).fetchone()
        return None if row is None else (np.frombuffer(row[0], dtype="<f4"), np.frombuffer(row[1], dtype="<f4"))

    def put(self, text_digests: Sequence[str], embedded: Embedded) -> None:
        """Store n rows in one transaction."""
        rows = zip(text_digests, embedded.vectors, embedded.layers, strict=True)
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO embedded VALUES (?, ?, ?, ?)",
                [(self._model, key, vector.astype("<f4").tobytes(), layers.astype("<f4").tobytes()) for key, vector, layers in rows],
            )
