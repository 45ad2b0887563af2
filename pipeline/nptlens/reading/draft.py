"""A draft of the participants sheet from what was read: a row a person, labels as they stand; somebody corrects instead of writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nptlens.core.delimited import delimited
from nptlens.core.text import count_words
from nptlens.reading.layouts._labels import is_role
from nptlens.reading.participants import COLUMNS, FOR_PEOPLE
from nptlens.reading.spellings import alike_labels
from nptlens.safety.cells import guarded
from nptlens.schemas.records import Participant, Speaker, SpeakerRole, Transcript


@dataclass(slots=True)
class DraftRow:
    """A person as nptlens reads them, what they say, and what somebody should look at."""

    person: Participant
    coded: bool
    labels: list[str] = field(default_factory=list)
    transcripts: list[str] = field(default_factory=list)
    words: int = 0
    turns: int = 0
    note: str = ""

    def cells(self) -> tuple[object, ...]:
        """Return the cells under the columns of the sheet, then those for a person to look at."""
        listed = ";".join(label for label in self.labels if label != self.person.id and ";" not in label)
        role = "" if self.coded else self.person.role
        read_as = "coded" if self.coded else "context, not coded"
        named = (self.person.id, listed, role, "", "", ";".join(self.transcripts))
        return (*map(guarded, named), self.words, self.turns, read_as, guarded(self.note))


def draft_rows(transcripts: Sequence[Transcript], speakers: Sequence[Speaker]) -> tuple[DraftRow, ...]:
    """Return a row for each person, in the order of first appearance; labels that look alike stand beside each other with a note.

    Read as a participants sheet, the rows give every label the same person and the same role as without a sheet.
    """
    rows: dict[tuple[str, bool], DraftRow] = {}
    of: dict[tuple[str, str | None], DraftRow] = {}
    for speaker in speakers:
        coded = speaker.role is SpeakerRole.PARTICIPANT
        row = rows.setdefault((speaker.participant.id, coded), DraftRow(speaker.participant, coded))
        of[speaker.transcript_id, speaker.label] = row
        if speaker.label is not None and speaker.label not in row.labels:
            row.labels.append(speaker.label)
        if speaker.transcript_id not in row.transcripts:
            row.transcripts.append(speaker.transcript_id)
    for transcript in transcripts:
        for utterance in transcript.utterances:
            row = of[transcript.id, utterance.speaker]
            row.turns += 1
            row.words += count_words(transcript.quote(utterance.span))
    return _beside(list(rows.values()), alike_labels(transcripts, speakers))


def draft_text(rows: Sequence[DraftRow]) -> str:
    """Return the rows as the text of a participants sheet."""
    return delimited([(*COLUMNS, *FOR_PEOPLE), *(row.cells() for row in rows)])


def _beside(rows: list[DraftRow], alike: dict[str, str]) -> tuple[DraftRow, ...]:
    """Return the rows with each whose label is like that of another behind that other, and say so in both ways that a person needs."""
    first: dict[str, int] = {}
    for place, row in enumerate(rows):
        for label in row.labels:
            first.setdefault(label, place)
    order = []
    for place, row in enumerate(rows):
        head = place
        for label in row.labels:
            other = _root(label, alike)
            head = min(head, first[other])
            if other != label:
                row.note = f'"{label}" looks like "{other}": if they are one person, write both labels into one row'
            elif first[label] < place and not is_role(label):
                where = rows[first[label]].transcripts[0]
                row.note = f'"{label}" also speaks in {where}: if it is one person, write both transcripts into one row'
        order.append((head, place))
    return tuple(rows[place] for _, place in sorted(order))


def _root(label: str, alike: dict[str, str]) -> str:
    seen = {label}
    while label in alike and alike[label] not in seen:
        label = alike[label]
        seen.add(label)
    return label
