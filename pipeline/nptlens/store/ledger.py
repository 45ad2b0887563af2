"""The ledger: which stage was made from what. It holds names and digests, never text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nptlens.errors import IntegrityError
from nptlens.ids import digest_file, digest_json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stage (
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    ingredients TEXT NOT NULL,
    artefacts TEXT NOT NULL,
    seconds REAL NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stage as it was made: what went in (name → digest) and what came out (file name → sha256)."""

    name: str
    ingredients: Mapping[str, str]
    artefacts: Mapping[str, str]
    seconds: float

    @property
    def fingerprint(self) -> str:
        """One digest of all that went in."""
        return digest_json(dict(self.ingredients))


class Ledger:
    """The stages of one study, in SQLite, one transaction an entry."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._folder = path.parent
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise _damaged(path.parent) from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def get(self, name: str) -> Entry | None:
        """Return the entry of a stage, None where it never ran."""
        try:
            row = self._db.execute("SELECT ingredients, artefacts, seconds FROM stage WHERE name = ?", (name,)).fetchone()
            return None if row is None else Entry(name, json.loads(row[0]), json.loads(row[1]), row[2])
        except (sqlite3.DatabaseError, ValueError) as error:
            raise _damaged(self._folder) from error

    def put(self, entry: Entry) -> None:
        """Store an entry in place of the one before."""
        self._db.execute(
            "INSERT OR REPLACE INTO stage VALUES (?, ?, ?, ?, ?)",
            (
                entry.name,
                entry.fingerprint,
                json.dumps(dict(entry.ingredients), sort_keys=True),
                json.dumps(dict(entry.artefacts), sort_keys=True),
                entry.seconds,
            ),
        )

    def why_stale(self, name: str, ingredients: Mapping[str, str]) -> str:
        """Return why a stage must run: "" where it need not, else the ingredients that changed or the artefact that is gone."""
        entry = self.get(name)
        if entry is None:
            return "never ran"
        changed = sorted(
            key for key in {*entry.ingredients, *ingredients} if entry.ingredients.get(key) != ingredients.get(key)
        )
        if changed:
            return f"changed: {', '.join(changed)}"
        for file, sha256 in sorted(entry.artefacts.items()):
            path = self._folder / file
            if not path.is_file():
                return f"missing: {file}"
            if digest_file(path) != sha256:
                return f"altered: {file}"
        return ""


def _damaged(folder: Path) -> IntegrityError:
    return IntegrityError("the ledger is damaged", where=str(folder), hint="delete the .nptlens folder and run again")
