"""Who speaks under each label: interviewers are context, participants are coded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nptlens.core.ids import transcript_id as as_transcript_id
from nptlens.schemas.records import Participant, Problem, Severity, Speaker, SpeakerRole, Transcript
from nptlens.schemas.settings import ReadingSettings

SHEET, LABEL, UNKNOWN, UNNAMED = "participants sheet", "label", "not in the sheet", "no speaker named"

_NAME_THEM = "give the interviewer a row with that role in participants.csv"
_MOST = 12
_EDGE = " \t:.,;-\u2013*_()[]"


def assign_roles(transcripts: Sequence[Transcript], participants: Sequence[Participant], settings: ReadingSettings) -> tuple[Speaker, ...]:
    """Return a speaker for each transcript and label, in order of first appearance, and why the role was given.

    `participants` are the rows of the sheet and decide first; then `settings.interviewers` are read as labels; a
    label that neither knows is a participant of its own, under a made-up id where the label is no id. Speech under no
    label belongs to a participant with the transcript's id.
    """
    speakers: list[Speaker] = []
    for transcript in transcripts:
        for place, label in enumerate(dict.fromkeys(utterance.speaker for utterance in transcript.utterances), start=1):
            speakers.append(_speaker(transcript.id, place, label, participants, settings))
    return tuple(speakers)


def unled(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> tuple[Problem, ...]:
    """Return a warning for each conversation in which nobody is known as the interviewer, so that questions would be coded.

    A conversation has 2 to 12 speakers; a table of comments, in which every row is another person's, has more.
    """
    problems = []
    roles_of: dict[str, list[SpeakerRole]] = {}
    for speaker in speakers:
        roles_of.setdefault(speaker.transcript_id, []).append(speaker.role)
    for transcript in transcripts:
        roles = roles_of.get(transcript.id, [])
        asked = any(sign in transcript.text for sign in "?？؟")  # a lone turn may be a whole conversation
        if (len(transcript.utterances) > 1 or asked) and transcript.speakers() == ():
            problems.append(Problem(transcript.source, "no speaker is named: questions would be coded as answers", _NAME_THEM))
        elif 2 <= len(roles) <= _MOST and SpeakerRole.INTERVIEWER not in roles:
            problems.append(Problem(transcript.source, "no interviewer is known: all speakers would be coded", _NAME_THEM))
    return tuple(problems)


def strangers(speakers: Sequence[Speaker], participants: Sequence[Participant]) -> tuple[Problem, ...]:
    """Return who speaks without being in the sheet; a label that several transcripts use is told once."""
    places: dict[str, list[str]] = {}
    people: dict[str, set[str]] = {}
    for speaker in speakers:
        if speaker.why not in (LABEL, SHEET):
            name = speaker.participant.id if speaker.label is None else speaker.label
            places.setdefault(name, []).append(speaker.transcript_id)
            people.setdefault(name, set()).add(speaker.participant.id)
    problems = []
    for name in sorted(places):
        if len(people[name]) > 1:
            where = ", ".join(places[name][:3]) + (f" and {len(places[name]) - 3} more" if len(places[name]) > 3 else "")
            what = f'"{name}" speaks in {len(places[name])} transcripts and counts as another participant in each'
            hint = "add a row or a label to the participants sheet if it is one person"
            problems.append(Problem(where, what, hint, Severity.WARNING if participants else Severity.NOTE))
        elif participants:
            problems.append(Problem(next(iter(people[name])), "speaks, but is not in the participants sheet", "add a row or a label"))
    return tuple(problems)


def _speaker(transcript_id: str, place: int, label: str | None, participants: Sequence[Participant], settings: ReadingSettings) -> Speaker:
    if label is None:
        known = [p for p in participants if as_transcript_id(p.id) == transcript_id and not p.interviewer]
        person = known[0] if known else Participant(transcript_id)
        return Speaker(transcript_id, None, SpeakerRole.PARTICIPANT, UNNAMED, person)
    own = [person for person in participants if transcript_id in person.transcripts]
    listed = _in_sheet(label, own) or _in_sheet(label, [person for person in participants if not person.transcripts])
    if listed:
        return Speaker(transcript_id, label, _role(listed), SHEET, listed)
    if _asks(label, settings.interviewers):
        person = Participant(label, (label,), role="interviewer", interviewer=True)
        return Speaker(transcript_id, label, SpeakerRole.INTERVIEWER, LABEL, person)
    person = Participant(label if _is_id(label) else f"{transcript_id}/{place}", (label,))
    return Speaker(transcript_id, label, SpeakerRole.PARTICIPANT, UNKNOWN, person)


def _asks(label: str, interviewers: Sequence[str]) -> bool:
    """Tell whether a label is one of an interviewer, ``INT2`` like ``INT``; an initial with digits, ``I01``, is a participant's id."""
    names = {_plain(name) for name in interviewers}
    bare = _undigited(label)
    return _plain(label) in names or (len(bare) > 1 and bare in names)


def _is_id(label: str) -> bool:
    """Tell a study's own id (``P07``, ``Participant 12``) from a name or from what every transcript has (``R``, ``Speaker 1``).

    Only an id may stand in a report, and only an id means the same person in another transcript.
    """
    return any(character.isdigit() for character in label) and _undigited(label) not in {"speaker", "unknown speaker", "unknown"}


def _role(participant: Participant) -> SpeakerRole:
    return SpeakerRole.INTERVIEWER if participant.interviewer else SpeakerRole.PARTICIPANT


def _in_sheet(label: str, participants: Sequence[Participant]) -> Participant | None:
    """Return the row for a label: spelled the same, else written alike; a tie is no match.

    Digits at the end are overlooked for interviewers only: ``INT2`` may be ``INT``, but ``P2`` is not ``P``.
    """
    attempts = (
        [p for p in participants if label in (p.id, *p.labels)],
        [p for p in participants if _plain(label) in _names(p)],
        [p for p in participants if p.interviewer and _undigited(label) in _names(p)],
    )
    return next((found[0] for found in attempts if len(found) == 1), None)


def _names(participant: Participant) -> set[str]:
    return {_plain(name) for name in (participant.id, *participant.labels)}


def _plain(label: str) -> str:
    """Return a label in small letters, single spaces, no outer punctuation, and numbers without leading zeros."""
    text = " ".join(label.casefold().split()).strip(_EDGE)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)


def _undigited(label: str) -> str:
    return _plain(label).rstrip("0123456789").strip(_EDGE + "#")
