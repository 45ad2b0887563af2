"""The limit on how many words of one participant a report may quote: what is quoted first stays, the rest is withheld and counted.

The order is that of the report: code by code the chosen excerpts, what speaks against the code, topics, readings; then all other
segments by place, for the tables that hold every excerpt. Words around an excerpt are never quoted of participants under a limit, nor are
seeds that come from the study's own transcripts. Interviewers' words are not limited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from nptlens.reporting._contrary import Contrary
from nptlens.reporting._excerpts import Excerpt
from nptlens.reporting._index import Index
from nptlens.reporting._topics import Exemplar
from nptlens.reporting._words import INTERVIEWER, NO_PARTICIPANT, NO_SPEAKER
from nptlens.text import count_words


def withheld(index: Index, view: object) -> frozenset[str]:
    """Return the places (``TRANSCRIPT:start-end``) that may not be quoted; `view` is the report as it would be without a limit."""
    most = index.inputs.settings.most_quoted_words
    used: Counter[str] = Counter()
    seen: set[str] = set()
    beyond: set[str] = set()
    for span, who, text in (*_quoted(view), *_all(index)):
        if span in seen or who == INTERVIEWER:
            continue
        seen.add(span)
        words = count_words(text)
        if used[who] + words > most:
            beyond.add(span)
        else:
            used[who] += words
    return frozenset(beyond)


def _all(index: Index) -> Iterator[tuple[str, str, str]]:
    for coding in index.codings:
        segment = coding.segment
        yield segment.id, segment.participant or segment.transcript_id, index.text(segment)


def _quoted(part: object) -> Iterator[tuple[str, str, str]]:
    """Yield (span, who, words) of each quotation below a part of the view."""
    if isinstance(part, Excerpt | Exemplar):
        yield part.segment_id, _who(part.place.participant, part.place.transcript), part.text
    elif isinstance(part, Contrary):
        for piece in part.pieces:
            yield piece.data_span, _who(piece.speaker, part.place.transcript), piece.text
    elif isinstance(part, tuple):
        for each in part:
            yield from _quoted(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _quoted(getattr(part, field.name))


def _who(name: str, transcript: str) -> str:
    return transcript if name in (NO_PARTICIPANT, NO_SPEAKER) else name
