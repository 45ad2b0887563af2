"""A cache of where a text's sentences lie, by (who cut it, text digest): it holds no text, and a turn is cut once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from nptlens.core.text import Span
from nptlens.store._rows import RowCache


class SentenceCache:
    """The sentences that one cutter (a library and its version) finds in texts, in an SQLite file; see `RowCache` for what is raised."""

    def __init__(self, path: Path, cutter: str) -> None:
        self._cache = RowCache(path, cutter)

    def close(self) -> None:
        """Close the database."""
        self._cache.close()

    def get(self, text_digest: str) -> list[Span] | None:
        """Return the sentences of a text, None where it was not cut yet."""
        for _, value in self._cache.get([text_digest]):
            return [Span(start, end) for start, end in json.loads(value)]
        return None

    def put(self, found: Mapping[str, Sequence[Span]]) -> None:
        """Store the sentences of texts, by digest, in one transaction."""
        self._cache.put({key: json.dumps([(span.start, span.end) for span in spans]).encode() for key, spans in found.items()})
