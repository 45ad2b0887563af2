"""Code segments: per code a probability, a decision, the runner-up and the nearest seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.coding.cross_fitting import CrossFittedHeads
from nptlens.coding.training_set import labels
from nptlens.coding.views import Excerpts
from nptlens.schemas.records import Codebook, Seed
from nptlens.schemas.settings import CodingSettings
from nptlens.schemas.tables import CODINGS, checked

_BLOCK = 4096


def code(
    excerpts: Excerpts,
    segments: pd.DataFrame,
    cross_fitted: CrossFittedHeads,
    seeds: Sequence[Seed],
    examples: Excerpts,
    codebook: Codebook,
    settings: CodingSettings,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """Return the codings table: one row per segment and code, segments in order, then codes in the codebook's order.

    Row i of `excerpts` is segment i, row i of `examples` seed i. A code above another (a construct over its components) is at least as
    probable as those below it, and is assigned where one of them is. `progress` is told the number of segments done and their total.
    Raises ValueError where `excerpts` and `segments` differ in number.
    """
    if len(excerpts) != len(segments):
        raise ValueError(f"excerpts have {len(excerpts)} rows, segments {len(segments)}")
    codes = cross_fitted.general.codes
    probability, thresholds = np.empty((2, len(segments), len(codes)))
    parts = [
        (heads, rows[start : start + _BLOCK])
        for heads, rows in cross_fitted.rows_by_heads(segments["transcript_id"].tolist())
        for start in range(0, len(rows), _BLOCK)
    ]
    read = 0  # each segment is read twice: by the heads, then beside the seeds
    for heads, rows in parts:
        probability[rows], thresholds[rows] = heads.probabilities(excerpts.take(rows)), heads.thresholds
        read += len(rows)
        progress(read // 2, len(segments))
    _lift(probability, codes, codebook)
    decision = decide(probability, thresholds, settings.abstain_band)
    del thresholds
    _assign_up(decision, codes, codebook)
    reasons = np.full(decision.shape, "", dtype=object)
    carried = labels(seeds, codebook, codes)
    with threadpool_limits(1):
        for heads, rows in parts:
            similarity = (excerpts.embedded.vectors[rows] @ examples.embedded.vectors.T).round(6)
            reasons[rows] = _nearest(similarity, decision[rows], carried & heads.taught[:, None], seeds, settings.nearest)
            read += len(rows)
            progress(read // 2, len(segments))
    return _frame(segments, cross_fitted, probability, decision, codebook, reasons)


def decide(probability: NDArray[np.float64], thresholds: NDArray[np.float64], band: float) -> NDArray[np.object_]:
    """Return "assigned", "not_assigned" or, near the threshold t, "abstained", as ``(n, k)``.

    Near is within ``4 t (1 - t)`` times `band`: the band itself at one half, and about as much in log odds at other thresholds, lest all
    that a rare code is found in be abstentions.
    """
    near = np.abs(probability - thresholds) < band * 4 * thresholds * (1 - thresholds)
    return np.where(near, "abstained", np.where(probability >= thresholds, "assigned", "not_assigned")).astype(object)


def _upwards(codes: Sequence[str], codebook: Codebook) -> list[tuple[int, int]]:
    """Return (column of a code, column of the code above it), the deepest codes first."""
    place = {name: i for i, name in enumerate(codes)}
    deepest = sorted(codes, key=lambda each: -len(codebook.ancestors(each)))
    return [(place[name], place[parent]) for name in deepest if (parent := codebook.get(name).parent) is not None and parent in place]


def _lift(probability: NDArray[np.float64], codes: Sequence[str], codebook: Codebook) -> None:
    for here, up in _upwards(codes, codebook):
        probability[:, up] = np.maximum(probability[:, up], probability[:, here])


def _assign_up(decision: NDArray[np.object_], codes: Sequence[str], codebook: Codebook) -> None:
    for here, up in _upwards(codes, codebook):
        decision[decision[:, here] == "assigned", up] = "assigned"


def _nearest(
    similarity: NDArray[np.float32],
    decision: NDArray[np.object_],
    carried: NDArray[np.bool_],
    seeds: Sequence[Seed],
    number: int,
) -> NDArray[np.object_]:
    """Return "seed=similarity; …" ``(n, k)`` of the nearest seeds that carry the code, for codings that claim something, "" elsewhere."""
    reasons = np.full(decision.shape, "", dtype=object)
    claims = decision != "not_assigned"
    for column, rows_of in enumerate(np.flatnonzero(each) for each in carried.T):
        rows = np.flatnonzero(claims[:, column])
        near = similarity[np.ix_(rows, rows_of)]
        best = np.argsort(-near, axis=1, kind="stable")[:, :number]
        ids = [seeds[i].id for i in rows_of.tolist()]
        ranked = zip(best.tolist(), np.take_along_axis(near, best, axis=1).tolist(), strict=True)
        reasons[rows, column] = ["; ".join(f"{ids[i]}={value:.3f}" for i, value in zip(*each, strict=True)) for each in ranked]
    return reasons


def _runner_up(
    probability: NDArray[np.float64], codes: Sequence[str], codebook: Codebook
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Return margins and names ``(n, k)`` of the most probable code outside each code's own line of the hierarchy."""
    margin = np.zeros_like(probability)
    names = np.full(probability.shape, "", dtype=object)
    lines = [{name, *codebook.ancestors(name)} for name in codes]
    for column, name in enumerate(codes):
        rivals = [i for i, other in enumerate(codes) if other not in lines[column] and name not in lines[i]]
        if not rivals:
            margin[:, column] = probability[:, column]
            continue
        best = np.argmax(probability[:, rivals], axis=1)
        margin[:, column] = probability[:, column] - probability[np.arange(len(probability)), np.array(rivals)[best]]
        names[:, column] = np.array([codes[i] for i in rivals], dtype=object)[best]
    return margin, names


def _frame(
    segments: pd.DataFrame,
    cross_fitted: CrossFittedHeads,
    probability: NDArray[np.float64],
    decision: NDArray[np.object_],
    codebook: Codebook,
    reasons: NDArray[np.object_],
) -> pd.DataFrame:
    codes = cross_fitted.general.codes
    margin, runner_up = _runner_up(probability, codes, codebook)
    frame = pd.DataFrame(
        {
            "segment_id": np.repeat(segments["segment_id"].to_numpy(dtype=object), len(codes)),
            "code": np.tile(np.array(codes, dtype=object), len(segments)),
            "probability": probability.ravel(),
            "decision": decision.ravel(),
            "margin": margin.ravel(),
            "runner_up": runner_up.ravel(),
            "nearest_seeds": reasons.ravel(),
            "coder": f"machine:{cross_fitted.fingerprint()[:12]}",
        }
    )
    return checked(CODINGS, frame)
