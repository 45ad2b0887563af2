"""Heads: the lines, or starts of lines, that say who speaks or when. Turns are what lies between two heads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nptlens.core.text import Span
from nptlens.reading.layouts._parsed import HEADER, LABEL, TIME, Shaped, shaped
from nptlens.reading.layouts._times import BRACKETED, RANGE, STAMP, last_seconds, seconds
from nptlens.schemas.records import Furniture, Utterance

_TIME_LINE = re.compile(rf"[ \t]*(?P<time>\[?{RANGE}\]?|{STAMP})[ \t]*$")
_TIME_INSIDE = re.compile(rf"[ \t]*(?P<time>{BRACKETED})")
_PAGE_INSIDE = re.compile(r"[ \t]*[\[(](?:p\.?|pp\.?|page|seite|S\.) ?[0-9]{1,4}[\])]", re.IGNORECASE)
_MARK = re.compile(
    r"[ \t]*(?:#{1,6}[ \t].*|\[?END OF (?:TAPE|AUDIO|SIDE|FILE|RECORDING|SESSION|DISC)\b[^\n]{0,60}|"
    r"(?P<end>\[?END OF (?:INTERVIEW|TRANSCRIPT)\b[^\n]{0,60})|Transcribed by https?://\S+|user avatar)[ \t]*$"
)
_MACHINE = re.compile(  # what Teams, Meet, Zoom and Webex write between and after the turns, and how typists end
    r"[ \t*_]*(?:\S(?:[^\n:]|:(?=in)){0,60} (?:started|stopped) (?:the )?(?:transcription|recording)|"
    r"(?:transcription|recording|live transcription|closed captioning) (?:has )?"
    r"(?:started|stopped|ended|been enabled|was (?:started|stopped))"
    r"(?: (?:by|at) [^\n]{1,60})?|"
    r"(?:meeting|call|transcription|transcript|interview) ended(?: (?:after|at)\b[^\n]{0,40})?|"
    r"this (?:editable )?(?:transcript|meeting|call) (?:was computer generated|"
    r"is being (?:recorded|transcribed)|was generated)\b[^\n]{0,200}|"
    r"end of (?:the )?(?:transcript|transcription|recording|meeting|interview|audio|tape|file))[ \t.!👋*_]*$",
    re.IGNORECASE,
)
_END = re.compile(
    r"[ \t]*(?:[\[(<{*=_~-]|[-\u2013\u2014]{2})[\[(*=_~\u2013 -]*(?:the )?"
    r"(?:(?:audio|recording|tape|interview|transcript|file|session) (?:ends?|ended|stops?|finishes)|"
    r"(?:end|ende|fin|einde|fine)(?: (?:of|der|des|de|du|van|de l['\u2019]|della|dell['\u2019])[^\n\])]{0,40})?|"
    r"aufnahme (?:endet|beendet)|fin de l['\u2019]\w+)(?: (?:at |um |à )?[0-9:.]{4,12})?[ .]*[\])>}*=_~\u2013-]*[ \t]*$",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"[ \t]*(?:[-\u2013\u2014][ \t]*[0-9]{1,4}[ \t]*[-\u2013\u2014]|"
    r"[-\u2013\[(]?[ \t]*(?:page|seite|page n[o°]\.?|p\.)[ \t]*[0-9]{1,4}"
    r"(?:[ \t]*(?:/|of|von|de|sur)[ \t]*[0-9]{1,4})?[ \t]*[-\u2013\])]?)[ \t]*$",
    re.IGNORECASE,
)
_NOTES = re.compile(  # what is written after the last turn
    r"[ \t*_#\[(]*(?:(?:field|transcri(?:ber|ption|ptionist)(?:['\u2019]?s)?|"
    r"interviewer(?:['\u2019]?s)?|observer(?:['\u2019]?s)?|researcher(?:['\u2019]?s)?|post-?interview|own)"
    r"[ -](?:notes?|comments?|remarks?|observations?|memo)|notes?|memo|observations?|reflections?|"
    r"remarks?|feldnotizen?|anmerkung(?:en)?|postskript(?:um)?)"
    r"[*_\])]*[ \t]*(?:[:.\u2013-]|$)",
    re.IGNORECASE,
)
_OVERLAP = re.compile(r"//[ \t]*(?P<label>[^/:\n]{1,60}):[ \t]*(?P<words>[^/\n]*)//")  # noScribe: what another says meanwhile
_FEWEST_STAMPS = 2  # a time in round brackets that comes once may have been said


@dataclass(frozen=True, slots=True)
class Head:
    """Where a turn begins: its line starts at `start`, its words at `body`.

    A head that `goes_on` keeps the speaker of the turn before; after a `closing` one nobody speaks until the next
    label. `clock` says that its times are times of the day. One that `ends` gives the end of the turn before.
    """

    start: int
    body: int
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    furniture: tuple[Furniture, ...] = ()
    goes_on: bool = False
    closing: bool = False
    clock: bool = False
    ends: bool = False


def time_line(text: str, line: Span) -> re.Match[str] | None:
    """Return the match of a line that holds a time and nothing else."""
    return _TIME_LINE.match(text, line.start, line.end) if len(line) < 80 else None


def breaks(text: str, lines: Sequence[Span]) -> list[Head]:
    """Return the heads that are no labels: lone times, times in brackets, headings, marks of pages and programs, end marks."""
    found: list[Head] = []
    inside = _stamps_are_times(text)
    for line in lines:
        if line.start == line.end:
            continue
        if lone := time_line(text, line):
            found.append(_stamp(lone, line.start, text, line))
            continue
        if mark := _MARK.match(text, line.start, line.end) or _machine(text, line):
            piece = (Furniture(line.trimmed(text), HEADER),)
            found.append(Head(line.start, line.end, furniture=piece, goes_on=True, closing=bool(mark.groupdict().get("end"))))
        elif inside:
            found += _inside(text, line)
    return found


def _notes_after(text: str, lines: Sequence[Span], heads: Sequence[Head]) -> Head | None:
    """Return a closing head at notes that are written after the talk; None where there are none.

    A label that comes once may be a field of the notes, so the talk ends with the last label that recurs, if any does.
    """
    counts = Counter(head.speaker for head in heads if head.speaker)
    last = max(
        (head.start for head in heads if counts[head.speaker or ""] > 1 or not any(count > 1 for count in counts.values())), default=0
    )
    fresh = False
    if not counts:
        return None
    for line in lines:
        filled = bool(text[line.start : line.end].strip())
        if line.start > last and fresh and filled and _NOTES.match(text, line.start, line.end):
            return Head(line.start, line.start, goes_on=True, closing=True)
        fresh = not filled
    return None


def turns_of(text: str, labels: Sequence[Head], lines: Sequence[Span], *, layout: str) -> Shaped:
    """Return the text cut at `labels` and at breaks; what stands before the first, and notes after the last turn, are headers."""
    others = {head.start: head for head in breaks(text, lines)}
    own = [label if label.furniture else _opened(others.pop(label.start, label)) for label in labels]
    taken = {head.start for head in own}
    ordered = sorted(own, key=lambda head: head.start)
    extra = [head for head in others.values() if head.start not in taken and not _within_label(ordered, head.start)]
    extra += _overlaps(text, ordered)
    notes = _notes_after(text, lines, own)
    own = [head for head in own if notes is None or head.start < notes.start]
    extra = [head for head in extra if notes is None or head.start < notes.start] + ([notes] if notes else [])
    heads = _timed(text, sorted([*own, *extra], key=lambda head: head.start))
    first = next(index for index, head in enumerate(heads) if not head.goes_on)
    if first and heads[first - 1].start_s is not None and not text[heads[first - 1].body : heads[first].start].strip():
        first -= 1
    furniture = [Furniture(Span(0, heads[first].start).trimmed(text), HEADER)]
    turns: list[Utterance] = []
    speaker: str | None = None
    closed = False
    ends = [head.start for head in heads[first + 1 :]] + [len(text)]
    for head, end in zip(heads[first:], ends, strict=True):
        furniture += head.furniture
        if not head.goes_on:
            speaker, closed = head.speaker, False
        closed = closed or head.closing
        if head.ends and turns:
            turns[-1] = replace(turns[-1], end_s=head.start_s)
        if closed:
            furniture.append(Furniture(Span(head.body, end).trimmed(text), HEADER))
        else:
            turns.append(Utterance(Span(head.body, end), speaker, head.start_s, head.end_s))
    return shaped(text, layout=layout, turns=turns, furniture=furniture)


def _overlaps(text: str, heads: Sequence[Head]) -> list[Head]:
    """Return the heads of what somebody says while another speaks, ``//S00: Mhm.//``, and of how the other goes on."""
    found: list[Head] = []
    known = {head.speaker for head in heads}
    for match in _OVERLAP.finditer(text) if "//" in text else ():
        label = match["label"].strip()
        at = bisect_right(heads, match.start(), key=lambda head: head.start)
        if label in known and at > 0:
            opening, closing = Span(match.start(), match.start("words")), Span(match.end("words"), match.end())
            found.append(Head(opening.start, opening.end, label, furniture=(Furniture(opening.trimmed(text), LABEL),)))
            found.append(Head(closing.start, closing.end, heads[at - 1].speaker, furniture=(Furniture(closing, LABEL),)))
    return found


def _within_label(heads: Sequence[Head], place: int) -> bool:
    """Tell whether `place` lies in what a head declares as its label; `heads` in their order."""
    at = bisect_right(heads, place, key=lambda head: head.start)
    return at > 0 and place < heads[at - 1].body


def _stamps_are_times(text: str) -> bool:
    """Tell whether times or pages in brackets stand in the text: one alone in round brackets may have been said."""
    stamps = [found["time"] for found in _TIME_INSIDE.finditer(text)] if any(sign in text for sign in "[(#\u27e8") else []
    return len(stamps) >= _FEWEST_STAMPS or any(stamp[0] in "[#\\" for stamp in stamps) or _PAGE_INSIDE.search(text) is not None


def _machine(text: str, line: Span) -> re.Match[str] | None:
    if len(line) > 320:
        return None
    return next((found for sign in (_MACHINE, _PAGE, _END) if (found := sign.match(text, line.start, line.end))), None)


def _stamp(found: re.Match[str], start: int, text: str, line: Span) -> Head:
    """Return the head that a time makes; at the end of a line with words it is the time at which they end."""
    span = Span(*found.span("time"))
    ends = not text[span.end : line.end].strip() and bool(text[line.start : start].strip())
    return Head(
        start, span.end, None, seconds(found["time"]), last_seconds(found["time"]), (Furniture(span, TIME),), goes_on=True, ends=ends
    )


def _inside(text: str, line: Span) -> Iterator[Head]:
    """Yield the heads of times and pages in brackets amid the words of a line."""
    if not any(sign in text[line.start : line.end] for sign in "[(#\u27e8"):
        return
    for found in _TIME_INSIDE.finditer(text, line.start, line.end):
        yield _stamp(found, found.start() if found.start() == line.start else found.start("time"), text, line)
    for found in _PAGE_INSIDE.finditer(text, line.start, line.end):
        yield Head(found.start(), found.end(), furniture=(Furniture(Span(*found.span()).trimmed(text), HEADER),), goes_on=True)


def _opened(head: Head) -> Head:
    """Return a break that begins a paragraph as the paragraph's own head."""
    return replace(head, goes_on=False)


def _timed(text: str, heads: Iterable[Head]) -> list[Head]:
    """Give a head the time that stands on a line of its own just before it."""
    result: list[Head] = []
    for head in heads:
        before = result[-1] if result else None
        if before and before.goes_on and not before.ends and head.start_s is None and not text[before.body : head.start].strip():
            result.append(replace(head, start_s=before.start_s, end_s=before.end_s))
        else:
            result.append(head)
    return result
