"""The codings table of a machine as matrices ``(segments, codes)``, once its order has been checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.core.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class CodingMatrix:
    """Codings in blocks of equal length, one a segment, in the order of the segments; `codes` are the columns, in the order of a block."""

    codes: tuple[str, ...]
    rows: int
    codings: pd.DataFrame

    def probability(self, codes: Sequence[str] | None = None) -> NDArray[np.float64]:
        """Return the probabilities ``(n, k)``, of `codes` where they are given; raises ValueError for a code that is no column."""
        probability = self.codings["probability"].to_numpy(dtype=np.float64)
        return probability.reshape(self.rows, len(self.codes))[:, self._columns(codes)]

    def assigned(self, codes: Sequence[str] | None = None) -> NDArray[np.bool_]:
        """Return what was assigned ``(n, k)``, of `codes` where they are given; raises ValueError for a code that is no column."""
        assigned = (self.codings["decision"] == "assigned").to_numpy(dtype=bool)
        return assigned.reshape(self.rows, len(self.codes))[:, self._columns(codes)]

    def _columns(self, codes: Sequence[str] | None) -> slice | list[int]:
        return slice(None) if codes is None else [self.codes.index(code) for code in codes]


def coding_matrix(codings: pd.DataFrame, segments: pd.DataFrame) -> CodingMatrix:
    """Return the codings of `segments` as matrices; no codings give no columns.

    Raises IntegrityError where they are not, segment by segment in the order of `segments`, one coding for each of the same codes.
    """
    codes = tuple(codings["code"].unique().tolist())
    n, k = len(segments), len(codes)
    held = len(codings) == n * k
    if held and n and k:
        ids, blocks = (codings[name].to_numpy(dtype=object).reshape(n, k) for name in ("segment_id", "code"))
        held = bool((ids == segments["segment_id"].to_numpy(dtype=object)[:, None]).all() and (blocks == blocks[0]).all())
    if not held:
        raise IntegrityError("the codings are not in the order of the segments and codes", hint="run again: nptlens run STUDY")
    return CodingMatrix(codes, n, codings)
