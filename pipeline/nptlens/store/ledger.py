"""The ledger: which stage was made from what. It holds names and digests, never text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import IntegrityError
from nptlens.core.ids import digest_file, digest_json
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
        """One digest of all that went in and all that came out: tells an entry that was damaged."""
        return digest_json([dict(self.ingredients), dict(self.artefacts)])

    def changes(self, ingredients: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of the ingredients that are not those the stage was made from, sorted."""
        names = {*self.ingredients, *ingredients}
        return tuple(sorted(name for name in names if self.ingredients.get(name) != ingredients.get(name)))


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
        """Return the entry of a stage, None where it never ran; one that is not as it was put names no artefact."""
        with _errors(self._path):
            row = self._db.execute("SELECT ingredients, artefacts, seconds, fingerprint FROM stage WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        found = Entry(name, _digests(row[0]), _digests(row[1]), row[2])
        return found if found.fingerprint == row[3] else Entry(name, {}, {}, 0.0)

    def names(self) -> tuple[str, ...]:
        """Return the names of all stages that ran, sorted."""
        with _errors(self._path):
            return tuple(sorted(str(name) for (name,) in self._db.execute("SELECT name FROM stage")))

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
        return self.changed(name, ingredients) or self.altered(name)

    def changed(self, name: str, ingredients: Mapping[str, str]) -> str:
        """Return which ingredients are not those that a stage was made from, "" where all are."""
        entry = self.get(name)
        if entry is None:
            return "never ran"
        if not entry.artefacts:
            return "its entry in the ledger is damaged"
        changed = entry.changes(ingredients)
        return f"changed: {', '.join(changed)}" if changed else ""

    def altered(self, name: str, *, only: str = "") -> str:
        """Return the first artefact of a stage (or `only` the one named) that is gone or is not what the stage made; "" where none is."""
        entry = self.get(name)
        for file, sha256 in sorted(entry.artefacts.items()) if entry else ():
            if only not in {"", file}:
                continue
            found = digest_if_there(self._folder / file)
            if found is None:
                return f"missing: {file}"
            if found != sha256:
                return f"altered: {file}"
        return ""


def digest_if_there(path: Path) -> str | None:
    """Return the sha256 of a file, None where there is none (a run that goes on may replace it meanwhile)."""
    try:
        return digest_file(path) if path.is_file() else None
    except FileNotFoundError:
        return None


def _digests(text: object) -> dict[str, str]:
    """Return a column of names and digests; empty where it does not hold any."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()) else {}


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
    return IntegrityError("the ledger is damaged", where=str(path), hint=f"delete {path.name} there, then run: nptlens run STUDY")
