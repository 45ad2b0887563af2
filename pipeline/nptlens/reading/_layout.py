"""Which layout a line-based source follows: each is tried over all lines and the best supported one is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nptlens.core.text import Span
from nptlens.core.text import lines as lines_of
from nptlens.reading._labelled import bracket, colon, head_line, initial, name_time_words, own_line, tab, time_name
from nptlens.reading._labels import is_known
from nptlens.reading._parsed import TIME, Shaped
from nptlens.reading._times import STAMP, seconds
from nptlens.reading._turn_heads import Head, turns_of
from nptlens.schemas.records import Furniture

Layout = Callable[[str, Sequence[Span]], list[Head]]

NO_SPEAKERS = "no speakers"
TIMED = "time text"
_LAYOUTS: tuple[tuple[str, Layout], ...] = (
    ("Name: text", colon),
    ("Name time / text", head_line),
    ("Name<tab>text", tab),
    ("Name / text", own_line),
    ("time Name / text", time_name),
    ("Name [time] text", name_time_words),
    ("[Name] text", bracket),
    ("N. text", initial),
)
_LEAST_SHARE = 0.02  # labels on fewer lines than this are headings or asides, unless one of them is known-like
_LEAST_TIMED = 0.2
_TIMED_START = re.compile(rf"[ \t\ufeff]*(?P<time>{STAMP})[ \t]*(?:[-\u2013|][ \t]+)?(?=\S)")
_FINAL = (".", "?", "!", "…", '"', "”", "\u2019", ")", "]", ":", "—")


def lay_out(text: str, *, line_is_paragraph: bool = False) -> Shaped:
    """Return the turns of a canonical text.

    `line_is_paragraph` says that each line is a paragraph (Word), so that a text without speakers is cut at each.
    """
    lines = list(lines_of(text))
    filled = sum(1 for line in lines if text[line.start : line.end].strip())
    best, name = max(((layout(text, lines), name) for name, layout in _LAYOUTS), key=lambda pair: len(pair[0]))
    timed = _timed(text, lines)
    timed = timed if len(timed) >= max(2, _LEAST_TIMED * filled) else []
    convincing = len(best) >= _LEAST_SHARE * filled or any(is_known(head.speaker or "") for head in best)
    if best and convincing and len(best) * 4 >= len(timed):
        return turns_of(text, best, lines, layout=name)
    if timed:
        return turns_of(text, timed, lines, layout=TIMED)
    return turns_of(text, _paragraphs(text, lines, line_is_paragraph=line_is_paragraph), lines, layout=NO_SPEAKERS)


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
