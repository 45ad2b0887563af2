"""The study in figures, and what was set aside: nothing is left out without being counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nptlens.reporting._complementary_suppression import Shown
from nptlens.reporting._index import Index
from nptlens.reporting._words import NO_ROLE, practices_in
from nptlens.reporting.attributes import attributes
from nptlens.schemas.records import SpeakerRole


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something, and how many words where that means anything."""

    name: str
    count: Shown
    words: int = 0


@dataclass(frozen=True, slots=True)
class Described:
    """The participants heard, by a column of the study's own."""

    name: str
    groups: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What went in and what came out. `unheard` are participants of the sheet who speak in no transcript.

    `described` are the columns of the study's own that describe groups, `undescribed` the headings of the others.
    """

    transcripts: int
    words: int
    participants: Shown
    roles: tuple[Tally, ...]
    unheard: Shown
    practices: Shown
    segments: int
    segment_words: int
    coded: int
    undecided: int
    uncoded: int
    assigned: int
    abstained: int
    outside_topics: int
    set_aside: tuple[Tally, ...]
    problems: tuple[Tally, ...]
    described: tuple[Described, ...] = ()
    undescribed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AsideRow:
    """The stretches of one transcript that were set aside, in the order of `Figures.set_aside`."""

    transcript: str
    counts: tuple[int, ...]
    total: int
    words: int


def figures(index: Index) -> Figures:
    """Count the study."""
    inputs = index.inputs
    heard = {
        speaker.participant.id: speaker.participant
        for speaker in inputs.speakers
        if speaker.role is SpeakerRole.PARTICIPANT
    }
    sheet = {each.id for each in inputs.participants if not each.interviewer}
    roles = Counter(person.role or NO_ROLE for person in heard.values())
    coded = {coding.segment.id for coding in index.codings if coding.decision == "assigned"}
    undecided = {coding.segment.id for coding in index.codings if coding.decision == "abstained"} - coded
    own = attributes(inputs.participants, inputs.speakers)
    severities = Counter(problem.severity.value for problem in inputs.problems)
    return Figures(
        transcripts=len(index.transcripts),
        words=sum(transcript.words() for transcript in index.transcripts.values()),
        participants=len(heard),
        roles=_tallies(roles),
        unheard=len(sheet - set(heard)),
        practices=len({practice for person in heard.values() for practice in practices_in(person.practice)}),
        segments=len(index.segments),
        segment_words=int(inputs.segments["words"].sum()),
        coded=len(coded),
        undecided=len(undecided),
        uncoded=len(index.segments) - len(coded) - len(undecided),
        assigned=sum(len(codings) for codings in index.assigned.values()),
        abstained=sum(index.abstained.values()),
        outside_topics=sum(topic < 0 for topic in index.topic_of.values()),
        set_aside=_reasons(index),
        problems=tuple(Tally(name, severities[name]) for name in ("error", "warning", "note") if severities[name]),
        described=tuple(Described(each.name, _tallies(Counter(each.of_person.values()))) for each in own if each.groups()),
        undescribed=tuple(each.name for each in own if not each.groups()),
    )


def _tallies(counts: Counter[str]) -> tuple[Tally, ...]:
    return tuple(Tally(name, number) for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _reasons(index: Index) -> tuple[Tally, ...]:
    aside = index.inputs.set_aside
    if aside.empty:
        return ()
    grouped = aside.groupby("reason", sort=True)["words"]
    counts, words = grouped.size(), grouped.sum()
    return tuple(Tally(str(reason), int(counts[reason]), int(words[reason])) for reason in counts.index)


def aside_rows(index: Index) -> tuple[AsideRow, ...]:
    """Return what was set aside, transcript by transcript; also those of which nothing was."""
    aside = index.inputs.set_aside
    reasons = [tally.name for tally in _reasons(index)]
    counts: Counter[tuple[str, str]] = Counter()
    words: Counter[str] = Counter()
    for transcript_id, reason, number in zip(
        aside["transcript_id"].tolist(), aside["reason"].tolist(), aside["words"].tolist(), strict=True
    ):
        counts[transcript_id, reason] += 1
        words[transcript_id] += number
    rows = []
    for name in sorted({*index.transcripts, *words}):
        row = tuple(counts[name, reason] for reason in reasons)
        rows.append(AsideRow(name, row, sum(row), words[name]))
    return tuple(rows)
