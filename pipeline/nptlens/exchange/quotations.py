"""Quotations of a REFI-QDA project that this program wrote: its sources, and each marked stretch with the words that name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.ids import segment_id
from nptlens.core.quotations import Quotation
from nptlens.exchange._guids import guid_of
from nptlens.exchange._refi import project_file
from nptlens.exchange._refi_texts import RefiText, Texts
from nptlens.exchange._refi_xml import Tally, child, children, guid, kind, read_member
from nptlens.exchange._write_refi import shortened
from nptlens.exchange.outgoing import TOOL
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MOVED = "its id is not that of its coder and place"


def qdpx_quotations(data: bytes, transcripts: Iterable[str], *, where: str) -> tuple[Quotation, ...]:
    """Return the sources of a project and its selections, in the order of the file; `transcripts` are the study's ids.

    Raises ReadingError where it is no acceptable archive or project, and where another program wrote it: that one's offsets may count
    something else (`nptlens import` reads such projects).
    """
    with open_archive(data, where=where) as archive:
        held = project_file(archive, where)
        root = parse_xml(read_member(archive, held, where=where), where=where)
        if kind(root) != "Project" or root.get("origin") != TOOL:
            hint = "bring its codings back with: nptlens import FILE STUDY"
            raise ReadingError("not a project that nptlens exported", where=where, hint=hint)
        tally = Tally()
        users = {guid(user): user.get("name") or "" for user in children(child(root, "Users"), "User")}
        ids = {guid_of("source", each): each for each in transcripts}  # a name with runs of spaces is not the id
        texts = Texts(archive, tally, where=where, folder=held.rpartition("/")[0]).sources(child(root, "Sources"))
        found = [each for text in texts for each in _of(text, ids.get(guid(text.element), text.name), users)]
    lost = [problem for problem in tally.problems() if problem.severity is not Severity.NOTE]
    return (*found, *(Quotation("source", problem.where, "", None, doubt=problem.what) for problem in lost))


def _of(text: RefiText, name: str, users: Mapping[str, str]) -> Iterator[Quotation]:
    yield Quotation("source", name, segment_id(name, 0, len(text.raw)), text.raw, whole=True)
    for number, (mark, element) in enumerate(text.marks, start=1):
        at, place = f"{name}, selection {number}", segment_id(name, mark.start, mark.end)
        if not 0 <= mark.start <= mark.end <= len(text.raw):
            yield Quotation("selection", at, place, None, doubt="its place leaves the text")
            continue
        quote = text.raw[mark.start : mark.end]
        named = element.get("name") or ""
        # Words that do not name the stretch are compared with it in its stead, so that the place where they part is told.
        words = quote if named == shortened(quote) else named
        yield Quotation("selection", at, place, words, doubt="" if words != quote or _own(element, name, users) else _MOVED)


def _own(element: Element, transcript: str, users: Mapping[str, str]) -> bool:
    """Tell whether a selection's id is the one that its coder and its place give."""
    creator = guid(element, "creatingUser")
    user = users.get(creator, "")
    if creator != guid_of("user", user):  # a name that was put on one line is not the one that ids are made of
        return True
    place = transcript, user, element.get("startPosition") or "", element.get("endPosition") or ""
    codes = [guid(ref, "targetGUID") for coding in children(element, "Coding") for ref in children(coding, "CodeRef")]
    return guid(element) in {guid_of("selection", *place), *(guid_of("selection", *place, code) for code in codes)}
