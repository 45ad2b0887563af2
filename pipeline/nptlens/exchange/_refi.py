"""REFI-QDA projects (``.qdpx``) and codebooks (``.qdc``), as NVivo, MAXQDA, ATLAS.ti, QualCoder and others write them.

Only through the archive guard and the hardened XML parser. The text is the project's plain text; a Word file beside it is ignored,
since offsets do not count in it. Offsets become code points of canonical text, in whatever unit the tool counts.
A comment or memo of a coding goes with the coding, that of a source (and of stretches without a code) with the source.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.exchange._offsets import UNITS
from nptlens.exchange._refi_codes import read_codes
from nptlens.exchange._refi_places import PlacedText, placed
from nptlens.exchange._refi_texts import Texts
from nptlens.exchange._refi_xml import Tally, child, children, guid, kind, read_member, unique, words_of
from nptlens.exchange.project import ImportedCase, ImportedCoding, ImportedProject, ImportedSource
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Codebook, Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NO_CODER = "unknown"
_UNREAD = {"Links": "links", "Sets": "sets", "Graphs": "graphs"}


def read_qdpx(data: bytes, *, where: str) -> ImportedProject:
    """Read a REFI-QDA project.

    Raises ReadingError where it is no archive within the limits, holds no project file, or that is not acceptable XML. All else
    that cannot be had (a text that is not there, a coding of an unknown code) is a Problem.
    """
    archive = open_archive(data, where=where)
    root = parse_xml(read_member(archive, project_file(archive, where), where=where), where=where)
    if kind(root) != "Project":
        raise ReadingError("not a REFI-QDA project", where=where, hint="export it as REFI-QDA (.qdpx) again")
    return _Project(archive, root, where).read()


def read_qdc(data: bytes, *, where: str) -> Codebook:
    """Read a REFI-QDA codebook; raises ReadingError where it is not acceptable XML or holds no code."""
    return project_of_qdc(data, where=where).codebook


def project_of_qdc(data: bytes, *, where: str) -> ImportedProject:
    """Read a REFI-QDA codebook as a project without sources; raises ReadingError as `read_qdc` does."""
    root = parse_xml(data, where=where)
    if kind(root) != "CodeBook":
        raise ReadingError("not a REFI-QDA codebook", where=where, hint="export it as REFI-QDA codebook (.qdc) again")
    codebook, _ = read_codes(root, PurePosixPath(where).stem, {})
    if not codebook.codes:
        raise ReadingError("the codebook holds no code", where=where)
    tally = Tally()
    tally.add(where, "{n} sets of codes are left out", "codes and their order are kept", Severity.NOTE,
              times=sum(1 for _ in children(child(root, "Sets"), "Set")))
    return ImportedProject(root.get("origin") or "REFI-QDA", codebook, (), (), tally.problems())


def project_file(archive: zipfile.ZipFile, where: str) -> str:
    """Return the name of the member that holds the project; raises ReadingError where there is none."""
    # A Mac that zips a folder again puts files of its own beside ours.
    found = [name for name in archive.namelist() if name.lower().endswith(".qde") and not name.rpartition("/")[2].startswith("._")]
    if not found:
        raise ReadingError("the archive holds no project.qde", where=where, hint="export it as REFI-QDA (.qdpx) again")
    return min(found, key=lambda name: (name.count("/"), name.lower() != "project.qde", name))


class _Project:
    def __init__(self, archive: zipfile.ZipFile, root: Element, where: str) -> None:
        self._root, self._where, self._tally = root, where, Tally()
        self._texts = Texts(archive, self._tally, where=where, folder=project_file(archive, where).rpartition("/")[0])
        self._users = _users(child(root, "Users"))
        self._notes = {guid(note): self._note(note) for note in children(child(root, "Notes"), "Note")}
        self._cited = {guid(ref, "targetGUID") for ref in root.iter("{*}NoteRef")}

    def read(self) -> ImportedProject:
        """Return the project; a thing that is not understood is counted once more for each time it is met."""
        root, tool = self._root, (self._root.get("origin") or "REFI-QDA").strip()
        codebook, self._codes = read_codes(child(root, "CodeBook"), root.get("name") or PurePosixPath(self._where).stem, self._notes)
        texts = placed(list(self._texts.sources(child(root, "Sources"))), tool)
        self._tell_units(texts)
        sources, codings = [], []
        for text in texts:
            source, found = self._source(text)
            sources.append(source)
            codings += found
        cases = tuple(self._cases(texts))
        self._left_out()
        return ImportedProject(tool, codebook, tuple(sources), tuple(codings), self._tally.problems(), cases)

    def _cases(self, texts: Sequence[PlacedText]) -> Iterator[ImportedCase]:
        """Yield the cases with the attributes and sources that they name; attributes of other things are counted."""
        variables = {guid(each): each.get("name") or guid(each) for each in children(child(self._root, "Variables"), "Variable")}
        names = {guid(text.text.element): text.text.name for text in texts}
        for case in children(child(self._root, "Cases"), "Case"):
            values = []
            for each in children(case, "VariableValue"):
                ref = child(each, "VariableRef")
                said = " ".join(filter(None, (words_of(value).strip() for value in children(each) if kind(value) != "VariableRef")))
                if ref is not None and said:
                    values.append((variables.get(guid(ref, "targetGUID"), guid(ref, "targetGUID")), said))
            sources = [names[at] for ref in children(case, "SourceRef") if (at := guid(ref, "targetGUID")) in names]
            yield ImportedCase(case.get("name") or guid(case), self._memo(case), tuple(values), tuple(dict.fromkeys(sources)))
        others = sum(1 for source in children(child(self._root, "Sources")) for _ in children(source, "VariableValue"))
        self._tally.add(self._where, "{n} attributes of sources are left out", "codes, sources and codings are kept", Severity.NOTE,
                        times=others)

    def _tell_units(self, texts: Sequence[PlacedText]) -> None:
        marked = [text for text in texts if text.found and text.text.raw]
        for unit in dict.fromkeys(text.unit for text in marked):
            if unit != UNITS[0]:
                self._tally.add(self._where, f"its offsets count {unit.words()}", "they were converted", Severity.NOTE)
        for text in marked:
            where = f"{self._where}: {text.text.name}"
            if text.mixed:
                self._tally.add(where, "its offsets count different units", "each marked stretch was taken by its own words", Severity.NOTE)
            if text.doubtful:
                self._tally.add(where, f"offsets without words can be read in several ways; taken as {text.unit.words()}",
                                "compare some excerpts with the other program")
            self._tally.add(where, "{n} marked stretches have names that are not their words, and were taken by their offsets",
                            "compare some excerpts with the other program", Severity.NOTE, times=text.unnamed)
            nowhere = [mark for (mark, _), found in zip(text.text.marks, text.found, strict=True) if found.span is None]
            shown = ", ".join(f"{mark.start}–{mark.end}" for mark in nowhere[:5]) + (", …" if len(nowhere) > 5 else "")
            self._tally.add(where, "{n} marked stretches do not fit into the text by their offsets or their words",
                            f"look them up in the other program, at {shown}", times=len(nowhere))
            self._tally.add(where, "{n} marked stretches stand elsewhere than their offsets say", "the place was found by their words",
                            times=sum(found.how == "words" for found in text.found))

    def _source(self, placed_text: PlacedText) -> tuple[ImportedSource, list[ImportedCoding]]:
        text = placed_text.text
        where = f"{self._where}: {text.name}"
        memos, codings = [self._memo(text.element)], []
        for (mark, element), place in zip(text.marks, placed_text.found, strict=True):
            span = place.span if text.raw else Span(mark.start, mark.end) if 0 <= mark.start <= mark.end else None
            quote = mark.name if span is None or not text.raw else ""
            if span is None and not quote:
                continue
            found = list(self._codings(element, text.name, span, where, quote=quote))
            codings += found
            if child(element, "Coding") is None:
                self._tally.add(where, "{n} marked stretches carry no code", "their comments are in the memo of the source", Severity.NOTE)
                memos.append(self._memo(element))
        whole = list(self._codings(text.element, text.name, Span(0, len(placed_text.canonical)), where, own=False))
        self._tally.add(where, "{n} codes stand for the whole source", "they were read as codings of all of its text", Severity.NOTE,
                        times=len(whole))
        return ImportedSource(text.name, placed_text.canonical, "\n\n".join(filter(None, memos))), codings + whole

    def _codings(
        self, element: Element, source: str, span: Span | None, where: str, *, quote: str = "", own: bool = True
    ) -> Iterator[ImportedCoding]:
        for coding in children(element, "Coding"):
            code = self._codes.get(guid(ref, "targetGUID")) if (ref := child(coding, "CodeRef")) is not None else None
            if code is None:
                self._tally.add(where, "{n} codings name a code that the project does not define, and are left out")
                continue
            if span is not None and not len(span) and own:
                self._tally.add(where, "{n} codings mark no words")
            coder = guid(coding, "creatingUser") or guid(element, "creatingUser")
            memos = [self._memo(element) if own else "", self._memo(coding)]
            # A memo may stand twice: some programs read that of a selection only, others that of a coding.
            memo = "\n\n".join(dict.fromkeys(filter(None, memos)))
            yield ImportedCoding(source, code, self._coder(coder), span, canonical(quote), memo=memo)

    def _coder(self, user: str) -> str:
        if not user:
            self._tally.add(self._where, "{n} codings do not say who made them", f"their coder is {_NO_CODER!r}", Severity.NOTE)
            return _NO_CODER
        return self._users.get(user, user)

    def _memo(self, element: Element) -> str:
        notes = [self._notes.get(guid(ref, "targetGUID"), "") for ref in children(element, "NoteRef")]
        said = [words_of(child(element, "Description")), *notes]
        return canonical("\n\n".join(text.strip() for text in said if text.strip()))

    def _note(self, note: Element) -> str:
        said = [note.get("name") or "", words_of(child(note, "Description")), (self._texts.raw(note) or "").lstrip("\ufeff")]
        return "\n".join(text.strip() for text in said if text.strip())

    def _left_out(self) -> None:
        for name, words in _UNREAD.items():
            self._tally.add(self._where, f"{{n}} {words} are left out", "codes, sources and codings are kept", Severity.NOTE,
                            times=sum(1 for _ in children(child(self._root, name))))
        alone = [note for note in self._notes if note not in self._cited]
        self._tally.add(self._where, "{n} notes of the project belong to no source, code or coding and are left out", times=len(alone))


def _users(users: Element | None) -> Mapping[str, str]:
    """Return each user's name by guid; two users of one name stay two."""
    taken: set[str] = set()
    named = {guid(user): user.get("name") or user.get("id") or guid(user) for user in children(users, "User")}
    return {key: unique(" ".join(name.split()) or key or _NO_CODER, taken) for key, name in named.items()}
