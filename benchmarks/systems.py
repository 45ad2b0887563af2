"""What a user would pick instead, on the same seeds, vectors and excerpts: each system gives scores and decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nptlens.coding import Excerpts, balanced_folds, train, train_cross_fitted
from nptlens.coding.baselines import Scores, Task, centroid, definition_cosine, linear_head, majority, tfidf_lr
from nptlens.schemas.records import Seed, TaughtBy

__all__ = [
    "SYSTEMS", "Scores", "Task", "TaughtTask", "centroid", "definition_cosine", "linear_head", "majority", "nptlens",
    "nptlens_taught", "setfit", "tfidf_lr",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaughtTask(Task):
    """A task with a few transcripts that a person coded whole: `coded` are their units, uncoded ones too, `talk` the same as excerpts."""

    coded: tuple[Seed, ...]
    talk: Excerpts


def nptlens(task: Task) -> Scores:
    """The coder of this project."""
    heads = train(task.examples, task.seeds, task.codebook, task.definitions, task.study, task.coding, seed=1)
    place = [heads.codes.index(code) for code in task.codes]
    probability = heads.probabilities(task.study)[:, place]
    return Scores(probability, probability >= heads.thresholds[place])


def nptlens_taught(task: TaughtTask) -> Scores:
    """The coder of this project, which a few transcripts that a person coded whole taught and calibrated too."""
    fold_of = balanced_folds([seed.group for seed in task.coded], task.coding.folds)
    by = TaughtBy("gold", len(task.coded), tuple(sorted(fold_of.items())))
    examples, seeds = task.examples + task.talk, (*task.seeds, *task.coded)
    others = [""] * len(task.study)
    given = (task.codebook, task.definitions, task.study, task.coding)
    cross_fitted = train_cross_fitted(examples, seeds, by, *given, seed=1, transcripts=others)
    heads = cross_fitted.general
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


SYSTEMS: dict[str, Callable[[TaughtTask], Scores]] = {
    each.__name__: each for each in (majority, definition_cosine, centroid, tfidf_lr, linear_head, nptlens, nptlens_taught)
}

