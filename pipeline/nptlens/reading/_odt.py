"""OpenDocument texts by odfdo: the words of the body, with tracked changes accepted, then notes as furniture.

Comments are talk about the interview and stay out of the text; headers and footers, which say what the pages are, come after it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.reading._layout import lay_out
from nptlens.reading._page_furniture import NOTE, PAGE, many, with_edges
from nptlens.reading._parsed import Shaped
from nptlens.reading._rows import Block, Cell, text_of, turns_of_tables
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

if TYPE_CHECKING:
    from odfdo import Element

_PARAGRAPHS = {"text:p", "text:h"}
_SKIPPED = {
    "text:tracked-changes", "text:sequence-decls", "text:variable-decls", "text:user-field-decls", "office:forms", "text:ruby-text",
    "text:index-title-template", "svg:title", "svg:desc", "office:event-listeners", "table:shapes", "office:annotation-end",
}  # fmt: skip
_CHARACTERS = {"text:tab": "\t", "text:line-break": "\n"}
_MANIFEST = "META-INF/manifest.xml"
_RUN = re.compile("[ \t\r\n]+")
_BOXES = ("draw:text-box", "draw:custom-shape")
_HEADS = ("header", "header-first", "header-left", "footer", "footer-first", "footer-left")
_MOST_SPACES = 1000
_PLURALS = {"foot-note or end-note": "foot-notes and end-notes", "header or footer": "headers and footers"}
_KINDS = ("text", "text-template")


@dataclass(slots=True)
class _Found:
    """What stands beside the text: foot-notes to be set apart, comments to be counted."""

    notes: list[str] = field(default_factory=list)
    comments: int = 0


def read_odt(data: bytes, *, where: str) -> Shaped:
    """Return an OpenDocument text in whichever layout its paragraphs or tables follow.

    Raises ReadingError where it is no readable archive, breaks a limit, is locked, declares a document type, or is no text document.
    """
    with open_archive(data, where=where) as archive:
        names = archive.namelist()
        if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
            raise ReadingError("it is locked with a password", where=where, hint="save it without a password")
        for name in names:
            if name.lower().endswith((".xml", ".rdf")) and (member := archive.read(name)).strip():
                parse_xml(member, where=where)
    if "content.xml" not in names:
        raise ReadingError("the archive holds no OpenDocument text", where=where, hint="save it again as .odt")
    from odfdo import Document

    document = Document(io.BytesIO(data))
    if document.get_type() not in _KINDS:
        raise ReadingError("this is no text document", where=where, hint="save it as .odt from a word processor")
    found = _Found()
    content = list(_blocks(document.body, found))
    shape = turns_of_tables(content, where=where) or lay_out(text_of(content), line_is_paragraph=True)
    heads = list(dict.fromkeys(_heads(document.styles.root))) if "styles.xml" in names else []
    edges = [(PAGE, head) for head in heads] + [(NOTE, note) for note in found.notes]
    changes = sum(1 for child in document.body.get_elements("//text:deletion"))
    told = (
        (changes, "tracked deletion", "left out: the accepted text is read"),
        (found.comments, "comment", "kept out of the text"),
        (len(found.notes), "foot-note or end-note", "set apart after the text, not coded"),
        (len(heads), "header or footer", "set apart after the text, not coded"),
    )
    problems = [Problem(where, f"{many(n, name, _PLURALS.get(name, ''))} {what}", "", Severity.NOTE) for n, name, what in told if n]
    return replace(with_edges(shape, edges), problems=(*shape.problems, *problems))


def _blocks(element: Element, found: _Found) -> Iterator[Block]:
    """Yield paragraphs and tables in their order; a text box comes after the paragraph that it is anchored in."""
    for child in element.children:
        if child.tag in _PARAGRAPHS:
            boxes: list[Element] = []
            yield _words(child, found, boxes)
            for box in boxes:
                yield from _blocks(box, found)
        elif child.tag == "table:table":
            if rows := tuple(_rows(child, found)):
                yield rows
        elif child.tag == "office:annotation":
            found.comments += 1
        elif child.tag not in _SKIPPED:
            yield from _blocks(child, found)


def _rows(table: Element, found: _Found) -> Iterator[tuple[Cell, ...]]:
    for row in _nearest(table, "table:table-row"):
        cells: list[Cell] = []
        column = 0
        for cell in _nearest(row, "table:table-cell", "table:covered-table-cell"):
            lines = [block if isinstance(block, str) else text_of([block]) for block in _blocks(cell, found)]
            cells.append(Cell(column, "\n".join(line for line in lines if line.strip()), cell.tag == "table:covered-table-cell"))
            column += _number(cell, "table:number-columns-repeated")
        if cells:
            yield tuple(cells)


def _nearest(element: Element, *tags: str) -> Iterator[Element]:
    for child in element.children:
        if child.tag in tags:
            yield child
        elif child.tag not in (*_PARAGRAPHS, "table:table"):
            yield from _nearest(child, *tags)


def _words(element: Element, found: _Found, boxes: list[Element]) -> str:
    """Return the words of a paragraph, its white space as the format reads it; its text boxes are put into `boxes`."""
    pieces = [_RUN.sub(" ", element.text or "")]
    for child in element.children:
        if child.tag in _CHARACTERS:
            pieces.append(_CHARACTERS[child.tag])
        elif child.tag == "text:s":
            pieces.append(" " * _number(child, "text:c"))
        elif child.tag == "text:note":
            found.notes += [words for body in child.children if body.tag == "text:note-body" and (words := _lines(body, found))]
        elif child.tag == "office:annotation":
            found.comments += 1
        elif child.tag in _BOXES:
            boxes.append(child)
        elif child.tag not in _SKIPPED:
            pieces.append(_words(child, found, boxes))
        pieces.append(_RUN.sub(" ", child.tail or ""))
    return "".join(pieces)


def _lines(element: Element, found: _Found) -> str:
    return "\n".join(line for line in text_of(list(_blocks(element, found))).split("\n") if line.strip()).strip()


def _heads(styles: Element) -> Iterator[str]:
    """Yield the words of each header and footer of the page styles."""
    for name in _HEADS:
        for element in styles.get_elements(f"//style:{name}"):
            words = _lines(element, _Found())
            if words:
                yield words


def _number(element: Element, name: str) -> int:
    value = str(element.get_attribute(name) or "")
    return min(int(value), _MOST_SPACES) if value.isdecimal() and len(value) < 6 else 1
