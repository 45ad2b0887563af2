"""What stands beside the words of a page goes after them, as furniture, so that no turn is cut in two by a page break."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nptlens.core.text import Span
from nptlens.reading.layouts._parsed import SPACE, Shaped
from nptlens.schemas.records import Furniture

PAGE, NOTE = "page header", "foot-note"


def with_edges(shape: Shaped, edges: Iterable[tuple[str, str]]) -> Shaped:
    """Return `shape` with each of `edges` (kind and words, canonical and not empty) on a line of its own after the text."""
    pieces, furniture, position = [shape.text], list(shape.furniture), len(shape.text)
    for kind, words in edges:
        start = position + 1
        furniture += [Furniture(Span(position, start), SPACE), Furniture(Span(start, start + len(words)), kind)]
        pieces.append(words)
        position = start + len(words)
    return replace(shape, text="\n".join(pieces), furniture=tuple(furniture))


def many(number: int, one: str, more: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else more or one + 's'}"
