"""A Word document as import needs it: its words as they read when changes are accepted, its comments with their places, its tables.

Comments are joined to what they answer. Content controls that carry a place (``q_TRANSCRIPT_START_END``, as nptlens writes them in
annotated.docx) are kept, so that a mark inside them is known to the character.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nptlens.core.errors import ReadingError
from nptlens.safety.archives import open_archive
from nptlens.safety.xml import parse_xml

_OLE = b"\xd0\xcf\x11\xe0"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # Word's "strict" files differ in their name spaces only
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_USUAL.decode()}}}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PARTS = re.compile(r"(?:^|/)(?:document|comments)[^/]*\.xml$", re.IGNORECASE)
_PLACE = re.compile(r"q_(.+)_(\d+)_(\d+)", re.DOTALL)
_CONTROL, _SHOWN = "ControlCharacter", re.compile("⟨U\\+([0-9A-F]{4,6})⟩")
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_SKIPPED = frozenset(("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr", "rt"))
_UNREAD = ("vanish", "strike", "dstrike")  # hidden and struck-out words are no part of a transcript
_OFF = ("0", "false", "off")
_HINT = "save it as .docx without password"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote beside the text ``[start, end)`` (None: beside no words); `answers` is the comment above it, -1 for none."""

    author: str
    text: str
    start: int | None
    end: int | None
    answers: int = -1


@dataclass(frozen=True, slots=True)
class Placed:
    """A stretch ``[start, end)`` of the document that says which place of which transcript it shows."""

    start: int
    end: int
    transcript: str
    at: int


@dataclass(frozen=True, slots=True)
class WordText:
    """A document: `text` has a line a paragraph; places are offsets in it."""

    text: str
    comments: tuple[Comment, ...]
    places: tuple[Placed, ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...]


def read_word(data: bytes, *, where: str) -> WordText:
    """Return a document's words, comments, places and tables; raises ReadingError where it is no readable Word document."""
    if data.startswith(_OLE):
        raise ReadingError("an old or password-protected Word file", where=where, hint=_HINT)
    try:
        with open_archive(data, where=where) as archive:
            held = [archive.read(name).replace(_STRICT, _USUAL) for name in archive.namelist() if _PARTS.search(name)]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise ReadingError("the archive is damaged or locked", where=where, hint=_HINT) from error
    parts = [parse_xml(part, where=where) for part in held]
    body = next((root.find(f"{_W}body") for root in parts if root.tag == f"{_W}document"), None)
    if body is None:
        raise ReadingError("the archive holds no Word document", where=where, hint="save it again as .docx")
    walk = _Walk()
    walk.blocks(body)
    tables = tuple(tuple(_rows(table)) for table in body.iter(f"{_W}tbl"))
    return WordText("".join(walk.pieces), tuple(_comments(parts, walk)), tuple(walk.places), tables)


class _Walk:
    """Goes through a document once, in the order in which it reads."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.places: list[Placed] = []
        self.starts: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self._at = 0
        self._boxes: list[Any] = []

    def blocks(self, element: Any, *, gone: bool = False) -> None:
        """Take in the paragraphs, tables and controls below an element."""
        for child in element:
            name = _local(child)
            if name == "p":
                self._paragraph(child, gone=gone)
            elif name == "tc":
                self.blocks(child, gone=gone)
                self._instead("\t")
            elif name == "tr":
                self.blocks(child, gone=gone or child.find(f"{_W}trPr/{_W}del") is not None)
                self._instead("\n")
            elif name == "sdt":
                self._control(child, gone=gone, inline=False)
            elif name and name not in _SKIPPED and not self._marks(child, name):
                for each in _chosen(child):
                    self.blocks(each, gone=gone or name in ("del", "moveFrom"))

    def _paragraph(self, paragraph: Any, *, gone: bool) -> None:
        self._inline(paragraph, gone=gone)
        if paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is None and not gone:
            self._add("\n")
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box, gone=gone)

    def _inline(self, element: Any, *, gone: bool) -> None:
        for child in element:
            name = _local(child)
            if name == "t" and not gone:
                self._add(child.text or "")
            elif name == "r":
                self._run(child, gone=gone)
            elif name in _CHARACTERS and not gone:
                self._add(_CHARACTERS[name])
            elif name == "txbxContent":
                self._boxes.append(child)
            elif name == "sdt":
                self._control(child, gone=gone, inline=True)
            elif name and name not in _SKIPPED and not self._marks(child, name):
                for each in _chosen(child):
                    self._inline(each, gone=gone or name in ("del", "moveFrom"))

    def _run(self, run: Any, *, gone: bool) -> None:
        look = run.find(f"{_W}rPr")
        unread = look is not None and any(_is_on(look.find(_W + name)) for name in _UNREAD)
        style = look.find(f"{_W}rStyle") if look is not None else None
        first, before = len(self.pieces), self._at
        self._inline(run, gone=gone or unread)
        if style is not None and style.get(f"{_W}val") == _CONTROL:
            words = _SHOWN.sub(lambda match: chr(int(match[1], 16)), "".join(self.pieces[first:]))
            self.pieces[first:] = [words]
            self._at = before + len(words)

    def _control(self, control: Any, *, gone: bool, inline: bool) -> None:
        tag, start = control.find(f"{_W}sdtPr/{_W}tag"), self._at
        for content in control.iterfind(f"{_W}sdtContent"):
            (self._inline if inline else self.blocks)(content, gone=gone)
        place = _PLACE.fullmatch(tag.get(f"{_W}val", "")) if tag is not None else None
        if place and self._at > start:
            self.places.append(Placed(start, self._at, place[1], int(place[2])))

    def _marks(self, element: Any, name: str) -> bool:
        """Note where a comment begins or ends, and tell whether the element says so."""
        known = {"commentRangeStart": self.starts, "commentRangeEnd": self.ends}.get(name)
        if known is not None:
            known.setdefault(element.get(f"{_W}id", ""), self._at)
        return known is not None

    def _add(self, words: str) -> None:
        self.pieces.append(words)
        self._at += len(words)

    def _instead(self, sign: str) -> None:
        """End a cell or a row where its last paragraph ended a line."""
        if self.pieces and self.pieces[-1] in ("\n", "\t"):
            self.pieces[-1] = sign
        else:
            self._add(sign)


def _comments(parts: list[Any], walk: _Walk) -> Iterator[Comment]:
    above = {
        each.get(f"{_W15}paraId"): each.get(f"{_W15}paraIdParent")
        for root in parts if root.tag == f"{_W15}commentsEx" for each in root if each.get(f"{_W15}paraIdParent")
    }  # fmt: skip
    found = [each for root in parts if root.tag == f"{_W}comments" for each in root if each.tag == f"{_W}comment"]
    numbers = {paragraph.get(f"{_W14}paraId"): number for number, each in enumerate(found) for paragraph in each.iter(f"{_W}p")}
    for number, each in enumerate(found):
        parents = [above[key] for paragraph in each.iter(f"{_W}p") if (key := paragraph.get(f"{_W14}paraId")) in above]
        answers = numbers.get(parents[0], -1) if parents else -1
        words = _Walk()
        words.blocks(each)
        key = each.get(f"{_W}id", "")
        start, end = walk.starts.get(key), walk.ends.get(key)
        placed = start is not None and end is not None and start < end
        author = " ".join(each.get(f"{_W}author", "").split())
        text = "".join(words.pieces).strip()
        yield Comment(author, text, start if placed else None, end if placed else None, answers if answers != number else -1)


def _rows(table: Any) -> Iterator[tuple[str, ...]]:
    for row in table.iterfind(f"{_W}tr"):
        cells = []
        for cell in row.iterfind(f"{_W}tc"):
            words = _Walk()
            words.blocks(cell)
            cells.append("".join(words.pieces).strip())
        yield tuple(cells)


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _is_on(element: Any) -> bool:
    return element is not None and element.get(f"{_W}val", "1") not in _OFF


def _chosen(child: Any) -> tuple[Any, ...]:
    """Return an element, or of alternative contents the first."""
    if child.tag != f"{_CHOICE}AlternateContent":
        return (child,)
    choice = child.find(f"{_CHOICE}Choice")
    choice = child.find(f"{_CHOICE}Fallback") if choice is None else choice
    return () if choice is None else (choice,)
