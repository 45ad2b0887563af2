"""Word documents by python-docx: paragraphs and table cells of the body, in document order.

The text is gathered from the elements below a paragraph, because ``Paragraph.text`` leaves out tracked insertions
and content controls. Deleted and moved-away text, comments, notes, headers and footers are left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from nptlens.errors import ReadingError
from nptlens.reading._layout import lay_out
from nptlens.reading._shape import Shaped
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.text import canonical

_OLE = b"\xd0\xcf\x11\xe0"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = {_FALLBACK, *(_W + name for name in ("del", "moveFrom", "pPr", "rPr", "tblPr", "sdtPr", "sectPr"))}
_CHARACTERS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011"}


def read_docx(data: bytes, *, where: str) -> Shaped:
    """Return a Word document in whichever layout its paragraphs follow.

    Raises ReadingError where it is no readable archive, breaks a limit, or declares a document type.
    """
    if data.startswith(_OLE):
        raise ReadingError(
            "an old or password-protected Word file", where=where, hint="save it as .docx without password"
        )
    with open_archive(data, where=where) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                parse_xml(archive.read(name), where=where)
    from docx import Document

    document = Document(io.BytesIO(data))
    paragraphs = list(_blocks(document.element.body))
    return lay_out(canonical("\n".join(paragraphs)), line_is_paragraph=True)


def _blocks(element: Any) -> Iterator[str]:
    """Yield the text of each paragraph, and of each table row with a tab between its cells."""
    for child in element:
        if child.tag == _W + "p":
            yield _words(child)
        elif child.tag == _W + "tbl":
            for row in child.iter(_W + "tr"):
                if next(row.iterancestors(_W + "tbl")) is child:
                    yield "\t".join("\n".join(_blocks(cell)) for cell in _cells(row))
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter(_W + "tc") if next(cell.iterancestors(_W + "tr")) is row]


def _words(element: Any) -> str:
    pieces: list[str] = []
    for child in element:
        if child.tag == _W + "t":
            pieces.append(child.text or "")
        elif child.tag in _CHARACTERS:
            pieces.append(_CHARACTERS[child.tag])
        elif child.tag == _W + "p":  # a text box
            pieces.append(f"\n{_words(child)}")
        elif child.tag not in _SKIPPED:
            pieces.append(_words(child))
    return "".join(pieces)
