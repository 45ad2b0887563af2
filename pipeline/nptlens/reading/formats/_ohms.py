"""OHMS, the format of oral-history archives: XML with a transcript, and sync points that say which word a minute reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.core.text import lines as lines_of
from nptlens.reading.formats._captions import read_vtt
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._not_speech import refuse_abstract
from nptlens.reading.layouts._parsed import SPACE, Shaped
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Furniture, Utterance

if TYPE_CHECKING:
    from lxml import etree

_POINT = re.compile(r"([0-9]{1,7})\(([0-9]{1,7})\)")
_NONE = re.compile(r"(?:no transcripts?(?: available)?|n/?a|none|transcript not available)?[ .]*", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:[.?!…][\"”’')\]]*\s+|\n[ \t]*\n\s*)(?=\S)")


def read_ohms(data: bytes, *, where: str) -> Shaped:
    """Return the transcript of an OHMS record; a sync point cuts a turn at the sentence that holds it.

    Raises ReadingError where it is no XML, no OHMS record, or a record without transcript.
    """
    root = parse_xml(data, where=where)
    transcripts = list(_named(root, "transcript"))
    captions = next((text for text in _named(root, "vtt_transcript") if text.strip()), None)
    if captions:
        return read_vtt(captions.strip().encode("utf-8"), where=where)
    if not transcripts:
        raise ReadingError("no OHMS record: there is no transcript element", where=where, hint="export the transcript as text")
    raw = max(transcripts, key=len)
    if _NONE.fullmatch(raw.strip()):
        raise ReadingError("the OHMS record holds an index but no transcript", where=where, hint="export it with its transcript")
    text = canonical(raw)
    shape = lay_out(text)
    refuse_abstract(shape, where=where)
    points = list(_points(text, next(_named(root, "sync"), "")))
    return _cut(shape, points)


def _named(root: etree._Element, name: str) -> Iterator[str]:
    for element in root.iter("{*}" + name):
        yield "".join(piece for piece in element.itertext() if isinstance(piece, str))


def _points(text: str, sync: str) -> Iterator[tuple[int, float]]:
    """Yield offset and seconds of each sync point: ``1:|13(3)|19(14)`` is minutes apart, then line and word, from one."""
    minutes, colon, stamps = sync.partition(":")
    if not colon or not re.fullmatch(r"[ \t\n]*[0-9]{1,3}[ \t\n]*", minutes):
        return
    lines = list(lines_of(text))
    for index, stamp in enumerate(stamps.split("|")):
        found = _POINT.fullmatch(stamp.strip())
        if found is None or not 0 < int(found[1]) <= len(lines):
            continue
        line = lines[int(found[1]) - 1]
        words = list(re.finditer(r"\S+", line.of(text)))
        if words:
            word = words[min(max(int(found[2]), 1), len(words)) - 1]
            yield line.start + word.start(), float(index * int(minutes) * 60)


def _cut(shape: Shaped, points: Iterable[tuple[int, float]]) -> Shaped:
    """Return the turns cut at the sentences that hold a sync point, each such part with its time."""
    waiting = sorted(points)
    turns: list[Utterance] = []
    before = 0  # a point on a label belongs to the turn after it
    furniture = list(shape.furniture)
    for turn in shape.utterances:
        inside = [(max(offset, turn.span.start), time) for offset, time in waiting if before <= offset < turn.span.end]
        before = turn.span.end
        starts = [turn.span.start, *(m.end() for m in _SENTENCE_START.finditer(shape.text, turn.span.start, turn.span.end))]
        times: dict[int, float] = {}
        for offset, time in inside:
            times.setdefault(max(start for start in starts if start <= offset), time)
        edges = sorted({turn.span.start, *times})
        for start, end in zip(edges, [*edges[1:], turn.span.end], strict=True):
            span = Span(start, end).trimmed(shape.text)
            start_s = turn.start_s if start == turn.span.start and turn.start_s is not None else times.get(start)
            turns.append(Utterance(span, turn.speaker, start_s, turn.end_s if end == turn.span.end else None))
            if span.end < end:
                furniture.append(Furniture(Span(span.end, end), SPACE))
    furniture.sort(key=lambda piece: piece.span)
    return replace(shape, utterances=tuple(turns), furniture=tuple(furniture))
