"""Attributes: codes whose children exclude each other, so that a text has one of them.

For each attribute heads are trained on the seeds that speak of it, one head a value. Their probabilities are shared out among the values
so that they sum to one; the most probable value is claimed unless the runner-up is too near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.coding._workers import Workers
from nptlens.coding.heads import Heads, save_heads, train
from nptlens.coding.views import Excerpts
from nptlens.core.errors import SeedError
from nptlens.core.ids import digest
from nptlens.schemas.fieldwork import PROJECT_CODINGS
from nptlens.schemas.records import Code, Codebook, Problem, Seed, Severity
from nptlens.schemas.settings import CodingSettings
from nptlens.schemas.tables import checked

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Taught:
    """What teaches attributes: a codebook and the vectors ``(codes, d)`` of its definitions, s seeds and what the encoder makes of them."""

    codebook: Codebook
    definitions: NDArray[np.float32]
    seeds: Sequence[Seed]
    examples: Excerpts


@dataclass(frozen=True, slots=True)
class AttributeCodings:
    """The machine's claims as a project codings table, row by row of texts and then attributes; and what a person should know."""

    table: pd.DataFrame
    problems: tuple[Problem, ...]


def attributes(codebook: Codebook) -> tuple[Code, ...]:
    """Return the codes at the top that have codes below them, in the codebook's order."""
    return tuple(code for code in codebook if code.parent is None and codebook.children(code.id))


def code_attributes(
    texts: Excerpts,
    ids: Sequence[str],
    taught: Taught,
    settings: CodingSettings,
    *,
    least_margin: float,
    seed: int,
    workers: Workers = Workers(),  # noqa: B008 - frozen
) -> AttributeCodings:
    """Return a claim per text and attribute: row i of `texts` is `ids[i]`.

    A value is claimed where its probability is `least_margin` above the runner-up's; `likeliest`, both figures and the nearest seeds that
    carry it are told in any case. An attribute that fewer than two values have seeds for is left open, and listed.
    """
    frames, problems = [], []
    for attribute in attributes(taught.codebook):
        try:
            heads, examples, seeds = _heads(attribute, texts, taught, settings, seed, workers)
        except SeedError:
            what = f"nothing is coded: fewer than two of its values have {settings.fewest_seeds} seeds"
            problems.append(Problem(attribute.id, what, "write more seeds", Severity.WARNING))
            frames.append(_open(attribute, ids))
            continue
        problems += heads.problems
        frames.append(_claims(attribute, heads, texts, ids, examples, seeds, settings.nearest, least_margin))
    order = {name: i for i, name in enumerate(ids)}
    table = pd.concat(frames) if frames else pd.DataFrame(columns=PROJECT_CODINGS.names())
    table = table.sort_values("project_id", key=lambda column: column.map(order), kind="stable")
    return AttributeCodings(checked(PROJECT_CODINGS, table), tuple(problems))


def _heads(
    attribute: Code, texts: Excerpts, taught: Taught, settings: CodingSettings, seed: int, workers: Workers
) -> tuple[Heads, Excerpts, list[Seed]]:
    """Return the heads of one attribute, the examples that speak of it, and their seeds with nothing but its values."""
    values, seeds = taught.codebook.children(attribute.id), taught.seeds
    names = {value.id for value in values}
    own = np.array([i for i, each in enumerate(seeds) if names & set(each.codes)], dtype=np.intp)
    spoken = [replace(seeds[i], codes=tuple(code for code in seeds[i].codes if code in names)) for i in own]
    place = {name: i for i, name in enumerate(taught.codebook.ids())}
    rows = np.array([place[value.id] for value in values], dtype=np.intp)
    book = Codebook("", "", tuple(replace(value, parent=None) for value in values))
    examples = taught.examples.take(own)
    heads = train(examples, spoken, book, taught.definitions[rows], texts, settings, seed=seed, rare=False, workers=workers)
    if len(heads.codes) < 2:
        raise SeedError("one value alone")
    return heads, examples, spoken


def _claims(
    attribute: Code,
    heads: Heads,
    texts: Excerpts,
    ids: Sequence[str],
    examples: Excerpts,
    seeds: Sequence[Seed],
    nearest: int,
    least_margin: float,
) -> pd.DataFrame:
    raw = heads.probabilities(texts)
    probability = raw / raw.sum(axis=1, keepdims=True)
    order = np.argsort(-probability, axis=1, kind="stable")
    rows = np.arange(len(ids))
    best, second = order[:, 0], order[:, 1]
    margin = probability[rows, best] - probability[rows, second]
    names = np.array(heads.codes, dtype=object)
    claimed = margin >= least_margin
    return _frame(
        attribute,
        ids,
        claim=np.where(claimed, names[best], ""),
        likeliest=names[best],
        probability=probability[rows, best],
        margin=margin,
        runner_up=names[second],
        nearest_seeds=_nearest(texts, examples, _carried(seeds, heads.codes), best, seeds, nearest),
        machine=f"machine:{digest(save_heads([heads]))[:12]}",
    )


def _carried(seeds: Sequence[Seed], codes: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([[code in seed.codes for code in codes] for seed in seeds])


def _nearest(
    texts: Excerpts, examples: Excerpts, carried: NDArray[np.bool_], best: NDArray[np.intp], seeds: Sequence[Seed], number: int
) -> list[str]:
    with threadpool_limits(1):
        similarity = (texts.embedded.vectors @ examples.embedded.vectors.T).round(6)
    found = []
    for row, column in enumerate(best):
        rows = np.flatnonzero(carried[:, column])
        near = similarity[row, rows]
        found.append("; ".join(f"{seeds[rows[i]].id}={near[i]:.3f}" for i in np.argsort(-near, kind="stable")[:number]))
    return found


def _open(attribute: Code, ids: Sequence[str]) -> pd.DataFrame:
    return _frame(
        attribute, ids, claim="", likeliest="", probability=np.nan, margin=np.nan, runner_up="", nearest_seeds="", machine=""
    )


def _frame(attribute: Code, ids: Sequence[str], **columns: object) -> pd.DataFrame:
    """Return the claims with what the machine alone decides."""
    frame = pd.DataFrame({"project_id": list(ids), "attribute": attribute.id}).assign(**columns)  # type: ignore[arg-type]
    claimed = frame["claim"] != ""
    return frame.assign(
        code=frame["claim"],
        decided_by=np.where(claimed, "machine", "undecided"),
        coder=np.where(claimed, frame["machine"], ""),
        reason=np.where(claimed, "", np.where(frame["likeliest"] == "", "too few seeds", "two values are about as probable")),
    )
