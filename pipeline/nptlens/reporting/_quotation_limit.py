"""The limit on how many words of one participant a report may quote: what is quoted first stays, the rest is withheld and counted.

The order is that of the report: code by code the chosen excerpts, what speaks against the code, topics, readings; then all other
segments by place, for the tables that hold every excerpt, and all that people coded. Words around an excerpt are never quoted of
participants under a limit, nor are seeds that come from the study's own transcripts. Interviewers' words are not limited.

What other files quote (a validation, an export) is counted on from there, so that together they keep the limit too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from nptlens.core.text import Span, count_words
from nptlens.reporting._contrary import Contrary
from nptlens.reporting._excerpts import Excerpt
from nptlens.reporting._index import Index
from nptlens.reporting._places import pieces
from nptlens.reporting._topics import Exemplar
from nptlens.reporting._words import INTERVIEWER, NO_PARTICIPANT, NO_SPEAKER

LIMIT = "most_quoted_words"
"""What the limit that a file was written under is recorded as."""


class Quota:
    """Counts what is quoted of each participant, in the order in which it is asked for."""

    def __init__(self, index: Index, view: object) -> None:
        """Count the report; `view` is the report as it would be without a limit."""
        self._index = index
        self._used: Counter[str] = Counter()
        self._seen: set[str] = set()
        self.beyond: set[str] = set()
        for span, who, text in (*_quoted(view), *_all(index), *_people(index)):
            self._count(span, who, text)

    def allows(self, transcript: str, span: Span) -> bool:
        """Tell whether all words of a span may be quoted, and count those that were not counted yet."""
        held = self._index.transcripts.get(transcript)
        if held is None or span.end > len(held.text):
            return False
        parts = pieces(self._index, held, span)
        for part in parts:
            self._count(part.data_span, _who(part.speaker, transcript), part.text)
        return not any(part.data_span in self.beyond for part in parts)

    def _count(self, span: str, who: str, text: str) -> None:
        if span in self._seen or who == INTERVIEWER:
            return
        self._seen.add(span)
        words = count_words(text)
        if self._used[who] + words > self._index.inputs.settings.most_quoted_words:
            self.beyond.add(span)
        else:
            self._used[who] += words


def withheld(index: Index, view: object) -> frozenset[str]:
    """Return the places (``TRANSCRIPT:start-end``) that may not be quoted; `view` is the report as it would be without a limit."""
    return frozenset(Quota(index, view).beyond)


def _people(index: Index) -> Iterator[tuple[str, str, str]]:
    for code in index.inputs.codebook.ids():
        for coding in index.manual.get(code, ()):
            transcript = index.transcripts.get(coding.transcript_id)
            if transcript is not None and coding.end <= len(transcript.text):
                for piece in pieces(index, transcript, Span(coding.start, coding.end)):
                    yield piece.data_span, _who(piece.speaker, transcript.id), piece.text


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
