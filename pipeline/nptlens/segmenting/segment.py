"""Sentences of one utterance joined to units of 20-120 words (by setting); interviewers' turns are kept as context."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from nptlens.core.ids import segment_id
from nptlens.core.text import Span, count_words
from nptlens.schemas.records import Speaker, SpeakerRole, Transcript
from nptlens.schemas.settings import SegmentingSettings
from nptlens.schemas.tables import SEGMENTS, SET_ASIDE, checked, empty
from nptlens.segmenting.sentences import sentences_of
from nptlens.store.sentences import SentenceCache

_GAP = re.compile(r"\s+")
_JOINT = re.compile(r"(?<=[^\w'’\-])(?=[\w'’\-])")  # where two words meet without a space: "and/or"


@dataclass(frozen=True, slots=True)
class Segmentation:
    """`segments` are to be coded; `set_aside` lists every other stretch of speech with its reason."""

    segments: pd.DataFrame
    set_aside: pd.DataFrame


def segment(
    transcripts: Sequence[Transcript],
    speakers: Sequence[Speaker],
    settings: SegmentingSettings,
    *,
    cache: SentenceCache | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Segmentation:
    """Cut all transcripts; no segment crosses a turn, and every spoken word is in `segments` or in `set_aside`.

    Rows are in the order of transcript id and place, so that the order of files does not matter. Turns whose sentences the
    `cache` knows are not cut again. `progress` is told the number of turns done and their total.
    """
    total, done = sum(len(transcript.utterances) for transcript in transcripts), 0

    def tell(before: int, here: int) -> None:
        progress(before + here, total)

    by_label = {(speaker.transcript_id, speaker.label): speaker for speaker in speakers}
    kept: list[dict[str, object]] = []
    aside: list[dict[str, object]] = []
    for transcript in sorted(transcripts, key=lambda t: t.id):
        units = _units(transcript, settings, cache, partial(tell, done))
        done += len(transcript.utterances)
        for number, (utterance, spans) in enumerate(zip(transcript.utterances, units, strict=True)):
            speaker = by_label[transcript.id, utterance.speaker]
            for span in spans:
                words = count_words(transcript.quote(span))
                place = {"transcript_id": transcript.id, "utterance": number, "start": span.start, "end": span.end, "words": words}
                reason = _reason(speaker, words, settings)
                if reason:
                    aside.append({**place, "reason": reason})
                    continue
                person = speaker.participant
                kept.append(
                    {
                        **place,
                        "segment_id": segment_id(transcript.id, span.start, span.end),
                        "text": transcript.quote(span),
                        "participant_id": person.id,
                        "role": person.role,
                        "practice": person.practice,
                        "adopter_category": person.adopter_category,
                        "start_s": utterance.start_s,
                    }
                )
    return Segmentation(
        segments=checked(SEGMENTS, pd.DataFrame(kept)) if kept else empty(SEGMENTS),
        set_aside=checked(SET_ASIDE, pd.DataFrame(aside)) if aside else empty(SET_ASIDE),
    )


def _reason(speaker: Speaker, words: int, settings: SegmentingSettings) -> str:
    if speaker.role is SpeakerRole.INTERVIEWER:
        return "interviewer"
    if words == 0:
        return "no words"
    return "too short" if words < settings.least_words else ""


def _units(
    transcript: Transcript, settings: SegmentingSettings, cache: SentenceCache | None, progress: Callable[[int], None]
) -> list[list[Span]]:
    if settings.unit == "utterance":
        return [[utterance.span] for utterance in transcript.utterances]
    texts = [transcript.quote(utterance.span) for utterance in transcript.utterances]
    return [
        [Span(utterance.span.start + span.start, utterance.span.start + span.end) for span in join(text, found, settings)]
        for utterance, text, found in zip(transcript.utterances, texts, sentences_of(texts, cache, progress), strict=True)
    ]


def join(text: str, found: Sequence[Span], settings: SegmentingSettings) -> list[Span]:
    """Join the sentences `found` in one turn's `text` to units of min_words to max_words.

    A unit is closed once it has min_words; a tail shorter than that goes to the unit before it while that one has
    room. A single sentence of more than max_words (speech without punctuation) is cut at a space,
    and where it has none, between two words.
    """
    pieces = [piece for sentence in found for piece in _cut(text, sentence, settings.max_words)]
    units: list[Span] = []
    size = 0  # words in the open unit, 0 when there is none
    for piece in pieces:
        words = count_words(piece.of(text))
        if units and 0 < size < settings.min_words and size + words <= settings.max_words:
            units[-1] = Span(units[-1].start, piece.end)
            size += words
        else:
            units.append(piece)
            size = words
        if size >= settings.min_words:
            size = 0
    if len(units) > 1:
        tail = count_words(units[-1].of(text))
        before = count_words(units[-2].of(text))
        if tail < settings.min_words and before + tail <= settings.max_words:
            units[-2:] = [Span(units[-2].start, units[-1].end)]
    return units


def _cut(text: str, sentence: Span, max_words: int, gaps: re.Pattern[str] = _GAP) -> list[Span]:
    if count_words(sentence.of(text)) <= max_words:
        return [sentence]
    pieces: list[Span] = []
    start, words, position = sentence.start, 0, sentence.start
    for gap in [*gaps.finditer(text, sentence.start, sentence.end), None]:
        end = gap.start() if gap else sentence.end
        here = count_words(text[position:end])
        if words and words + here > max_words:
            pieces.append(Span(start, position).trimmed(text))
            start, words = position, 0
        words += here
        position = gap.end() if gap else sentence.end
    pieces.append(Span(start, sentence.end).trimmed(text))
    if gaps is _JOINT:
        return pieces
    return [part for piece in pieces for part in _cut(text, piece, max_words, _JOINT)]
