"""Topic cards: the words, exemplars and reach of each topic.

Words are ranked by class-based TF-IDF (Grootendorst 2022, arXiv:2203.05794, section 3.3): ``tf(w, c) * log(1 + A / f(w))`` with A the
mean number of words per topic and f(w) the word's count over all topics. Exemplars are the segments nearest to the topic's
centre, from different participants first. Of a topic with more than `_READ` segments, the words of as many are counted, evenly over it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.schemas.records import TopicCard
from nptlens.schemas.settings import TopicSettings

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

_WORD = re.compile(r"\b[^\W\d_]{2,}\b")
_READ = 2000  # segments of a topic whose words are counted
_DIGITS = 9  # of a cosine that exemplars are ranked by; float32 vectors hold seven


def vectorizer() -> CountVectorizer:
    """Return the word counter as scikit-learn's: words of two letters and more, English and speech stop words left out."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(stop_words=sorted(stop_words()), token_pattern=_WORD.pattern)


@cache
def stop_words() -> frozenset[str]:
    """Return the words that no topic is told by: scikit-learn's English ones, and those of speech."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS) | _SPEECH


def make_cards(
    topic: NDArray[np.int64], vectors: NDArray[np.float32], segments: pd.DataFrame, settings: TopicSettings
) -> tuple[TopicCard, ...]:
    """Return one card per topic number 0 … k-1; row i of `topic` ``(n,)`` and `vectors` ``(n, d)`` belongs to segment i."""
    numbers = [int(number) for number in np.unique(topic) if number >= 0]
    members = [np.flatnonzero(topic == number) for number in numbers]
    words = _words([segments["text"].iloc[_read(rows)].tolist() for rows in members], settings.words)
    ids = segments[["segment_id", "participant_id", "transcript_id"]]
    cards = []
    for number, rows, top in zip(numbers, members, words, strict=True):
        who = ids.iloc[rows]
        cards.append(
            TopicCard(
                topic=number,
                words=top,
                exemplars=_exemplars(vectors[rows], who, settings.exemplars),
                size=len(rows),
                participants=who["participant_id"].nunique(),
                transcripts=who["transcript_id"].nunique(),
            )
        )
    return tuple(cards)


def _read(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    return rows if len(rows) <= _READ else rows[np.arange(_READ) * len(rows) // _READ]


def _words(topics: Sequence[Sequence[str]], number: int) -> list[tuple[str, ...]]:
    """Return the first `number` words of each topic, given as the texts of its segments; equal weights in the order of the alphabet."""
    left_out = stop_words()
    counts = [Counter(chain.from_iterable(_WORD.findall(text.lower()) for text in texts)) for texts in topics]
    said = [{word: count for word, count in sorted(each.items()) if word not in left_out} for each in counts]
    everywhere: Counter[str] = Counter()
    for each in said:
        everywhere.update(each)
    mean = everywhere.total() / max(len(topics), 1)
    found = []
    for each in said:
        words = list(each)
        often = np.array([[each[word], everywhere[word]] for word in words], dtype=np.float64).reshape(-1, 2)
        weights = (often[:, 0] / max(often[:, 0].sum(), 1) * np.log1p(mean / often[:, 1])).round(12)
        ranked = np.argsort(-weights, kind="stable")[:number]
        found.append(tuple(words[i] for i in ranked if weights[i] > 0))
    return found


def _exemplars(vectors: NDArray[np.float32], members: pd.DataFrame, number: int) -> tuple[str, ...]:
    # einsum adds up every row in one order; a product of matrices hangs on threads and places, and would rank equal texts by chance
    similarity = np.einsum("nd,d->n", vectors, vectors.mean(axis=0, dtype=np.float64), dtype=np.float64).round(_DIGITS)
    ranked = members.iloc[np.argsort(-similarity, kind="stable")]
    again = ranked["participant_id"].duplicated()
    return tuple(pd.concat([ranked["segment_id"][~again], ranked["segment_id"][again]])[:number])
