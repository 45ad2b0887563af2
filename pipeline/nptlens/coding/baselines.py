"""Plain ways to code that a machine must be better than, on the same examples, vectors and excerpts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.coding.stacking import best_threshold
from nptlens.coding.training_set import labels
from nptlens.coding.views import Excerpts
from nptlens.schemas.records import Codebook, Seed
from nptlens.schemas.settings import CodingSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """Seeds with their examples, the excerpts to be coded, definitions ``(codes of the codebook, d)``; `codes` are those to give."""

    seeds: tuple[Seed, ...]
    examples: Excerpts
    study: Excerpts
    definitions: NDArray[np.float32]
    codebook: Codebook
    codes: tuple[str, ...]
    coding: CodingSettings

    def target(self) -> NDArray[np.bool_]:
        """Return ``(seeds, codes)``: which seed carries which code."""
        return labels(self.seeds, self.codebook, self.codes)


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores and decisions ``(n, codes)``; `calibrated` says that the scores are meant as probabilities."""

    score: Floats
    assigned: NDArray[np.bool_]
    calibrated: bool = True


def majority(task: Task) -> Scores:
    """Each code is given or withheld as most of its seeds have it."""
    share = np.tile(task.target().mean(axis=0), (len(task.study), 1))
    return Scores(share, share >= 0.5)


def definition_cosine(task: Task) -> Scores:
    """How like an excerpt is to the code's name and definition; the threshold is the best on the seeds."""
    place = [task.codebook.ids().index(code) for code in task.codes]
    definitions = task.definitions[place].astype(np.float64)
    with threadpool_limits(1):
        return _by_seeds(task, task.examples.embedded.vectors @ definitions.T, task.study.embedded.vectors @ definitions.T)


def centroid(task: Task) -> Scores:
    """How like an excerpt is to the mean of the code's seeds; the threshold is the best on the seeds."""
    known = task.examples.embedded.vectors.astype(np.float64)
    means = np.stack([known[own].mean(axis=0) for own in task.target().T])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    with threadpool_limits(1):
        return _by_seeds(task, known @ means.T, task.study.embedded.vectors @ means.T)


def tfidf_lr(task: Task) -> Scores:
    """Words and word pairs, one balanced logistic regression per code, threshold one half."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    return _logistic(task, counter.fit_transform(task.examples.texts), counter.transform(task.study.texts))


def linear_head(task: Task) -> Scores:
    """One balanced logistic regression per code on frozen vectors, threshold one half: the plain head."""
    return _logistic(task, task.examples.embedded.vectors, task.study.embedded.vectors)


PLAIN: dict[str, Callable[[Task], Scores]] = {
    "majority": majority,
    "cosine to the definition": definition_cosine,
    "words (TF-IDF) and logistic regression": tfidf_lr,
}
"""What stands beside a study's machine, by the name that a report calls it."""


def _by_seeds(task: Task, known: Floats, score: Floats) -> Scores:
    thresholds = [best_threshold(column, own)[0] for column, own in zip(known.T, task.target().T, strict=True)]
    return Scores(score, score >= np.array(thresholds), calibrated=False)


def _logistic(task: Task, known: object, new: object) -> Scores:
    from sklearn.linear_model import LogisticRegression

    with threadpool_limits(1):
        models = [LogisticRegression(class_weight="balanced", max_iter=1000).fit(known, own) for own in task.target().T]
        score = np.column_stack([model.predict_proba(new)[:, 1] for model in models])
    return Scores(score, score >= 0.5)
