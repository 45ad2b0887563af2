"""EXMARaLDA's .exb: XML with a time line, and tiers of events of a speaker each, of which those of type t hold what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.core.errors import ReadingError
from nptlens.core.text import count_words
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._tiers import Annotation, Tier, turns_of_tiers
from nptlens.safety.xml import parse_xml
from nptlens.schemas.records import Problem, Severity

if TYPE_CHECKING:
    from lxml import etree

_SPOKEN = "t"
_MORE = 20


@dataclass(frozen=True, slots=True)
class _Event:
    """Words between two points of the time line, counted from its start."""

    text: str
    first: int
    last: int


def read_exb(data: bytes, *, where: str) -> Shaped:
    """Return what is said in an EXMARaLDA transcript; events that follow each other at once are one stretch of talk.

    Tiers of description (d) and annotation (a) are no speech, and told. Raises ReadingError where it is no such transcript, or has
    no words.
    """
    root = parse_xml(data, where=where)
    if root.tag != "basic-transcription":
        hint = "save it as a basic transcription (.exb)"
        raise ReadingError("no EXMARaLDA transcript: its root is no basic-transcription", where=where, hint=hint)
    times = [_seconds(point.get("time")) for point in root.iter("tli")]
    points = {point.get("id", ""): number for number, point in enumerate(root.iter("tli"))}
    people = dict(_people(root))
    tiers: list[Tier] = []
    left: list[str] = []
    lost = 0
    for number, element in enumerate(root.iter("tier")):
        events, broken = _events(element, points)
        name = element.get("display-name") or element.get("id") or f"tier {number + 1}"
        if element.get("type", _SPOKEN) == _SPOKEN:
            person = people.get(element.get("speaker", ""), "")
            tiers.append(Tier(element.get("category") or name, person or name, tuple(_stretches(events, times)), named=bool(person)))
            lost += broken
        elif events:
            left.append(f"{name} ({len(events)})")
    if not any(tier.words() for tier in tiers):
        hint = "in EXMARaLDA, set the type of the tiers that hold speech to t(ranscription)"
        raise ReadingError("no tier of type t has words", where=where, hint=hint)
    problems: list[Problem] = []
    if left:
        what = f"tiers of description and annotation, with their events, are not read as speech: {', '.join(left[:_MORE])}"
        problems.append(Problem(where, what, "", Severity.NOTE))
    if lost:
        what = f"events with words that point to no place of the time line stand at its end: {lost}"
        problems.append(Problem(where, what, "open it in EXMARaLDA and save it again"))
    return turns_of_tiers(tiers, layout="EXMARaLDA tiers", where=where, problems=problems)


def _people(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield id and label of each speaker: the abbreviation, else the id."""
    for speaker in root.iter("speaker"):
        name = speaker.get("id", "")
        yield name, (speaker.findtext("abbreviation") or "").strip() or name


def _events(tier: etree._Element, points: Mapping[str, int]) -> tuple[list[_Event], int]:
    """Return a tier's events in order, and how many of them with words lie outside of the time line."""
    end = len(points)
    events: list[_Event] = []
    broken = 0
    for element in tier.iter("event"):
        text = (element.text or "") + "".join(child.tail or "" for child in element)
        first, last = (points.get(element.get(side, ""), end) for side in ("start", "end"))
        broken += end in (first, last) and count_words(text) > 0
        events.append(_Event(text, first, last))
    return sorted(events, key=lambda event: event.first), broken


def _stretches(events: Sequence[_Event], times: Sequence[float | None]) -> Iterator[Annotation]:
    """Yield events that follow each other at once as one; an event ends with a blank unless a word goes on behind it."""
    between = "" if any(event.text != event.text.rstrip() for event in events) else " "
    parts: list[_Event] = []
    for event in events:
        if parts and event.first != parts[-1].last:
            yield _stretch(parts, times, between)
            parts = []
        parts.append(event)
    if parts:
        yield _stretch(parts, times, between)


def _stretch(parts: Sequence[_Event], times: Sequence[float | None], between: str) -> Annotation:
    first, last = parts[0].first, parts[-1].last
    start_s, end_s = (times[point] if point < len(times) else None for point in (first, last))
    return Annotation(between.join(part.text for part in parts), start_s, end_s, first)


def _seconds(value: str | None) -> float | None:
    return round(float(value), 3) if value is not None and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,20})?", value.strip()) else None
