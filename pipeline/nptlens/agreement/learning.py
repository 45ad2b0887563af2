"""The learning curve: which transcripts to train on, and what the scores of the trained machines come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nptlens.agreement.intervals import percentiles
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import LEARNING


@dataclass(frozen=True, slots=True)
class TrainingDraw:
    """The transcripts that teach the machine once: `transcripts`, sorted, of the `draw`-th random order."""

    draw: int
    transcripts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What a machine taught by `transcripts` transcripts scored in one draw; NaN where the data do not determine it."""

    transcripts: int
    draw: int
    statistic: str
    value: float


def training_draws(transcripts: Sequence[str], sizes: Sequence[int], *, draws: int, seed: int) -> tuple[TrainingDraw, ...]:
    """Return a set for each draw and each size, sizes ascending within a draw: the smaller ones are parts of the larger ones.

    Nested sets keep the luck of the draw out of the steps of a curve. The order of `transcripts` makes no difference. Raises ValueError
    for a transcript named twice and for a size below 1 or above the number of transcripts.
    """
    ids = np.array(sorted(transcripts), dtype=object)
    wrong = [size for size in sizes if not 1 <= size <= len(ids)]
    if wrong or len(set(transcripts)) < len(ids):
        raise ValueError(f"sizes must be 1 to {len(ids)} and the transcripts distinct, got {len(set(transcripts))} and the sizes {wrong}")
    rng = np.random.default_rng(seed)
    orders = [ids[rng.permutation(len(ids))] for _ in range(draws)]
    return tuple(
        TrainingDraw(draw, tuple(sorted(order[:size]))) for draw, order in enumerate(orders) for size in sorted(set(sizes))
    )


def learning_curve(scores: Sequence[Score], *, against: str, confidence: float) -> pd.DataFrame:
    """Return the LEARNING table: the mean over draws and its percentiles over draws, for each size and statistic.

    The limits tell how much hangs on which transcripts are taught, not how far the figure of one machine could be off; they are NaN
    below two draws. `draws` counts those that have a figure. Raises ValueError where one draw is scored twice.
    """
    if not scores:
        return empty(LEARNING)
    rows_of_scores = [(score.transcripts, score.draw, score.statistic, score.value) for score in scores]
    frame = pd.DataFrame(rows_of_scores, columns=["transcripts", "draw", "statistic", "value"])
    if frame.duplicated(["transcripts", "draw", "statistic"]).any():
        raise ValueError("a draw is scored twice for one size and statistic")
    rows = []
    for (transcripts, statistic), part in frame.sort_values("draw").groupby(["transcripts", "statistic"], sort=True):
        values = part["value"].dropna().to_numpy(dtype=np.float64)
        low, high = percentiles(values[:, None], confidence) if len(values) > 1 else (np.array([np.nan]), np.array([np.nan]))
        value = float(values.mean()) if len(values) else np.nan
        rows.append((against, transcripts, statistic, value, low[0], high[0], len(values)))
    return checked(LEARNING, pd.DataFrame(rows, columns=LEARNING.names()))
