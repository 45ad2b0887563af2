"""Quotations of a Word file: its content controls, and what stands beside them, or in a paragraph of the style Quote without one.

A control within a paragraph that names no place is a quotation whose mark was damaged, unless it is bound to a field of the document,
as those of a title page are.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.ids import segment_id
from nptlens.core.quotations import Quotation
from nptlens.reporting import _wordxml
from nptlens.reporting._wordxml import known_as, qn, text_of
from nptlens.reporting.content import WITHHELD
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

_PARTS = ("word/document.xml", "word/comments.xml", "word/footnotes.xml", "word/endnotes.xml")
_QUOTE = "Quote"


def docx_quotations(data: bytes, transcripts: Collection[str], *, where: str) -> tuple[Quotation, ...]:
    """Return the quotations of a Word file, part by part; raises ReadingError where it is no acceptable one."""
    with open_archive(data, where=where) as archive:
        try:
            members = set(archive.namelist())
            parts = [parse_xml(archive.read(name), where=where) for name in _PARTS if name in members]
            styles = parse_xml(archive.read("word/styles.xml"), where=where)
        except (KeyError, RuntimeError, zipfile.BadZipFile, NotImplementedError, zlib.error) as error:
            raise ReadingError(f"a damaged Word file ({type(error).__name__})", where=where) from None
    quoting = {
        style.get(qn("styleId"))
        for style in styles.iter(qn("style"))
        if any((name.get(qn("val")) or "").casefold() == _QUOTE.casefold() for name in style.iter(qn("name")))
    }
    found: list[Quotation] = []
    for root in parts:
        for each in _wordxml.quotations(root):
            place = segment_id(_transcript(each, transcripts), each.start, each.end)
            found.append(Quotation("excerpt", f"quotation {len(found) + 1}", place, each.text))
        found += _unmarked(root, quoting)
    return tuple(found)


def _transcript(quotation: _wordxml.Quotation, transcripts: Collection[str]) -> str:
    """Return the id of the transcript that a tag knows by another name where its own does not fit."""
    if quotation.transcript in transcripts:
        return quotation.transcript
    names = (each for each in transcripts if known_as(each, quotation.start, quotation.end) == quotation.transcript)
    return next(names, quotation.transcript)


def _unmarked(root: etree._Element, quoting: Collection[str | None]) -> Iterator[Quotation]:
    """Yield the words of quotations that no content control with a place holds: neither the speaker's name nor that they are withheld."""
    for number, paragraph in enumerate(root.iter(qn("p")), start=1):
        for control in paragraph.iter(qn("sdt")):
            if not _wordxml.placed(control) and control.find(f"{qn('sdtPr')}/{qn('dataBinding')}") is None and text_of(control).strip():
                yield Quotation("excerpt", f"paragraph {number}", "", text_of(control))
        style = paragraph.find(f"{qn('pPr')}/{qn('pStyle')}")
        quotes = style is not None and style.get(qn("val")) in quoting
        held = {run for control in paragraph.iter(qn("sdt")) for run in control.iter(qn("r"))}
        if not quotes and (not held or paragraph.getparent().tag == qn("tc")):  # a table's cell may say more than it quotes
            continue
        plain = (run for run in paragraph.iter(qn("r")) if run not in held and run.find(f"{qn('rPr')}/{qn('b')}") is None)
        outside = "".join(text_of(run) for run in plain)
        if outside.strip() and outside != WITHHELD:
            yield Quotation("excerpt", f"paragraph {number}", "", outside)
