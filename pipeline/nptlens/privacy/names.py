"""People of the study who are named in speech: a transcript with pseudonymous labels can still name them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nptlens.schemas.records import Participant, Problem, Severity, Transcript

_NAME = re.compile(r"[^\W\d_]{3,}")
_PART = re.compile(r"[^\W\d_]{2,}")


def spoken_names(transcripts: Sequence[Transcript], participants: Sequence[Participant]) -> tuple[Problem, ...]:
    """Return a note per transcript in which names from the participants sheet are spoken; counts and ids only, never words.

    A name is each word (of three letters or more) of a label of two words or more; labels of one word (ids, "Interviewer")
    are no names.
    """
    names = {
        word.lower(): person.id
        for person in participants
        for label in person.labels
        if len(_PART.findall(label)) >= 2 and not person.interviewer
        for word in _NAME.findall(label)
    }
    problems = []
    for transcript in transcripts:
        spoken: dict[str, int] = {}
        for utterance in transcript.utterances:
            for match in _NAME.finditer(transcript.quote(utterance.span)):
                person = names.get(match.group().lower())
                # A lower-case "mark" or "grace" is a word, not a person.
                if person is not None and match.group()[0].isupper():
                    spoken[person] = spoken.get(person, 0) + 1
        if spoken:
            who = ", ".join(f"{person} ({count})" for person, count in sorted(spoken.items()))
            problems.append(
                Problem(transcript.source, f"names of participants may be spoken: {who}", "pseudonymise before sharing", Severity.NOTE)
            )
    return tuple(problems)
