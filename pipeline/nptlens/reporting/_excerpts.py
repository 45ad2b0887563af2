"""The excerpts shown for a code: typical ones, spread over participants and practices, each with its reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nptlens.core.ids import segment_id
from nptlens.reporting._index import Coding, Index
from nptlens.reporting._places import Place, context, place_of
from nptlens.reporting._words import practice_column
from nptlens.reporting.content import NearestSeed, Speech
from nptlens.schemas.records import Seed

_ENTRY = re.compile(r"^(?P<id>.+?)\s*=\s*(?P<similarity>-?\d*\.?\d+)$")
_VARIETY = 0.4  # how much being unlike the others counts, beside being typical
_COMPARED = 64  # excerpts that later ones are held against


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One machine coding as shown. `lifted` says that it was assigned because a code below it was; `text` is "" where it is withheld."""

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


def chosen(codings: Sequence[Coding], number: int, vectors: NDArray[np.float64] | None = None) -> list[Coding]:
    """Return up to `number` codings that are typical and varied; `vectors` ``(n, d)`` are the unit vectors of their segments.

    Participants take turns, then practices: everybody's first excerpt comes before anybody's second; among those, every practice's
    first before any practice's second. Whose turn it is gives the excerpt of the highest maximal marginal relevance (Carbonell &
    Goldstein 1998): what makes it typical is its probability times its cosine to the code's centre (the mean of the excerpts' vectors,
    each by its probability), what speaks against it is its likeness to the nearest excerpt that was taken before. Without vectors the
    most probable goes first. Ties go to the earlier place, whatever the order of `codings`.
    """
    order = sorted(range(len(codings)), key=lambda row: (-codings[row].probability, codings[row].segment.position))
    ranked = [codings[row] for row in order]
    if not ranked:
        return []
    picks = _picks(ranked, min(number, len(ranked)), None if vectors is None else vectors[order])
    return [ranked[row] for row in picks]


def _picks(ranked: Sequence[Coding], number: int, vectors: NDArray[np.float64] | None) -> list[int]:
    person = _numbered([coding.segment.participant or coding.segment.transcript_id for coding in ranked])
    practice = _numbered([practice_column(coding.segment.practice) for coding in ranked])
    typical = _typical(ranked, vectors)
    nearest_taken = np.zeros(len(ranked))
    taken = np.zeros(len(ranked), dtype=bool)
    of_person = np.zeros(person.max() + 1, dtype=np.int64)
    of_practice = np.zeros(practice.max() + 1, dtype=np.int64)
    turn = 0
    picks: list[int] = []
    while len(picks) < number:
        least = int(of_person[person[~taken]].min())
        if least > turn:
            turn, of_practice = least, np.zeros_like(of_practice)
        open_now = ~taken & (of_person[person] == turn)
        open_now &= of_practice[practice] == of_practice[practice[open_now]].min()
        score = np.round((1 - _VARIETY) * typical - _VARIETY * nearest_taken, 6)
        row = int(np.argmax(np.where(open_now, score, -np.inf)))
        picks.append(row)
        taken[row] = True
        of_person[person[row]] += 1
        of_practice[practice[row]] += 1
        if vectors is not None and len(picks) < _COMPARED:
            nearest_taken = np.maximum(nearest_taken, np.einsum("ij,j->i", vectors, vectors[row]))
    return picks


def _numbered(names: Sequence[str]) -> NDArray[np.intp]:
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], dtype=np.intp)


def _typical(ranked: Sequence[Coding], vectors: NDArray[np.float64] | None) -> NDArray[np.float64]:
    probability = np.array([coding.probability for coding in ranked])
    if vectors is None:
        return probability
    # einsum adds up in one fixed order; a product of matrices would hang on the number of threads
    centre = np.einsum("i,ij->j", probability, vectors)
    length = float(np.sqrt(np.einsum("j,j->", centre, centre)))
    result: NDArray[np.float64] = probability * np.einsum("ij,j->i", vectors, centre / length) if length else probability
    return result


def excerpt(index: Index, coding: Coding) -> Excerpt:
    """Return a coding as it is shown."""
    segment = coding.segment
    head = index.heads.get(coding.code)
    before, after = context(index, index.transcripts[segment.transcript_id], segment.span)
    return Excerpt(
        segment_id=segment.id,
        text=index.text(segment),
        place=place_of(index, segment),
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


def similarities(cell: str) -> tuple[tuple[str, float | None], ...]:
    """Read "seed=similarity; seed=similarity"; None where no similarity is stated."""
    entries = [(entry, _ENTRY.match(entry)) for entry in filter(None, (part.strip() for part in cell.split(";")))]
    return tuple((match["id"], float(match["similarity"])) if match else (entry, None) for entry, match in entries)


def nearest(index: Index, cell: str) -> tuple[NearestSeed, ...]:
    """Look up the seeds that `similarities` names."""
    found = []
    for name, similarity in similarities(cell):
        seed = index.seeds.get(name)
        own = seed is not None and bool(seed.group) and bool(index.inputs.settings.most_quoted_words)
        found.append(
            NearestSeed(
                id=name,
                similarity=similarity,
                text=seed.text if seed and not own else "",
                stance=seed.stance if seed else "",
                place=_said_at(index, seed) if seed and not own else "",
            )
        )
    return tuple(found)


def _said_at(index: Index, seed: Seed) -> str:
    """Return where the words of a seed stand in the transcript that it is from."""
    transcript = index.transcripts.get(seed.group)
    start = transcript.text.find(seed.text) if transcript else -1
    return segment_id(seed.group, start, start + len(seed.text)) if start >= 0 else ""
