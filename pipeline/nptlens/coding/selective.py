"""Selective coding: what the machine may decide alone, code by code, and what a person must see.

Thresholds are learned on manual coding by testing them (Learn then Test, Angelopoulos et al. 2021): at or above the one the machine says
yes, below the other it says no, between them it abstains. Whole transcripts are the unit, and the promise is for as many new excerpts
as the manual coding held (`core/proportions.py`): a promise about an average over endlessly many transcripts helps nobody with twenty.
Drawn excerpts count as many as they stand for: a sheet draws what the machine coded more often, so unweighted ones would hide misses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.coding._risk_bounds import fallback, fewest
from nptlens.coding._verdict import Findings, judge
from nptlens.core.proportions import Proportion, weighted
from nptlens.schemas.settings import SelectiveSettings
from nptlens.schemas.tables import VERDICTS, checked

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_STARTS = 3
_STEP = 2.0
_NO_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What is known of the excerpts ``(n,)`` that were read, for one code."""

    probability: Floats
    gold: Bools
    cluster: NDArray[np.intp]
    weight: Floats

    def measure(self, of: Bools, hit: Bools, confidence: float) -> Proportion:
        """Return which share of the excerpts `of` are `hit`."""
        return weighted(of, hit, self.cluster, self.weight, confidence=confidence)

    def share(self, chosen: Bools) -> float:
        """Return the share of all excerpts that are `chosen`."""
        whole = float(self.weight.sum())
        return float(self.weight[chosen].sum()) / whole if whole else 0.0

    def missed(self, threshold: float) -> float:
        """Return the share of the excerpts with the code that lie below a threshold, NaN where none has it."""
        held = float(self.weight[self.gold].sum())
        return float(self.weight[self.gold & (self.probability < threshold)].sum()) / held if held else math.nan


@dataclass(frozen=True, slots=True)
class _Tried:
    """A threshold, the proportion that was measured with it, and whether the promise is proven."""

    threshold: float
    measured: Proportion
    proven: bool


def selective(
    probability: Floats,
    gold: Bools,
    clusters: Sequence[str],
    codes: Sequence[str],
    settings: SelectiveSettings,
    *,
    against: str,
    weight: Floats | None = None,
) -> pd.DataFrame:
    """Return the verdicts table, a row per code in the order of `codes`.

    `probability` and `gold` are ``(n, k)`` over the excerpts that the person `against` read, `clusters` ``(n,)`` the ids of their
    transcripts, `weight` ``(n,)`` how many excerpts of the study each stands for (1 without it). Raises ValueError where the shapes differ.
    """
    if probability.shape != gold.shape or probability.shape != (len(clusters), len(codes)):
        raise ValueError(f"probability {probability.shape}, gold {gold.shape}, {len(clusters)} clusters and {len(codes)} codes do not fit")
    cluster = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)[1]
    heavy = np.ones(len(clusters)) if weight is None else weight
    rows = [_row(_Read(probability[:, i], gold[:, i], cluster, heavy), settings) for i in range(len(codes))]
    frame = pd.DataFrame(rows, columns=[name for name in VERDICTS.names() if name not in ("code", "against")])
    return checked(VERDICTS, frame.assign(code=list(codes), against=against))


def _row(read: _Read, settings: SelectiveSettings) -> dict[str, object]:
    tried_yes, tried_no = _try_yes(read, settings), _try_no(read, settings)
    yes = _last_proven(tried_yes)
    no = _last_proven(tried_no)
    shown = yes or _nearest_to_proof(tried_yes, settings.confidence)
    upper = math.inf if yes is None else yes.threshold
    lower = -math.inf if no is None else min(no.threshold, upper)
    yes_share, no_share = read.share(read.probability >= upper), read.share(read.probability < lower)
    low, high = shown.measured.limits(settings.confidence) if shown else (math.nan, math.nan)
    found = Findings(
        excerpts=len(read.gold),
        coded=int(read.gold.sum()),
        transcripts=len(np.unique(read.cluster[read.gold])),
        needed=_least(settings),
        yes=yes is not None,
        no=no is not None,
        yes_share=yes_share,
        no_share=no_share,
        precision=shown.measured.share if shown else math.nan,
        low=low,
        high=high,
    )
    verdict, reason = judge(found, settings)
    return {
        "transcripts": found.transcripts,
        "excerpts": found.excerpts,
        "coded": found.coded,
        "verdict": verdict,
        "reason": reason,
        "yes_threshold": yes.threshold if yes else math.nan,
        "no_threshold": lower if no else math.nan,
        "coverage": min(yes_share + no_share, 1.0),
        "yes_share": yes_share,
        "no_share": no_share,
        "precision": found.precision,
        "precision_low": low,
        "precision_high": high,
        "missed": read.missed(lower) if no else math.nan,
        "more_excerpts": 0.0 if verdict != "not enough evidence" else more_excerpts(shown.measured if shown else None, found, settings),
    }


def _try_yes(read: _Read, settings: SelectiveSettings) -> list[_Tried]:
    """Test thresholds from strict to loose; which ones are tested hangs on the probabilities alone, never on the gold."""
    error = 1 - settings.confidence
    ranked = np.sort(read.probability)[::-1]
    thresholds: list[float] = []
    count = float(_least(settings))
    while count <= len(ranked):
        thresholds.append(float(ranked[math.ceil(count) - 1]))
        count *= _STEP
    thresholds = list(dict.fromkeys(thresholds))
    measured = [read.measure(read.probability >= each, read.gold, settings.confidence) for each in thresholds]
    weights = [1 / _STARTS if i < _STARTS else 0.0 for i in range(len(thresholds))]
    p_values = [each.p_value(settings.precision, new=each.effective) for each in measured]
    proven = fallback(p_values, weights, error)
    return [_Tried(*each) for each in zip(thresholds, measured, proven, strict=True)]


def _try_no(read: _Read, settings: SelectiveSettings) -> list[_Tried]:
    """Test thresholds from low to high: of the excerpts that carry the code, at least 1 - missed must lie at or above.

    A higher threshold misses more, so that testing in order costs nothing (Bates et al. 2021, Risk-Controlling Prediction Sets).
    """
    probability = read.probability
    thresholds = list(dict.fromkeys(np.quantile(probability, _NO_SHARES, method="higher").tolist())) if len(probability) else []
    measured = [read.measure(read.gold, probability >= each, settings.confidence) for each in thresholds]
    weights = [1.0 if i == 0 else 0.0 for i in range(len(thresholds))]
    p_values = [each.p_value(1 - settings.missed, new=each.effective) for each in measured]
    proven = fallback(p_values, weights, 1 - settings.confidence)
    return [_Tried(*each) for each in zip(thresholds, measured, proven, strict=True)]


def _last_proven(tried: Sequence[_Tried]) -> _Tried | None:
    return next((each for each in reversed(tried) if each.proven), None)


def _nearest_to_proof(tried: Sequence[_Tried], confidence: float) -> _Tried | None:
    """Return the threshold with the highest lower limit; where all limits are 0, that with the highest precision, the looser of equals."""
    return max(tried, key=lambda each: (each.measured.limits(confidence)[0], each.measured.share, each.measured.n), default=None)


def more_excerpts(shown: Proportion | None, found: Findings, settings: SelectiveSettings) -> float:
    """Estimate how many more excerpts a person must code until the interval leaves out the promise; NaN where that cannot be told.

    With precision q among the n of N gold excerpts at or above the threshold nearest to proof, the promise p and z the normal quantile of
    the confidence, the half-width of the interval for as many new excerpts is z sqrt(2 p (1 - p) d / m), d = n / effective. It equals
    |q - p| at m = 2 d z² p (1 - p) / (q - p)², and m is at least d times the fewest that prove p if all are right. (m - n) N / n more
    excerpts have m - n above the threshold. Where fewer excerpts than that carry the code, m is that number and n theirs. Two figures of
    the result are kept, rounded up.
    """
    from scipy.special import ndtri

    if found.transcripts < 2:
        return math.nan
    if shown is None or found.coded < found.needed:
        return _rounded(max(found.needed - found.coded, 1) * found.excerpts / found.coded)
    gap = abs(shown.share - settings.precision)
    if gap < 0.01 or shown.effective <= 0:
        return math.nan
    z = float(ndtri(settings.confidence))
    needed = shown.n / shown.effective * max(2 * z**2 * settings.precision * (1 - settings.precision) / gap**2, found.needed)
    return _rounded(max(needed - shown.n, 1) * found.excerpts / shown.n)


def _least(settings: SelectiveSettings) -> int:
    """Return the number of excerpts that the strictest threshold that is tested must have."""
    return fewest(settings.precision, (1 - settings.confidence) / _STARTS)


def _rounded(number: float) -> float:
    unit = 10.0 ** max(math.floor(math.log10(number)) - 1, 0)
    return math.ceil(number / unit) * unit
