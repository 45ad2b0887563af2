"""A cache of drawn pictures, by (who drew, digest of all that is drawn): a picture that did not change is not drawn again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from nptlens.errors import IntegrityError
from nptlens.store._sqlite import opened

_SCHEMA = "CREATE TABLE IF NOT EXISTS picture (drawer TEXT, drawn TEXT, svg TEXT NOT NULL, PRIMARY KEY (drawer, drawn)) WITHOUT ROWID"


class PictureCache:
    """The pictures that one drawer (a library and its version) made, in an SQLite file; those no longer asked for are forgotten."""

    def __init__(self, path: Path, drawer: str) -> None:
        self._path, self._drawer = path, drawer
        self._asked: set[str] = set()
        try:
            self._db = opened(path, _SCHEMA)
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error

    def get(self, drawn: str) -> str | None:
        """Return a picture as SVG, None where it was not drawn yet; raises IntegrityError where the file is damaged."""
        self._asked.add(drawn)
        try:
            row = self._db.execute("SELECT svg FROM picture WHERE drawer = ? AND drawn = ?", (self._drawer, drawn)).fetchone()
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error
        return None if row is None else str(row[0])

    def put(self, drawn: str, svg: str) -> None:
        """Store a picture."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO picture VALUES (?, ?, ?)", (self._drawer, drawn, svg))

    def forget_others(self) -> None:
        """Forget the pictures that were not asked for since the cache was opened."""
        with self._db:
            kept = [(self._drawer, each) for each in self._asked]
            rows = self._db.execute("SELECT drawer, drawn FROM picture").fetchall()
            self._db.executemany("DELETE FROM picture WHERE drawer = ? AND drawn = ?", sorted(set(rows) - set(kept)))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _damaged(self) -> IntegrityError:
        return IntegrityError("the cache of pictures is damaged", where=str(self._path), hint="delete it and run again")
