"""Where words stand in a transcript, who said them, and what was said before and after."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from nptlens.core.ids import segment_id
from nptlens.core.text import Span
from nptlens.reporting._index import Index, Segment
from nptlens.reporting._words import (
    INTERVIEWER,
    NO_PARTICIPANT,
    NO_PRACTICE,
    NO_ROLE,
    NO_SPEAKER,
    clock,
    practice_words,
)
from nptlens.reporting.content import Speech
from nptlens.schemas.records import SpeakerRole, Transcript

_CONTEXT = 1500  # code points of a neighbouring turn that are shown


@dataclass(frozen=True, slots=True)
class Place:
    """Who said it and where: `turn` counts from 1, `time` is m:ss or "", `percent` of the transcript stands before it."""

    transcript: str
    start: int
    end: int
    turn: int
    time: str
    participant: str
    role: str
    practice: str
    percent: int = 0


def place_of(index: Index, segment: Segment) -> Place:
    """Return the place of a segment, with words for what is missing."""
    return Place(
        transcript=segment.transcript_id,
        start=segment.span.start,
        end=segment.span.end,
        turn=segment.turn + 1,
        time=clock(segment.start_s),
        participant=segment.participant or NO_PARTICIPANT,
        role=segment.role or NO_ROLE,
        practice=practice_words(segment.practice) if index.has_practices else "",
        percent=_percent(index.transcripts[segment.transcript_id], segment.span),
    )


def _percent(transcript: Transcript, span: Span) -> int:
    return 100 * span.start // max(1, len(transcript.text))


def turns_in(transcript: Transcript, span: Span) -> range:
    """Return the numbers of the utterances that `span` touches; utterances stand in the order of the text."""
    utterances = transcript.utterances
    first = bisect_right(utterances, span.start, key=lambda each: each.span.end)
    last = bisect_left(utterances, span.end, key=lambda each: each.span.start)
    return range(first, max(first, last))


def place_at(index: Index, transcript: Transcript, span: Span) -> Place:
    """Return the place of any span; it is that of the first turn it touches."""
    turns = turns_in(transcript, span)
    if not turns:
        return Place(transcript.id, span.start, span.end, 0, "", NO_SPEAKER, NO_ROLE, NO_PRACTICE if index.has_practices else "")
    utterance = transcript.utterances[turns[0]]
    speaker = index.speakers.get((transcript.id, utterance.speaker))
    who = speaker.participant if speaker else None
    asks = speaker is not None and speaker.role is SpeakerRole.INTERVIEWER
    return Place(
        transcript=transcript.id,
        start=span.start,
        end=span.end,
        turn=turns[0] + 1,
        time=clock(utterance.start_s),
        participant=speaker_name(index, transcript, turns[0]),
        role=INTERVIEWER if asks else (who.role if who and who.role else NO_ROLE),
        practice=practice_words(who.practice if who else "") if index.has_practices else "",
        percent=_percent(transcript, span),
    )


def speaker_name(index: Index, transcript: Transcript, turn: int) -> str:
    """Return "interviewer" or the participant's id; the label of the source, which may be a name, is never shown."""
    speaker = index.speakers.get((transcript.id, transcript.utterances[turn].speaker))
    if speaker is None:
        return NO_SPEAKER
    return INTERVIEWER if speaker.role is SpeakerRole.INTERVIEWER else speaker.participant.id or NO_PARTICIPANT


def pieces(index: Index, transcript: Transcript, span: Span) -> tuple[Speech, ...]:
    """Return the speech in `span`, turn by turn, so that no speaker label in between is shown."""
    found = []
    for turn in turns_in(transcript, span):
        own = transcript.utterances[turn].span
        inside = Span(max(own.start, span.start), min(own.end, span.end)).trimmed(transcript.text)
        if len(inside):
            found.append(_speech(index, transcript, turn, inside, ""))
    return tuple(found)


def context(index: Index, transcript: Transcript, span: Span) -> tuple[tuple[Speech, ...], tuple[Speech, ...]]:
    """Return what stands before and after `span`: the rest of its own turn, and the neighbouring turns."""
    turns = turns_in(transcript, span)
    if not turns:
        return (), ()
    first, last = transcript.utterances[turns[0]].span, transcript.utterances[turns[-1]].span
    before, after = [], []
    if turns[0] > 0:
        whole = transcript.utterances[turns[0] - 1].span
        before.append(_tail(index, transcript, turns[0] - 1, whole, "turn before"))
    before.append(
        _tail(index, transcript, turns[0], Span(first.start, max(first.start, span.start)), "earlier in this turn")
    )
    after.append(_head(index, transcript, turns[-1], Span(min(span.end, last.end), last.end), "later in this turn"))
    if turns[-1] + 1 < len(transcript.utterances):
        whole = transcript.utterances[turns[-1] + 1].span
        after.append(_head(index, transcript, turns[-1] + 1, whole, "turn after"))
    return tuple(each for each in before if each.text), tuple(each for each in after if each.text)


def _tail(index: Index, transcript: Transcript, turn: int, span: Span, relation: str) -> Speech:
    whole = span.trimmed(transcript.text)
    kept = Span(max(whole.start, whole.end - _CONTEXT), whole.end).trimmed(transcript.text)
    return _speech(index, transcript, turn, kept, relation, cut_before=kept.start > whole.start)


def _head(index: Index, transcript: Transcript, turn: int, span: Span, relation: str) -> Speech:
    whole = span.trimmed(transcript.text)
    kept = Span(whole.start, min(whole.end, whole.start + _CONTEXT)).trimmed(transcript.text)
    return _speech(index, transcript, turn, kept, relation, cut_after=kept.end < whole.end)


def _speech(
    index: Index,
    transcript: Transcript,
    turn: int,
    span: Span,
    relation: str,
    *,
    cut_before: bool = False,
    cut_after: bool = False,
) -> Speech:
    speaker, place = speaker_name(index, transcript, turn), segment_id(transcript.id, span.start, span.end)
    beside = bool(relation) and speaker != INTERVIEWER and index.inputs.settings.most_quoted_words > 0
    return Speech(
        relation=relation,
        speaker=speaker,
        data_span=place,
        text="" if beside or place in index.withheld else transcript.quote(span),
        cut_before=cut_before,
        cut_after=cut_after,
    )
