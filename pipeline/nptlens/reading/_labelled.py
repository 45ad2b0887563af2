"""The layouts that name speakers, each a function from lines to heads; an empty list means: not this layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from nptlens.core.text import Span
from nptlens.reading._candidates import Candidate, accepted, candidates, counted, head_of, mostly_fresh, without_fields
from nptlens.reading._labels import is_known, is_name
from nptlens.reading._times import BRACKETED, STAMP
from nptlens.reading._turn_heads import Head, time_line

_NAME = r"(?P<label>[^\W_][^:：\n\t*]{0,59}?)"
_BOLD = r"(?:\*{1,2}|_{1,2})?"
_TAG = rf"(?P<bold>{_BOLD}){_NAME}"
_SIGN = r"(?:>{2,3}[ \t]*|[-*•][ \t]+)?"
_LEAD = rf"[ \t\ufeff]*(?:(?P<time>{STAMP})[ \t]*(?:[-\u2013|][ \t]*)?)?{_SIGN}"
_NO_LEAD = r"[ \t\ufeff]*(?:#{1,6}[ \t]+)?(?P<time>(?!))?"
_NO_TIME = r"(?P<after>(?!))?"
COLON = re.compile(
    rf"{_LEAD}(?P<tag>{_TAG}(?:[ \t]*(?P<after>{BRACKETED}))?{_BOLD}[ \t]*[:：]{_BOLD})(?=\s|$|[^\W\d_]|[\"“'\u2018\[(])"
)
_TAB = re.compile(rf"{_LEAD}(?P<tag>{_TAG}{_NO_TIME}{_BOLD}[ ]*:?)(?=\t[ \t]*\S)")
_HEAD_LINE = re.compile(
    rf"{_NO_LEAD}(?P<tag>\[?{_TAG}\]?{_BOLD}[ \t]+(?:[-\u2013|][ \t]*)?{_BOLD}(?P<after>{STAMP}){_BOLD})[ \t]*:?[ \t]*$"
)
_TIME_NAME = re.compile(
    rf"[ \t\ufeff]*(?P<time>{STAMP})[ \t]*(?:[-\u2013|][ \t]*)?(?P<tag>{_TAG}{_NO_TIME}{_BOLD})[ \t]*$"
)
_NAME_TIME_WORDS = re.compile(rf"{_NO_LEAD}(?P<tag>{_TAG}{_BOLD}[ \t]+(?P<after>{BRACKETED}){_BOLD})(?=[ \t]+\S)")
_BRACKET = re.compile(rf"{_LEAD}(?P<tag>(?P<bold>{_BOLD})\[(?P<label>[^\W_][^\]\n:]{{0,58}}){_NO_TIME}\]{_BOLD}[ \t]*:?{_BOLD})(?=[ \t]|$)")
_INITIAL = re.compile(rf"{_NO_LEAD}(?P<tag>(?P<bold>{_BOLD})(?P<label>[A-Z]{{1,2}}[0-9]{{0,2}}){_NO_TIME}\.{_BOLD})(?=[ \t]+\S)")
_TIMED = re.compile(rf"[ \t\ufeff]*{STAMP}")
_NEARLY_ALL = 0.9
_HEADER_CELLS = {"speaker", "name", "participant", "who"}
_OWN_LINE = re.compile(rf"{_NO_LEAD}(?P<tag>{_TAG}{_NO_TIME}{_BOLD})[ \t]*$")


def is_spaced(text: str, candidate: Candidate) -> bool:
    """Tell whether white space follows the colon, as it must after a label that does not convince by itself."""
    end = candidate.match.end()
    return is_known(candidate.label) or not text[end : end + 1].strip() or text[end - 1] == "："


def colon(text: str, lines: Sequence[Span]) -> list[Head]:
    """``Name: text``, with an optional time before or after the name."""
    found = [candidate for candidate in candidates(COLON, text, lines) if is_spaced(text, candidate)]
    return [head_of(text, candidate) for candidate in without_fields(text, accepted(found))]


def tab(text: str, lines: Sequence[Span]) -> list[Head]:
    """``Name<tab>text`` or ``Name<tab>time<tab>text``, as the rows of a table give it; a header row is no turn."""
    found = candidates(_TAB, text, lines) if "\t" in text else []
    if found and counted(found)[found[0].label] == 1 and found[0].label.casefold() in _HEADER_CELLS:
        found = found[1:]
    return [head_of(text, candidate) for candidate in accepted(found)]


def name_time_words(text: str, lines: Sequence[Span]) -> list[Head]:
    """``Name [hh:mm:ss] text`` (Trint)."""
    found = [candidate for candidate in candidates(_NAME_TIME_WORDS, text, lines) if is_name(candidate.label)]
    return [head_of(text, candidate) for candidate in accepted(found)]


def bracket(text: str, lines: Sequence[Span]) -> list[Head]:
    """``[Name] text``, or ``[Name]`` and the words below; two labels at least, so that asides are no speakers."""
    found = accepted([candidate for candidate in candidates(_BRACKET, text, lines) if is_name(candidate.label)])
    return [head_of(text, candidate) for candidate in found] if len(counted(found)) > 1 else []


def initial(text: str, lines: Sequence[Span]) -> list[Head]:
    """``Q.  text`` and ``A.  text``: initials with a full stop, two at least, that come again and again."""
    found = candidates(_INITIAL, text, lines)
    counts = counted(found)
    found = [candidate for candidate in found if counts[candidate.label] > 1]
    return [head_of(text, candidate) for candidate in found] if len(counted(found)) > 1 else []


def time_name(text: str, lines: Sequence[Span]) -> list[Head]:
    """``hh:mm:ss Name`` on a line, the words below it (Word, Happy Scribe)."""
    filled = [line for line in lines if text[line.start : line.end].strip()]
    timed = {line.start for line in filled if _TIMED.match(text, line.start, line.end)}
    above = {line.start for line, following in pairwise(filled) if following.start not in timed}
    found = [c for c in candidates(_TIME_NAME, text, lines, surname_first=True) if is_name(c.label)]
    if len(found) * 2 < len(timed) or sum(c.line.start in above for c in found) * 5 < len(found) * 4:
        return []
    counts = counted(found)
    return [head_of(text, c) for c in found if counts[c.label] > 1 or is_known(c.label) or len(c.label.split()) > 1]


def head_line(text: str, lines: Sequence[Span]) -> list[Head]:
    """``Name  m:ss`` on a line, the words below it (Otter, Teams)."""
    found = candidates(_HEAD_LINE, text, lines, surname_first=True)
    counts = counted(found)
    return [head_of(text, candidate) for candidate in found if counts[candidate.label] > 1 or is_name(candidate.label)]


def own_line(text: str, lines: Sequence[Span]) -> list[Head]:
    """``Name`` on a line of its own, perhaps with a time on the line before or after it, the words below."""
    filled = [line for line in lines if text[line.start : line.end].strip()]
    found = [c for c in candidates(_OWN_LINE, text, lines) if is_name(c.label) and not c.label.endswith(".")]
    timed = max(_beside_times(text, found, filled), key=len)
    if timed:
        return [head_of(text, candidate) for candidate in timed]
    counts = counted(found)
    heads = [candidate for candidate in found if counts[candidate.label] > 1]
    if mostly_fresh(heads):
        heads = [candidate for candidate in heads if candidate.fresh]
    heads = _before_words(heads, filled)
    counts = counted(heads)
    heads = [candidate for candidate in heads if counts[candidate.label] > 1]
    return [head_of(text, candidate) for candidate in heads] if len(counted(heads)) > 1 else []


def _beside_times(
    text: str, found: Sequence[Candidate], filled: Sequence[Span]
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the labels with a time on the next line, and those with one on the line before; a label must recur."""
    times = {line.start for line in filled if time_line(text, line)}
    above = {line.start for line, following in pairwise(filled) if following.start in times} - times
    below = {following.start for line, following in pairwise(filled) if line.start in times} - times
    return _recurring(found, above, len(times)), _recurring(found, below, len(times))


def _recurring(found: Sequence[Candidate], starts: set[int], times: int) -> list[Candidate]:
    """Return the labels at `starts` if some recur there: those, full names that come once, and all if hardly a time has none."""
    there = [candidate for candidate in found if candidate.line.start in starts]
    counts = counted(there)
    if not any(count > 1 for count in counts.values()):
        return []
    if len(there) >= _NEARLY_ALL * times:
        return there
    return [c for c in there if counts[c.label] > 1 or is_known(c.label) or len(c.label.split()) > 1]


def _before_words(found: Sequence[Candidate], filled: Sequence[Span]) -> list[Candidate]:
    """Keep labels that words follow; the line after a label is words, whatever it looks like."""
    by_start = {candidate.line.start: candidate for candidate in found}
    kept: list[Candidate] = []
    after_label = False
    for line in filled[:-1]:
        candidate = None if after_label else by_start.get(line.start)
        after_label = candidate is not None
        if candidate:
            kept.append(candidate)
    return kept
