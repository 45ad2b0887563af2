"""The way to a code as tools write it, as the names from the top code down."""

from __future__ import annotations

import re

_LEVEL = re.compile(r"\s+>\s+|\s*>>\s*|\\+")
_ROOTS = {"nodes", "codes", "knoten", "nœuds", "nodos", "códigos"}  # the folders that NVivo puts before a path


def path_of(cell: str) -> tuple[str, ...]:
    r"""Return the names that ``A > B``, ``A >> B``, ``A\B`` and ``Nodes\\A\\B`` lead through."""
    found = tuple(name for part in _LEVEL.split(cell) if (name := " ".join(part.split())))
    return found[1:] if len(found) > 1 and found[0].casefold() in _ROOTS and "\\" in cell else found
