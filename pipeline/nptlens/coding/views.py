"""The views under which excerpts are likened to seeds: meaning, wording and grammar in the encoder's middle layers, letters.

Each view is a set of features whose inner products say how alike two texts are. All are made without any code being known; means and
rarities are taken over the seeds and the study's own excerpts together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nptlens.schemas.records import LAYERS, Code, Embedded

Floats = NDArray[np.float64]
_BLOCK = 2_048  # excerpts likened to the seeds at a time
_COUNTED = 20_000  # excerpts, evenly spaced, that tell how rare letters are
_FLAT = 1e-3  # a feature of the middle layers that hardly varies is not blown up


@dataclass(frozen=True, slots=True)
class Excerpts:
    """n texts and what the encoder makes of them, row by row."""

    texts: tuple[str, ...]
    embedded: Embedded

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.embedded):
            raise ValueError(f"vectors have {len(self.embedded)} rows, texts {len(self.texts)}")

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    def take(self, rows: NDArray[np.intp]) -> Excerpts:
        """Return the excerpts in these rows."""
        return Excerpts(tuple(self.texts[i] for i in rows), Embedded(self.embedded.vectors[rows], self.embedded.layers[rows]))

    def __add__(self, other: Excerpts) -> Excerpts:
        """Return these excerpts, then the others."""
        mine, theirs = self.embedded, other.embedded
        both = Embedded(np.vstack([mine.vectors, theirs.vectors]), np.vstack([mine.layers, theirs.layers]))
        return Excerpts(self.texts + other.texts, both)

    def blocks(self) -> Iterator[Excerpts]:
        """Yield the excerpts in their order, some thousands at a time."""
        for start in range(0, len(self), _BLOCK):
            stop = start + _BLOCK
            yield Excerpts(self.texts[start:stop], self.embedded.part(start, stop))


def definition(code: Code) -> str:
    """Return the text that stands for a code before it has seeds: its name, definition and what it includes."""
    return " ".join(filter(None, (f"{code.name}.", code.definition, code.include)))


@dataclass(frozen=True, slots=True)
class View:
    """A way to see texts: `features` makes a dense or sparse ``(n, f)`` matrix of n excerpts, `seeds` are those of the s seeds."""

    name: str
    features: Callable[[Excerpts], Any]
    seeds: Any

    def likeness(self, excerpts: Excerpts) -> Floats:
        """Return the inner products ``(n, s)`` of excerpts and seeds."""
        if not len(excerpts):
            return np.empty((0, self.seeds.shape[0]))
        return _dense(self.features(excerpts) @ self.seeds.T)

    def weights(self, duals: Floats) -> Floats:
        """Return what each feature adds to the decision values ``(f, k)``, given what each seed's likeness adds ``(s, k)``."""
        weights: Floats = np.asarray(self.seeds.T @ duals)
        return weights

    def gram(self) -> Floats:
        """Return the inner products ``(s, s)`` of the seeds."""
        return _dense(self.seeds @ self.seeds.T)


def _dense(product: Any) -> Floats:
    return np.asarray(product.todense() if hasattr(product, "todense") else product, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Scales:
    """What features are measured by: mean and spread ``(e,)`` of the middle layers, r runs of letters and their rarity ``(r,)``."""

    mean: Floats
    spread: Floats
    runs: tuple[str, ...]
    rarity: Floats


def scales_of(seeds: Excerpts, study: Excerpts) -> Scales:
    """Return the scales that seeds and a study's excerpts have together; of many excerpts, some thousands tell how rare letters are."""
    mean, spread = _moments([seeds.embedded.layers, study.embedded.layers])
    letters = _vectorizer().fit([*seeds.texts, *study.texts[:: max(1, len(study) // _COUNTED)]])
    return Scales(mean, spread, tuple(letters.get_feature_names_out()), letters.idf_)


def views_of(seeds: Excerpts, study: Excerpts | Scales) -> tuple[View, ...]:
    """Return the views of `seeds` beside a study's excerpts, or by scales; an encoder without middle layers gives one fewer."""
    scales = study if isinstance(study, Scales) else scales_of(seeds, study)
    letters = _vectorizer(list(scales.runs))
    letters.idf_ = scales.rarity
    makers = [("meaning", _meaning), ("layers", _layers(scales)), ("letters", lambda excerpts: letters.transform(excerpts.texts))]
    return tuple(View(name, features, features(seeds)) for name, features in makers if features is not None)


def _meaning(excerpts: Excerpts) -> Floats:
    return excerpts.embedded.vectors.astype(np.float64)


def _layers(scales: Scales) -> Callable[[Excerpts], Floats] | None:
    """Return features in standard units, each layer of length 1."""
    if not len(scales.mean):
        return None

    def features(excerpts: Excerpts) -> Floats:
        scaled = (excerpts.embedded.layers - scales.mean) / (scales.spread + _FLAT)
        each = np.split(scaled, LAYERS, axis=1)
        units = [part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-12) for part in each]
        joined: Floats = np.hstack(units) / np.sqrt(LAYERS)
        return joined

    return features


def _moments(matrices: Sequence[NDArray[np.float32]]) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the columns over all rows, in double precision and a block of rows at a time."""
    places = [(matrix, start) for matrix in matrices for start in range(0, len(matrix), _BLOCK)]
    n = sum(len(matrix) for matrix in matrices)

    def blocks() -> Iterator[Floats]:
        return (matrix[start : start + _BLOCK].astype(np.float64) for matrix, start in places)

    mean = np.sum([block.sum(axis=0) for block in blocks()], axis=0) / n
    return mean, np.sqrt(np.sum([((block - mean) ** 2).sum(axis=0) for block in blocks()], axis=0) / n)


def _vectorizer(runs: Sequence[str] | None = None) -> Any:
    """Return what counts runs of 3 to 5 letters inside words, TF-IDF, rows of length 1; `runs` are the columns where they are known."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, vocabulary=runs)
