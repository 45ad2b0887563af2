"""How a cache in an SQLite file is opened: what it holds can be computed again."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def opened(path: Path, schema: str) -> sqlite3.Connection:
    """Return the cache's database, made where it is missing; raises sqlite3.DatabaseError where the file is no database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last rows, never the file
    database.execute(schema)
    return database
