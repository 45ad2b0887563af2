"""The units that several coders have in common, and what each gave them: segments, or participants and practices as cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.agreement.frame import CLUSTERS, Frame
from nptlens.agreement.intervals import Bools, Floats

Numbers = NDArray[np.intp]
CASES = {"participants": "participant_id", "practices": "practice"}


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """n units that two coders at least read: `coded` ``(m, n, k)``, `read` ``(m, n)``, `weight` and `cluster` ``(n,)`` (of `clusters`).

    `rows` ``(n,)`` are the places of the units among all segments (for cases: of their first unit). `score` ``(n, k)`` are the first
    coder's probabilities, where it gives them. A part of the units keeps all clusters, so that its resamples are those of the whole.
    """

    coders: tuple[str, ...]
    coded: Bools
    read: Bools
    weight: Floats
    cluster: Numbers
    clusters: int
    rows: Numbers
    score: Floats | None = None

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self.weight)

    def part(self, rows: Bools) -> Common:
        """Return some of the units."""
        return replace(
            self,
            coded=self.coded[:, rows],
            read=self.read[:, rows],
            weight=self.weight[rows],
            cluster=self.cluster[rows],
            rows=self.rows[rows],
            score=None if self.score is None else self.score[rows],
        )

    def either(self) -> Common:
        """Return the units to which at least one coder gave a code."""
        return self.part(np.any(self.given().coded[..., 0] & self.read, axis=0))

    def both(self) -> Common:
        """Return the units to which every coder who read them gave a code."""
        return self.part(np.all(self.given().coded[..., 0] | ~self.read, axis=0))

    def given(self) -> Common:
        """Return the units with one item instead of the codes: was any code given."""
        return replace(self, coded=np.any(self.coded, axis=2, keepdims=True), score=None)

    def of(self, *places: int) -> Common:
        """Return some of the coders, in this order, on the same units."""
        return replace(
            self, coders=tuple(self.coders[i] for i in places), coded=self.coded[list(places)], read=self.read[list(places)], score=None
        )


def common(frames: Sequence[Frame], segments: pd.DataFrame, cluster: str) -> Common | None:
    """Return the segments that two coders at least read (of two coders: both); None where there are none.

    `cluster` is a key of `CLUSTERS`. Where units were drawn, each stands for the largest number that a coder's draw gives it.
    """
    read = np.stack([frame.read for frame in frames])
    rows = np.flatnonzero(read.sum(axis=0) >= 2)
    if not len(rows):
        return None
    number, names = pd.factorize(segments[CLUSTERS[cluster]].to_numpy(dtype=object)[rows], sort=True)
    score = frames[0].score
    return Common(
        coders=tuple(frame.coder for frame in frames),
        coded=np.stack([frame.coded[rows] for frame in frames]),
        read=read[:, rows],
        weight=np.max([frame.weight[rows] for frame in frames], axis=0),
        cluster=number,
        clusters=len(names),
        rows=rows,
        score=None if score is None else score[rows],
    )


def cases(frames: Sequence[Frame], segments: pd.DataFrame, cluster: str, by: str) -> Common | None:
    """Return participants or practices (`by`, a key of `CASES`) as units: a case has a code where one of its common units has it.

    The units of a case are those of its transcripts that the coders have in common. A case counts where every person read all of it: who
    was drawn in part may express more than the draw shows. None where no case is left; those without a name are none.
    """
    people = [frame for frame in frames if frame.score is None]
    read = np.all([frame.read for frame in frames], axis=0)
    drawn = np.max([frame.weight for frame in frames], axis=0) != 1
    whole = ~drawn if not people else ~drawn & np.all([frame.read for frame in people], axis=0)
    number, names = pd.factorize(segments[CASES[by]].fillna("").to_numpy(dtype=object), sort=True)
    place = number * (len(segments) + 1) + pd.factorize(segments["transcript_id"])[0]
    touched = np.isin(place, np.unique(place[read]))
    partly = np.bincount(number[touched & ~whole], minlength=len(names)) > 0
    kept = read & ~partly[number] & (names != "")[number]
    found = common([replace(frame, read=frame.read & kept) for frame in frames], segments, cluster)
    if found is None:
        return None
    order = np.argsort(number[found.rows], kind="stable")
    first = np.flatnonzero(np.diff(number[found.rows][order], prepend=-1))
    coded = np.logical_or.reduceat(found.coded[:, order], first, axis=1)
    first = order[first]
    return Common(
        coders=found.coders,
        coded=coded,
        read=np.ones(coded.shape[:2], dtype=bool),
        weight=np.ones(len(first)),
        cluster=found.cluster[first],
        clusters=found.clusters,
        rows=found.rows[first],
    )
