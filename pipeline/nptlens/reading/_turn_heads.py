"""Heads: the lines, or starts of lines, that say who speaks or when. Turns are what lies between two heads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nptlens.core.text import Span
from nptlens.reading._parsed import HEADER, TIME, Shaped, shaped
from nptlens.reading._times import BRACKETED, RANGE, STAMP, last_seconds, seconds
from nptlens.schemas.records import Furniture, Utterance

_TIME_LINE = re.compile(rf"[ \t]*(?P<time>\[?{RANGE}\]?|{STAMP})[ \t]*$")
_TIME_START = re.compile(rf"[ \t]*(?P<time>{BRACKETED})")
_MARK = re.compile(
    r"[ \t]*(?:#{1,6}[ \t].*|\[?END OF (?:TAPE|AUDIO|SIDE|FILE|RECORDING|SESSION|DISC)\b[^\n]{0,60}|"
    r"(?P<end>\[?END OF (?:INTERVIEW|TRANSCRIPT)\b[^\n]{0,60})|Transcribed by https?://\S+|user avatar)[ \t]*$"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a turn begins: its line starts at `start`, its words at `body`.

    A head that `goes_on` keeps the speaker of the turn before; after a `closing` one nobody speaks until the next
    label.
    """

    start: int
    body: int
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    furniture: tuple[Furniture, ...] = ()
    goes_on: bool = False
    closing: bool = False


def time_line(text: str, line: Span) -> re.Match[str] | None:
    """Return the match of a line that holds a time and nothing else."""
    return _TIME_LINE.match(text, line.start, line.end)


def breaks(text: str, lines: Sequence[Span]) -> list[Head]:
    """Return the heads that are no labels: lone times, times in brackets before words, headings and end marks."""
    found: list[Head] = []
    for line in lines:
        stamp = time_line(text, line) or _TIME_START.match(text, line.start, line.end)
        mark = _MARK.match(text, line.start, line.end)
        if stamp:
            span = Span(*stamp.span("time"))
            piece = (Furniture(span, TIME),)
            start_s, end_s = seconds(stamp["time"]), last_seconds(stamp["time"])
            found.append(Head(line.start, span.end, None, start_s, end_s, piece, goes_on=True))
        elif mark:
            piece = (Furniture(line.trimmed(text), HEADER),)
            found.append(Head(line.start, line.end, furniture=piece, goes_on=True, closing=bool(mark["end"])))
    return found


def turns_of(text: str, labels: Sequence[Head], lines: Sequence[Span], *, layout: str) -> Shaped:
    """Return the text cut at `labels` and at breaks; what stands before the first label is a header."""
    others = {head.start: head for head in breaks(text, lines)}
    own = [label if label.furniture else _opened(others.pop(label.start, label)) for label in labels]
    taken = {head.start for head in own}
    extra = [head for head in others.values() if head.start not in taken]
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
        if closed:
            furniture.append(Furniture(Span(head.body, end).trimmed(text), HEADER))
        else:
            turns.append(Utterance(Span(head.body, end), speaker, head.start_s, head.end_s))
    return shaped(text, layout=layout, turns=turns, furniture=furniture)


def _opened(head: Head) -> Head:
    """Return a break that begins a paragraph as the paragraph's own head."""
    return replace(head, goes_on=False)


def _timed(text: str, heads: Iterable[Head]) -> list[Head]:
    """Give a head the time that stands on a line of its own just before it."""
    result: list[Head] = []
    for head in heads:
        before = result[-1] if result else None
        if before and before.goes_on and head.start_s is None and not text[before.body : head.start].strip():
            result.append(replace(head, start_s=before.start_s, end_s=before.end_s))
        else:
            result.append(head)
    return result
