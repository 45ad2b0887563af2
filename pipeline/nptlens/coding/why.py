"""Why an excerpt was given a code, or was not: what each view says, which words carry it, which seeds it hangs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from threadpoolctl import threadpool_limits

from nptlens.coding.heads import Heads
from nptlens.coding.regression import fit
from nptlens.coding.training_set import STRENGTH, are_many, coordinates_of, labels
from nptlens.coding.views import Excerpts
from nptlens.core.text import Span, words
from nptlens.schemas.records import Codebook, Embedded, Seed
from nptlens.schemas.settings import CodingSettings


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word of the excerpt, its place in it, and how much probability is lost where it is left out."""

    word: str
    span: Span
    loss: float


@dataclass(frozen=True, slots=True)
class SeedWeight:
    """A seed, its cosine to the excerpt, and how much probability is lost where the head is trained without it."""

    seed_id: str
    similarity: float
    loss: float


@dataclass(frozen=True, slots=True)
class Why:
    """The head's own reasons for one excerpt and one code.

    `views` are (name, what it adds to the log odds beside that of an average seed); `words` and `seeds` come with the largest loss
    first. The head's probability is that before it is lifted to that of a code below.
    """

    code: str
    probability: float
    threshold: float
    views: tuple[tuple[str, float], ...]
    words: tuple[WordWeight, ...]
    seeds: tuple[SeedWeight, ...]


def explain(
    heads: Heads,
    text: str,
    code: str,
    *,
    encode: Callable[[Sequence[str]], Embedded],
    examples: Excerpts,
    seeds: Sequence[Seed],
    codebook: Codebook,
    settings: CodingSettings,
) -> Why:
    """Explain a decision by occlusion of each word, and by leaving out each of the `settings.nearest` seeds that say most.

    Raises ValueError where the code has no head.
    """
    if code not in heads.codes:
        raise ValueError(f"no head for {code}")
    place = heads.codes.index(code)
    spans = words(text)
    variants = (text, *(text[: span.start] + text[span.end :] for span in spans))
    seen = Excerpts(variants, encode(variants))
    probability = heads.probabilities(seen)[:, place]
    losses = probability[0] - probability[1:]
    excerpt = Excerpts(seen.texts[:1], seen.embedded.part(0, 1))
    with threadpool_limits(1):
        parts = heads.parts(excerpt)[:, 0, place]
        own = labels(seeds, codebook, [code])[:, 0]
        weights = _without(heads, excerpt, place, own, float(parts.sum()), settings)
        similarity = examples.embedded.vectors @ excerpt.embedded.vectors[0]
    return Why(
        code=code,
        probability=float(probability[0]),
        threshold=float(heads.thresholds[place]),
        views=tuple(zip(heads.names(), map(float, parts), strict=True)),
        words=tuple(WordWeight(spans[i].of(text), spans[i], float(losses[i])) for i in np.argsort(-losses, kind="stable")),
        seeds=tuple(SeedWeight(seeds[i].id, float(similarity[i]), loss) for i, loss in weights),
    )


def _without(
    heads: Heads, excerpt: Excerpts, place: int, own: NDArray[np.bool_], value: float, settings: CodingSettings
) -> list[tuple[int, float]]:
    """Return the seeds that say most, for or against, each with the loss of probability where the views are fitted without it.

    The weights of the views and the offset of the code stay as they are.
    """
    likeness = [view.likeness(excerpt)[0] for view in heads.views]
    scale = heads.weights[:-1] / heads.spreads[:-1, place]
    said = sum(each * dual[:, place] * by for each, dual, by in zip(likeness, heads.duals, scale, strict=True))
    chosen = np.argsort(-np.abs(np.asarray(said)), kind="stable")[: settings.nearest]
    offset = float(heads.offsets[place])
    kept = heads.taught[:, None] & (np.arange(len(own))[:, None] != chosen)
    target = np.repeat(own[:, None], len(chosen), axis=1)
    change = np.zeros(len(chosen))
    for v, view in enumerate(heads.views):
        features = coordinates_of(view, len(chosen), quickly=True)
        without = fit(features, target, kept, settings.strength * STRENGTH[view.name], quickly=are_many(*target.shape))
        before = likeness[v] @ heads.duals[v][:, place] + heads.intercepts[v, place]
        found = ~np.isnan(without.values).any(axis=0)  # a code's last seed leaves no regression
        change += np.where(found, scale[v] * (likeness[v] @ without.duals + without.intercepts - before), 0.0)
    lost = expit(value + offset) - expit(value + offset + change)
    return sorted(zip(chosen.tolist(), lost.tolist(), strict=True), key=lambda each: -each[1])
