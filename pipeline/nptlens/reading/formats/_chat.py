"""CHAT, the transcripts of CLAN and TalkBank: lines of speakers (``*PAR:``), of headers (``@``) and of what hangs on them (``%``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.core.text import lines as lines_of
from nptlens.reading.layouts._parsed import LABEL, TIME, Shaped, shaped
from nptlens.schemas.records import Furniture, Problem, Severity, Utterance

FIELD, TIER = "field", "tier"

_MAIN = re.compile(r"\*(?P<label>[^\s:*][^\s:]*)[ \t]*:[ \t]*")
_BULLET = re.compile(r"\x15[^\x15\n]*\x15|(?P<sign>[•·])[0-9]{1,9}_[0-9]{1,9}(?P=sign)")
_TIMES = re.compile(r"(?P<start>[0-9]{1,9})_(?P<end>[0-9]{1,9})")
_HEADER = re.compile(r"^@(?:UTF8|Begin|Participants|Languages|ID)\b", re.MULTILINE)
_MARK = re.compile(r"\[[^\[\]\n]*\]|&[-+~=]?\w+|\(\.+\)|\([0-9.:]+\)|\+[/\"<,^.?]+|[<>]|\bxxx\b|\byyy\b|@[a-z]\b")
_MORE = 20  # people that a note lists


@dataclass(slots=True)
class _Line:
    """A line with its continuation lines, which begin with a tab."""

    span: Span
    kind: str


@dataclass(slots=True)
class _Found:
    turns: list[Utterance] = field(default_factory=list)
    furniture: list[Furniture] = field(default_factory=list)


def is_chat(text: str) -> bool:
    """Tell whether a text is CHAT: headers that begin with @, and lines that begin with an asterisk and a code."""
    return _HEADER.search(text[:5_000]) is not None and re.search(r"^\*[A-Z0-9][^\s:*]*:[ \t]", text, re.MULTILINE) is not None


def read_chat(data: bytes, *, where: str) -> Shaped:
    """Return a CHAT file: what stands on main lines is speech, its bullets are times; headers and dependent tiers are furniture.

    CHAT's marks inside of what is said stay as they are written, and that is told. Raises ReadingError where no line has a speaker.
    """
    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    found = _Found()
    tiers, broken = 0, list[int]()
    for line in _lines(text):
        if line.kind == "*":
            _said(text, line.span, found)
        elif len(line.span.trimmed(text)):
            tiers += line.kind == "%"
            broken += [text.count("\n", 0, line.span.start) + 1] if line.kind == "?" else []
            found.furniture.append(Furniture(line.span.trimmed(text), TIER if line.kind == "%" else FIELD))
    if not found.turns:
        hint = "a CHAT file has lines such as *PAR: with words; rename it to .txt where it is another kind of text"
        raise ReadingError("no line has a speaker of CHAT", where=where, hint=hint)
    problems = [*_told(text, found, tiers, where), *_broken(broken, where)]
    return shaped(text, layout="CHAT", turns=found.turns, furniture=found.furniture, notes=encoding_notes(encoding), problems=problems)


def _lines(text: str) -> Iterator[_Line]:
    """Yield each line with those that continue it; what stands before any sign counts as a header."""
    current: _Line | None = None
    for span in lines_of(text):
        first = text[span.start : span.start + 1]
        main = first == "*" and _MAIN.match(text, span.start, span.end)
        if main or first in ("@", "%", "*") or current is None or (not span.of(text).strip() and current.kind != "*"):
            if current is not None:
                yield current
            current = _Line(span, "*" if main else "?" if first == "*" else first if first == "%" else "@")
        else:
            current.span = Span(current.span.start, span.end)
    if current is not None:
        yield current


def _said(text: str, span: Span, found: _Found) -> None:
    """Add the turn of a main line; a bullet inside of it ends a piece with that time."""
    match = _MAIN.match(text, span.start, span.end)
    if match is None:
        return
    found.furniture.append(Furniture(Span(match.start(), match.end()).trimmed(text), LABEL))
    position = match.end()
    for bullet in _BULLET.finditer(text, match.end(), span.end):
        times = _TIMES.findall(bullet[0])
        start_s, end_s = (int(each) / 1000 for each in times[-1]) if times else (None, None)
        found.turns.append(Utterance(Span(position, bullet.start()), match["label"], start_s, end_s))
        found.furniture.append(Furniture(Span(*bullet.span()), TIME))
        position = bullet.end()
    found.turns.append(Utterance(Span(position, span.end), match["label"]))


def _told(text: str, found: _Found, tiers: int, where: str) -> Iterator[Problem]:
    marks = sum(len(_MARK.findall(turn.span.of(text))) for turn in found.turns)
    if marks:
        yield Problem(where, f"marks of CHAT, such as [/] or &-um, stay in the words as they are written: {marks}", "", Severity.NOTE)
    if tiers:
        yield Problem(where, f"lines of dependent tiers (%) are not read as speech: {tiers}", "", Severity.NOTE)
    people = list(_participants(text))
    if people:
        listed = ", ".join(f"{code}: {role}" for code, role in people[:_MORE])
        yield Problem(where, f"its header names who speaks ({listed})", "participants.csv says who is an interviewer", Severity.NOTE)


def _broken(lines: list[int], where: str) -> Iterator[Problem]:
    if lines:
        shown = ", ".join(map(str, lines[:_MORE]))
        what = f"lines that begin with an asterisk and name no speaker are not read: {len(lines)} (line {shown})"
        yield Problem(where, what, "write a code and a colon after the asterisk, as in *PAR:")


def _participants(text: str) -> Iterator[tuple[str, str]]:
    """Yield code and role of each person in ``@Participants:``, which lists code, perhaps a name, and role."""
    header = re.search(r"^@Participants:(?P<people>[^\n]*(?:\n\t[^\n]*)*)", text, re.MULTILINE)
    for person in header["people"].split(",") if header else ():
        words = person.split()
        if len(words) > 1:
            yield words[0], words[-1]
