"""New codes and new topics by interview, over random orders of the interviews: figures for a team's own judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.intervals import percentiles
from nptlens.schemas.settings import SaturationSettings
from nptlens.schemas.tables import checked, empty
from nptlens.schemas.validation import SATURATION, SaturationSummary

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Saturation:
    """The SATURATION table, a row for each interview of an order, and its summary."""

    table: pd.DataFrame
    summary: SaturationSummary


def saturation(
    held: Bools, settings: SaturationSettings, *, kind: Literal["code", "topic"], coder: str, confidence: float, seed: int
) -> Saturation:
    """Return how much is new at the i-th interview, and when new information falls to the threshold (Guest, Namey & Chen 2020).

    `held` ``(interviews, k)`` tells which interview holds which code or topic. `new` and `known` are expectations over all orders
    (`expected_known`); their limits, and the summary, are over `settings.orders` random orders without replacement. New information
    of a run is the number of codes first met in its `run` interviews by the number met in the first `base`; runs overlap, the first one
    follows the base. `below` is NaN where there are fewer interviews than base and run together, or no code at all; an order whose base
    holds no code does not count as below. The order of the rows makes no difference. Raises ValueError unless `held` is two-dimensional.
    """
    if held.ndim != 2:
        raise ValueError(f"held must be (interviews, k), got {held.shape}")
    found = held[:, held.any(axis=0)]
    new = _new(found[np.lexsort(found.T)] if found.size else found, settings.orders, seed)
    known = np.cumsum(new, axis=1)
    table = _table(found, new, known, confidence).assign(kind=kind, coder=coder)
    summary = _summary(known, settings, kind=kind, coder=coder, confidence=confidence)
    return Saturation(checked(SATURATION, table) if len(table) else empty(SATURATION), summary)


def expected_known(held: Bools) -> Floats:
    """Return the expected number of codes after 1, 2, …, n interviews in random order, ``(n,)``.

    A code that c of n interviews hold is missed by the first m with probability C(n - c, m) / C(n, m): the sample-based rarefaction of
    Colwell, Mao & Chang (2004, Ecology 85:2717).
    """
    n = len(held)
    without = n - held.sum(axis=0)[:, None]
    drawn = np.arange(n)
    missed = np.cumprod(np.maximum(without - drawn, 0) / (n - drawn), axis=1)
    result: Floats = (1 - missed).sum(axis=0)
    return result


def _new(held: Bools, orders: int, seed: int) -> Floats:
    """Return how many codes are first met at each place of each order, ``(orders, interviews)``."""
    rng = np.random.default_rng(seed)
    interviews, codes = held.shape
    if not codes:
        return np.zeros((orders, interviews))
    rows = [np.bincount(held[rng.permutation(interviews)].argmax(axis=0), minlength=interviews) for _ in range(orders)]
    return np.array(rows, dtype=np.float64)


def _table(held: Bools, new: Floats, known: Floats, confidence: float) -> pd.DataFrame:
    new_low, new_high = percentiles(new, confidence)
    known_low, known_high = percentiles(known, confidence)
    expected = expected_known(held)
    return pd.DataFrame(
        {
            "interview": np.arange(1, len(held) + 1),
            "new": np.diff(expected, prepend=0.0),
            "new_low": new_low,
            "new_high": new_high,
            "known": expected,
            "known_low": known_low,
            "known_high": known_high,
        }
    )


def _summary(known: Floats, settings: SaturationSettings, *, kind: str, coder: str, confidence: float) -> SaturationSummary:
    base, run = settings.base, settings.run
    orders, interviews = known.shape
    measurable = interviews >= base + run and bool(known[:, -1].any())
    tail = (1 - confidence) / 2
    took = _took(known, settings) if measurable else np.empty(0)
    low, median, high = np.quantile(took, [tail, 0.5, 1 - tail]).tolist() if len(took) else (None, None, None)
    return SaturationSummary(
        kind=kind,
        coder=coder,
        interviews=interviews,
        orders=orders,
        base=base,
        run=run,
        threshold=settings.threshold,
        below=len(took) / orders if measurable else float("nan"),
        median=median,
        low=low,
        high=high,
    )


def _took(known: Floats, settings: SaturationSettings) -> Floats:
    """Return the interviews, base and run included, of the orders whose new information fell to the threshold."""
    base, run = settings.base, settings.run
    of_base = known[:, [base - 1]]
    gained = known[:, base + run - 1 :] - known[:, base - 1 : known.shape[1] - run]
    new_information = np.divide(gained, of_base, out=np.full_like(gained, np.inf), where=of_base > 0)
    little = new_information <= settings.threshold
    first: NDArray[np.intp] = little.argmax(axis=1)[little.any(axis=1)]
    return first.astype(np.float64) + base + run
