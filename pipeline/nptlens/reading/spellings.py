"""Labels that may be two spellings of one speaker: offered to a person, never merged here."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nptlens.reading.layouts._labels import is_role
from nptlens.reading.roles import SHEET
from nptlens.schemas.records import Problem, Severity, Speaker, Transcript

_ALIKE = 0.85
_FEWEST_LETTERS = 5  # "Jan" and "Jean" are two people
_MOST_LABELS = 400  # beyond that only labels that are written alike are compared, so that time stays bounded
_TITLES = frozenset({"dr", "doctor", "mr", "mrs", "ms", "miss", "prof", "professor", "sir", "dame", "sister", "nurse"})
_WORD = re.compile(r"[^\W\d_]+|[0-9]+")


@dataclass(frozen=True, slots=True)
class _Label:
    label: str
    turns: int
    transcripts: tuple[str, ...]
    person: str | None  # the participant of the sheet whom it already belongs to
    letters: tuple[str, ...]  # its words that are no numbers
    digits: tuple[str, ...]  # its numbers: labels that differ in them are different people


def mixed_spellings(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> tuple[Problem, ...]:
    """Return a note for each label that looks like a rarer spelling of another one (`alike_labels`)."""
    problems = []
    for rarer, best in _pairs(transcripts, speakers):
        what = (
            f'"{rarer.label}" ({_turns(rarer)}) may be another spelling of "{best.label}" ({_turns(best)}); '
            "they are kept as two speakers"
        )
        hint = "to merge them, list both as labels of one row of the participants sheet"
        problems.append(Problem(_where(rarer), what, hint, Severity.NOTE))
    return tuple(problems)


def alike_labels(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> dict[str, str]:
    """Return each label that looks like a rarer spelling of another one, and that other.

    Labels whose digits differ are never compared, nor two words for roles (interviewer, interviewee), nor two labels
    that the participants sheet already knows. A label is offered for the likeliest other one only.
    """
    return {rarer.label: best.label for rarer, best in _pairs(transcripts, speakers)}


def _pairs(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> Iterator[tuple[_Label, _Label]]:
    labels = _labels(transcripts, speakers)
    near = len(labels) <= _MOST_LABELS
    earlier: dict[tuple[str, ...], list[_Label]] = {}
    for rarer in labels:
        # A table of comments has thousands of labels: there, only those with the same words are compared.
        alike = earlier.setdefault(() if near else (*rarer.digits, "", *rarer.letters), [])
        others = [other for other in alike if _may_be(rarer, other, near=near)]
        alike.append(rarer)
        if not others:
            continue
        best = max(others, key=lambda other: (_likeness(rarer, other), other.turns))
        yield rarer, best


def _labels(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> list[_Label]:
    """Return the labels of a study, the one with most turns first."""
    turns: dict[str, int] = {}
    for transcript in transcripts:
        for utterance in transcript.utterances:
            if utterance.speaker is not None:
                turns[utterance.speaker] = turns.get(utterance.speaker, 0) + 1
    where: dict[str, list[str]] = {}
    listed: dict[str, str] = {}
    for speaker in speakers:
        if speaker.label is not None:
            where.setdefault(speaker.label, []).append(speaker.transcript_id)
            if speaker.why == SHEET:
                listed[speaker.label] = speaker.participant.id
    found = []
    for label, ids in where.items():
        words = _plain(label)
        letters = tuple(word for word in words if not word.isdigit())
        digits = tuple(word.lstrip("0") or "0" for word in words if word.isdigit())
        found.append(_Label(label, turns.get(label, 0), tuple(ids), listed.get(label), letters, digits))
    return sorted(found, key=lambda label: (-label.turns, label.label))


def _may_be(one: _Label, other: _Label, *, near: bool) -> bool:
    if one.digits != other.digits or not one.letters or not other.letters or (one.person and other.person):
        return False
    if one.letters == other.letters:
        return True
    if is_role(one.label) and is_role(other.label):
        return False
    mine, theirs = (each.letters[0] if each.letters[0] in _TITLES else "" for each in (one, other))
    if mine and theirs and mine != theirs:
        return False
    if min(len(_joined(one)), len(_joined(other))) < _FEWEST_LETTERS:
        return False
    return near and _likeness(one, other) >= _ALIKE


def _likeness(one: _Label, other: _Label) -> float:
    return difflib.SequenceMatcher(None, _joined(one), _joined(other), autojunk=False).ratio()


def _joined(label: _Label) -> str:
    """Return a label's letters without a title before them: "Dr Smith" and "Smith" may be one person."""
    words = label.letters[1:] if len(label.letters) > 1 and label.letters[0] in _TITLES else label.letters
    return "".join(words)


def _plain(label: str) -> tuple[str, ...]:
    """Return the words and numbers of a label in small letters, without accents."""
    plain = unicodedata.normalize("NFKD", label.casefold())
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _turns(label: _Label) -> str:
    return f"{label.turns} turn{'' if label.turns == 1 else 's'}"


def _where(label: _Label) -> str:
    first = label.transcripts[0]
    return first if len(label.transcripts) == 1 else f"{first} and {len(label.transcripts) - 1} more"
