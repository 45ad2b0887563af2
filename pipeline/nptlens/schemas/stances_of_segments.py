"""Stances that people gave to spans, as stances of segments: from manual codings to one stance a segment and code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nptlens.core.overlap import shared
from nptlens.schemas.records import NONE_CODE, STANCES

if TYPE_CHECKING:
    import pandas as pd


def stances_of_segments(manual: pd.DataFrame, segments: pd.DataFrame, *, overlap: float) -> dict[tuple[int, str], str]:
    """Return the stance by row of the segments and code, in this order; where spans gave several, the one over most characters.

    Codings without a stance say nothing. Which segments a span codes is said in `nptlens.core.overlap`.
    """
    tallies: dict[tuple[int, str], dict[str, int]] = {}
    rows_of = segments.groupby("transcript_id").indices
    starts, ends = segments["start"].to_numpy(), segments["end"].to_numpy()
    spans = manual[manual["stance"].isin(STANCES) & (manual["code"] != NONE_CODE)]
    for transcript_id, start, end, code, stance in spans[["transcript_id", "start", "end", "code", "stance"]].itertuples(index=False):
        rows = np.asarray(rows_of.get(transcript_id, ()), dtype=np.intp)
        common = shared(starts[rows], ends[rows], start, end, least=overlap)
        for at in np.flatnonzero(common):
            tally = tallies.setdefault((int(rows[at]), code), {})
            tally[stance] = tally.get(stance, 0) + int(common[at])
    return {key: max(STANCES, key=lambda stance: tallies[key].get(stance, 0)) for key in sorted(tallies)}
