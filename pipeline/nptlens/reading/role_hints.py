"""What the roles of the participants sheet do: words set aside by a role, and roles that nearly set words aside; problems for a person."""

from __future__ import annotations

from collections.abc import Sequence

from nptlens.core.close_names import nearest
from nptlens.core.text import count_words
from nptlens.reading._sheet_rows import quoted
from nptlens.reading.participants import INTERVIEWERS
from nptlens.reading.roles import SHEET
from nptlens.schemas.records import Participant, Problem, Speaker, Transcript

_ALIKE = 0.8
_PLAIN = "interview"  # a role that holds it means what it says


def role_hints(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> tuple[Problem, ...]:
    """Return a warning for each participant whose role means interviewer without saying so, and for each role that may be meant to.

    It tells who, which role, how many words, and what to write.
    """
    words = _words(transcripts, speakers)
    people = {speaker.participant.id: speaker.participant for speaker in speakers if speaker.why == SHEET}
    problems = []
    for name in sorted(people):
        role, said = people[name].role, words[name]
        if people[name].interviewer and _PLAIN not in role.casefold():
            what = f"{name} has the role {quoted(role)}, which means interviewer: {said} words are set aside and never coded"
            hint = f'if {name} asks the questions, write the role interviewer; to code the words, write "{role} (participant)"'
            problems.append(Problem("participants sheet", what, hint))
        elif meant := _meant(people[name]):
            what = f"{name} has the role {quoted(role)}, which is not known to mean interviewer: {said} words are coded"
            problems.append(Problem("participants sheet", what, f"did you mean {meant}? its words would be set aside"))
    return tuple(problems)


def _words(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> dict[str, int]:
    who = {(speaker.transcript_id, speaker.label): speaker.participant.id for speaker in speakers}
    words = dict.fromkeys(who.values(), 0)
    for transcript in transcripts:
        for utterance in transcript.utterances:
            words[who[transcript.id, utterance.speaker]] += count_words(transcript.quote(utterance.span))
    return words


def _meant(person: Participant) -> str:
    """Return the known role that a role is nearly, "" for all others: roles are free, and most are those of participants."""
    role = " ".join(person.role.casefold().split())
    if person.interviewer or not role or "participant" in role or role in _OTHERS:
        return ""
    if any(word.startswith("interviewer") for word in role.replace("/", " ").replace("-", " ").split()):
        return "interviewer"
    return nearest(role, sorted(INTERVIEWERS), alike=_ALIKE)


_OTHERS = frozenset({"interviewee", "interviewees", "interview partner"})
