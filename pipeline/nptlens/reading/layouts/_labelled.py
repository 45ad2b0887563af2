"""The layouts that name speakers, each a function from the lines of a source to heads; no heads mean: not this layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from nptlens.core.text import Span
from nptlens.reading.layouts._candidates import Candidate, Judged, Lines, accepted, counted, head_of, judged, mostly_fresh
from nptlens.reading.layouts._labels import Strength, bare_label, initial_of, is_known, is_name, strength
from nptlens.reading.layouts._times import BRACKETED, STAMP
from nptlens.reading.layouts._turn_heads import Head

_MARKS = r"[ \t\xa0\ufeff\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]*"
_NAME = r"(?P<label>\+?[^\W_](?:[^:：\n\t*]|[:*](?=in)){0,69}?)"
_BOLD = r"(?:\*{1,3}|_{1,2})?"
_TAG = rf"(?P<bold>{_BOLD}){_NAME}"
_SIGN = r"(?P<sign>>{2,3}[ \t]*|[-*•][ \t]+)?"
_TIME = rf"(?:(?P<time>{STAMP})[ \t]*(?:[-\u2013|][ \t]*)?)?"
_LEAD = rf"{_MARKS}{_TIME}{_SIGN}"
_NUMBER = re.compile(rf"{_MARKS}(?P<number>[0-9]{{1,5}})(?:[.)][ \t]*|[ \t]+)(?=[^\W\d])")
_HEADING = rf"{_MARKS}(?:#{{1,6}}[ \t]+)?"
_COLON_LEAD = re.compile(_LEAD)
_COLON_TIME = re.compile(rf"[ \t]*(?P<after>{BRACKETED}|(?<=\s){STAMP})[ \t]*$")
_COLON = re.compile("[:：]")
_GENDER = re.compile(r":(?:in|innen|r|n)\b")  # "Teilnehmer:in 2:", "Befragte:r:"
_AFTER_COLON = re.compile(r"\s|$|[^\W\d_]|[\"“'\u2018\[(#\u00ab\u201e*_\u200e\u200f]")
_TAB = re.compile(rf"{_LEAD}(?P<tag>{_TAG}{_BOLD}[ ]*:?)(?=\t[ \t]*\S)")
_HEAD_LINE = re.compile(
    rf"{_HEADING}(?P<tag>\[?{_TAG}\]?{_BOLD}[ \t]+(?:[-\u2013|][ \t]*)?{_BOLD}(?P<after>{STAMP}){_BOLD})[ \t]*:?[ \t]*$"
)
_TIME_NAME = re.compile(rf"{_MARKS}(?P<time>{STAMP})[ \t]*(?:[-\u2013|][ \t]*)?(?P<tag>{_TAG}{_BOLD}[ \t]*:?)[ \t]*$")
_NAME_TIME_WORDS = re.compile(rf"{_HEADING}(?P<tag>{_TAG}{_BOLD}[ \t]+(?P<after>{BRACKETED}){_BOLD})(?=[ \t]+\S)")
_DASH = re.compile(rf"{_LEAD}(?P<tag>{_TAG}{_BOLD}(?:[ \t]+-{{1,2}}|[ \t]*[\u2013\u2014;|]))(?=[ \t]+\S)")
_SET_OFF = re.compile(rf"{_HEADING}(?P<tag>(?P<bold>\*{{1,3}})(?P<label>\+?[^\W_*][^*\n:_]{{0,69}})(?P=bold))(?=[ \t]+\S)")
_INSIDE = r"(?P<label>\+?[^\W_][^\]\n:<>{}]{0,69}?)"
_ENCLOSED = tuple(
    (name, re.compile(rf"{_LEAD}(?P<tag>(?P<bold>{_BOLD}){opening}{_INSIDE}{closing}{_BOLD}[ \t]*:?{_BOLD})(?=[ \t]|$)"))
    for name, opening, closing in (
        ("[Name] text", r"\[", r"\]"),
        ("<Name> text", "<", ">"),
        ("(Name) text", r"\(", r"\)"),
        ("{Name} text", r"\{", r"\}"),
        ("Name> text", "", ">"),
    )
)
_INITIAL = re.compile(rf"{_HEADING}(?P<tag>(?P<bold>{_BOLD})(?P<label>[A-Z]{{1,2}}[0-9]{{0,2}})\.{_BOLD})(?=[ \t]+\S)")
_OWN_LINE = re.compile(rf"{_HEADING}(?P<tag>{_TAG}{_BOLD})[ \t]*$")
_FINAL_INITIAL = re.compile(r"(?:^|[\s.])[^\W\d_]\.$")
_NEEDS = {pattern: sign for (_, pattern), sign in zip(_ENCLOSED, ("]", ">", ")", "}", ">"), strict=True)} | {
    _TAB: "\t", _INITIAL: ".", _SET_OFF: "*", _HEAD_LINE: ":", _TIME_NAME: ":", _NAME_TIME_WORDS: ":",
}  # fmt: skip
"""A sign without which a pattern cannot match, so that most lines are not tried."""
_LONGEST_TAG = 130  # characters before the colon, times and all
_LONGEST_LINE = 120  # of a line that holds a label and nothing else
_NEARLY_ALL, _USUAL = 0.9, 0.8
_HEADER_CELLS = {"speaker", "name", "participant", "who"}


def colon_label(text: str, start: int, end: int) -> tuple[Candidate, bool] | None:
    """Return the candidate at the start of a line with a colon after its label, and whether white space follows it."""
    return _before_colon(text, Span(start, end), fresh=True)


def colon(lines: Lines) -> Judged:
    """``Name: text``, with an optional number, time or sign before the name and an optional time after it."""
    numbers = _numbers(lines)
    found = []
    for line in lines.spans:
        begin = numbers.get(line.start, line.start)
        if _COLON.search(lines.text, begin, min(line.end, begin + _LONGEST_TAG)):
            candidate = _before_colon(lines.text, Span(begin, line.end), fresh=line.start in lines.fresh)
            if candidate:
                found.append((replace(candidate[0], line=line), candidate[1]))
    tight = [candidate for candidate, spaced in found if not spaced]
    often = sum(count > 1 for count in counted(tight).values()) > 1 and len(tight) >= _USUAL * len(found)
    kept = [candidate for candidate, spaced in found if spaced or often or strength(candidate.label) is Strength.KNOWN]
    return judged(kept, lines)


def dash(lines: Lines) -> Judged:
    """``Name – text``: two labels at least that take turns, and hardly a line without one, so that no aside is a speaker."""
    return _everywhere(lines, _DASH)


def set_off(lines: Lines) -> Judged:
    """``**Name** text`` in Markdown, without a sign after the name."""
    return _everywhere(lines, _SET_OFF)


def enclosed(lines: Lines, pattern: re.Pattern[str]) -> Judged:
    """``[Name] text``, ``<Name> text`` and the like; two labels at least, so that asides are no speakers."""
    found = [c for c in _candidates(pattern, lines) if strength(c.label) > Strength.TOLD]
    if len(counted(accepted(found))) > 1:
        return judged(found, lines)
    return _everywhere(lines, pattern)


def tab(lines: Lines) -> Judged:
    """``Name<tab>text`` or ``Name<tab>time<tab>text``, as the rows of a table give it; a header row is no turn."""
    found = _candidates(_TAB, lines) if "\t" in lines.text else []
    if found and counted(found)[found[0].label] == 1 and found[0].label.casefold() in _HEADER_CELLS:
        found = found[1:]
    return judged(found, lines)


def name_time_words(lines: Lines) -> Judged:
    """``Name [hh:mm:ss] text`` (Trint): what stands before a time in brackets is a label if most of them recur."""
    found = [c for c in _candidates(_NAME_TIME_WORDS, lines) if is_name(c.label) or strength(c.label) >= Strength.SOFT]
    return judged(found, lines)


def initial(lines: Lines) -> Judged:
    """``Q.  text`` and ``A.  text``: initials with a full stop, two at least, that come again and again."""
    found = _candidates(_INITIAL, lines)
    counts = counted(found)
    sure = [candidate for candidate in found if counts[candidate.label] > 1]
    if len(counted(sure)) < 2:
        return Judged([], [])
    return Judged(sure, [c for c in found if counts[c.label] == 1 and c.line.start > sure[0].line.start])


def time_name(lines: Lines) -> Judged:
    """``hh:mm:ss Name`` on a line, the words below it (Word, Happy Scribe)."""
    timed = {line.start for line in lines.filled if _TIMED.match(lines.text, line.start, line.end)}
    above = {line.start for line, following in pairwise(lines.filled) if following.start not in timed}
    every = [c for c in _candidates(_TIME_NAME, lines, short=True) if strength(c.label) > Strength.TOLD]
    often = counted(every)
    found = [c for c in every if is_name(c.label) or often[c.label] > 1]
    if len(found) * 2 < len(timed) or sum(c.line.start in above for c in found) * 5 < len(found) * 4:
        return Judged([], [])
    counts = counted(found)
    sure = [c for c in found if counts[c.label] > 1 or is_known(c.label) or len(c.label.split()) > 1]
    return Judged(sure, _others(found, sure))


def head_line(lines: Lines) -> Judged:
    """``Name  m:ss`` on a line, the words below it (Otter, Teams)."""
    found = [c for c in _candidates(_HEAD_LINE, lines, short=True) if strength(c.label) > Strength.TOLD]
    counts = counted(found)
    return Judged(
        [c for c in found if counts[c.label] > 1 or is_name(c.label) or (strength(c.label) >= Strength.NAME and " " not in c.label)], []
    )


def own_line(lines: Lines) -> Judged:
    """``Name`` on a line of its own, perhaps with a time on the line before or after it, the words below."""
    every = [c for c in _candidates(_OWN_LINE, lines, short=True) if not c.label.endswith(".") or _FINAL_INITIAL.search(c.label)]
    found = [c for c in every if strength(c.label) >= Strength.NAME and is_name(c.label)]
    timed = max(_beside_times([c for c in every if strength(c.label) > Strength.TOLD], lines), key=len)
    if timed:
        return Judged(timed, [])
    counts = counted(found)
    heads = [candidate for candidate in found if counts[candidate.label] > 1]
    if mostly_fresh(heads):
        heads = [candidate for candidate in heads if candidate.fresh]
        heads = sorted([*heads, *_beside(heads, every)], key=lambda candidate: candidate.line.start)
    heads = _before_words(heads, lines.filled)
    counts = counted(heads)
    heads = [candidate for candidate in heads if counts[candidate.label] > 1]
    return _with_rest(lines, heads, every) if len(counted(heads)) > 1 else Judged([], [])


LAYOUTS = (
    ("Name: text", colon),
    ("Name time / text", head_line),
    ("Name<tab>text", tab),
    ("Name / text", own_line),
    ("time Name / text", time_name),
    ("Name [time] text", name_time_words),
    *((name, lambda lines, pattern=pattern: enclosed(lines, pattern)) for name, pattern in _ENCLOSED),
    ("Name - text", dash),
    ("**Name** text", set_off),
    ("N. text", initial),
)
_TIMED = re.compile(rf"{_MARKS}{STAMP}")


def heads_of(text: str, found: Sequence[Candidate]) -> list[Head]:
    """Return the heads that believed candidates make."""
    return [head_of(text, candidate) for candidate in found]


def _before_colon(text: str, line: Span, *, fresh: bool) -> tuple[Candidate, bool] | None:
    lead = _COLON_LEAD.match(text, line.start, line.end)
    start = lead.end() if lead else line.start
    sign = _colon(text, start, min(line.end, start + _LONGEST_TAG))
    if sign is None or (lead and sign <= start):
        return None
    raw = text[start:sign]
    time = _COLON_TIME.search(raw)
    stripped = raw[: time.start()] if time else raw
    label = bare_label(stripped)
    body = sign + 1
    bold = stripped.startswith(("**", "__", "*", "_")) or stripped.endswith(("**", "__"))
    while bold and text[body : body + 1] in "*_" and body < line.end:
        body += 1
    if not label or not strength(label) or not (label[0].isalnum() or label[0] == "+"):
        return None
    spaced = text[sign] == "：" or body >= line.end or text[body].isspace()
    stamp = (lead["time"] if lead else None) or (time["after"] if time else None)
    return Candidate(
        line, label, start, body, fresh, bold, stamp, bool(lead and lead["time"]), ((lead and lead["sign"]) or "").strip()
    ), spaced


def _colon(text: str, start: int, end: int) -> int | None:
    """Return the place of the colon after a label: not one in a time, nor the sign in "Teilnehmer:in"."""
    for found in _COLON.finditer(text, start, end):
        at = found.start()
        if text[at + 1 : at + 2].isdigit() and text[at - 1 : at].isdigit():
            continue
        if _GENDER.match(text, at) and _COLON.search(text, at + 1, min(end, at + 30)):
            continue
        return at if _AFTER_COLON.match(text, at + 1) else None
    return None


def _numbers(lines: Lines) -> dict[int, int]:
    """Return where words begin in lines with the number of a turn, ``1. INT:``, by the line's start, if the numbers count up."""
    found = [(line.start, match) for line in lines.spans if (match := _NUMBER.match(lines.text, line.start, line.end))]
    values = [int(match["number"]) for _, match in found]
    rising = sum(later == earlier + 1 for earlier, later in pairwise(values))
    if len(values) < 3 or rising < _NEARLY_ALL * (len(values) - 1):
        return {}
    return {start: match.end() for start, match in found}


def _candidates(pattern: re.Pattern[str], lines: Lines, *, short: bool = False) -> list[Candidate]:
    """Return the lines whose start matches `pattern` with something that can be a label."""
    return list(_matches(pattern, lines, _LONGEST_LINE if short else None, _NEEDS.get(pattern, "")))


def _matches(pattern: re.Pattern[str], lines: Lines, longest: int | None, needs: str) -> Iterator[Candidate]:
    text = lines.text
    if needs and needs not in text:
        return
    for line in lines.spans:
        if line.start == line.end or (longest is not None and line.end - line.start > longest):
            continue
        if needs and text.find(needs, line.start, line.start + _LONGEST_TAG) < 0:
            continue
        match = pattern.match(text, line.start, line.end)
        label = bare_label(match["label"]) if match else ""
        if match is None or not label or strength(label) is Strength.NONE:
            continue
        groups = match.groupdict()
        stamp = groups.get("time") or groups.get("after")
        bold = bool(groups.get("bold"))
        yield Candidate(line, label, match.start("tag"), match.end(), line.start in lines.fresh, bold, stamp, bool(groups.get("time")))


def _everywhere(lines: Lines, pattern: re.Pattern[str]) -> Judged:
    """Return the candidates of a sign that may stand in any sentence: only where hardly a line or paragraph has none."""
    found = [c for c in _candidates(pattern, lines) if strength(c.label) > Strength.TOLD]
    counts = counted(found)
    several = sum(count > 1 for count in counts.values())
    known = all(strength(label) is Strength.KNOWN for label in counts)
    if len(counts) < 2 or (several < 2 and not known) or len(counts) * 2 > len(found) + known:
        return Judged([], [])
    starts = {c.line.start for c in found}
    strict = mostly_fresh(found)
    edges = [
        line.start
        for line in lines.filled
        if line.start >= found[0].line.start and (not strict or line.start in lines.fresh)
    ]
    if sum(start in starts for start in edges) < _USUAL * len(edges):
        return Judged([], [])
    shapes = {initial_of(label) for label, count in counts.items() if count > 1}
    sure = [
        c
        for c in found
        if counts[c.label] > 1 or strength(c.label) is Strength.KNOWN or (is_name(c.label) and initial_of(c.label) in {*shapes, ""})
    ]
    return Judged(sure, _others(found, sure))


def _others(found: Sequence[Candidate], kept: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that are not among those kept."""
    starts = {candidate.line.start for candidate in kept}
    return [candidate for candidate in found if candidate.line.start not in starts]


def _with_rest(lines: Lines, heads: list[Candidate], every: Sequence[Candidate]) -> Judged:
    """Return labels on lines of their own, with those that come once where nearly every paragraph begins with a label."""
    starts = {candidate.line.start for candidate in heads}
    first = heads[0].line.start
    fresh = [line for line in lines.filled if line.start in lines.fresh and line.start >= first]
    filled = {line.start for line in lines.filled}
    followed = {a.start for a, b in pairwise(lines.spans) if b.start in filled}
    rest = [c for c in every if c.line.start > first and c.line.start not in starts and c.fresh and c.line.start in followed]
    rest = [c for c in rest if strength(c.label) > Strength.TOLD and c.label[-1] not in ".,;…"]
    full = len(starts | {c.line.start for c in rest}) >= _USUAL * len(fresh) and mostly_fresh(heads)
    named = [c for c in rest if full and is_name(c.label)]
    believed = sorted([*heads, *named], key=lambda candidate: candidate.line.start)
    return Judged(believed, _others(rest, named) if full else [])


def _beside(heads: Sequence[Candidate], every: Sequence[Candidate]) -> list[Candidate]:
    """Return labels that may be anything and come again and again where those of `heads` stand, taking turns with them."""
    known = {candidate.label for candidate in heads}
    soft = [c for c in every if c.fresh and c.label not in known and strength(c.label) is Strength.SOFT and c.label[0].isupper()]
    counts = counted(soft)
    near = sorted([*heads, *(c for c in soft if counts[c.label] > 1)], key=lambda candidate: candidate.line.start)
    alone = {b.label for a, b in pairwise(near) if a.label == b.label}
    return [c for c in near if c.label not in known and c.label not in alone]


def _beside_times(found: Sequence[Candidate], lines: Lines) -> tuple[list[Candidate], list[Candidate]]:
    """Return the labels with a time on the next line, and those with one on the line before; a label must recur."""
    times = lines.times
    above = {line.start for line, following in pairwise(lines.filled) if following.start in times} - times
    below = {following.start for line, following in pairwise(lines.filled) if line.start in times} - times
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
