"""OpenDocument texts: the words of the body, with tracked changes accepted, then notes as furniture.

Comments are talk about the interview and stay out of the text; headers and footers, which say what the pages are, come after it.
The words are compared with those of odfdo in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.reading.formats._emphasis import shape_of
from nptlens.reading.formats._odt_styles import OFFICE, STYLE, TEXT, Styles
from nptlens.reading.formats._odt_text import Words
from nptlens.reading.layouts._page_furniture import NOTE, PAGE, many, with_edges
from nptlens.reading.layouts._parsed import Shaped
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

_MANIFEST = "META-INF/manifest.xml"
_HEADS = ("header", "header-first", "header-left", "footer", "footer-first", "footer-left")
_PLURALS = {"foot-note or end-note": "foot-notes and end-notes", "header or footer": "headers and footers"}


def read_odt(data: bytes, *, where: str) -> Shaped:
    """Return an OpenDocument text in whichever layout its paragraphs or tables follow.

    Raises ReadingError where it is no readable archive, breaks a limit, is locked, declares a document type, or is no text document.
    """
    parts = _parts(data, where)
    content = parts.get("content.xml")
    if content is None:
        raise ReadingError("the archive holds no OpenDocument text", where=where, hint="save it again as .odt")
    body = content.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise ReadingError("this is no text document", where=where, hint="save it as .odt from a word processor")
    sheet = parts.get("styles.xml")
    words = Words(Styles([content] if sheet is None else [content, sheet]))
    shape = shape_of(list(words.blocks(body)), where=where)
    heads = list(dict.fromkeys(_heads(sheet, words))) if sheet is not None else []
    edges = [(PAGE, head) for head in heads] + [(NOTE, note) for note in words.notes]
    told = (
        (sum(1 for _ in body.iter(TEXT + "deletion")), "tracked deletion", "left out: the accepted text is read"),
        (words.comments, "comment", "kept out of the text"),
        (len(words.notes), "foot-note or end-note", "set apart after the text, not coded"),
        (len(heads), "header or footer", "set apart after the text, not coded"),
    )
    problems = [Problem(where, f"{many(n, name, _PLURALS.get(name, ''))} {what}", "", Severity.NOTE) for n, name, what in told if n]
    return replace(with_edges(shape, edges), problems=(*shape.problems, *words.not_shown.told(where), *problems))


def _parts(data: bytes, where: str) -> dict[str, Any]:
    """Return the roots of the parts that hold words or styles; no other is opened."""
    found: dict[str, Any] = {}
    with open_archive(data, where=where) as archive:
        names = archive.namelist()
        if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
            raise ReadingError("it is locked with a password", where=where, hint="save it without a password")
        for name in ("content.xml", "styles.xml"):
            if name in names and (member := archive.read(name)).strip():
                found[name] = parse_xml(member, where=where)
    return found


def _heads(styles: Any, reader: Words) -> Iterator[str]:
    """Yield the words of each header and footer of the page styles."""
    for name in _HEADS:
        for element in styles.iter(STYLE + name):
            words = reader.lines(element)
            if words:
                yield words
