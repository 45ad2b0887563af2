"""A population of double-coded transcripts whose kappa is known, for the coverage of intervals.

In a transcript, a unit holds a code with probability expit(a + s u); where it does, coder A gives it with expit(1.3 + .8 d) and B with
expit(1.0 + .8 d); where it does not, with expit(-3.4 + .8 d) and expit(-3.2 + .8 d). u and d are standard normal, drawn once for each
code and transcript, so that the errors of one transcript go together and both coders stumble over the same ones. Transcripts have
20 + Poisson(40) units, whatever u and d.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nptlens.agreement.coefficients import kappa

Floats = NDArray[np.float64]
CODES = ("common code", "usual code", "rare code")
_INTERCEPTS = np.array([-0.9, -2.3, -3.3])
_SPREAD = 0.8
_GIVEN = ((1.3, -3.4), (1.0, -3.2))


def draw_study(rng: np.random.Generator, transcripts: int) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return what two coders coded ``(2, n, codes)`` and the transcript of each unit ``(n,)``."""
    cluster = np.repeat(np.arange(transcripts), 20 + rng.poisson(40, transcripts))
    shape = (transcripts, len(CODES))
    share = expit(_INTERCEPTS + _SPREAD * rng.standard_normal(shape))[cluster]
    hardness = rng.standard_normal(shape)[cluster]
    holds = rng.random(share.shape) < share
    coded = [rng.random(share.shape) < expit(np.where(holds, yes, no) + _SPREAD * hardness) for yes, no in _GIVEN]
    return np.stack(coded), cluster


def _truth() -> Floats:
    """Kappa per code of the mean probabilities of the four cells: Gauss-Hermite, 101 nodes, over u and d, which are independent."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(101)
    weights = weights / weights.sum()
    share = expit(_INTERCEPTS[:, None] + _SPREAD * nodes) @ weights
    yes, no = ([expit(each[kind] + _SPREAD * nodes) for each in _GIVEN] for kind in (0, 1))

    def cell(first: bool, second: bool) -> Floats:
        where, elsewhere = (float(weights @ ((a if first else 1 - a) * (b if second else 1 - b))) for a, b in (yes, no))
        return share * where + (1 - share) * elsewhere

    return kappa(np.array([[cell(True, True), cell(True, False)], [cell(False, True), cell(False, False)]]))


TRUTH = _truth()
