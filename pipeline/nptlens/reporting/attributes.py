"""The study's own columns of the participants sheet (career stage, site, arm): what they say of whom, and which describe a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.core.delimited import plain_name
from nptlens.schemas.records import Participant, Speaker, SpeakerRole

NOT_STATED, SEVERAL = "not stated", "several"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column: its heading, and what it says of each person (by participant id) and of each person in a transcript."""

    name: str
    of_person: dict[str, str]
    of_speaker: dict[tuple[str, str], str]

    def groups(self) -> bool:
        """Tell whether the column describes groups: half of the participants at least share their value with another.

        A column of names, addresses or remarks does not, and no report shows it unasked.
        """
        sizes = Counter(value for value in self.of_person.values() if value != NOT_STATED)
        shared = sum(size for size in sizes.values() if size > 1)
        return len(sizes) > 1 and 2 * shared >= len(self.of_person)


def attribute_names(participants: Sequence[Participant]) -> tuple[str, ...]:
    """Return the headings of the study's own columns, in the order of the sheet."""
    return tuple(dict.fromkeys(heading for person in participants for heading, _ in person.attributes))


def attributes(participants: Sequence[Participant], speakers: Sequence[Speaker]) -> tuple[Attribute, ...]:
    """Return each of the study's own columns for the participants who speak; whose rows differ has several values."""
    heard = [speaker for speaker in speakers if speaker.role is SpeakerRole.PARTICIPANT]
    found = []
    for name in attribute_names(participants):
        values: dict[str, set[str]] = {}
        of_speaker = {}
        for speaker in heard:
            value = dict(speaker.participant.attributes).get(name) or NOT_STATED
            values.setdefault(speaker.participant.id, set()).add(value)
            of_speaker[speaker.transcript_id, speaker.participant.id] = value
        of_person = {person: SEVERAL if len(own) > 1 else next(iter(own)) for person, own in values.items()}
        found.append(Attribute(name, of_person, of_speaker))
    return tuple(found)


def attribute_named(name: str, found: Sequence[Attribute]) -> Attribute | None:
    """Return the column of a heading, however it is spelled; None where there is none."""
    return next((each for each in found if plain_name(each.name) == plain_name(name)), None)
