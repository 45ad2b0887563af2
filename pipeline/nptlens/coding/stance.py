"""The stance of each assigned coding: asserted, contrary, mixed or hypothetical, with its own probability.

A multinomial logistic regression on a segment's cues (`_cues`), its words, its vector, the code, and the vector as that code sees it
(feature augmentation, Daumé III 2007, ACL, section 3.1, a code in the place of a domain). It learns from the seeds that
have a stance and, where people have coded the study, from the stances they gave. What people gave in a transcript never teaches
the stances of that transcript, and neither does a seed from it (its `group`): its segments are judged by a model that saw the other
transcripts only, so that a comparison with those people stays fair. Probabilities are softened by one temperature (Guo et al. 2017,
section 4.2), fitted on the same held-out judgements; where people gave few, held-out seeds stand in for those that are lacking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from threadpoolctl import threadpool_limits

from nptlens.coding._stance_examples import Examples, of_manual, of_seeds, of_segments
from nptlens.coding._workers import Workers
from nptlens.coding.folds import balanced_folds
from nptlens.schemas.records import STANCES, Problem, Severity
from nptlens.schemas.tables import STANCES_OF_CODINGS, checked, empty

__all__ = ["Examples", "Judges", "StanceModel", "of_manual", "of_seeds", "take_stances", "train_judges", "train_stances"]

Floats = NDArray[np.float64]
STRENGTH = 2.0
"""Inverse regularisation (scikit-learn's C)."""
CUE_WEIGHT = 0.05
"""Standardised cues are many and large beside unit vectors; this brings them to the same length."""
FEWEST = 8
"""With fewer examples, or of one stance only, nothing can be learned."""

ENOUGH = 100
"""Stances of people that tell a temperature alone; seeds weigh as many as are lacking."""

_WORD = r"(?u)[\w'’]+|[^\w\s]"  # punctuation counts as a word, so that no text is empty
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class StanceModel:
    """A trained regression: what is known of words, cues and codes, and the stances it tells apart."""

    codes: tuple[str, ...]
    centre: Floats
    scale: Floats
    words: Any
    regression: Any
    temperature: float = 1.0

    def logits(self, examples: Examples) -> Floats:
        """Return the log probabilities before softening, ``(n, 4)`` in the order of `records.STANCES`; a stance never seen has -inf."""
        given = np.full((len(examples), len(STANCES)), -np.inf)
        if len(examples):
            columns = [STANCES.index(stance) for stance in self.regression.classes_]
            for start in range(0, len(examples), _BLOCK):
                block = np.arange(start, min(start + _BLOCK, len(examples)))
                given[block[:, None], columns] = self.regression.predict_log_proba(_features(self, examples.take(block)))
        return given

    def probabilities(self, examples: Examples) -> Floats:
        """Return probabilities ``(n, 4)`` in the order of `records.STANCES`."""
        result: Floats = softmax(self.logits(examples) / self.temperature, axis=1)
        return result


def train_stances(examples: Examples) -> StanceModel | None:
    """Train on examples in any order; None where they are fewer than FEWEST or all of one stance."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    if len(examples) < FEWEST or len(set(examples.stances)) < 2:
        return None
    examples = examples.ordered()
    cues = examples.cues
    words = _known_again(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD), examples.texts).fit(examples.texts)
    codes = tuple(sorted({code for each in examples.codes for code in each}))
    model = StanceModel(codes, cues.mean(axis=0), np.maximum(cues.std(axis=0), 0.1), words, None)
    regression = LogisticRegression(C=STRENGTH, max_iter=1000).fit(_features(model, examples), np.array(examples.stances))
    return replace(model, regression=regression)


def _known_again(words: Any, texts: Sequence[str]) -> Any:
    """Return a vectorizer for the runs of words that two texts share: a run that one text has teaches nothing about others."""
    runs_of = words.build_analyzer()
    count = Counter(run for text in texts for run in set(runs_of(text)))
    shared = sorted(run for run, texts_with in count.items() if texts_with > 1)
    return words.set_params(vocabulary=shared or None)


def _features(model: StanceModel, examples: Examples) -> Any:
    from scipy.sparse import csr_matrix, hstack

    place = {code: i for i, code in enumerate(model.codes)}
    pairs = [(row, place[code]) for row, codes in enumerate(examples.codes) for code in codes if code in place]
    carried = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    cues = CUE_WEIGHT * (examples.cues - model.centre) / model.scale
    vectors = examples.vectors.astype(np.float64)
    codes = csr_matrix((np.ones(len(carried)), tuple(carried.T)), shape=(len(examples), len(place)))
    return hstack(
        [model.words.transform(examples.texts), csr_matrix(np.hstack([cues, vectors])), codes, _by_code(vectors, carried, len(place))]
    ).tocsr()


def _by_code(vectors: Floats, carried: NDArray[np.intp], codes: int) -> Any:
    """Return ``(n, codes * d)``: each row of `vectors` ``(n, d)`` in the columns of each code it carries, pairs ``(p, 2)`` of row and code.

    What is contrary to one code may be asserted of another, so each code has a sense of its own beside the one that all share.
    """
    from scipy.sparse import csr_matrix

    d = vectors.shape[1]
    rows, columns = carried.T
    inside = columns[:, None] * d + np.arange(d)
    return csr_matrix((vectors[rows].ravel(), (np.repeat(rows, d), inside.ravel())), shape=(len(vectors), codes * d))


def temperature(logits: Floats, stances: Sequence[str], weight: Floats | None = None) -> float:
    """Return the temperature, between 0.5 and 10, with the least log loss on held-out logits ``(n, 4)`` (Guo et al. 2017, eq. 9).

    Row i counts `weight[i]` times, once without it.
    """
    rows = np.arange(len(stances))
    columns = np.array([STANCES.index(stance) for stance in stances], dtype=np.intp)
    counted = np.ones(len(stances)) if weight is None else weight
    seen = np.isfinite(logits[rows, columns]) & (counted > 0)
    if not seen.any():
        return 1.0

    def loss(log_t: float) -> float:
        likely = log_softmax(logits[seen] / np.exp(log_t), axis=1)[np.arange(seen.sum()), columns[seen]]
        return -float((counted[seen] * likely).sum() / counted[seen].sum())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.5), np.log(10.0)), method="bounded").x))


@dataclass(frozen=True, slots=True)
class Judges:
    """The model of all examples, and for each transcript that taught it, a model that has not seen that transcript."""

    general: StanceModel
    of_fold: tuple[StanceModel | None, ...]
    fold_of: dict[str, int]

    def probabilities(self, examples: Examples) -> Floats:
        """Return held-out probabilities ``(n, 4)``; the rows' groups are their transcripts. NaN where no model may judge."""
        result = np.full((len(examples), len(STANCES)), np.nan)
        fold = np.array([self.fold_of.get(group, -1) for group in examples.groups], dtype=np.intp)
        for number, model in ((-1, self.general), *enumerate(self.of_fold)):
            rows = np.flatnonzero(fold == number)
            if len(rows) and model is not None:
                result[rows] = model.probabilities(examples.take(rows))
        return result


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """Examples, the models that saw none of their fold, and which fold each is in ``(n,)``; row i counts `weight` times."""

    examples: Examples
    fold: NDArray[np.intp]
    models: Sequence[StanceModel | None]
    weight: float

    def logits(self) -> Floats:
        """Return the logits ``(n, 4)`` of each example, by the model that did not see its fold."""
        found = np.full((len(self.examples), len(STANCES)), -np.inf)
        for number, model in enumerate(self.models):
            rows = np.flatnonzero(self.fold == number)
            if model is not None and len(rows):
                found[rows] = model.logits(self.examples.take(rows))
        return found


def train_judges(
    seeds: Examples,
    manual: Examples,
    *,
    folds_at_most: int,
    workers: Workers = Workers(),  # noqa: B008 - frozen
) -> Judges | None:
    """Train on seeds and people's stances; None where nothing can be learned.

    Whatever comes from a transcript of a fold, be it a person's stance or a seed with that group, is kept from the fold's model. The
    temperature is fitted on what is held out: on people's stances where they are ENOUGH, else on seeds too, which together weigh as
    many as are lacking, so that a few stances move it a little only.
    """
    whole = seeds + manual.ordered() if len(manual) else seeds.ordered()
    if not len(whole):
        return None
    parts = [(manual.ordered(), 1.0)] if len(manual) else []
    if len(seeds) and len(manual) < ENOUGH:
        parts.append((seeds.ordered(), (ENOUGH - len(manual)) / len(seeds) if len(manual) else 1.0))
    folds = [balanced_folds(part.groups, folds_at_most) for part, _ in parts]
    taught, sizes = [whole], []
    for of in folds:
        sizes.append(1 + max(of.values()))
        taught += [_without(seeds, of, number) + _without(manual.ordered(), of, number) for number in range(sizes[-1])]
    with threadpool_limits(1):
        general, *models = workers.map(train_stances, taught)
    if general is None:
        return None
    held, start = [], 0
    for (part, weight), of, size in zip(parts, folds, sizes, strict=True):
        fold = np.array([of[group] for group in part.groups], dtype=np.intp)
        held.append(_HeldOut(part, fold, models[start : start + size], weight))
        start += size
    softness = temperature(
        np.vstack([each.logits() for each in held]),
        [stance for each in held for stance in each.examples.stances],
        np.concatenate([np.full(len(each.examples), each.weight) for each in held]),
    )
    of_fold = tuple(model and replace(model, temperature=softness) for model in (models[: sizes[0]] if len(manual) else ()))
    return Judges(replace(general, temperature=softness), of_fold, folds[0] if len(manual) else {})


def _without(examples: Examples, fold_of: dict[str, int], number: int) -> Examples:
    """Return the examples whose group is not in the fold."""
    kept = np.array([fold_of.get(group, -1) != number for group in examples.groups], dtype=bool)
    return examples if kept.all() else examples.take(np.flatnonzero(kept))


def take_stances(
    codings: pd.DataFrame, segments: pd.DataFrame, vectors: NDArray[np.float32], judges: Judges | None
) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Return the stances table, a row per assigned coding in the order of `codings`, and what a person should know.

    Row i of `vectors` ``(n, d)`` belongs to segment i. Codings that no model may judge have no row; they are counted in a problem.
    """
    assigned = codings[codings["decision"] == "assigned"]
    if not len(assigned):
        return empty(STANCES_OF_CODINGS), ()
    if judges is None:
        hint = "write a stance (asserted, contrary, mixed, hypothetical) beside the seeds"
        problem = Problem("stance", "too few seeds have a stance, so no coding is given one", hint, Severity.NOTE)
        return empty(STANCES_OF_CODINGS), (problem,)
    rows = pd.Index(segments["segment_id"]).get_indexer(pd.Index(assigned["segment_id"]))
    codes, probability = assigned["code"].tolist(), np.empty((len(rows), len(STANCES)))
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(rows)))
        asked = of_segments(segments, vectors, rows[part], codes[part], ("",) * (part.stop - start))
        probability[part] = judges.probabilities(asked)
    judged = ~np.isnan(probability[:, 0])
    best = np.argmax(probability[judged], axis=1)
    table = pd.DataFrame(
        {
            "segment_id": assigned["segment_id"].to_numpy(dtype=object)[judged],
            "code": assigned["code"].to_numpy(dtype=object)[judged],
            "stance": np.array(STANCES, dtype=object)[best],
            "probability": probability[judged][np.arange(len(best)), best],
        }
    )
    left = int((~judged).sum())
    what = f"{left} codings have no stance: only their own transcript's manual coding could have taught it"
    problems = (Problem("stance", what, "give stances to more seeds", Severity.NOTE),) if left else ()
    return checked(STANCES_OF_CODINGS, table), problems
