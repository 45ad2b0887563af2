"""Word documents: accepted text of the body, then what stands at the edges of its pages, as furniture.

The parts are known by their root elements; those whose names say that they hold no words are not opened. python-docx opens no
document with a link to a part that is not there, as converters leave behind; its words are compared with ours in the tests.

Headers, footers and notes come after the body, so that places in the body do not depend on them; nobody said them.
Comments are talk about the interview and stay out of the text. What is left out or set apart is counted in a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical, count_words
from nptlens.reading.formats._docx_styles import Styles, W
from nptlens.reading.formats._docx_text import Words
from nptlens.reading.formats._emphasis import shape_of
from nptlens.reading.layouts._page_furniture import NOTE, PAGE, many, with_edges
from nptlens.reading.layouts._parsed import Shaped
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

_OLE = b"\xd0\xcf\x11\xe0"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # Word's "strict" files differ in their name spaces only
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CHANGES = ("ins", "del", "moveFrom", "moveTo")
_WITHOUT_WORDS = re.compile(
    r"^docProps/|^customXml/|^\[Content_Types\]|/(?:theme|glossary)/|/(?:fontTable|settings|webSettings|numbering|stylesWithEffects)\.xml$"
)
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
_TYPES = (
    ("header", "hdr", PAGE),
    ("footer", "ftr", PAGE),
    ("foot-note", "footnotes", NOTE),
    ("end-note", "endnotes", NOTE),
)


def read_docx(data: bytes, *, where: str) -> Shaped:
    """Return a Word document in whichever layout its paragraphs or tables follow.

    Raises ReadingError where it is no readable archive, breaks a limit, or declares a document type.
    """
    if data.startswith(_OLE):
        raise ReadingError(
            "an old or password-protected Word file", where=where, hint="save it as .docx without password"
        )
    parts = _parts(data, where)
    body = next((root.find(W + "body") for root in parts if root.tag == W + "document"), None)
    if body is None:
        raise ReadingError("the archive holds no Word document", where=where, hint="save it again as .docx")
    words = Words(Styles(next((root for root in parts if root.tag == W + "styles"), None)))
    shape = shape_of(list(words.blocks(body)), where=where)
    boxes = words.boxes
    edges = list(_edges(parts, words))
    problems = [*shape.problems, *words.not_shown.told(where), *_told(body, parts, boxes, where), *_counted_edges(edges, where)]
    return replace(with_edges(shape, [(kind, words) for _, kind, words in edges]), problems=tuple(problems))


def _parts(data: bytes, where: str) -> list[Any]:
    """Return the root of each Word part that may hold words or styles, sorted by name."""
    found: dict[str, Any] = {}
    with open_archive(data, where=where) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".xml") and not _WITHOUT_WORDS.search(name):
                root = parse_xml(archive.read(name).replace(_STRICT, _USUAL), where=where)
                if root.tag.startswith(W):
                    found[name] = root
    return [found[name] for name in sorted(found)]


def _edges(parts: Sequence[Any], reader: Words) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and words of each header, footer and note that has words; what repeats comes once."""
    seen: set[tuple[str, str]] = set()
    for name, tag, kind in _TYPES:
        for root in (part for part in parts if part.tag == W + tag):
            for piece in [root] if kind == PAGE else list(root):
                words = canonical(reader.below(piece)).strip() if piece.get(W + "type") not in _SEPARATORS else ""
                if words and (kind == NOTE or (name, words) not in seen):
                    seen.add((name, words))
                    yield name, kind, words


def _counted_edges(edges: list[tuple[str, str, str]], where: str) -> Iterator[Problem]:
    for name, _, _ in _TYPES:
        found = [words for each, _, words in edges if each == name]
        if found:
            what = f"{many(len(found), name)} with {many(sum(map(count_words, found)), 'word')} set apart after the text, not coded"
            yield Problem(where, what, "", Severity.NOTE)


def _told(body: Any, parts: Sequence[Any], boxes: int, where: str) -> Iterator[Problem]:
    """Yield what is left out of the text, or read otherwise than it looks on the page; counts only."""
    changes = {name: sum(1 for each in body.iter(W + name) if _holds_words(each)) for name in _CHANGES}
    if any(changes.values()):
        taken, dropped = changes["ins"] + changes["moveTo"], changes["del"] + changes["moveFrom"]
        what = f"tracked changes: the accepted text is read ({many(taken, 'insertion')} in, {many(dropped, 'deletion')} out)"
        yield Problem(where, what, "accept or reject them in Word if that is wrong", Severity.NOTE)
    comments = sum(1 for part in parts if part.tag == W + "comments" for _ in part.iter(W + "comment"))
    if comments:
        yield Problem(where, f"{many(comments, 'comment')} kept out of the text", "", Severity.NOTE)
    if boxes:
        what = f"{many(boxes, 'text box', 'text boxes')} read after the paragraph that each is anchored in"
        yield Problem(where, what, "look whether the right speaker has the words", Severity.NOTE)
    embedded = sum(1 for _ in body.iter(W + "altChunk", W + "subDoc"))
    if embedded:
        what = f"{many(embedded, 'embedded document')} not read"
        yield Problem(where, what, "open it in Word and save it again as one document")


def _holds_words(change: Any) -> bool:
    """Tell a change of words from one of a paragraph's mark, a row or a format."""
    return any((element.text or "").strip() for element in change.iter(W + "t", W + "delText"))
