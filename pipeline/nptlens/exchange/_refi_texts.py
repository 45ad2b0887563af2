"""The texts of a REFI-QDA project with their marked stretches, wherever the standard lets a text stand.

Text sources, the text of a PDF or a picture, transcripts of audio and video, and notes all have their text in the XML or in a
member of the archive. What has no text (areas of a page or picture, stretches of time) is counted and told.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.exchange._refi_xml import Tally, child, children, decoded, guid, kind, member, members, read_member, unique, words_of
from nptlens.exchange._units import Mark
from nptlens.schemas.records import Severity

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_MEDIA = {"PDFSource": "PDF", "PictureSource": "picture", "AudioSource": "audio", "VideoSource": "video"}
_AREAS = {"PDFSelection": "areas of PDF pages", "PictureSelection": "areas of pictures", "AudioSelection": "stretches of audio",
          "VideoSelection": "stretches of video"}


@dataclass(frozen=True, slots=True)
class RefiText:
    """A text as the file holds it, its element, and its marks, each with the element that holds the codings."""

    name: str
    raw: str
    element: Element
    marks: tuple[tuple[Mark, Element], ...]


class Texts:
    """Finds the texts of one archive; what cannot be had goes into `tally`."""

    def __init__(self, archive: zipfile.ZipFile, tally: Tally, *, where: str, folder: str = "") -> None:
        self._archive, self._tally, self._where = archive, tally, where
        self._names = members(archive)
        self._folder = folder  # of the project in the archive, where it was zipped together with its folder
        self._taken: set[str] = set()

    def sources(self, sources: Element | None) -> Iterator[RefiText]:
        """Yield every text of the sources, in the order of the file."""
        for element in children(sources):
            if kind(element) == "TextSource":
                yield self._text(element, element)
            elif kind(element) in _MEDIA:
                yield from self._medium(element)
            else:
                self._tally.add(self._where, "{n} sources of an unknown kind are left out")

    def raw(self, element: Element) -> str | None:
        """Return the text of an element as it stands, None where the project does not hold it."""
        inline, path = child(element, "PlainTextContent"), element.get("plainTextPath")
        if inline is not None:
            return words_of(inline)
        name = member(self._names, path, self._folder) if path else None
        if name is None:
            return None
        try:
            raw, standard = decoded(read_member(self._archive, name, where=self._where))
        except ReadingError as error:
            self._tally.add(self._where, f"{{n}} texts: {error.what}", error.hint, Severity.ERROR)
            return None
        if not standard:
            self._tally.add(self._where, "{n} texts are not in UTF-8", "look at their accents")
        return raw

    def _text(self, element: Element, owner: Element) -> RefiText:
        path = PurePosixPath((element.get("plainTextPath") or "").rpartition("://")[2])
        label = " ".join((owner.get("name") or element.get("name") or path.stem or guid(element) or "unnamed").split())
        name = unique(label, self._taken)
        raw = self.raw(element)
        if raw is None:
            what, hint, severity = "the project does not hold the text of this source", "export it again with its sources", Severity.ERROR
            if element.get("richTextPath"):
                what = "the project holds this source as formatted text only, in which no offsets count"
                hint = "its codings are looked for in the study's transcript of that name; or export it again with plain text"
                severity = Severity.WARNING
            self._tally.add(f"{self._where}: {name}", what, hint, severity)
        return RefiText(name, raw or "", element, tuple(self._marks(element, name)))

    def _medium(self, element: Element) -> Iterator[RefiText]:
        found = list(children(element, "Representation", "TextDescription", "Transcript"))
        areas = list(children(element, *_AREAS))
        for area in areas:
            self._tally.add(f"{self._where}: {element.get('name') or guid(element)}",
                            f"{{n}} coded {_AREAS[kind(area)]} are left out", "only text can be imported",
                            times=sum(1 for _ in children(area, "Coding")))
        if not found:
            self._tally.add(f"{self._where}: {element.get('name') or guid(element)}",
                            f"this source ({_MEDIA[kind(element)]}) holds no text and is left out", "only text can be imported")
        for text in found:
            yield self._text(text, element)
        for area in areas:
            for text in children(area, "Representation"):
                yield self._text(text, element)

    def _marks(self, element: Element, name: str) -> Iterator[tuple[Mark, Element]]:
        points = {guid(point): point.get("position") for point in children(element, "SyncPoint")}
        for each in children(element, "PlainTextSelection", "TranscriptSelection"):
            if kind(each) == "PlainTextSelection":
                places = each.get("startPosition"), each.get("endPosition")
            else:
                places = points.get(guid(each, "fromSyncPoint")), points.get(guid(each, "toSyncPoint"))
            start, end = (_whole(place) for place in places)
            if start is None or end is None:
                self._tally.add(f"{self._where}: {name}", "{n} marked stretches have no place in the text and are left out")
                continue
            label = each.get("name") or ""
            quotes = (label, words_of(child(each, "Description")))
            yield Mark(start, end, tuple(quote for quote in quotes if quote.strip()), label if label.strip() else ""), each


def _whole(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.removeprefix("-").isdigit() and len(value) < 16 else None
