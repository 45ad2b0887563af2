"""The frame of a comparison: which segments are compared, and which codes each coder gave them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.core.overlap import shared
from nptlens.schemas.coding_matrix import coding_matrix
from nptlens.schemas.records import NONE_CODE, Codebook

CLUSTERS = {"transcript": "transcript_id", "participant": "participant_id", "practice": "practice"}
"""What intervals may resample, and its column of the segments."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What one coder did: `coded` ``(n, k)`` over all segments and codes, and `read` ``(n,)``: on which of them the coder can be compared.

    `score` holds probabilities ``(n, k)`` where the coder gives them (a machine), else None. `weight` ``(n,)`` is how many units of the
    study each stands for: 1, unless the coder read drawn units only (`nptlens.agreement.sampling`).
    """

    coder: str
    coded: NDArray[np.bool_]
    read: NDArray[np.bool_]
    score: NDArray[np.float64] | None = None
    weight: NDArray[np.float64] = field(default_factory=lambda: np.ones(0))

    def __post_init__(self) -> None:
        if not len(self.weight):
            object.__setattr__(self, "weight", np.ones(len(self.read)))

    def spread(self, known: tuple[str, ...], codes: tuple[str, ...]) -> Frame:
        """Return a frame over `codes`; `known` are the columns of this one, and a code that is not among them is never given."""
        columns = [codes.index(each) for each in known]
        coded, score = np.zeros((len(self.read), len(codes)), dtype=bool), None
        coded[:, columns] = self.coded
        if self.score is not None:
            score = np.zeros(coded.shape)
            score[:, columns] = self.score
        return replace(self, coded=coded, score=score)

    def only(self, known: tuple[str, ...], codes: tuple[str, ...]) -> Frame:
        """Return a frame over `known` alone, some of the `codes` that are the columns of this one."""
        columns = [codes.index(each) for each in known]
        return replace(self, coded=self.coded[:, columns], score=None if self.score is None else self.score[:, columns])


def pair_weight(first: Frame, against: Frame) -> NDArray[np.float64]:
    """Return how many units ``(n,)`` each stands for where two coders are compared: the larger of their weights.

    It is exact where one of them read everything, or both the same draw: ``validate sheet`` draws the same units for all coders of one
    seed.
    """
    result: NDArray[np.float64] = np.maximum(first.weight, against.weight)
    return result


def manual_frame(
    coder: str, manual: pd.DataFrame, segments: pd.DataFrame, codes: tuple[str, ...], codebook: Codebook, *, overlap: float
) -> Frame:
    """Return a person's frame: a transcript is read where it holds a coding of that person, if only one of ``none``.

    A coding with a weight was made on a sheet of drawn units: there, only the segments that its span covers are read. A code implies the
    codes above it; which segments a span codes is said in `nptlens.core.overlap`.
    """
    own = manual[manual["coder"] == coder]
    coded = np.zeros((len(segments), len(codes)), dtype=bool)
    weight = np.zeros(len(segments))
    place = {code: i for i, code in enumerate(codes)}
    columns = {
        code: [place[each] for each in (code, *codebook.ancestors(code)) if each in place]
        for code in own["code"].unique()
        if code in codebook
    }
    rows_of = segments.groupby("transcript_id").indices
    starts, ends = segments["start"].to_numpy(), segments["end"].to_numpy()
    for transcript_id, spans in own.groupby("transcript_id"):
        rows = np.asarray(rows_of.get(transcript_id, ()), dtype=np.intp)
        if not len(rows):
            continue
        for start, end, code, drawn in spans[["start", "end", "code", "weight"]].itertuples(index=False):
            if code == NONE_CODE and not drawn:
                continue
            hit = rows[shared(starts[rows], ends[rows], start, end, least=overlap) > 0]
            weight[hit] = np.maximum(weight[hit], drawn)
            if code != NONE_CODE:
                coded[np.ix_(hit, np.array(columns.get(code, []), dtype=np.intp))] = True
    whole = segments["transcript_id"].isin(own.loc[own["weight"] == 0, "transcript_id"].unique()).to_numpy()
    return Frame(coder, coded, whole | (weight > 0), weight=np.where(whole | (weight == 0), 1.0, weight))


def machine_codings(codings: pd.DataFrame, segments: pd.DataFrame, read: NDArray[np.bool_], codes: tuple[str, ...]) -> Frame:
    """Return the machine's frame over `segments` ``(n,)``; an abstention counts as not assigned.

    `read` ``(n,)``: the segments it may be measured on. Raises IntegrityError where the codings are not in the order of the segments.
    """
    matrix = coding_matrix(codings, segments)
    coder = str(codings["coder"].iloc[0]) if len(codings) else "machine"
    return Frame(coder, matrix.assigned(codes), read, matrix.probability(codes))
