"""Topic cards: the words, exemplars and reach of each topic.

Words are ranked by class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794, section 3.3): ``tf(w, c) * log(1 + A / f(w))`` with A the
mean number of words per topic and f(w) the word's count over all topics. Exemplars are the segments nearest to the topic's
centre, from different participants first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.records import TopicCard
from nptlens.settings import TopicSettings

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import CountVectorizer

# What transcribed speech is full of, and says nothing about a topic.
_SPEECH = frozenset(
    """actually ah ain basically bit bloody cause come couldn couple crosstalk did didn does doesn doing don dunno erm er getting going
    gone gonna got gotta guess hadn hasn haven hm hmm inaudible isn just kind know laugh laughs let like little ll look lot make maybe
    mean mhm mm need obviously oh ok okay pause people probably put quite re really right said say saying says shouldn sort stuff sure
    tell thats theyre thing things think thought time uh um used ve want wanted wasn way went weren whatever won wouldn yeah yep yes
    you""".split()
)


def vectorizer() -> CountVectorizer:
    """Return the word counter: words of two letters and more, English and speech stop words left out."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    return CountVectorizer(stop_words=sorted(ENGLISH_STOP_WORDS | _SPEECH), token_pattern=r"(?u)\b[^\W\d_]{2,}\b")  # noqa: S106


def make_cards(
    topic: NDArray[np.int64], vectors: NDArray[np.float32], segments: pd.DataFrame, settings: TopicSettings
) -> tuple[TopicCard, ...]:
    """Return one card per topic number 0 … k-1."""
    numbers = [int(number) for number in np.unique(topic) if number >= 0]
    words = _words([" ".join(segments["text"][topic == number]) for number in numbers], settings.words)
    cards = []
    for number, top in zip(numbers, words, strict=True):
        rows = np.flatnonzero(topic == number)
        members = segments.iloc[rows]
        cards.append(
            TopicCard(
                topic=number,
                words=top,
                exemplars=_exemplars(vectors[rows], members, settings.exemplars),
                size=len(rows),
                participants=members["participant_id"].nunique(),
                transcripts=members["transcript_id"].nunique(),
            )
        )
    return tuple(cards)


def _words(texts: Sequence[str], number: int) -> list[tuple[str, ...]]:
    counter = vectorizer()
    try:
        counts = counter.fit_transform(texts).toarray().astype(np.float64)
    except ValueError:  # nothing but stop words
        return [() for _ in texts]
    vocabulary = counter.get_feature_names_out()
    frequency = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    weights = frequency * np.log1p(counts.sum() / len(texts) / counts.sum(axis=0))
    return [
        tuple(str(vocabulary[i]) for i in np.argsort(-row, kind="stable")[:number] if row[i] > 0) for row in weights.round(12)
    ]


def _exemplars(vectors: NDArray[np.float32], members: pd.DataFrame, number: int) -> tuple[str, ...]:
    similarity = vectors @ vectors.mean(axis=0)
    ranked = members.iloc[np.argsort(-similarity, kind="stable")]
    first = ranked.drop_duplicates("participant_id")["segment_id"].tolist()
    rest = [segment for segment in ranked["segment_id"] if segment not in set(first)]
    return tuple((first + rest)[:number])
