"""Lines that may start with a speaker label, and which of them to believe, judged over the whole source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.core.text import Span
from nptlens.reading._labels import bare_label, can_be_label, is_known, is_name, is_role, shape_of
from nptlens.reading._parsed import LABEL, TIME
from nptlens.reading._times import BRACKETED, STAMP, seconds
from nptlens.reading._turn_heads import Head, time_line
from nptlens.schemas.records import Furniture

_BODY_TIME = re.compile(rf"[ \t]*(?P<time>{BRACKETED}|\t[ ]*{STAMP}(?=[ ]*\t))")
_USUAL = 0.8  # how often labels must follow an empty line before every label has to
_FIELD_WORDS = 8  # "INTERVIEWER: Mary Lee" in a header: so few words, and no sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may start with a label; `fresh` where an empty line, a time, or nothing stands before it.

    `match` has the groups ``tag`` (the label with its mark-up), ``bold``, ``time`` (before it) and ``after``.
    """

    line: Span
    label: str
    match: re.Match[str]
    fresh: bool


def candidates(pattern: re.Pattern[str], text: str, lines: Sequence[Span], *, surname_first: bool = False) -> list[Candidate]:
    """Return the lines whose start matches `pattern` with something that can be a label, perhaps ``Surname, Name``."""
    found: list[Candidate] = []
    before: Span | None = None
    for line in lines:
        match = pattern.match(text, line.start, line.end)
        label = bare_label(match["label"]) if match else ""
        if match and can_be_label(label.replace(", ", " ", 1) if surname_first else label):
            found.append(Candidate(line, label, match, before is None or _sets_off(text, before)))
        before = line
    return found


def _sets_off(text: str, line: Span) -> bool:
    """Tell whether a label after this line stands apart: the line is empty or holds a time."""
    return not text[line.start : line.end].strip() or time_line(text, line) is not None


def counted(found: Sequence[Candidate]) -> Counter[str]:
    """Return how often each label occurs."""
    return Counter(candidate.label for candidate in found)


def mostly_fresh(found: Sequence[Candidate]) -> bool:
    """Tell whether the source sets its labels off with empty lines."""
    return sum(candidate.fresh for candidate in found) >= _USUAL * len(found)


def accepted(found: Sequence[Candidate]) -> list[Candidate]:
    """Keep labels that recur; one that comes once must be bold, known-like, or a full name like those that recur."""
    counts = counted(found)
    recurring = [candidate for candidate in found if counts[candidate.label] > 1]
    shapes = {shape_of(candidate.label) for candidate in recurring}
    strict = bool(recurring) and mostly_fresh(recurring)
    return [
        candidate
        for candidate in found
        if counts[candidate.label] > 1 or ((candidate.fresh or not strict or is_role(candidate.label)) and _convinces(candidate, shapes))
    ]


def without_fields(text: str, found: Sequence[Candidate]) -> list[Candidate]:
    """Drop the fields of a header, ``INTERVIEWER: Mary Lee``.

    They are labels that come once, before any that recurs, with no sentence; or that only ever introduce a full name.
    """
    speaking = {c.label for c in found if not _is_full_name(text[c.match.end() : c.line.end].strip())}
    if speaking:
        found = [candidate for candidate in found if candidate.label in speaking]
    counts = counted(found)
    first = next((index for index, candidate in enumerate(found) if counts[candidate.label] > 1), 0)
    return [c for c in found[:first] if not _is_field(text[c.match.end() : c.line.end].strip())] + list(found[first:])


def head_of(text: str, candidate: Candidate) -> Head:
    """Return the head that a believed candidate makes, with every character before the words declared."""
    match, line = candidate.match, candidate.line
    start_s = seconds(match["time"] or match["after"])
    furniture = [
        Furniture(Span(line.start, match.start("tag")).trimmed(text), TIME if match["time"] else LABEL),
        Furniture(Span(match.start("tag"), match.end()).trimmed(text), LABEL),
    ]
    body = match.end()
    stamp = _BODY_TIME.match(text, body, line.end)
    if stamp:
        furniture.append(Furniture(Span(*stamp.span("time")).trimmed(text), TIME))
        start_s = seconds(stamp["time"]) if start_s is None else start_s
        body = stamp.end()
    return Head(line.start, body, candidate.label, start_s, None, tuple(furniture))


def _convinces(candidate: Candidate, shapes: set[str]) -> bool:
    label, shape = candidate.label, shape_of(candidate.label)
    if candidate.match["bold"] or is_role(label):
        return True
    if is_known(label):
        return not shapes or shape in shapes
    return shape in shapes and shape.count("Aa") > 1 and is_name(label)


def _is_full_name(value: str) -> bool:
    return len(value.split()) > 1 and can_be_label(value) and is_name(value)


def _is_field(value: str) -> bool:
    return bool(value) and value[-1] not in ".?!…]\"”\u2019'" and len(value.split()) <= _FIELD_WORDS
