"""The ledger: which stage was made from what. It holds names and digests, never text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nptlens.errors import IntegrityError
from nptlens.ids import digest_file, digest_json
from nptlens.store._sqlite import is_damage, opened, told

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
        """Open the ledger at `path`, made where there is none.

        Here and below IntegrityError is raised where it is damaged, StorageError where the disk or a right does not let it be read or
        written, LockedError where another process holds it.
        """
        self._path, self._folder = path, path.parent
        with _errors(path):
            self._db = opened(path)
        try:
            with _errors(path):
                self._db.execute(_SCHEMA)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def get(self, name: str) -> Entry | None:
        """Return the entry of a stage, None where it never ran."""
        with _errors(self._path):
            row = self._db.execute("SELECT ingredients, artefacts, seconds FROM stage WHERE name = ?", (name,)).fetchone()
        try:
            return None if row is None else Entry(name, json.loads(row[0]), json.loads(row[1]), row[2])
        except (ValueError, TypeError) as error:
            raise _damaged(self._path) from error

    def put(self, entry: Entry) -> None:
        """Store an entry in place of the one before."""
        row = (
            entry.name,
            entry.fingerprint,
            json.dumps(dict(entry.ingredients), sort_keys=True),
            json.dumps(dict(entry.artefacts), sort_keys=True),
            entry.seconds,
        )
        with _errors(self._path):
            self._db.execute("INSERT OR REPLACE INTO stage VALUES (?, ?, ?, ?, ?)", row)

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


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        found = told(error, path)
        if found is not None:
            raise found from error
        if is_damage(error):
            raise _damaged(path) from error
        raise


def _damaged(path: Path) -> IntegrityError:
    # The ledger alone: the folder also holds runs that were kept, and caches.
    return IntegrityError("the ledger is damaged", where=str(path), hint=f"delete {path.name} there, then run: nptlens run")
