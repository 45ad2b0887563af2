"""Quotations of an HTML report, as a browser shows them: character by character, by Python's own tokenizer.

It knows no entity but HTML's, fetches nothing, keeps every character as it stands (U+0000 too) and says in which line it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from nptlens.core.errors import ReadingError
from nptlens.core.quotations import Quotation
from nptlens.reporting._packed import places

_MARKS = ("data-segment", "data-span")
_QUOTING = frozenset({"blockquote", "q"})
_CLASSES = ("excerpt", "context")
_KINDS = (*_CLASSES, "seed")  # a seed's words are quoted only where they are the study's own
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def html_quotations(data: bytes, *, where: str) -> tuple[Quotation, ...]:
    """Return the quotations of a page; raises ReadingError where it is not UTF-8."""
    try:
        page = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ReadingError("not UTF-8", where=where, hint="write the report again: nptlens report STUDY") from None
    parser = _Page()
    parser.feed(page)
    parser.close()
    return tuple(parser.found)


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet. `mark` is its place where it is marked; `quotes` says that its words are a quotation."""

    tag: str
    line: int
    kind: str = ""
    mark: str = ""
    segment: bool = False
    quotes: bool = False
    marked: bool = False
    doubt: str = ""
    packed: bool = False
    words: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Quotation] = []
        self._open: list[_Open] = []
        self._quoting: list[_Open] = []  # those of `_open` that are marked or quote

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; within a marked one it is a fault."""
        self._refuse()
        if tag in _VOID:
            return
        element = _opened(tag, self.getpos()[0], {name: value or "" for name, value in attrs})
        self._open.append(element)
        if element.marked or element.quotes or element.packed:
            self._quoting.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take ``<x/>`` as HTML does: as ``<x>``."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close an element and all that was left open inside it."""
        if not any(each.tag == tag for each in self._open):
            return
        while self._open:
            element = self._open.pop()
            self._close(element)
            if element.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """Give words to the quotation that they stand in."""
        if self._quoting:
            self._quoting[-1].words.append(data)

    def handle_comment(self, data: str) -> None:
        """Refuse a comment inside a quotation."""
        self._refuse()

    def handle_decl(self, decl: str) -> None:
        """Refuse a declaration inside a quotation."""
        self._refuse()

    def handle_pi(self, data: str) -> None:
        """Refuse an instruction inside a quotation."""
        self._refuse()

    def unknown_decl(self, data: str) -> None:
        """Refuse any other declaration inside a quotation."""
        self._refuse()

    def _refuse(self) -> None:
        if self._quoting and self._quoting[-1].marked:
            self._quoting[-1].doubt = "there is mark-up inside the quotation"

    def close(self) -> None:
        """Close what the page left open."""
        super().close()
        while self._open:
            self._close(self._open.pop())

    def _close(self, element: _Open) -> None:
        if not self._quoting or self._quoting[-1] is not element:
            return
        self._quoting.pop()
        text = "".join(element.words)
        if element.packed:
            self.found += _unpacked(text, element.line)
            return
        if element.marked or text.strip():  # the latter: words of a quotation that are in none of the marked elements below it
            at = f"quotation {len(self.found) + 1}, line {element.line}"
            self.found.append(Quotation(element.kind, at, element.mark, text, segment=element.segment, doubt=element.doubt))


def _unpacked(block: str, line: int) -> Iterator[Quotation]:
    """Yield the excerpts of the page's block of JSON, which a reader opens one by one."""
    try:
        for number, (place, text) in enumerate(places(block), start=1):
            at = f"packed excerpt {number}, line {line}"
            kind = "packed excerpt" if text is not None else "packed excerpt, withheld"
            yield Quotation(kind, at, place, text, segment=True, withheld=text is None)
    except ValueError:
        yield Quotation("packed excerpt", f"line {line}", "", None, doubt="the packed excerpts cannot be opened")


def _opened(tag: str, line: int, attributes: dict[str, str]) -> _Open:
    if tag == "script" and attributes.get("type", "").lower() == "application/json":
        return _Open(tag, line, packed=True)
    classes = attributes.get("class", "").split()
    kind = next((each for each in _KINDS if each in classes), tag)
    named = [name for name in _MARKS if name in attributes]
    quotes = tag in _QUOTING or kind in _CLASSES
    if not named:
        return _Open(tag, line, kind, quotes=quotes)
    doubt = "it names two places" if len(named) > 1 else ""
    return _Open(tag, line, kind, attributes[named[0]], named[0] == _MARKS[0], quotes, marked=True, doubt=doubt)
