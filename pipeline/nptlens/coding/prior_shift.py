"""How rare coded talk is, where seeds alone taught: every seed carries a code, most talk carries none.

Excerpts are ordered by the probability that they carry any code. Where a cut lets the share F of held-out seeds pass and the share G of
the study's excerpts, at most G / F of the study can be talk such as the seeds; the least of these bounds is taken as the share of coded
talk (best bin estimation: Garg, Wu, Smola, Balakrishnan & Lipton 2021; the setting is that of Elkan & Noto 2008, known positives among
unlabelled excerpts). It remains an upper bound: what looks like a seed may carry no code all the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

Floats = NDArray[np.float64]
_FEWEST_PASS = 0.2  # of the seeds, at a cut that counts: the first few say little
EDGE = 1e-9  # probabilities are kept this far from 0 and 1


def coded_share(seeds: Floats, study: Floats) -> float:
    """Return the largest share of the study that can carry a code, in (0, 1].

    `seeds` ``(s, k)`` are held-out probabilities of the seeds that carry a code, `study` ``(n, k)`` those of the study's excerpts.
    """
    cuts = np.sort(_carries_any(seeds))[::-1]
    passing = np.arange(1, len(cuts) + 1) / len(cuts)
    ranked = np.sort(_carries_any(study))
    above = (len(ranked) - np.searchsorted(ranked, cuts, side="left")) / len(ranked)
    counted = passing >= _FEWEST_PASS
    return float(np.clip((above[counted] / passing[counted]).min(initial=1.0), 1 / len(ranked), 1.0))


def lowering(seeds: Floats, study: Floats) -> Floats:
    """Return what to add to the log odds of k codes ``(k,)``, so that the study's probabilities are as low as coded talk is rare.

    The mean probability of any code over the study becomes `coded_share` times that over the seeds, each code's share falling alike; it is
    left as it is where it is lower already. The arguments are those of `coded_share`.
    """
    most = coded_share(seeds, study) * _carries_any(seeds).mean() / _carries_any(study).mean()
    if most >= 1:
        return np.zeros(study.shape[1])
    odds = logit(np.clip(study, EDGE, 1 - EDGE))
    return np.array([_shift(own, most * float(expit(own).mean())) for own in odds.T])


def _carries_any(probability: Floats) -> Floats:
    """Return the probability of any code ``(n,)``, as if codes came independently of one another."""
    none: Floats = np.prod(1 - np.clip(probability, EDGE, 1 - EDGE), axis=1)
    return 1 - none


def _shift(odds: Floats, mean: float) -> float:
    return float(brentq(lambda shift: expit(odds + shift).mean() - mean, -50, 50, xtol=1e-12))
