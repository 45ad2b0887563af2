"""Populations of double-coded transcripts whose kappa is known, for the coverage of intervals.

In a transcript, a unit holds a code with probability expit(a + s u); where it does, a coder gives it with expit(yes + s d), where it does
not, with expit(no + s d). u and d are standard normal, drawn once for each code and transcript, so that the errors of one transcript go
together and both coders stumble over the same ones. Transcripts have 20 + Poisson(40) units, whatever u and d.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from nptlens.agreement.coefficients import kappa

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Population:
    """`intercepts`: a per code; `spread`: s; `coders`: yes and no of each of two."""

    name: str
    intercepts: tuple[float, ...]
    spread: float
    coders: tuple[tuple[float, float], tuple[float, float]]

    def draw(self, rng: np.random.Generator, transcripts: int) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Return what two coders coded ``(2, n, codes)`` and the transcript of each unit ``(n,)``."""
        cluster = np.repeat(np.arange(transcripts), 20 + rng.poisson(40, transcripts))
        shape = (transcripts, len(self.intercepts))
        share = expit(np.array(self.intercepts) + self.spread * rng.standard_normal(shape))[cluster]
        hardness = rng.standard_normal(shape)[cluster]
        holds = rng.random(share.shape) < share
        coded = [rng.random(share.shape) < expit(np.where(holds, *each) + self.spread * hardness) for each in self.coders]
        return np.stack(coded), cluster

    def truth(self) -> Floats:
        """Kappa per code of the mean probabilities of the four cells: Gauss-Hermite, 101 nodes, over u and d, which are independent."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(101)
        weights = weights / weights.sum()
        share = expit(np.array(self.intercepts)[:, None] + self.spread * nodes) @ weights
        given = [[expit(logit + self.spread * nodes) for logit in each] for each in self.coders]

        def cell(first: bool, second: bool) -> Floats:
            sides = []
            for one, two in zip(*given, strict=True):
                sides.append(float(weights @ ((one if first else 1 - one) * (two if second else 1 - two))))
            result: Floats = share * sides[0] + (1 - share) * sides[1]
            return result

        return kappa(np.array([[cell(True, True), cell(True, False)], [cell(False, True), cell(False, False)]]))


CODES = ("common", "usual", "rare")
# The kind of interval that is the default was chosen on "middling"; the other two are there to see whether the choice holds elsewhere.
MIDDLING = Population("middling", (-0.9, -2.3, -3.3), 0.8, ((1.3, -3.4), (1.0, -3.2)))
ELSEWHERE = (
    Population("good but uneven", (-1.5, -3.0, -4.5), 1.2, ((2.0, -4.0), (2.2, -4.5))),
    Population("poor and even", (0.0, -2.0, -3.5), 0.4, ((0.5, -2.5), (0.8, -2.0))),
)
