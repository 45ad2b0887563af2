"""Which codes have seeds enough for a head: as many that carry the code as that do not, or the head could not be told what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nptlens.schemas.records import NONE_CODE, Codebook, Problem, Severity

_MORE = "write more seeds"
_OTHERS = f"write seeds of other codes, or of {NONE_CODE}: talk that carries no code"


@dataclass(frozen=True, slots=True)
class Teachable:
    """The places of the codes that a head can be trained for, in the codebook's order, and a Problem for each other code."""

    codes: tuple[int, ...]
    problems: tuple[Problem, ...]

    def nothing(self, fewest: int) -> tuple[Problem, ...]:
        """Return the Problem that no code can be coded, where that is so."""
        if self.codes:
            return ()
        what = f"no code has enough seeds, so nothing is coded: at least {fewest} must carry a code, and at least {fewest} must not"
        return (Problem("seeds", what, f"write more seeds of the codes, and some of {NONE_CODE}; then look: nptlens seeds doctor STUDY"),)


def teachable(target: NDArray[np.bool_], codebook: Codebook, fewest: int) -> Teachable:
    """Return which codes have `fewest` examples on both sides, given who carries which code ``(s, codes of the codebook)``."""
    own = target.sum(axis=0)
    others = len(target) - own
    problems = [
        Problem(code, lacking(int(a), int(b), fewest), _MORE if a < fewest else _OTHERS, Severity.WARNING)
        for code, a, b in zip(codebook.ids(), own, others, strict=True)
        if min(a, b) < fewest
    ]
    kept = np.flatnonzero((own >= fewest) & (others >= fewest))
    return Teachable(tuple(int(i) for i in kept), tuple(problems))


def lacking(own: int, others: int, fewest: int) -> str:
    """Return in words what a code lacks that `own` seeds carry and `others` do not."""
    if own < fewest:
        return f"dropped: {own} seeds, at least {fewest} are needed"
    return f"dropped: its {own} seeds stand against {others} that do not carry it, at least {fewest} of those are needed"

