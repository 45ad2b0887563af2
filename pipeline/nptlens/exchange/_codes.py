"""A codebook built from another tool's codes: ids that are unique and acceptable, parents without circles."""

from __future__ import annotations

from collections import Counter

from nptlens.core.text import canonical
from nptlens.schemas.records import NONE_CODE, Code, Codebook


class CodeList:
    """Codes as another tool keys them, gathered into a Codebook; `add` returns nothing, `id_of` answers after `codebook`."""

    def __init__(self) -> None:
        self._rows: dict[object, tuple[str, str, object | None, str]] = {}
        self._ids: dict[object, str] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, key: object, name: str, definition: str = "", parent: object | None = None, source: str = "") -> None:
        """Take a code; the first of a key stands. `parent` is the key of the code above it, which may come later; `source` is kept."""
        name = " ".join(canonical(name).split()) or "(code without a name)"
        self._rows.setdefault(key, (name, canonical(definition).strip(), parent, source))

    def id_of(self, key: object) -> str | None:
        """Return the id that `codebook` gave to a key, None where there is no such code."""
        return self._ids.get(key)

    def codebook(self, name: str) -> Codebook:
        """Return the codes in the order they came. An id is the name; where names meet, the path of names; then a number."""
        parents = {key: self._parent(key) for key in self._rows}
        names = Counter(_safe(row[0]) for row in self._rows.values())
        taken: set[str] = set()
        for key, (own, *_) in self._rows.items():
            wish = _safe(own)
            if names[wish] > 1:
                wish = _safe("/".join([*reversed([self._rows[up][0] for up in _above(key, parents)]), own]))
            self._ids[key] = unique(wish, taken)
        codes = []
        for key, (own, definition, _, source) in self._rows.items():
            parent = parents[key]
            codes.append(Code(self._ids[key], own, definition, source=source, parent=None if parent is None else self._ids[parent]))
        return Codebook(name=name, version="", codes=tuple(codes))

    def _parent(self, key: object) -> object | None:
        """Return the parent's key unless it is unknown or leads back to the code itself."""
        parent = self._rows[key][2]
        seen, up = {key}, parent
        while up is not None and up in self._rows and up not in seen:
            seen.add(up)
            up = self._rows[up][2]
        circle = up is not None and up in seen
        return parent if parent in self._rows and not circle else None


def _above(key: object, parents: dict[object, object | None]) -> list[object]:
    found: list[object] = []
    up = parents[key]
    while up is not None:
        found.append(up)
        up = parents[up]
    return found


def _safe(name: str) -> str:
    name = name.replace(";", ",")
    return f"{name} (code)" if name == NONE_CODE else name


def unique(wish: str, taken: set[str]) -> str:
    """Return `wish`, numbered where it is taken already, and take it."""
    found, number = wish, 2
    while found in taken:
        found, number = f"{wish} ({number})", number + 1
    taken.add(found)
    return found
