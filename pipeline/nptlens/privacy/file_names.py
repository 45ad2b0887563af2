"""Names of people in names of files: a transcript's id comes from its file's name and stands in every table and report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from nptlens.schemas.records import Participant, Problem, Severity, Speaker, Transcript

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_JOINED = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_LEAST = 3
_HINT = "rename the file, or give it another id in transcripts.csv: file, transcript"
# Words that names of files and labels are made of, and that are no names of people.
_COMMON = frozenset(
    """
    a about admin administrator after ageing all alternate an and annex anon anonymised anonymized assistant audio b before briefing
    c care carer case centre center clean cleaned clerk clinic clinical clinician coach code coded committee community complete conversation
    copy corrected d data day debrief dialogue diary director district doctor document dr draft dyad e east edit edited english exit
    facilitator field fieldnotes file final first five focus follow followup four full general gp group groups head health
    healthcare hospital hub i id in index individual informant initial interview interviewed interviewee interviewer interviews
    intro june july lead leader left long main manager march may md meeting memo microsystem midpoint moderator ms mr mrs mx nhs night no
    north note notes npt nurse observation observer of office old on one online original outer p pair paper part participant
    participants partner patient patients person pharmacist pharmacy phase phone physio physician pilot post practice practitioner pre
    prep prof professor project proof protocol question questions quality r raw read reception receptionist record recorded recording
    redacted reflection report researcher resident respondent response review revised right round sample scribe second secretary section
    service session set short site sites six south speaker specialist staff stage student study surgery survey t tape task
    team teams telephone test text the therapist third three time to topic trainee transcribed transcriber transcript transcription
    transcripts trial trust two txt unit unknown ver verbatim version video visit voice vol volume w wave week west with word work workshop
    x year young z zoom
    january february april august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
    """.split()
)


def names_in_ids(
    transcripts: Sequence[Transcript], participants: Sequence[Participant], speakers: Sequence[Speaker]
) -> tuple[Problem, ...]:
    """Return a warning for each transcript whose id holds, or looks as if it held, a person's name.

    A name is each word (of three letters or more) of a participant's label that is no id and no common word of files and roles; or two
    such words side by side that both begin with a capital. The warning tells the file, and no word of it but the file's name.
    """
    known = _known(participants, speakers)
    problems = []
    for transcript in transcripts:
        words = [part for word in _WORD.findall(transcript.id) for part in _JOINED.split(word)]
        if any(word.casefold() in known for word in words):
            what = "its id holds a name of a participant, and stands in all tables and reports"
        elif any(_is_name(first) and _is_name(second) for first, second in pairwise(words)):
            what = "its id looks like a person's name, and stands in all tables and reports"
        else:
            continue
        problems.append(Problem(transcript.source, what, _HINT, Severity.WARNING))
    return tuple(problems)


def _known(participants: Sequence[Participant], speakers: Sequence[Speaker]) -> frozenset[str]:
    people = [*participants, *(speaker.participant for speaker in speakers)]
    labels = {label for person in people if not person.interviewer for label in person.labels if not _is_id(label)}
    told = " ".join(f"{person.role} {person.practice} {person.adopter_category}" for person in people).casefold()
    words = {word.casefold() for label in labels for word in _WORD.findall(label) if len(word) >= _LEAST}
    return frozenset(words - _COMMON - set(_WORD.findall(told)))


def _is_id(label: str) -> bool:
    return any(character.isdigit() for character in label)


def _is_name(word: str) -> bool:
    last = re.split(r"['\u2019]", word)[-1]  # O'Neill
    return len(last) > 1 and last[0].isupper() and last[1:].islower() and last.casefold() not in _COMMON
