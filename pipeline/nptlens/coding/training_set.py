"""TrainingSet: the examples that teach heads, under their views, with who carries which code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nptlens.coding._workers import Workers
from nptlens.coding.enough import teachable
from nptlens.coding.regression import Regression, fit
from nptlens.coding.views import Excerpts, View, views_of
from nptlens.core.errors import SeedError
from nptlens.schemas.records import Codebook, Problem, Seed
from nptlens.schemas.settings import CodingSettings

Floats = NDArray[np.float64]
MOST_IN_SPAN = 4_000
"""Seeds; a matrix of all their likenesses takes time with the cube of their number, and memory with its square."""
MOST_PRECISELY = 240_000
"""Seeds times codes."""
_NEVER_SINGULAR = 1e-9  # of an example's mean square, added to each: texts that stand twice would have no root
STRENGTH = {"meaning": 0.1, "layers": 1.0, "letters": 1.0}  # times `coding.strength`; vectors of meaning need the strongest hand


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


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What teaches the heads of k codes: s examples under their views, who carries which code `target` ``(s, k)``.

    `features` holds, per view, ``(s, r)`` coordinates of the examples in their own span: a regularised linear head lies in it (representer
    theorem), however many features the view has. Of more than MOST_IN_SPAN examples sparse features are taken as they are.
    `likeness` ``(s, k)`` is that to the definitions. The last `coded` examples are excerpts
    that people coded, the others seeds.
    """

    seeds: Sequence[Seed]
    codes: tuple[str, ...]
    target: NDArray[np.bool_]
    views: tuple[View, ...]
    features: tuple[Any, ...]
    definitions: Floats
    likeness: Floats
    coded: int
    problems: tuple[Problem, ...]

    def groups(self) -> NDArray[np.intp]:
        """Return a number per example, the same for those of one origin ``(s,)``."""
        return np.unique([each.group or f"seed {each.id}" for each in self.seeds], return_inverse=True)[1]

    def fit_all(
        self,
        taught: Sequence[NDArray[np.bool_]],
        strength: float,
        workers: Workers = Workers(),  # noqa: B008 - frozen
    ) -> list[list[Regression]]:
        """Return, per view, a regression for each choice ``(s, k)`` of the examples that teach; no choice changes a bit of another's."""
        quickly = are_many(*self.target.shape)
        tasks = [(view, each) for view in range(len(self.views)) for each in taught]

        def one(task: tuple[int, NDArray[np.bool_]]) -> Regression:
            view, each = task
            return fit(self.features[view], self.target, each, strength * STRENGTH[self.views[view].name], quickly=quickly)

        found = workers.map(one, tasks)
        return [found[start : start + len(taught)] for start in range(0, len(found), len(taught))]


def prepare(
    examples: Excerpts,
    seeds: Sequence[Seed],
    codebook: Codebook,
    definitions: NDArray[np.float32],
    study: Excerpts,
    settings: CodingSettings,
    *,
    coded: int = 0,
) -> TrainingSet:
    """Return the training_set that the examples hold for the codes with enough of them; the arguments are those of `train`."""
    matrix = labels(seeds, codebook, codebook.ids())
    found = teachable(matrix, codebook, settings.fewest_seeds)
    if not found.codes:
        (problem,) = found.nothing(settings.fewest_seeds)
        raise SeedError(problem.what, hint=problem.hint)
    kept = np.array(found.codes, dtype=np.intp)
    views = views_of(examples, study)
    own = definitions[kept].astype(np.float64)
    return TrainingSet(
        seeds=seeds,
        codes=tuple(codebook.ids()[i] for i in kept),
        target=matrix[:, kept],
        views=views,
        features=tuple(coordinates_of(view, len(kept)) for view in views),
        definitions=own,
        likeness=definition_values(examples, own),
        coded=coded,
        problems=found.problems,
    )


def are_many(seeds: int, codes: int) -> bool:
    """Tell whether so many seeds and codes are fitted quickly (`regression.py`)."""
    return seeds > MOST_IN_SPAN or seeds * codes > MOST_PRECISELY


def coordinates_of(view: View, codes: int, *, quickly: bool = False) -> Any:
    """Return the features ``(s, r)`` that heads of so many codes are fitted on; see `span_of` for `quickly`."""
    seeds = view.seeds.shape[0]
    if seeds > MOST_IN_SPAN and not isinstance(view.seeds, np.ndarray):
        return view.seeds.astype(np.float32)
    found = span_of(view, quickly=quickly)
    return found.astype(np.float32) if are_many(seeds, codes) else found


def span_of(view: View, *, quickly: bool = False) -> Floats:
    """Return coordinates ``(s, r)`` of the view's examples in the span of their features, along its main axes; `quickly` along others, in
    a fifth of the time, in which a fit takes twice the steps."""
    s, f = view.seeds.shape
    if f < s and isinstance(view.seeds, np.ndarray):
        values, axes = np.linalg.eigh(view.seeds.T @ view.seeds)
        coordinates: Floats = view.seeds @ axes[:, _large(values)]
    elif quickly:
        gram = view.gram()
        coordinates = np.linalg.cholesky(gram + _NEVER_SINGULAR * np.trace(gram) / s * np.eye(s))
    else:
        values, coordinates = np.linalg.eigh(view.gram())
        large = _large(values)
        if not large.all():
            coordinates = coordinates[:, large]
        coordinates *= np.sqrt(values[large])  # in place: of thousands of seeds this is the largest matrix there is
    return coordinates


def _large(values: Floats) -> NDArray[np.bool_]:
    """Tell which eigenvalues, in rising order, are more than rounding."""
    large: NDArray[np.bool_] = values > 1e-9 * values[-1]
    return large


def definition_values(excerpts: Excerpts, definitions: Floats) -> Floats:
    """Return ``(n, k)``: the cosine of each excerpt and each code's definition."""
    values: Floats = excerpts.embedded.vectors.astype(np.float64) @ definitions.T
    return values
