"""A cache of where a text's sentences lie, by (who cut it, text digest): it holds no text, and a turn is cut once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from nptlens.errors import IntegrityError
from nptlens.store._sqlite import opened
from nptlens.text import Span

_SCHEMA = "CREATE TABLE IF NOT EXISTS cut (cutter TEXT, text TEXT, spans TEXT NOT NULL, PRIMARY KEY (cutter, text)) WITHOUT ROWID"


class SentenceCache:
    """The sentences that one cutter (a library and its version) finds in texts, in an SQLite file."""

    def __init__(self, path: Path, cutter: str) -> None:
        self._path, self._cutter = path, cutter
        try:
            self._db = opened(path, _SCHEMA)
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def get(self, text_digest: str) -> list[Span] | None:
        """Return the sentences of a text, None where it was not cut yet; raises IntegrityError where the file is damaged."""
        try:
            row = self._db.execute("SELECT spans FROM cut WHERE cutter = ? AND text = ?", (self._cutter, text_digest)).fetchone()
            return None if row is None else [Span(start, end) for start, end in json.loads(row[0])]
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            raise self._damaged() from error

    def put(self, found: Mapping[str, Sequence[Span]]) -> None:
        """Store the sentences of texts, by digest, in one transaction."""
        rows = [(self._cutter, key, json.dumps([(span.start, span.end) for span in spans])) for key, spans in found.items()]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO cut VALUES (?, ?, ?)", rows)

    def _damaged(self) -> IntegrityError:
        return IntegrityError("the cache of sentences is damaged", where=str(self._path), hint="delete it and run again")
