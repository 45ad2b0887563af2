"""Planted topics: what a clustering must find again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from nptlens.schemas.settings import TopicSettings, default_settings
from nptlens.schemas.tables import SEGMENTS, checked

WORDS = ("phone queue reception", "blood pressure clinic", "sick note form", "coach flipchart meeting", "repeat prescription pharmacy")


@dataclass(frozen=True)
class Planted:
    vectors: NDArray[np.float32]
    segments: pd.DataFrame
    truth: NDArray[np.int64]


def segments_of(texts, *, participants=None) -> pd.DataFrame:
    names = participants or [f"P{i % 3}" for i in range(len(texts))]
    return checked(
        SEGMENTS,
        pd.DataFrame(
            {
                "segment_id": [f"T:{i}-{i + 1}" for i in range(len(texts))],
                "transcript_id": [f"T{name}" for name in names],
                "utterance": range(len(texts)),
                "start": range(len(texts)),
                "end": range(1, len(texts) + 1),
                "text": list(texts),
                "words": 3,
                "participant_id": names,
                "role": "",
                "practice": "",
                "adopter_category": "",
                "start_s": np.nan,
            }
        ),
    )


@pytest.fixture
def plant():
    """Make unit vectors around `sizes` centres at right angles, their rows mixed."""

    def made(*sizes: int, noise: float = 0.04, dimension: int = 48) -> Planted:
        rng = np.random.default_rng(7)
        truth = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
        vectors = np.eye(dimension)[truth] + rng.normal(scale=noise, size=(len(truth), dimension))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Planted(vectors.astype(np.float32), segments_of([WORDS[i % len(WORDS)] for i in truth]), truth)

    return made


@pytest.fixture
def topic_settings():
    def made(**changes) -> TopicSettings:
        return TopicSettings(**{**default_settings().topics.model_dump(), **changes})

    return made


@pytest.fixture
def make_segments():
    return segments_of
