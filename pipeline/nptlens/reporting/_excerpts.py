"""The excerpts shown for a code: typical ones, spread over participants and practices, each with its reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.reporting._index import Coding, Index
from nptlens.reporting._places import Place, Speech, context, place_of
from nptlens.reporting._words import practice_column

_ENTRY = re.compile(r"^(?P<id>.+?)\s*=\s*(?P<similarity>-?\d*\.?\d+)$")


@dataclass(frozen=True, slots=True)
class NearestSeed:
    """A seed named as a reason; `similarity` is None where none is stated, `text` "" where the seed is not at hand."""

    id: str
    similarity: float | None
    text: str
    stance: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One machine coding as shown. `lifted` says that it was assigned because a code below it was."""

    segment_id: str
    text: str
    place: Place
    probability: float
    threshold: float | None
    lifted: bool
    margin: float
    runner_up: str
    seeds: tuple[NearestSeed, ...]
    coder: str
    stance: str
    stance_probability: float | None
    before: tuple[Speech, ...]
    after: tuple[Speech, ...]


def chosen(codings: Sequence[Coding], number: int) -> list[Coding]:
    """Return up to `number` codings, the most probable first, taking turns over participants, then over practices.

    Everybody's best excerpt comes before anybody's second; among those, every practice's best before any practice's
    second.
    """
    ranked = sorted(codings, key=lambda each: (-each.probability, each.segment.position))
    of_person: Counter[str] = Counter()
    of_practice: Counter[tuple[int, str]] = Counter()
    turns = []
    for coding in ranked:
        person = coding.segment.participant or coding.segment.transcript_id
        practice = practice_column(coding.segment.practice)
        turn = of_person[person]
        turns.append((turn, of_practice[turn, practice]))
        of_person[person] += 1
        of_practice[turn, practice] += 1
    order = sorted(range(len(ranked)), key=lambda row: (turns[row], row))
    return [ranked[row] for row in order[:number]]


def excerpt(index: Index, coding: Coding) -> Excerpt:
    """Return a coding as it is shown."""
    segment = coding.segment
    head = index.heads.get(coding.code)
    before, after = context(index, index.transcripts[segment.transcript_id], segment.span)
    return Excerpt(
        segment_id=segment.id,
        text=index.text(segment),
        place=place_of(segment),
        probability=coding.probability,
        threshold=head.threshold if head else None,
        lifted=head is not None and coding.probability < head.threshold,
        margin=coding.margin,
        runner_up=coding.runner_up,
        seeds=nearest(index, coding.nearest_seeds),
        coder=coding.coder,
        stance=coding.stance,
        stance_probability=coding.stance_probability,
        before=before,
        after=after,
    )


def nearest(index: Index, cell: str) -> tuple[NearestSeed, ...]:
    """Read "seed=similarity; seed=similarity" and look the seeds up."""
    found = []
    for entry in filter(None, (part.strip() for part in cell.split(";"))):
        match = _ENTRY.match(entry)
        name = match["id"] if match else entry
        seed = index.seeds.get(name)
        found.append(
            NearestSeed(
                id=name,
                similarity=float(match["similarity"]) if match else None,
                text=seed.text if seed else "",
                stance=seed.stance if seed else "",
            )
        )
    return tuple(found)
