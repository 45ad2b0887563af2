"""A codebook of two constructs with components, seeds around planted centres, and segments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nptlens.records import Code, Codebook, Seed
from nptlens.settings import CodingSettings, default_settings
from nptlens.tables import SEGMENTS, checked

CODES = {"CO": None, "CODI": "CO", "COIN": "CO", "CP": None, "CPIN": "CP", "F1": None}
LEAVES = ("CODI", "COIN", "CPIN", "F1")


@pytest.fixture
def codebook() -> Codebook:
    return Codebook("small", "1", tuple(Code(name, name.lower(), "what it is", parent=parent) for name, parent in CODES.items()))


@pytest.fixture
def coding_settings():
    def made(**changes) -> CodingSettings:
        return CodingSettings(**{**default_settings().coding.model_dump(), **changes})

    return made


@pytest.fixture
def planted_seeds():
    """Make `each` seeds a leaf code and as many of none, with unit vectors about one centre a code."""

    def made(each: int = 8, *, noise: float = 0.25, groups: int = 0, dimension: int = 12):
        rng = np.random.default_rng(3)
        seeds, rows = [], []
        for column, name in enumerate((*LEAVES, "none")):
            for number in range(each):
                group = f"G{number % groups}" if groups else ""
                codes = () if name == "none" else (name,)
                seeds.append(Seed(f"{name}-{number:02}", f"words of {name} {number}", codes, "asserted", group=group))
                rows.append(np.eye(dimension)[column] + rng.normal(scale=noise, size=dimension))
        vectors = np.array(rows)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return tuple(seeds), vectors.astype(np.float32)

    return made


@pytest.fixture
def make_segments():
    def made(n: int, transcripts: int = 3) -> pd.DataFrame:
        return checked(
            SEGMENTS,
            pd.DataFrame(
                {
                    "segment_id": [f"T{i % transcripts}:{i}-{i + 1}" for i in range(n)],
                    "transcript_id": [f"T{i % transcripts}" for i in range(n)],
                    "utterance": range(n),
                    "start": range(n),
                    "end": range(1, n + 1),
                    "text": "words",
                    "words": 1,
                    "participant_id": "P",
                    "role": "",
                    "practice": "",
                    "adopter_category": "",
                    "start_s": np.nan,
                }
            ),
        )

    return made
