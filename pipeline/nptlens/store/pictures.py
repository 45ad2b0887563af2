"""A cache of drawn pictures, by (who drew, digest of all that is drawn): a picture that did not change is not drawn again."""

from __future__ import annotations

from pathlib import Path

from nptlens.store._rows import RowCache


class PictureCache:
    """The pictures that one drawer (a library and its version) made, in an SQLite file; those no longer asked for are forgotten.

    See `RowCache` for what is raised, and for what becomes of a damaged file.
    """

    def __init__(self, path: Path, drawer: str) -> None:
        self._cache = RowCache(path, drawer)
        self._asked: set[str] = set()

    def get(self, drawn: str) -> str | None:
        """Return a picture as SVG, None where it was not drawn yet."""
        self._asked.add(drawn)
        for _, value in self._cache.get([drawn]):
            return value.decode()
        return None

    def put(self, drawn: str, svg: str) -> None:
        """Store a picture."""
        self._cache.put({drawn: svg.encode()})

    def forget_others(self) -> None:
        """Forget the pictures that were not asked for since the cache was opened."""
        self._cache.forget_others(self._asked)

    def close(self) -> None:
        """Close the database."""
        self._cache.close()
