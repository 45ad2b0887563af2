"""Where words stand in the transcripts of a study: who said them, when, and what stands around them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nptlens.core.errors import UsageError
from nptlens.core.ids import segment_id
from nptlens.core.phrases import Phrase
from nptlens.core.text import Span
from nptlens.schemas.records import Speaker, SpeakerRole, Transcript, Utterance
from nptlens.study.folder import Study
from nptlens.study.run.last_run import last_run

if TYPE_CHECKING:
    import pandas as pd

_AROUND = 60  # characters on each side


@dataclass(frozen=True, slots=True)
class Found:
    """A place, ``TRANSCRIPT:start-end`` in code points, its `turn` (from 1), who speaks ("" where nobody is named), and when.

    `start_s` is in seconds, None where the source tells no time; `words` are the exact slice from `start`, `before` and `after` what stands
    beside them in the turn; `segment_id` is the segment that it begins in, "" where it is in none.
    """

    place: str
    transcript_id: str
    turn: int
    speaker: str
    role: str
    start_s: float | None
    before: str
    words: str
    after: str
    start: int
    segment_id: str = ""


def find(study: Study, words: str, *, whole: bool = True, interviewers: bool = True) -> tuple[Found, ...]:
    """Return the places of a phrase in what was said, in order of transcript and place; `whole`: only whole words.

    Case, accents and typographic signs do not count, nor do signs and line ends between words. Without `interviewers` only what
    participants said is looked through. Raises UsageError where there is no word to look for, and as `last_run`.
    """
    try:
        phrase = Phrase(words, whole=whole)
    except ValueError:
        raise UsageError("there is no word to look for", hint='name some: nptlens find "words" --study STUDY') from None
    with last_run(study, "segment") as artefacts:
        speakers = {(each.transcript_id, each.label): each for each in artefacts.speakers}
        transcripts = sorted(artefacts.reading.transcripts, key=lambda each: each.id)
        segments = artefacts.segments
    found = [
        each
        for transcript in transcripts
        for number, turn in enumerate(transcript.utterances, start=1)
        if interviewers or not _asks(speakers.get((transcript.id, turn.speaker)))
        for each in _in_turn(transcript, number, turn, phrase, speakers.get((transcript.id, turn.speaker)))
    ]
    return tuple(replace(each, segment_id=name) for each, name in zip(found, _segments_of(found, segments), strict=True))


def _segments_of(found: Sequence[Found], segments: pd.DataFrame) -> Iterator[str]:
    """Yield the segment that each place begins in."""
    columns = segments.sort_values("start")[["transcript_id", "start", "end", "segment_id"]]
    held: dict[str, list[tuple[int, int, str]]] = {}
    for name, *place in columns.itertuples(index=False, name=None):
        held.setdefault(name, []).append(tuple(place))
    for each in found:
        own, start = held.get(each.transcript_id, []), each.start
        at = bisect_right(own, (start, math.inf)) - 1
        yield own[at][2] if at >= 0 and start < own[at][1] else ""


def _asks(speaker: Speaker | None) -> bool:
    return speaker is not None and speaker.role is SpeakerRole.INTERVIEWER


def _in_turn(transcript: Transcript, number: int, turn: Utterance, phrase: Phrase, speaker: Speaker | None) -> Iterator[Found]:
    first, last = turn.span.start, turn.span.end
    for place in phrase.places(transcript.quote(turn.span)):
        start, end = first + place.start, first + place.end
        yield Found(
            place=segment_id(transcript.id, start, end),
            transcript_id=transcript.id,
            turn=number,
            speaker="interviewer" if _asks(speaker) else speaker.participant.id if speaker else "",
            role=speaker.participant.role if speaker else "",
            start_s=turn.start_s,
            before=transcript.quote(Span(max(first, start - _AROUND), start)),
            words=transcript.quote(Span(start, end)),
            after=transcript.quote(Span(end, min(last, end + _AROUND))),
            start=start,
        )
