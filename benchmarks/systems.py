"""What a user would pick instead, on the same seeds, vectors and excerpts: each system gives scores and decisions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nptlens.coding import train
from nptlens.coding.baselines import Scores, Task, centroid, definition_cosine, linear_head, majority, tfidf_lr

__all__ = ["SYSTEMS", "Scores", "Task", "centroid", "definition_cosine", "linear_head", "majority", "nptlens", "setfit", "tfidf_lr"]


def nptlens(task: Task) -> Scores:
    """The coder of this project."""
    heads = train(task.examples, task.seeds, task.codebook, task.definitions, task.study, task.coding, seed=1)
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
    each.__name__: each for each in (majority, definition_cosine, centroid, tfidf_lr, linear_head, nptlens)
}

