"""What speaks against a code: manual codings that are contrary, mixed or hypothetical, and excerpts the machine judged contrary."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from nptlens.core.text import Span
from nptlens.reporting._excerpts import Excerpt, excerpt
from nptlens.reporting._index import Index
from nptlens.reporting._places import Place, context, pieces, place_at
from nptlens.reporting.content import Speech
from nptlens.schemas.records import STANCES

_ASSERTED = ("", STANCES[0])


@dataclass(frozen=True, slots=True)
class Contrary:
    """A stretch that one or more coders marked with a stance; `pieces` are its words, turn by turn."""

    stance: str
    coders: tuple[str, ...]
    place: Place
    pieces: tuple[Speech, ...]
    before: tuple[Speech, ...]
    after: tuple[Speech, ...]


def contrary(index: Index, code_id: str) -> tuple[Contrary, ...]:
    """Return a code's contrary excerpts first, then the mixed and the hypothetical, each in order of place."""
    coders: dict[tuple[str, str, int, int], list[str]] = defaultdict(list)
    for coding in index.manual.get(code_id, ()):
        if coding.stance not in _ASSERTED:
            coders[coding.stance, coding.transcript_id, coding.start, coding.end].append(coding.coder)
    found = []
    for stance, transcript_id, start, end in sorted(coders, key=lambda key: (_rank(key[0]), key)):
        transcript = index.transcripts.get(transcript_id)
        if transcript is None or end > len(transcript.text):
            continue  # counted among the problems by `lost`
        span = Span(start, end)
        before, after = context(index, transcript, span)
        found.append(
            Contrary(
                stance=stance,
                coders=tuple(dict.fromkeys(coders[stance, transcript_id, start, end])),
                place=place_at(index, transcript, span),
                pieces=pieces(index, transcript, span),
                before=before,
                after=after,
            )
        )
    return tuple(found)


def judged_contrary(index: Index, code_id: str, number: int) -> tuple[tuple[Excerpt, ...], int]:
    """Return up to `number` excerpts of a code that the machine judged contrary, the surest first, and how many there are."""
    found = [coding for coding in index.assigned.get(code_id, ()) if coding.stance == "contrary"]
    found.sort(key=lambda each: (-(each.stance_probability or 0.0), each.segment.position))
    return tuple(excerpt(index, coding) for coding in found[:number]), len(found)


def lost(index: Index) -> int:
    """Return how many manual codings point to a place or a code that the study does not have."""
    return sum(
        coding.transcript_id not in index.transcripts
        or coding.end > len(index.transcripts[coding.transcript_id].text)
        or code not in index.inputs.codebook
        for code, codings in index.manual.items()
        for coding in codings
    )


def _rank(stance: str) -> int:
    return STANCES.index(stance) if stance in STANCES else len(STANCES)
