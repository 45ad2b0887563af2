"""Which layout a line-based source follows: each is tried over all lines and the best supported one is taken; what is left open is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nptlens.core.text import Span, canonical
from nptlens.reading.layouts._candidates import Candidate, Lines
from nptlens.reading.layouts._labelled import LAYOUTS, heads_of
from nptlens.reading.layouts._labels import is_known
from nptlens.reading.layouts._margins import Page, without_margin
from nptlens.reading.layouts._page_furniture import PAGE, with_edges
from nptlens.reading.layouts._parsed import TIME, Shaped
from nptlens.reading.layouts._times import STAMP, seconds
from nptlens.reading.layouts._turn_heads import Head, turns_of
from nptlens.schemas.records import Furniture

NO_SPEAKERS = "no speakers"
TIMED = "time text"
_LEAST_SHARE = 0.02  # labels on fewer lines than this are headings or asides, unless one of them is known-like
_LEAST_TIMED = 0.2
_CLOSE = 0.5  # a second layout with so many more heads on other lines may be the right one
_SHORT = 8  # characters of a paragraph that may be the number of a page
_FEW = 3  # so many places are named
_TIMED_START = re.compile(rf"[ \t\ufeff]*(?P<time>{STAMP})[ \t]*(?:[-\u2013|][ \t]+)?(?=\S)")
_FINAL = (".", "?", "!", "…", '"', "”", "\u2019", ")", "]", ":", "—")


@dataclass(frozen=True, slots=True)
class _Tried:
    """A layout with the candidates that it believes and those that it leaves open."""

    name: str
    believed: list[Candidate]
    open: list[Candidate]
    doubtful: frozenset[str]


def lay_out(text: str, *, line_is_paragraph: bool = False) -> Shaped:
    """Return the turns of a canonical text.

    `line_is_paragraph` says that each line is a paragraph (Word), so that a text without speakers is cut at each. Where a second layout
    explains many lines that the best one leaves as words, or a line begins like a label that is read as words, a note says so. Numbers
    that count the lines go after the text, so that they cut no turn.
    """
    page = without_margin([Page(tuple(text.split("\n")))])[0]
    if page.added:
        shape = _laid_out(canonical("\n".join(page.lines)), line_is_paragraph=line_is_paragraph)
        return with_edges(shape, [(PAGE, " ".join(page.added))])
    return _laid_out(text, line_is_paragraph=line_is_paragraph)


def _laid_out(text: str, *, line_is_paragraph: bool) -> Shaped:
    lines = Lines.of(text)
    filled = len(lines.filled)
    tried = [_Tried(name, found.believed, found.open, found.doubtful) for name, layout in LAYOUTS for found in (layout(lines),)]
    best = max(tried, key=lambda each: len(each.believed))
    timed = _timed(text, lines.spans)
    timed = timed if len(timed) >= max(2, _LEAST_TIMED * filled) else []
    convincing = len(best.believed) >= _LEAST_SHARE * filled or any(is_known(each.label) for each in best.believed)
    if best.believed and convincing and len(best.believed) * 4 >= len(timed):
        heads = _since_first(heads_of(text, best.believed))
        notes = [*_second(best, tried, lines), *_left_open(best, lines), *_lone_numbers(best, lines)]
        return _with_notes(turns_of(text, heads, lines.spans, layout=best.name), notes)
    if timed:
        return turns_of(text, timed, lines.spans, layout=TIMED)
    return turns_of(text, _paragraphs(text, lines.spans, line_is_paragraph=line_is_paragraph), lines.spans, layout=NO_SPEAKERS)


def _with_notes(shape: Shaped, notes: Sequence[str]) -> Shaped:
    return replace(shape, notes=(*shape.notes, *notes))


def _second(best: _Tried, tried: Sequence[_Tried], lines: Lines) -> Iterator[str]:
    """Yield a note where another layout has labels on many lines that are read as words."""
    taken = {each.line.start for each in best.believed}
    first = best.believed[0].line.start
    for other in tried:
        beside = [each for each in other.believed if each.line.start not in taken and each.line.start > first]
        names = {each.label for each in beside} - {each.label for each in best.believed}
        if other is not best and len(beside) >= max(2, _CLOSE * len(best.believed)) and names:
            yield (
                f'another reading is close: {len(best.believed)} lines begin as "{best.name}" and {len(beside)} others as "{other.name}" '
                f"({_places(beside, lines)}), whose words are given to the speaker before; write all labels in one way"
            )


def _left_open(best: _Tried, lines: Lines) -> Iterator[str]:
    """Yield a note that names the lines which begin like a label, and are read as words."""
    if best.doubtful:
        labels = ", ".join(f'"{label}"' for label in sorted(best.doubtful)[:_FEW])
        yield f"{labels}: read as speakers, but such words may also begin a sentence, and not every paragraph begins with a speaker"
    if best.open:
        what = "line begins" if len(best.open) == 1 else "lines begin"
        places = _places(best.open, lines)
        yield f"{len(best.open)} {what} like a speaker's label, and what follows is read as words of the speaker before: {places}"


def _lone_numbers(best: _Tried, lines: Lines) -> Iterator[str]:
    """Yield a note on lines between turns or paragraphs that hold a number alone: pages, or what somebody said."""
    spans, turns = lines.spans, {each.line.start for each in best.believed}
    found = []
    for number, line in enumerate(spans[:-1], start=1):
        if 0 < len(line) < _SHORT and lines.text[line.start : line.end].strip().isdigit():
            following = spans[number]
            ends = not lines.text[following.start : following.end].strip()
            if following.start in turns or (ends and line.start in lines.fresh):
                found.append(number)
    if found:
        where = ", ".join(map(str, found[:_FEW])) + (f" and {len(found) - _FEW} more" if len(found) > _FEW else "")
        yield f"a paragraph holds a number alone and is read as words (line {where}): remove it if it is the number of a page"


def _places(found: Sequence[Candidate], lines: Lines) -> str:
    """Return the labels and line numbers of the first candidates."""
    shown = [f'"{each.label}" in line {lines.text.count(chr(10), 0, each.line.start) + 1}' for each in found[:_FEW]]
    return ", ".join(shown) + (f" and {len(found) - _FEW} more" if len(found) > _FEW else "")


def _since_first(heads: Sequence[Head]) -> list[Head]:
    """Return heads whose times of the day are counted from the first of them; one that falls before it has none."""
    first = next((head.start_s for head in heads if head.clock), None)
    return [
        replace(head, start_s=_later(head.start_s, first), end_s=_later(head.end_s, first)) if head.clock and first is not None else head
        for head in heads
    ]


def _later(value: float | None, first: float) -> float | None:
    return round(value - first, 3) if value is not None and value >= first else None


def _timed(text: str, lines: Sequence[Span]) -> list[Head]:
    heads: list[Head] = []
    for line in lines:
        match = _TIMED_START.match(text, line.start, line.end)
        if match:
            piece = Furniture(Span(line.start, match.end()).trimmed(text), TIME)
            heads.append(Head(line.start, match.end(), None, seconds(match["time"]), None, (piece,)))
    return heads


def _paragraphs(text: str, lines: Sequence[Span], *, line_is_paragraph: bool) -> list[Head]:
    """Cut at empty lines; where there are none, after lines that end a sentence."""
    filled = [line for line in lines if text[line.start : line.end].strip()]
    blank = filled and any(not text[line.start : line.end].strip() for line in lines if line.start < filled[-1].start)
    heads: list[Head] = []
    fresh = True
    for line in lines:
        words = text[line.start : line.end].strip()
        if words and (fresh or line_is_paragraph):
            heads.append(Head(line.start, line.start))
        fresh = not words if blank else (fresh if not words else words.endswith(_FINAL))
    return heads or [Head(0, 0)]
