"""How the words of an OpenDocument text look: hidden, struck out, bold or italic, by the styles that they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nptlens.reading.formats._hidden import BOLD, HIDDEN, ITALIC, STRUCK

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, STYLE = (f"{{{_NAMES}{name}:1.0}}" for name in ("office", "text", "table", "style"))
FO = f"{{{_NAMES}xsl-fo-compatible:1.0}}"
_DEEPEST = 30  # styles that are based on each other in a circle


class Styles:
    """The styles of a document by family and name, those of its content before those of its style sheet."""

    def __init__(self, roots: Iterable[Any]) -> None:
        self._found: dict[tuple[str, str], Any] = {}
        self._looks: dict[tuple[str, str, int], int] = {}
        for root in roots:
            for style in root.iter(STYLE + "style"):
                self._found.setdefault((style.get(STYLE + "family", ""), style.get(STYLE + "name", "")), style)

    def of(self, family: str, name: str | None, inherited: int = 0) -> int:
        """Return the looks of words in that style; what it says nothing of is as `inherited`."""
        if not name:
            return inherited
        key = (family, name, inherited)
        if key not in self._looks:
            on = said = 0
            for style in self._line(family, name):
                properties = style.find(STYLE + "text-properties")
                for look, value in _stated(properties) if properties is not None else ():
                    on |= look if value and not said & look else 0
                    said |= look
            self._looks[key] = (inherited & ~said) | on
        return self._looks[key]

    def _line(self, family: str, name: str) -> Iterable[Any]:
        """Yield a style and those that it is based on, the nearest first."""
        for _ in range(_DEEPEST):
            style = self._found.get((family, name))
            if style is None:
                return
            yield style
            name = style.get(STYLE + "parent-style-name", "")


def _stated(properties: Any) -> Iterable[tuple[int, bool]]:
    """Yield each look that properties say anything of, and whether they turn it on."""
    line = properties.get(STYLE + "text-line-through-style") or properties.get(STYLE + "text-line-through-type")
    weight = properties.get(FO + "font-weight")
    for look, value, off in (
        (HIDDEN, properties.get(TEXT + "display"), ("true", "condition")),
        (STRUCK, line, ("none",)),
        (ITALIC, properties.get(FO + "font-style"), ("normal",)),
    ):
        if value is not None:
            yield look, value not in off
    if weight is not None:
        yield BOLD, weight == "bold" or (weight.isdecimal() and int(weight[:4]) >= 600)
