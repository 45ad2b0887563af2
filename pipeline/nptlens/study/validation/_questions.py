"""The interviewer's question before each unit: what can be known of its codes without reading the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from nptlens.core.text import count_words
from nptlens.schemas.records import Speaker, SpeakerRole, Transcript


def questions(
    segments: pd.DataFrame, transcripts: Iterable[Transcript], speakers: Iterable[Speaker], *, least_words: int
) -> tuple[str, ...]:
    """Return for each segment the last turn of an interviewer before it, "" where there is none.

    A turn of fewer than `least_words` words ("mm", "go on") is no question: the one before it still stands.
    """
    role = {(each.transcript_id, each.label): each.role for each in speakers}
    asked: dict[str, Sequence[str]] = {}
    for transcript in transcripts:
        last, before = "", []
        for turn in transcript.utterances:
            before.append(last)
            said = transcript.quote(turn.span).strip()
            if role.get((transcript.id, turn.speaker)) is SpeakerRole.INTERVIEWER and count_words(said) >= least_words:
                last = said
        asked[transcript.id] = before
    places = segments[["transcript_id", "utterance"]].itertuples(index=False, name=None)
    return tuple(asked[transcript][turn] for transcript, turn in places)
