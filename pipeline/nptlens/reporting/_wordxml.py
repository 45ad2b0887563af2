"""What is odd about Word's XML, in one place: text that stays equal, and quotations that carry their place.

Text. XML has no place for most control characters, and Word gives some of the others a meaning. A line end is a `w:br`, a tab a
`w:tab`; whatever XML forbids stands as ⟨U+000B⟩ in a run of the character style `CONTROL`, which is how `text_of` tells it from the same
signs in somebody's words. So ``text_of(element of text) == text`` for every string.

Quotations. Each is the whole content of an inline content control (`w:sdt`) whose tag is ``q_<transcript>_<start>_<end>``, offsets in
code points of the canonical text; python-docx, Word and LibreOffice keep tags, also when styles change. Word takes 64 characters in a tag,
and XML no control characters: a transcript whose id does not fit (or looks like a digest itself) stands as ``sha256-`` and the first 16 hex
digits of the sha256 of its id (`known_as`). `quotations` reads them all back. (A bookmark has 40 characters, no hyphen, and its name
only once in a document, but an excerpt stands under each of its codes.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nptlens.core.ids import digest
from nptlens.reporting._words import visible

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTROL = "ControlCharacter"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FORBIDDEN = "\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff"
_PARTS = re.compile(f"\n|\t|[{_FORBIDDEN}]|[^\n\t{_FORBIDDEN}]+")
_SHOWN = re.compile("⟨U\\+([0-9A-F]{4,6})⟩")
_TAG = re.compile(r"q_(.+)_(\d+)_(\d+)", re.DOTALL)
_PLAIN = re.compile(r"(?!sha256-)[\w .()-]+")
_TAG_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation as it stands in a document; `transcript` is what `known_as` makes of a transcript's id."""

    transcript: str
    start: int
    end: int
    text: str


def qn(name: str) -> str:
    """Return a WordprocessingML name as lxml spells it."""
    return f"{{{W}}}{name}"


def el(tag: str, /, *children: Any, **attributes: str | int) -> Any:
    """Return a WordprocessingML element; attributes are in the same namespace."""
    from docx.oxml.parser import OxmlElement

    made = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        made.set(qn(key), str(value))
    for child in children:
        made.append(child)
    return made


def run(*content: Any, style: str = "", bold: bool = False, small: bool = False) -> Any:
    """Return a run of elements."""
    look = [el("rStyle", val=style)] if style else []
    look += [el("b")] if bold else []
    look += [el("sz", val=16)] if small else []
    return el("r", *([el("rPr", *look)] if look else []), *content)


def text_runs(text: str, *, style: str = "", bold: bool = False, small: bool = False) -> list[Any]:
    """Return the runs of `text`; what XML forbids has a run of its own."""
    made: list[Any] = []
    content: list[Any] = []
    for part in _PARTS.findall(text):
        if part == "\n":
            content.append(el("br"))
        elif part == "\t":
            content.append(el("tab"))
        elif len(part) == 1 and _lost(part):
            made += [run(*content, style=style, bold=bold, small=small)] if content else []
            made.append(run(_words(f"⟨U+{ord(part):04X}⟩"), style=CONTROL, bold=bold, small=small))
            content = []
        else:
            content.append(_words(part))
    return made + ([run(*content, style=style, bold=bold, small=small)] if content else [])


def shown(text: str) -> str:
    """Return words from outside with control characters shown by number, line ends kept."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _lost(character: str) -> bool:
    return re.fullmatch(f"[{_FORBIDDEN}]", character) is not None


def _words(text: str) -> Any:
    made = el("t")
    made.text = text
    made.set(_SPACE, "preserve")
    return made


def text_of(element: Any) -> str:
    """Return the text of all runs in an element, as `text_runs` was given it."""
    return "".join(_text_of_run(each) for each in element.iter(qn("r")))


def _text_of_run(each: Any) -> str:
    style = each.find(f"{qn('rPr')}/{qn('rStyle')}")
    pieces = [_piece(child) for child in each]
    if style is not None and style.get(qn("val")) == CONTROL:
        return _SHOWN.sub(lambda match: chr(int(match[1], 16)), "".join(pieces))
    return "".join(pieces)


def _piece(child: Any) -> str:
    if child.tag == qn("t"):
        return child.text or ""
    return {qn("br"): "\n", qn("cr"): "\n", qn("tab"): "\t"}.get(child.tag, "")


def known_as(transcript: str, start: int = 0, end: int = 10**12) -> str:
    """Return what a transcript is called in the tag of a quotation from `start` to `end`."""
    if _PLAIN.fullmatch(transcript) and len(transcript) + len(f"q__{start}_{end}") <= _TAG_LENGTH:
        return transcript
    return f"sha256-{digest(transcript)[:16]}"


def quotation(transcript: str, start: int, end: int, text: str) -> Any:
    """Return the content control that holds the slice ``[start, end)`` of a transcript and nothing else."""
    tag = el("tag", val=f"q_{known_as(transcript, start, end)}_{start}_{end}")
    return el("sdt", el("sdtPr", tag), el("sdtContent", *text_runs(text)))


def placed(control: Any) -> re.Match[str] | None:
    """Return the parts of the place that a content control's tag names: transcript, start, end; None where it names none."""
    tag = control.find(f"{qn('sdtPr')}/{qn('tag')}")
    return _TAG.fullmatch(tag.get(qn("val"), "")) if tag is not None else None


def quotations(root: Any) -> Iterator[Quotation]:
    """Yield the quotations below an element (the root of a document part), in the order of the text."""
    for control in root.iter(qn("sdt")):
        match = placed(control)
        if match:
            yield Quotation(match[1], int(match[2]), int(match[3]), text_of(control.find(qn("sdtContent"))))
