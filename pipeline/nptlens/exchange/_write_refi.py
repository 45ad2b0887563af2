"""REFI-QDA 1.5 files: a project (.qdpx) and a codebook (.qdc), the same bytes for the same study.

Sources are plain text in UTF-8 with ``\\n`` line ends and no byte-order mark, so that positions are code points of the file as of our
canonical text; an end position is the first one after the selection, as in the standard's own examples. Every coder has selections of
his own: tools differ in whether the user of a selection or that of a coding counts. A person's memo is the note of the coding, and the
description of the selection for programs that read no other.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from nptlens.exchange._guids import code_guids, guid_of
from nptlens.exchange._notes import description, note
from nptlens.exchange._refi_codes import NOT_CODABLE
from nptlens.exchange.outgoing import TOOL, OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.schemas.records import Code, Codebook

if TYPE_CHECKING:
    from lxml import etree

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
_WHEN = "2000-01-01T00:00:00Z"  # tools want a time; ours is no clock's, so that the same study gives the same bytes
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = 100


def write_qdpx(project: OutgoingProject) -> bytes:
    """Return a project as a .qdpx archive.

    Raises KeyError where a coding's transcript or code is not in the project, ValueError where its span leaves the text.
    """
    members = [("project.qde", _project(project))]
    # One code point gives one character, so that even a text with a lone surrogate keeps its offsets.
    members += [(f"sources/{guid_of('source', s.id)}.txt", s.text.encode("utf-8", "replace")) for s in _sources(project)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)  # without a time it is that of 1980
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def write_qdc(codebook: Codebook) -> bytes:
    """Return a codebook as a .qdc file."""
    from lxml import etree

    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", {"origin": TOOL}, nsmap={None: CODEBOOK})
    _codes(root, CODEBOOK, codebook)
    return _bytes(root)


def _project(project: OutgoingProject) -> bytes:
    from lxml import etree

    about = {"name": _line(project.name), "origin": TOOL, "creationDateTime": _WHEN}
    root = etree.Element(f"{{{PROJECT}}}Project", about, nsmap={None: PROJECT})
    codings: dict[str, list[OutgoingCoding]] = {source.id: [] for source in project.sources}
    for coding in project.coded():
        codings[coding.transcript].append(coding)
    users = sorted({coding.user() for found in codings.values() for coding in found})
    if users:
        parent = _add(root, "Users")
        for user in users:
            _add(parent, "User", guid=guid_of("user", user), name=_line(user))
    if project.codebook.codes:
        _codes(_add(root, "CodeBook"), PROJECT, project.codebook, {coding.code for coding in project.coded()})
    notes: list[tuple[OutgoingCoding, str]] = []
    if project.sources:
        parent = _add(root, "Sources")
        guids, names = code_guids(project.codebook), {code.id: code.name for code in project.codebook}
        for source in _sources(project):
            element = _source(parent, source)
            for number, found in _selections(codings[source.id]):
                selection = _selection(element, found[0].span.of(source.text), found, names, guids, number)
                for coding in found:
                    user = coding.user()
                    entry = _add(selection, "Coding", guid=guid_of("coding", *_key(coding)), **_by(user))
                    _add(entry, "CodeRef", targetGUID=guids[coding.code])
                    if text := note(coding):
                        _add(entry, "NoteRef", targetGUID=guid_of("note", *_key(coding)))
                        notes.append((coding, text))
    if notes:
        parent = _add(root, "Notes")
        for coding, text in notes:
            # A title would become a part of a person's memo when the note is read.
            title = {"name": _line(f"{coding.code} by {coding.user()}")} if coding.claim else {}
            element = _add(parent, "Note", guid=guid_of("note", *_key(coding)), **title, **_by(coding.user()))
            _add(element, "PlainTextContent").text = _clean(text)
    return _bytes(root)


def _sources(project: OutgoingProject) -> list[OutgoingSource]:
    return sorted(project.sources, key=lambda source: source.id)


def _source(parent: etree._Element, source: OutgoingSource) -> etree._Element:
    guid = guid_of("source", source.id)
    place = f"internal://{guid}.txt"
    element = _add(parent, "TextSource", guid=guid, name=_line(source.id), plainTextPath=place, creationDateTime=_WHEN)
    if source.memo:
        _add(element, "Description").text = _clean(source.memo)
    return element


def _selections(codings: Sequence[OutgoingCoding]) -> Iterator[tuple[int, list[OutgoingCoding]]]:
    """Yield the codings of each selection, and the number of the selection among those of its coder and place.

    Programs that read the description of a selection give it to all codings of the selection, so that those of a person with other
    memos have a selection of their own.
    """
    for _, group in groupby(codings, key=lambda coding: (coding.span, coding.user())):
        by_memo: dict[str, list[OutgoingCoding]] = {}
        for coding in group:
            by_memo.setdefault("" if coding.claim else note(coding), []).append(coding)
        yield from enumerate(by_memo.values())


def _selection(
    parent: etree._Element, quote: str, codings: Sequence[OutgoingCoding], names: Mapping[str, str], guids: Mapping[str, str], number: int
) -> etree._Element:
    first = codings[0]
    place = {"startPosition": str(first.span.start), "endPosition": str(first.span.end)}
    further = (guids[first.code],) if number else ()
    about = {"guid": guid_of("selection", *_key(first)[:4], *further), "name": shortened(quote), **place}
    element = _add(parent, "PlainTextSelection", **about, **_by(first.user()))
    claims = [f"{names[c.code]}: probability {c.claim.probability:.2f}, {c.claim.decision}" for c in codings if c.claim]
    if said := "\n".join(claims) if claims else note(first):
        _add(element, "Description").text = _clean(said)
    return element


def _codes(parent: etree._Element, space: str, codebook: Codebook, used: Collection[str] = ()) -> None:
    from lxml import etree

    below: dict[str | None, list[Code]] = {}
    for code in codebook:
        below.setdefault(code.parent, []).append(code)

    guids = code_guids(codebook)

    def put(element: etree._Element, code: Code) -> None:
        codable = "false" if NOT_CODABLE in code.source and code.id not in used else "true"
        about = {"guid": guids[code.id], "name": _line(code.name), "isCodable": codable}
        made = etree.SubElement(element, f"{{{space}}}Code", about)
        if text := description(code):
            etree.SubElement(made, f"{{{space}}}Description").text = _clean(text)
        for child in below.get(code.id, []):
            put(made, child)

    codes = etree.SubElement(parent, f"{{{space}}}Codes")
    for code in below.get(None, []):
        put(codes, code)


def _add(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{PROJECT}}}{tag}", attributes)


def _by(user: str) -> dict[str, str]:
    return {"creatingUser": guid_of("user", user), "creationDateTime": _WHEN}


def _key(coding: OutgoingCoding) -> tuple[str, ...]:
    return coding.transcript, coding.user(), str(coding.span.start), str(coding.span.end), coding.code


def _line(text: str) -> str:
    return _clean(" ".join(text.split()))


def shortened(quote: str) -> str:
    """Return the name of a selection: its words on one line, cut with "…" after `_NAME` characters."""
    line = _line(quote)
    return line if len(line) <= _NAME else f"{line[: _NAME - 1]}…"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _bytes(root: etree._Element) -> bytes:
    from lxml import etree

    result: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return result
