"""Heads: per code, one regularised logistic regression for each view of the excerpts, stacked into one probability.

Every decision value that anything is fitted on is held out: it comes from a regression that saw no seed of the same group. The weights
of the views are learned on those values and shared by all codes, with an intercept for each code (stacked generalisation, Wolpert
1992; non-negative weights, Breiman 1996), so that a study whose codes hang on wording leans on wording. What is stacked is a logistic
model, hence already a probability. The threshold is the probability that maximises F1 on the held-out values.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_limits

from nptlens.coding.stacking import best_threshold, stack
from nptlens.coding.views import Excerpts, View, views_of
from nptlens.errors import IntegrityError, SeedError
from nptlens.ids import digest
from nptlens.records import Codebook, HeadCard, Problem, Seed, Severity
from nptlens.settings import CodingSettings

Floats = NDArray[np.float64]
_DEFINITION = "definition"
STRENGTH = {"meaning": 0.1, "layers": 1.0, "letters": 1.0}  # times `coding.strength`; vectors of meaning need the strongest hand
_PARTS = ("definitions", "duals", "intercepts", "means", "spreads", "weights", "offsets", "thresholds")


@dataclass(frozen=True, slots=True)
class Heads:
    """Trained heads of k codes on v views of s seeds and, last, the likeness to the code's definition.

    `duals` ``(v, s, k)``: what each seed adds to a code's decision value, times its likeness; `intercepts`, `means`, `spreads`
    ``(v + 1, k)``; `weights` ``(v + 1,)``; `offsets` and `thresholds` ``(k,)``.
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
    cards: tuple[HeadCard, ...]
    problems: tuple[Problem, ...]

    def probabilities(self, excerpts: Excerpts) -> Floats:
        """Return calibrated probabilities ``(n, k)`` for n excerpts."""
        with threadpool_limits(1):
            blocks = [self._block(block) for block in excerpts.blocks()]
        return np.vstack(blocks) if blocks else np.empty((0, len(self.codes)))

    def _block(self, excerpts: Excerpts) -> Floats:
        probability: Floats = expit(self.parts(excerpts).sum(axis=0) + self.offsets)
        return probability

    def parts(self, excerpts: Excerpts) -> Floats:
        """Return what each view, and last the definition, adds to the log odds ``(v + 1, n, k)`` beside the offsets."""
        values = [view.likeness(excerpts) @ dual for view, dual in zip(self.views, self.duals, strict=True)]
        values.append(_definition_values(excerpts, self.definitions))
        scaled: Floats = (np.stack(values) + self.intercepts[:, None] - self.means[:, None]) / self.spreads[:, None]
        return self.weights[:, None, None] * scaled

    def to_bytes(self) -> bytes:
        """Return the parameters as safetensors."""
        from safetensors.numpy import save

        parts = {name: np.ascontiguousarray(getattr(self, name)) for name in _PARTS}
        # one entry, as safetensors writes several in any order
        return save(parts, metadata={"columns": "\n".join([*self.codes, "", *self.names()])})

    def names(self) -> tuple[str, ...]:
        """Return the names of the views and, last, of the definition."""
        return *(view.name for view in self.views), _DEFINITION

    def fingerprint(self) -> str:
        """Return a digest of all parameters; the machine coder is named after it."""
        return digest(self.to_bytes())


def load_heads(data: bytes, cards: tuple[HeadCard, ...], examples: Excerpts, study: Excerpts) -> Heads:
    """Return the heads that `Heads.to_bytes` wrote, with the views made anew; raises IntegrityError where they do not fit."""
    from safetensors.numpy import load

    parts = load(data)
    views = views_of(examples, study)
    if set(parts) != set(_PARTS) or parts["duals"].shape != (len(views), len(examples), len(cards)):
        raise IntegrityError("the trained heads do not belong to the seeds", hint="run again: nptlens run")
    return Heads(codes=tuple(card.code for card in cards), views=views, cards=cards, problems=(), **parts)


def labels(seeds: Sequence[Seed], codebook: Codebook, codes: Sequence[str]) -> NDArray[np.bool_]:
    """Return ``(seeds, codes)``: a seed carries its codes and every code above them."""
    place = {code: i for i, code in enumerate(codes)}
    matrix = np.zeros((len(seeds), len(codes)), dtype=bool)
    for row, seed in enumerate(seeds):
        for code in seed.codes:
            for each in (code, *codebook.ancestors(code)):
                if each in place:
                    matrix[row, place[each]] = True
    return matrix


def train(
    examples: Excerpts,
    seeds: Sequence[Seed],
    codebook: Codebook,
    definitions: NDArray[np.float32],
    study: Excerpts,
    settings: CodingSettings,
    *,
    seed: int,
) -> Heads:
    """Train one head per code; row i of `examples` belongs to seed i.

    `definitions` ``(codes of the codebook, d)`` are vectors of the codes' definitions, `study` the excerpts to be coded, which
    tell what talk is like; nobody's codes of them are used. Codes with too few seeds are dropped and listed in `problems`. Raises
    SeedError where none can be trained.
    """
    matrix = labels(seeds, codebook, codebook.ids())
    counts = matrix.sum(axis=0)
    enough = (counts >= settings.fewest_seeds) & (len(seeds) - counts >= settings.fewest_seeds)
    problems = tuple(
        Problem(code, f"dropped: {count} seeds, at least {settings.fewest_seeds} are needed", "write more seeds", Severity.WARNING)
        for code, count, ok in zip(codebook.ids(), counts, enough, strict=True)
        if not ok
    )
    kept = np.flatnonzero(enough)
    if not len(kept):
        raise SeedError("no code has enough seeds", hint=f"give each code at least {settings.fewest_seeds} seeds")
    codes = tuple(codebook.ids()[i] for i in kept)
    target = matrix[:, kept]
    groups = np.unique([each.group or f"seed {each.id}" for each in seeds], return_inverse=True)[1]
    with threadpool_limits(1):
        views = views_of(examples, study)
        fitted = [_view_heads(view, target, groups, settings, seed) for view in views]
        own = definitions[kept].astype(np.float64)
        held_out = np.stack([each.held_out for each in fitted] + [_definition_values(examples, own)])
        means, spreads = held_out.mean(axis=1), np.maximum(held_out.std(axis=1), 1e-9)
        scaled = (held_out - means[:, None]) / spreads[:, None]
        weights, offsets = stack(scaled, target)
        probability = expit(np.tensordot(weights, scaled, axes=1) + offsets)
    found = [best_threshold(probability[:, i], target[:, i]) for i in range(len(codes))]
    cards = tuple(HeadCard(code, int(counts[i]), *best) for code, i, best in zip(codes, kept, found, strict=True))
    return Heads(
        codes=codes,
        views=views,
        definitions=own,
        duals=np.stack([each.duals for each in fitted]),
        intercepts=np.vstack([*(each.intercepts for each in fitted), np.zeros(len(codes))]),
        means=means,
        spreads=spreads,
        weights=weights,
        offsets=offsets,
        thresholds=np.array([threshold for threshold, _ in found]),
        cards=cards,
        problems=problems,
    )


@dataclass(frozen=True, slots=True)
class _ViewHeads:
    """Of one view: `duals` ``(s, k)``, `intercepts` ``(k,)``, held-out decision values ``(s, k)``."""

    duals: Floats
    intercepts: Floats
    held_out: Floats


def span_of(view: View) -> tuple[Floats, Floats]:
    """Return ``(s, r)`` features of the seeds in their own span, and ``(s, r)`` that turns likenesses to the seeds into such features.

    A regularised linear head of the view's features lies in that span (representer theorem), however many features there are.
    """
    values, vectors = np.linalg.eigh(view.gram())
    large = values > 1e-9 * values[-1]
    roots = np.sqrt(values[large])
    return vectors[:, large] * roots, vectors[:, large] / roots


def _view_heads(view: View, target: NDArray[np.bool_], groups: NDArray[np.intp], settings: CodingSettings, seed: int) -> _ViewHeads:
    features, project = span_of(view)
    strength = settings.strength * STRENGTH[view.name]

    def one(column: int) -> tuple[Floats, float, Floats]:
        own = target[:, column]
        weights, intercept = fit(features, own, strength)
        return project @ weights, intercept, _held_out(features, own, groups, strength, settings.folds, seed)

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(one, range(target.shape[1])))
    return _ViewHeads(
        np.column_stack([dual for dual, _, _ in found]),
        np.array([intercept for _, intercept, _ in found]),
        np.column_stack([held_out for _, _, held_out in found]),
    )


def fit(features: Floats, target: NDArray[np.bool_], strength: float) -> tuple[Floats, float]:
    """Return weights ``(f,)`` and intercept of a balanced, L2-regularised logistic regression; `strength` is scikit-learn's C."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, class_weight="balanced", tol=1e-6, max_iter=1000).fit(features, target)
    return model.coef_[0], float(model.intercept_[0])


def _held_out(
    features: Floats, target: NDArray[np.bool_], groups: NDArray[np.intp], strength: float, folds: int, seed: int
) -> Floats:
    """Return decision values ``(n,)``, each from a head that saw no seed of the same group."""
    from sklearn.model_selection import StratifiedGroupKFold

    smallest = min(len(np.unique(groups[target])), len(np.unique(groups[~target])))
    if smallest < 2:  # all seeds of the code share one origin: folds by seed are all that is left
        groups = np.arange(len(target))
        smallest = int(min(target.sum(), (~target).sum()))
    split = StratifiedGroupKFold(min(folds, smallest), shuffle=True, random_state=seed)
    values = np.full(len(target), np.nan)
    for train_rows, test_rows in split.split(features, target, groups):
        if 0 < target[train_rows].sum() < len(train_rows):
            weights, intercept = fit(features[train_rows], target[train_rows], strength)
            values[test_rows] = features[test_rows] @ weights + intercept
    return np.where(np.isnan(values), np.nanmean(values), values)


def _definition_values(excerpts: Excerpts, definitions: Floats) -> Floats:
    """Return ``(n, k)``: the cosine of each excerpt and each code's definition."""
    values: Floats = excerpts.embedded.vectors.astype(np.float64) @ definitions.T
    return values
