"""How the words of a Word document look: hidden, struck out, bold or italic, by their own properties and by their styles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nptlens.reading.formats._hidden import BOLD, HIDDEN, ITALIC, STRUCK

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL, _RPR = W + "val", W + "rPr"
_LOOKS = {
    W + "vanish": HIDDEN,
    W + "specVanish": HIDDEN,
    W + "strike": STRUCK,
    W + "dstrike": STRUCK,
    W + "b": BOLD,
    W + "i": ITALIC,
}
_OFF = ("0", "false", "off", "none")
_DEEPEST = 30  # styles that are based on each other in a circle


@dataclass(frozen=True, slots=True)
class _Own:
    """What properties say themselves: looks that they turn on, and looks that they say anything of."""

    on: int = 0
    said: int = 0


_NOTHING = _Own()


class Styles:
    """The styles of a document. A look that a paragraph's style and a character style both turn on is off again, as in Word."""

    def __init__(self, root: Any | None) -> None:
        self._found: dict[str, Any] = {}
        self._on: dict[str, int] = {}
        self._usual = ""
        for style in root.iterchildren(W + "style") if root is not None else ():
            name = style.get(W + "styleId", "")
            self._found[name] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true", "on"):
                self._usual = name
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{_RPR}") if root is not None else None
        self._always = _own(defaults).on

    def of_paragraph(self, properties: Any | None) -> int:
        """Return the looks that a paragraph's style turns on."""
        style = properties.find(W + "pStyle") if properties is not None else None
        return self._turned_on(style.get(_VAL, "") if style is not None else self._usual)

    def of_run(self, paragraph: int, properties: Any | None) -> int:
        """Return the looks of a run with those properties, in a paragraph whose style turns on `paragraph`."""
        if properties is None:
            return paragraph | self._always
        style = properties.find(W + "rStyle")
        own = _own(properties)
        inherited = (paragraph ^ (self._turned_on(style.get(_VAL, "")) if style is not None else 0)) | self._always
        return (inherited & ~own.said) | own.on

    def _turned_on(self, name: str) -> int:
        """Return the looks of a style; what it says nothing of is that of the style it is based on."""
        if name not in self._on:
            on = said = 0
            each = name
            for _ in range(_DEEPEST):
                style = self._found.get(each)
                if style is None:
                    break
                own = _own(style.find(_RPR))
                on |= own.on & ~said
                said |= own.said
                based = style.find(W + "basedOn")
                each = based.get(_VAL, "") if based is not None else ""
            self._on[name] = on
        return self._on[name]


def _own(properties: Any | None) -> _Own:
    if properties is None:
        return _NOTHING
    on = said = 0
    for each in properties:
        look = _LOOKS.get(each.tag)
        if look:
            said |= look
            on |= 0 if each.get(_VAL, "1").casefold() in _OFF else look
    return _Own(on, said)
