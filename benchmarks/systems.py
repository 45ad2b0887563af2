"""What a user would pick instead, on the same seeds, vectors and excerpts: each system gives scores and decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nptlens.coding import Excerpts, deal, train, train_panel
from nptlens.coding.heads import labels
from nptlens.coding.stacking import best_threshold
from nptlens.records import Codebook, Seed, TaughtBy
from nptlens.settings import CodingSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """Seeds with their examples, the excerpts to be coded, definitions ``(codes, d)``; `codes` are those with enough seeds.

    `coded` are the units, uncoded ones too, of a few more transcripts that a person coded whole, and `talk` the same as excerpts."""

    seeds: tuple[Seed, ...]
    examples: Excerpts
    study: Excerpts
    definitions: NDArray[np.float32]
    codebook: Codebook
    codes: tuple[str, ...]
    coding: CodingSettings
    coded: tuple[Seed, ...]
    talk: Excerpts

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
    return _by_seeds(task, task.examples.embedded.vectors @ definitions.T, task.study.embedded.vectors @ definitions.T)


def centroid(task: Task) -> Scores:
    """How like an excerpt is to the mean of the code's seeds; the threshold is the best on the seeds."""
    known = task.examples.embedded.vectors.astype(np.float64)
    means = np.stack([known[own].mean(axis=0) for own in task.target().T])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return _by_seeds(task, known @ means.T, task.study.embedded.vectors @ means.T)


def tfidf_lr(task: Task) -> Scores:
    """Words and word pairs, one balanced logistic regression per code, threshold one half."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    return _logistic(task, counter.fit_transform(task.examples.texts), counter.transform(task.study.texts))


def linear_head(task: Task) -> Scores:
    """One balanced logistic regression per code on frozen vectors, threshold one half: the plain head."""
    return _logistic(task, task.examples.embedded.vectors, task.study.embedded.vectors)


def nptlens(task: Task) -> Scores:
    """The coder of this project."""
    heads = train(task.examples, task.seeds, task.codebook, task.definitions, task.study, task.coding, seed=1)
    place = [heads.codes.index(code) for code in task.codes]
    probability = heads.probabilities(task.study)[:, place]
    return Scores(probability, probability >= heads.thresholds[place])


def nptlens_taught(task: Task) -> Scores:
    """The coder of this project, which a few transcripts that a person coded whole taught and calibrated too."""
    dealt = deal([seed.group for seed in task.coded], task.coding.folds)
    by = TaughtBy("gold", len(task.coded), tuple(sorted(dealt.items())))
    examples, seeds = task.examples + task.talk, (*task.seeds, *task.coded)
    heads = train_panel(examples, seeds, by, task.codebook, task.definitions, task.study, task.coding, seed=1).general
    place = [heads.codes.index(code) for code in task.codes]
    probability = heads.probabilities(task.study)[:, place]
    return Scores(probability, probability >= heads.thresholds[place])


def setfit(task: Task, folder: str, steps: int) -> Scores:
    """SetFit on the same encoder: `steps` contrastive steps of 16 pairs over the whole encoder, then one head per code."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    model = SetFitModel.from_pretrained(folder, multi_target_strategy="one-vs-rest")
    given = Dataset.from_dict({"text": list(task.examples.texts), "label": task.target().astype(int).tolist()})
    arguments = TrainingArguments(batch_size=16, max_steps=steps, num_epochs=1, seed=1, report_to="none", save_strategy="no")
    Trainer(model=model, args=arguments, train_dataset=given).train()
    score = np.asarray(model.predict_proba(list(task.study.texts)), dtype=np.float64)
    return Scores(score, score >= 0.5)


SYSTEMS: dict[str, Callable[[Task], Scores]] = {
    each.__name__: each for each in (majority, definition_cosine, centroid, tfidf_lr, linear_head, nptlens, nptlens_taught)
}


def _by_seeds(task: Task, known: Floats, score: Floats) -> Scores:
    thresholds = [best_threshold(column, own)[0] for column, own in zip(known.T, task.target().T, strict=True)]
    return Scores(score, score >= np.array(thresholds), calibrated=False)


def _logistic(task: Task, known: object, new: object) -> Scores:
    from sklearn.linear_model import LogisticRegression

    models = [LogisticRegression(class_weight="balanced", max_iter=1000).fit(known, own) for own in task.target().T]
    score = np.column_stack([model.predict_proba(new)[:, 1] for model in models])
    return Scores(score, score >= 0.5)
