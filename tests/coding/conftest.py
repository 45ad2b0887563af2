"""A codebook of two constructs with components, seeds around planted centres, and segments."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from nptlens.coding import Excerpts, Heads, Workers, train
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.settings import CodingSettings, default_settings
from nptlens.schemas.tables import SEGMENTS, checked

CODES = {"CO": None, "CODI": "CO", "COIN": "CO", "CP": None, "CPIN": "CP", "F1": None}
WORDS = {
    "CODI": "meeting purpose clear different reason understand",
    "COIN": "value worth benefit sense gain better",
    "CPIN": "buy-in willing join commit drive champion",
    "F1": "payment money cover cost paid funded",
    "none": "lunch parking holiday weather coffee traffic",
}
TALK = "we had the and then it was a bit of so i think they said you know that week practice patients".split()


def unit(rows) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float64)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@dataclass(frozen=True)
class Planted:
    """Seeds, what an encoder would make of them, of a study's excerpts and of the definitions, and the codebook they speak of."""

    seeds: tuple[Seed, ...]
    examples: Excerpts
    study: Excerpts
    definitions: np.ndarray
    codebook: Codebook

    def train(self, settings: CodingSettings, *, seed: int = 1, workers: Workers = Workers()) -> Heads:  # noqa: B008 - frozen
        """Train heads on the planted seeds."""
        return train(self.examples, self.seeds, self.codebook, self.definitions, self.study, settings, seed=seed, workers=workers)

    def kept(self, rows) -> Planted:
        """Keep some seeds."""
        return replace(self, seeds=tuple(self.seeds[i] for i in rows), examples=picked(self.examples, rows))

    def groups(self) -> np.ndarray:
        """Number the groups in the sorted order of their names."""
        names = [seed.group or f"seed {seed.id}" for seed in self.seeds]
        return np.array([sorted(set(names)).index(name) for name in names])


def picked(excerpts: Excerpts, rows) -> Excerpts:
    rows = list(rows)
    embedded = Embedded(excerpts.embedded.vectors[rows], excerpts.embedded.layers[rows])
    return Excerpts(tuple(excerpts.texts[i] for i in rows), embedded)


@pytest.fixture
def pick():
    return picked


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
        for column, name in enumerate(WORDS):
            for number in range(each):
                group = f"G{number % groups}" if groups else ""
                codes = () if name == "none" else (name,)
                seeds.append(Seed(f"{name}-{number:02}", f"words of {name} {number}", codes, "asserted", group=group))
                rows.append(np.eye(dimension)[column] + rng.normal(scale=noise, size=dimension))
        return tuple(seeds), unit(rows)

    return made


@pytest.fixture
def planted(codebook):
    """Make `each` seeds a leaf code and as many of none, and a study of n excerpts like them.

    The code shows in the vectors, in the middle layers (three of the vectors' width, none where `layers` is False) and in the words;
    `noise` blurs it in the first two, `plain` is the share of words that tell nothing.
    """

    def made(each: int = 8, *, noise: float = 0.25, plain: float = 0.7, groups: int = 0, dimension: int = 12, layers=True, n: int = 40) -> Planted:
        rng = np.random.default_rng(3)
        shift, scale = rng.normal(size=3 * dimension), rng.uniform(0.5, 3, size=3 * dimension)

        def excerpts(names) -> Excerpts:
            places = [list(WORDS).index(name) for name in names]
            vectors = unit(np.eye(dimension)[places] + rng.normal(scale=noise, size=(len(places), dimension)))
            signal = np.hstack([np.eye(dimension)[places]] * 3)
            states = (shift + scale * (signal + rng.normal(scale=2 * noise, size=signal.shape))).astype(np.float32)
            texts = [" ".join(rng.choice(TALK if rng.random() < plain else WORDS[name].split()) for _ in range(12)) for name in names]
            return Excerpts(tuple(texts), Embedded(vectors, states if layers else states[:, :0]))

        names = [name for name in WORDS for _ in range(each)]
        examples = excerpts(names)
        seeds = tuple(
            Seed(f"{name}-{i % each:03}", text, () if name == "none" else (name,), "asserted", group=f"G{i % each % groups}" if groups else "")
            for i, (name, text) in enumerate(zip(names, examples.texts, strict=True))
        )
        above = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]])  # of CO, CODI, COIN, ...
        definitions = unit(np.hstack([above, np.zeros((6, dimension - 4))]))
        return Planted(seeds, examples, excerpts(list(rng.choice(list(WORDS), size=n))), definitions, codebook)

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
