"""How far stated probabilities are from what happens."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray


def expected_calibration_error(
    probability: NDArray[np.float64],
    gold: NDArray[np.bool_],
    bins: int = 15,
    *,
    kind: Literal["equal_width", "equal_mass"] = "equal_width",
) -> float:
    """Return the mean over excerpts of |share of gold - mean probability| in the excerpt's bin; NaN of no excerpt.

    Guo et al. (2017, eq. 3), the probability of the code being the confidence and its presence the accuracy. "equal_width" bins
    are ((b - 1) / bins, b / bins], 0 in the first; "equal_mass" bins hold as many excerpts each (Nixon et al. 2019), equal probabilities
    always in one bin. `probability` and `gold` are ``(n,)``. Raises ValueError for other shapes and for fewer than one bin.
    """
    if probability.ndim != 1 or probability.shape != gold.shape or bins < 1:
        raise ValueError(f"probability {probability.shape} and gold {gold.shape} must be (n,) with bins >= 1, got {bins} bins")
    if not len(probability):
        return float("nan")
    if kind == "equal_width":
        place = np.clip(np.ceil(probability * bins).astype(np.int64) - 1, 0, bins - 1)
    else:
        # Equal probabilities share the rank of their first, so that no bin parts them.
        place = np.searchsorted(np.sort(probability), probability, side="left") * bins // len(probability)
    gap = np.bincount(place, weights=gold.astype(np.float64) - probability, minlength=bins)
    return float(np.abs(gap).sum() / len(probability))
