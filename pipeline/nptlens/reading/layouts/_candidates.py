"""Lines that may start with a speaker label, and which of them to believe, judged over the whole source.

What a label spells decides little: a person may be called Will or Said, and a sentence may begin "Question:". A label is believed where
it recurs and takes turns with others, or where all that is said begins with one. What is left open is kept beside, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nptlens.core.text import Span
from nptlens.core.text import lines as lines_of
from nptlens.reading.layouts._labels import Strength, can_be_label, initial_of, is_field, is_name, is_role, shape_of, strength
from nptlens.reading.layouts._parsed import LABEL, TIME
from nptlens.reading.layouts._times import BRACKETED, STAMP, WHOLE, is_clock, last_seconds, seconds
from nptlens.reading.layouts._turn_heads import Head, time_line
from nptlens.schemas.records import Furniture

# Without brackets a time has hours, minutes and seconds: "10:30" may be an answer.
_BODY_TIME = re.compile(rf"[ \t]*(?P<time>{BRACKETED}|\t[ ]*{STAMP}(?=[ ]*\t)|{WHOLE}(?=\s|$))")
_USUAL = 0.8  # how often labels must follow an empty line before every label has to, and how much they must begin to decide by themselves
_NEARLY_ALL = 0.95
_TOP, _TITLES = 60, 2  # lines in which a header is looked for; blocks of titles before it
_RARE = 0.34  # a label that may be anything must come so often, beside the one that comes most
_FIELD_WORDS = 8  # "INTERVIEWER: Mary Lee" in a header: so few words, and no sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may start with a label; `fresh` where an empty line, a time, or nothing stands before it.

    The label with its mark-up is at ``[tag, body)``; `stamp` is the time before or after it, `leads` tells which; `sign` is a bullet
    before it.
    """

    line: Span
    label: str
    tag: int
    body: int
    fresh: bool
    bold: bool = False
    stamp: str | None = None
    leads: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates that are believed, and those that are read as words although they may be labels.

    `doubtful` are the labels that are believed although they may begin sentences, where not all that is said begins with a label.
    """

    believed: list[Candidate]
    open: list[Candidate]
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lines:
    """A canonical text, its lines and those that hold anything, the starts of those that hold a time alone, and of those that are fresh.

    Before a fresh line nothing, an empty line, or a time stands.
    """

    text: str
    spans: tuple[Span, ...]
    filled: tuple[Span, ...]
    times: frozenset[int]
    fresh: frozenset[int]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Return the lines of `text`."""
        spans = tuple(lines_of(text))
        filled = tuple(line for line in spans if text[line.start : line.end].strip())
        times = frozenset(line.start for line in filled if time_line(text, line))
        apart = {line.start for line in spans} - {line.start for line in filled} | times
        fresh = frozenset(line.start for before, line in pairwise((None, *spans)) if line and (before is None or before.start in apart))
        return cls(text, spans, filled, times, fresh)


def counted(found: Iterable[Candidate]) -> Counter[str]:
    """Return how often each label occurs."""
    return Counter(candidate.label for candidate in found)


def mostly_fresh(found: Sequence[Candidate]) -> bool:
    """Tell whether the source sets its labels off with empty lines."""
    return sum(candidate.fresh for candidate in found) >= _USUAL * len(found)


def accepted(found: Sequence[Candidate]) -> list[Candidate]:
    """Keep labels that recur; one that comes once must be bold, known-like, or a full name like those that recur."""
    named = [candidate for candidate in found if strength(candidate.label) >= Strength.NAME]
    counts = counted(named)
    recurring = [candidate for candidate in named if counts[candidate.label] > 1]
    shapes = {shape_of(candidate.label) for candidate in recurring}
    strict = bool(recurring) and mostly_fresh(recurring)
    return [
        candidate
        for candidate in named
        if counts[candidate.label] > 1 or ((candidate.fresh or not strict or is_role(candidate.label)) and _convinces(candidate, shapes))
    ]


def judged(found: Sequence[Candidate], lines: Lines) -> Judged:
    """Return which of all label-like starts of lines are labels, by what `accepted` believes and by the layout of its neighbours."""
    text = lines.text
    header = _header(text, lines.spans)
    found = [c for c in found if c.line.start >= header or not _is_field(text[c.body : c.line.end].strip())]
    sure = without_fields(text, accepted(found))
    signs = {c.sign for c in sure}
    recurring = _taking_turns([c for c in found if not signs or c.sign in signs], sure)
    if not sure and len(counted(recurring)) < 2:
        return Judged([], [])
    sure = _in_order([*sure, *recurring])
    strict = mostly_fresh(sure)
    first, taken = sure[0].line.start, {c.line.start for c in sure}
    rest = [
        c
        for c in found
        if c.line.start > first and c.line.start not in taken and (c.fresh or not strict) and strength(c.label) > Strength.TOLD
    ]
    share = _covered(_in_order([*sure, *rest]), lines, strict=strict)
    follow = [c for c in _alike(rest, sure) if is_name(c.label)] if share >= _USUAL else []
    followed = {c.line.start for c in follow}
    doubtful = frozenset(c.label for c in recurring) if share < _NEARLY_ALL else frozenset[str]()
    return Judged(
        _in_order([*sure, *follow]),
        [c for c in rest if c.line.start not in followed and not _is_full_name(text[c.body : c.line.end].strip())],
        doubtful,
    )


def _header(text: str, lines: Sequence[Span]) -> int:
    """Return where the blocks of fields at the top of a source end: such a block has a field's name before a colon."""
    end, block, fields, titles = 0, False, False, 0
    for line in [*lines[:_TOP], Span(len(text), len(text))]:
        words = text[line.start : line.end].strip()
        if not words:
            titles += block and not fields
            if titles > _TITLES or (titles and end):
                return end
            end, block, fields = (line.start if fields else end), False, False
            continue
        block = True
        fields = fields or (is_field(words.partition(":")[0].strip(" *_#\t")) and ":" in words)
    return end


def without_fields(text: str, found: Sequence[Candidate]) -> list[Candidate]:
    """Drop the fields of a header, ``INTERVIEWER: Mary Lee``.

    They are labels that come once, before any that recurs, with no sentence; or that only ever introduce a full name.
    """
    speaking = {c.label for c in found if not _is_full_name(text[c.body : c.line.end].strip())}
    if speaking:
        found = [candidate for candidate in found if candidate.label in speaking]
    counts = counted(found)
    first = next((index for index, candidate in enumerate(found) if counts[candidate.label] > 1), 0)
    return [c for c in found[:first] if not _is_field(text[c.body : c.line.end].strip())] + list(found[first:])


def head_of(text: str, candidate: Candidate) -> Head:
    """Return the head that a believed candidate makes, with every character before the words declared."""
    line, stamp = candidate.line, candidate.stamp
    furniture = [
        Furniture(Span(line.start, candidate.tag).trimmed(text), TIME if candidate.leads else LABEL),
        Furniture(Span(candidate.tag, candidate.body).trimmed(text), LABEL),
    ]
    body = candidate.body
    after = _BODY_TIME.match(text, body, line.end)
    if after:
        furniture.append(Furniture(Span(*after.span("time")).trimmed(text), TIME))
        stamp = stamp if seconds(stamp) is not None else after["time"]
        body = after.end()
    times = (seconds(stamp), last_seconds(stamp)) if stamp else (None, None)
    return Head(line.start, body, candidate.label, *times, tuple(furniture), clock=bool(stamp) and is_clock(stamp or ""))


def _in_order(found: Iterable[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda candidate: candidate.line.start)


def _taking_turns(found: Sequence[Candidate], sure: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates whose label may be anything, but comes again and again and takes turns with other labels."""
    soft = [c for c in found if strength(c.label) is Strength.SOFT]
    counts = counted(soft)
    soft = [c for c in soft if counts[c.label] > 1]
    near = _in_order([*sure, *soft])
    strict = mostly_fresh(near) if near else False
    most = max(counted(near).values(), default=0)
    alone = Counter(b.label for a, b in pairwise(near) if a.label == b.label)
    at_edge = Counter(c.label for c in soft if c.fresh or not strict)
    shapes = {initial_of(c.label) for c in sure}
    return [
        c
        for c in soft
        if alone[c.label] * 2 < counts[c.label]
        and counts[c.label] >= _RARE * most
        and at_edge[c.label] >= _USUAL * counts[c.label]
        and (not shapes or initial_of(c.label) in {*shapes, ""})
    ]


def _covered(found: Sequence[Candidate], lines: Lines, *, strict: bool) -> float:
    """Return the share of paragraphs (where labels stand there) or lines, between the first and the last label, that begin with one."""
    starts = {candidate.line.start for candidate in found}
    between = [
        line.start
        for line in lines.filled
        if found[0].line.start <= line.start <= found[-1].line.start
        and (not strict or line.start in lines.fresh)
        and line.start not in lines.times
    ]
    return sum(start in starts for start in between) / max(1, len(between))


def _alike(found: Sequence[Candidate], sure: Sequence[Candidate]) -> list[Candidate]:
    """Return those of `found` that are written as `sure` ones: after the same signs, as bold, and with a capital if they have one."""
    first = {initial_of(each.label) for each in sure} | {"A", ""}
    signs = {each.sign for each in sure}
    bold = all(each.bold for each in sure)
    return [c for c in found if c.sign in signs and initial_of(c.label) in first and (c.bold or not bold)]


def _convinces(candidate: Candidate, shapes: set[str]) -> bool:
    label, shape = candidate.label, shape_of(candidate.label)
    if candidate.bold or is_role(label):
        return True
    if strength(label) is Strength.KNOWN:
        return not shapes or shape in shapes
    return shape in shapes and shape.count("Aa") > 1 and is_name(label)


def _is_full_name(value: str) -> bool:
    return len(value.split()) > 1 and can_be_label(value) and is_name(value)


def _is_field(value: str) -> bool:
    return bool(value) and value[-1] not in ".?!…]\"”\u2019'" and len(value.split()) <= _FIELD_WORDS
