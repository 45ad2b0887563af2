"""Heads: per code, one regularised logistic regression for each view of the excerpts, stacked into one probability.

Every decision value that anything is fitted on is held out: it comes from a regression that saw no seed of the same group. The weights
of the views are learned on those values and shared by all codes, with an intercept for each code (stacked generalisation, Wolpert
1992; non-negative weights, Breiman 1996), so that a study whose codes hang on wording leans on wording. What is stacked is a logistic
model, hence already a probability. The threshold is the probability that maximises F1: as expected over the
study where probabilities are right for talk (`fit_to_talk`), else on held-out seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from threadpoolctl import threadpool_limits

from nptlens.coding._workers import Workers
from nptlens.coding.folds import stratified_folds
from nptlens.coding.prior_shift import EDGE, lowering
from nptlens.coding.regression import Regression
from nptlens.coding.stacking import best_threshold, f1_of, stack
from nptlens.coding.training_set import TrainingSet, definition_values, prepare
from nptlens.coding.views import Excerpts, Scales, View, views_of
from nptlens.core.errors import IntegrityError
from nptlens.schemas.records import Codebook, HeadCard, Problem, Seed
from nptlens.schemas.settings import CodingSettings

Floats = NDArray[np.float64]
_DEFINITION = "definition"
FEWEST_FOR_THRESHOLD = 2  # excerpts with the code, to choose its threshold by
FEWEST_FOR_RARITY = 20  # seeds from talk, to tell how rare such talk is
FEWEST_OF_STUDY, MOST_OF_STUDY = 50, 4096  # excerpts that thresholds are chosen on
_PARTS = ("definitions", "duals", "intercepts", "means", "spreads", "weights", "offsets", "thresholds", "taught")


@dataclass(frozen=True, slots=True)
class Heads:
    """Trained heads of k codes on v views of s seeds and, last, the likeness to the code's definition.

    `duals` ``(v, s, k)``: what each seed adds to a code's decision value, times its likeness; `intercepts`, `means`, `spreads`
    ``(v + 1, k)``; `weights` ``(v + 1,)``; `offsets` and `thresholds` ``(k,)``; `taught` ``(s,)``: which seeds taught these heads.
    """

    codes: tuple[str, ...]
    views: tuple[View, ...]
    definitions: Floats
    duals: Floats
    intercepts: Floats
    means: Floats
    spreads: Floats
    weights: Floats
    offsets: Floats
    thresholds: Floats
    taught: NDArray[np.bool_]
    cards: tuple[HeadCard, ...]
    problems: tuple[Problem, ...]

    def probabilities(self, excerpts: Excerpts) -> Floats:
        """Return calibrated probabilities ``(n, k)`` for n excerpts."""
        with threadpool_limits(1):
            weights = self._weights()
            blocks = [expit(self._parts(block, weights).sum(axis=0) + self.offsets) for block in excerpts.blocks()]
        return np.vstack(blocks) if blocks else np.empty((0, len(self.codes)))

    def stacked(self, values: Floats, likeness: Floats) -> Floats:
        """Return probabilities ``(n, k)``, given each view's decision values ``(v, n, k)`` and the likeness to definitions ``(n, k)``."""
        scaled = (np.concatenate([values, likeness[None]]) - self.means[:, None]) / self.spreads[:, None]
        return _stacked(scaled, self.weights, self.offsets)

    def parts(self, excerpts: Excerpts) -> Floats:
        """Return what each view, and last the definition, adds to the log odds ``(v + 1, n, k)`` beside the offsets."""
        return self._parts(excerpts, self._weights())

    def _weights(self) -> list[Floats]:
        """Return the regressions in primal form: an excerpt is then read once for all seeds."""
        return [view.weights(dual) for view, dual in zip(self.views, self.duals, strict=True)]

    def _parts(self, excerpts: Excerpts, weights: Sequence[Floats]) -> Floats:
        values = [view.features(excerpts) @ own for view, own in zip(self.views, weights, strict=True)]
        values.append(definition_values(excerpts, self.definitions))
        scaled: Floats = (np.stack(values) + self.intercepts[:, None] - self.means[:, None]) / self.spreads[:, None]
        return self.weights[:, None, None] * scaled

    def names(self) -> tuple[str, ...]:
        """Return the names of the views and, last, of the definition."""
        return *(view.name for view in self.views), _DEFINITION


def save_heads(heads: Sequence[Heads]) -> bytes:
    """Return the parameters of several heads on the same examples as safetensors."""
    from safetensors.numpy import save

    parts = {f"{i}.{name}": np.ascontiguousarray(getattr(each, name)) for i, each in enumerate(heads) for name in _PARTS}
    # one entry, as safetensors writes several in any order
    return save(parts, metadata={"columns": "\n".join([*heads[0].codes, "", *heads[0].names()])})


def load_heads(
    data: bytes, cards: tuple[HeadCard, ...], examples: Excerpts, study: Excerpts | Scales
) -> tuple[Heads, ...]:
    """Return the heads that `save_heads` wrote, with the views made anew; raises IntegrityError where they do not fit.

    `cards` are those of the first heads; the others have the same codes.
    """
    from safetensors.numpy import load

    parts = load(data)
    views = views_of(examples, study)
    found = [{name: parts[f"{i}.{name}"] for name in _PARTS if f"{i}.{name}" in parts} for i in range(len(parts) // len(_PARTS))]
    shape = (len(views), len(examples), len(cards))
    if not found or any(set(each) != set(_PARTS) or each["duals"].shape != shape for each in found):
        raise IntegrityError("the trained heads do not belong to the seeds", hint="run again: nptlens run STUDY")
    codes = tuple(card.code for card in cards)
    return tuple(Heads(codes=codes, views=views, cards=cards, problems=(), **each) for each in found)


def train(  # noqa: PLR0913 - what teaches, and how
    examples: Excerpts,
    seeds: Sequence[Seed],
    codebook: Codebook,
    definitions: NDArray[np.float32],
    study: Excerpts,
    settings: CodingSettings,
    *,
    seed: int,
    rare: bool = True,
    workers: Workers = Workers(),  # noqa: B008 - frozen
) -> Heads:
    """Train one head per code on seeds; row i of `examples` belongs to seed i.

    `definitions` ``(codes of the codebook, d)`` are vectors of the codes' definitions, `study` the excerpts to be coded, which tell what
    talk is like; nobody's codes of them are used. Where enough seeds come from talk (they have a group), they also tell how rare such
    talk is (`prior_shift.py`), unless every excerpt carries a code (`rare` is False). Codes with too few seeds are dropped and listed in
    `problems`. Raises SeedError where none can be trained.
    """
    with threadpool_limits(1):
        training_set = prepare(examples, seeds, codebook, definitions, study, settings)
        folds = _stratified(training_set.target, training_set.groups(), settings.folds, seed)
        everything = np.ones_like(training_set.target)
        fits = training_set.fit_all([everything, *(folds != number for number in range(int(folds.max()) + 1))], settings.strength, workers)
        held_out = np.stack([_held_out(of_view[1:], folds) for of_view in fits])
        rows = np.arange(len(seeds))
        heads = assemble(training_set, [of_view[0] for of_view in fits], held_out, rows, taught=np.ones(len(seeds), dtype=bool))
        own = np.array([bool(each.group) for each in seeds]) & training_set.target.any(axis=1)
        if not rare or own.sum() < FEWEST_FOR_RARITY:
            return heads
        return fit_to_talk(heads, training_set, held_out, rows, study, own)


def assemble(
    training_set: TrainingSet, fits: Sequence[Regression], held_out: Floats, rows: NDArray[np.intp], *, taught: NDArray[np.bool_]
) -> Heads:
    """Return heads of one regression per view, calibrated on held-out values ``(v, s, k)`` of the examples in `rows`."""
    values = np.concatenate([held_out[:, rows], training_set.likeness[None, rows]])
    target = training_set.target[rows]
    means, spreads = values.mean(axis=1), np.maximum(values.std(axis=1), 1e-9)
    scaled = (values - means[:, None]) / spreads[:, None]
    weights, offsets = stack(scaled, target)
    probability = _stacked(scaled, weights, offsets)
    found = [_threshold(probability[:, i], target[:, i]) for i in range(len(training_set.codes))]
    seeds = np.arange(len(taught)) < len(taught) - training_set.coded
    counts = [training_set.target[rows & taught].sum(axis=0) for rows in (seeds, ~seeds)]
    return Heads(
        codes=training_set.codes,
        views=training_set.views,
        definitions=training_set.definitions,
        duals=np.stack([each.duals for each in fits]),
        intercepts=np.vstack([*(each.intercepts for each in fits), np.zeros(len(training_set.codes))]),
        means=means,
        spreads=spreads,
        weights=weights,
        offsets=offsets,
        thresholds=np.array([threshold for threshold, _ in found]),
        taught=taught,
        cards=tuple(
            HeadCard(code, int(n), int(more), *best) for code, n, more, best in zip(training_set.codes, *counts, found, strict=True)
        ),
        problems=training_set.problems,
    )


def _stacked(scaled: Floats, weights: Floats, offsets: Floats) -> Floats:
    probability: Floats = expit(np.tensordot(weights, scaled, axes=1) + offsets)
    return probability


def fit_to_talk(
    heads: Heads, training_set: TrainingSet, held_out: Floats, rows: NDArray[np.intp], talk: Excerpts, own: NDArray[np.bool_] | None = None
) -> Heads:
    """Return the heads with thresholds that maximise the expected F1 over excerpts of the study whose probabilities are right.

    Probabilities that hang on coded excerpts are right for talk: for those excerpts themselves, held out, and for `talk` that taught
    nothing. Of seeds, every one carries a code: `own` ``(s,)`` are those that come from talk and carry one, and probabilities are lowered
    to the share of `talk` that is such as they. `held_out` and `rows` are those of `assemble`. Of few excerpts nothing is learned.
    """
    sample = np.linspace(0, len(talk) - 1, min(len(talk), MOST_OF_STUDY)).astype(np.intp)
    likely, known = heads.probabilities(talk.take(sample)), heads.stacked(held_out[:, rows], training_set.likeness[rows])
    if len(likely) + len(known) * (own is None) < FEWEST_OF_STUDY:
        return heads
    target, shift = training_set.target[rows], np.zeros(len(heads.codes))
    if own is None:
        likely = np.vstack([known, likely])
    else:
        shift = lowering(known[own], likely)
        known, likely = (expit(logit(np.clip(each, EDGE, 1 - EDGE)) + shift) for each in (known, likely))
    thresholds = np.array([best_threshold(own_code, own_code)[0] for own_code in likely.T])
    found = [f1_of(given >= cut, carries) for given, cut, carries in zip(known.T, thresholds, target.T, strict=True)]
    cards = [
        replace(card, threshold=float(threshold), held_out_f1=f1)
        for card, threshold, f1 in zip(heads.cards, thresholds, found, strict=True)
    ]
    return replace(heads, offsets=heads.offsets + shift, thresholds=thresholds, cards=tuple(cards))


def _threshold(probability: Floats, target: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the threshold and the F1 it has: the best, or one half where too few examples could tell which is best."""
    if target.sum() >= FEWEST_FOR_THRESHOLD:
        return best_threshold(probability, target)
    return 0.5, f1_of(probability >= 0.5, target)


def _stratified(target: NDArray[np.bool_], groups: NDArray[np.intp], folds: int, seed: int) -> NDArray[np.intp]:
    """Return ``(s, k)``: in which fold of a code an example is held out; examples of one group share it."""
    number = np.zeros(target.shape, dtype=np.intp)
    alike: dict[tuple[bool, int], list[int]] = {}
    for column, own in enumerate(target.T):
        smallest = min(len(np.unique(groups[own])), len(np.unique(groups[~own])))
        together = smallest >= 2
        if not together:  # all seeds of the code share one origin: folds by seed are all that is left
            smallest = int(min(own.sum(), (~own).sum()))
        alike.setdefault((together, min(folds, smallest)), []).append(column)
    for (together, most), columns in alike.items():
        of = groups if together else np.arange(len(groups))
        number[:, columns] = stratified_folds(target[:, columns], of, most, seed=seed)
    return number


def _held_out(fits: Sequence[Regression], folds: NDArray[np.intp]) -> Floats:
    """Return decision values ``(s, k)``, each from the regression that did not see the example; where it has none, the code's mean."""
    values = np.take_along_axis(np.stack([each.values for each in fits]), folds[None], axis=0)[0]
    filled: Floats = np.where(np.isnan(values), np.nanmean(values, axis=0), values)
    return filled
