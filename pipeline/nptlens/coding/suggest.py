"""Active learning: the excerpts whose label would help most.

Each step takes the excerpt with the greatest product of two figures. Its *need*, the greatest over the codes of uncertainty times
rarity: ``exp(-|logit p - logit t|)``, with p the code's probability and t its threshold, times ``1 / sqrt(1 + seeds of the code)``. And
its *reach*: by how much it brings the study's excerpts nearer to something labelled, ``sum_j max(0, cos(i, j) - c_j)``, with c_j the
cosine of excerpt j and the nearest seed or excerpt taken so far. Reach is the gain of the facility-location function (Lin & Bilmes
2011): great where excerpts lie dense and nothing near is labelled, so that typical ones come before odd ones, and never ten alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit
from threadpoolctl import threadpool_limits

from nptlens.coding.lexical_similarity import words
from nptlens.core.ids import digest

MOST = 5000
_ALIKE = 0.5
_TOLD = 3
_COMMON, _WORDS = 0.1, 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CodeState:
    """What is known of a code before more is labelled: its threshold and the number of its seeds."""

    code: str
    threshold: float
    seeds: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An excerpt to label: the likeliest codes with probabilities, the code whose need is greatest, how many excerpts are like it.

    Where the machine's guesses are hidden `likely` is empty, `code` "".
    """

    segment_id: str
    transcript_id: str
    participant_id: str
    text: str
    likely: tuple[tuple[str, float], ...]
    code: str
    threshold: float
    seeds: int
    like: int

    def unguessed(self) -> Suggestion:
        """Return the same without what the machine takes it for."""
        return replace(self, likely=(), code="", threshold=0.5, seeds=0)

    def codes(self) -> str:
        """Return the likely codes as a reader sees them."""
        return "; ".join(f"{code} {probability:.2f}" for code, probability in self.likely)

    def why(self) -> str:
        """Return in one line why this one."""
        like = f"stands for {self.like} excerpts like it" if self.like > 1 else "unlike any other excerpt"
        if not self.code:
            return like
        probability = dict(self.likely)[self.code]
        return f"{like}; {self.code} unsure ({probability:.2f}, threshold {self.threshold:.2f}), {self.seeds} seeds so far"


def informative(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which excerpts ``(n,)`` say something: at least five different words that fewer than a tenth of the excerpts hold."""
    found = [set(words(text)) for text in texts]
    held = Counter(word for each in found for word in each)
    most = max(len(texts) * _COMMON, 1)
    return np.array([sum(held[word] <= most for word in each) >= _WORDS for each in found], dtype=bool)


def suggest(
    segments: pd.DataFrame,
    vectors: NDArray[np.float32],
    probability: Floats,
    codes: Sequence[CodeState],
    seed_vectors: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    number: int,
) -> tuple[Suggestion, ...]:
    """Return up to `number` of the `allowed` ``(n,)`` segments, the most helpful first; the order of rows does not matter.

    Row i of `vectors` ``(n, d)`` and of `probability` ``(n, k)`` belongs to segment i, column c to `codes[c]`; `seed_vectors` ``(m, d)``;
    vectors are unit vectors. Excerpts come from many transcripts: none gives more than twice its even share where others can give. Of
    more than 5,000 segments, as many are looked at (or `number`, if that is more): those allowed before others, and of these the ones with
    the smallest digest of their id. Raises ValueError where rows differ in number.
    """
    if not len(segments) == len(vectors) == len(probability) == len(allowed):
        raise ValueError(f"{len(segments)} segments, {len(vectors)} vectors, {len(probability)} probabilities, {len(allowed)} allowed")
    ids = segments["segment_id"].tolist()
    drawn = sorted(range(len(ids)), key=lambda i: (not allowed[i], digest(ids[i])))[: max(MOST, number)]
    rows = np.array(sorted(drawn, key=lambda i: ids[i]), dtype=np.intp)
    rows_allowed = allowed[rows]
    if number < 1 or not rows_allowed.any():
        return ()
    need = _need(probability[rows], codes)
    with threadpool_limits(1):
        cosine = np.clip(vectors[rows] @ vectors[rows].T, 0, 1)
        reached = np.clip(vectors[rows] @ seed_vectors.T, 0, 1).max(axis=1) if len(seed_vectors) else np.zeros(len(rows), dtype=np.float32)
        transcripts = segments["transcript_id"].to_numpy()[rows]
        taken = _greedy(need.max(axis=1) if len(codes) else np.ones(len(rows)), cosine, reached, rows_allowed, transcripts, number)
    return tuple(_suggestion(segments.iloc[rows[i]], probability[rows[i]], need[i], codes, int((cosine[i] >= _ALIKE).sum())) for i in taken)


def _need(probability: Floats, codes: Sequence[CodeState]) -> Floats:
    """Return uncertainty times rarity, ``(n, k)``."""
    thresholds = logit(np.clip([each.threshold for each in codes], 1e-4, 1 - 1e-4))
    rarity = 1 / np.sqrt(1 + np.array([each.seeds for each in codes], dtype=np.float64))
    need: Floats = np.exp(-np.abs(logit(np.clip(probability, 1e-4, 1 - 1e-4)) - thresholds)) * rarity
    return need


def _greedy(
    need: Floats,
    cosine: NDArray[np.float32],
    reached: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    transcripts: NDArray[np.object_],
    number: int,
) -> list[int]:
    most = max(1, ceil(2 * number / len(set(transcripts[allowed]))))
    used: Counter[str] = Counter()
    taken: list[int] = []
    free = allowed.copy()
    while len(taken) < number and free.any():
        even = free & np.array([used[name] < most for name in transcripts])
        gain = np.maximum(cosine - reached[:, None], 0).sum(axis=0, dtype=np.float64) * need
        best = int(np.where(even if even.any() else free, gain.round(9), -1.0).argmax())
        taken.append(best)
        free[best] = False
        used[transcripts[best]] += 1
        reached = np.maximum(reached, cosine[:, best])
    return taken


def _suggestion(row: pd.Series, probability: Floats, need: Floats, codes: Sequence[CodeState], like: int) -> Suggestion:
    first = int(need.argmax()) if len(codes) else -1
    order = sorted(range(len(codes)), key=lambda c: (-probability[c], codes[c].code))
    told = tuple((codes[c].code, float(probability[c])) for place, c in enumerate(order) if place < _TOLD or c == first)
    state = codes[first] if codes else CodeState("", 0.5, 0)
    return Suggestion(
        str(row["segment_id"]), str(row["transcript_id"]), str(row["participant_id"]), str(row["text"]),
        told, state.code, state.threshold, state.seeds, like,
    )  # fmt: skip
