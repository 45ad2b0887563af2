"""Texts whose stance is known, of seeds and of people's coding: what teaches a stance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nptlens.coding._stance_cues import measure
from nptlens.schemas.records import Seed
from nptlens.schemas.stances_of_segments import stances_of_segments

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts whose stance is known, aligned by row: vectors ``(n, d)``, cues ``(n, c)``, codes, stances, and the origin
    that stays together."""

    texts: tuple[str, ...]
    vectors: NDArray[np.float32]
    cues: Floats
    codes: tuple[tuple[str, ...], ...]
    stances: tuple[str, ...]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: NDArray[np.intp]) -> Examples:
        """Return some rows."""
        return Examples(
            tuple(self.texts[i] for i in rows),
            self.vectors[rows],
            self.cues[rows],
            tuple(self.codes[i] for i in rows),
            tuple(self.stances[i] for i in rows),
            tuple(self.groups[i] for i in rows),
        )

    def ordered(self) -> Examples:
        """Return the rows in an order that hangs on what they hold alone: sums of floats hang on their order."""
        order = sorted(range(len(self)), key=lambda i: (self.groups[i], self.texts[i], self.codes[i], self.stances[i]))
        return self.take(np.array(order, dtype=np.intp))

    def __add__(self, other: Examples) -> Examples:
        if not len(other):
            return self
        if not len(self):
            return other
        return Examples(
            self.texts + other.texts,
            np.concatenate([self.vectors, other.vectors]),
            np.concatenate([self.cues, other.cues]),
            self.codes + other.codes,
            self.stances + other.stances,
            self.groups + other.groups,
        )


def of_seeds(seeds: Sequence[Seed], vectors: NDArray[np.float32]) -> Examples:
    """Return the seeds that have a stance and a code; row i of `vectors` ``(n, d)`` belongs to seed i."""
    rows = [i for i, seed in enumerate(seeds) if seed.stance and seed.codes]
    chosen = [seeds[i] for i in rows]
    return Examples(
        tuple(seed.text for seed in chosen),
        vectors[rows],
        measure(seed.text for seed in chosen),
        tuple(seed.codes for seed in chosen),
        tuple(seed.stance for seed in chosen),
        tuple(seed.group or f"seed {seed.id}" for seed in chosen),
    )


def of_manual(manual: pd.DataFrame, segments: pd.DataFrame, vectors: NDArray[np.float32], *, overlap: float) -> Examples:
    """Return one example per segment and code that people gave a stance (`stances_of_segments`); the group is the transcript."""
    given = stances_of_segments(manual, segments, overlap=overlap)
    rows = np.array([row for row, _ in given], dtype=np.intp)
    return of_segments(segments, vectors, rows, tuple(code for _, code in given), tuple(given.values()))


def of_segments(
    segments: pd.DataFrame, vectors: NDArray[np.float32], rows: NDArray[np.intp], codes: Sequence[str], stances: tuple[str, ...]
) -> Examples:
    """Return one example per row number in `rows`, of its segment, code and stance; the group is the transcript."""
    used, back = np.unique(rows, return_inverse=True)
    own = segments[["text", "transcript_id"]].iloc[used]
    texts, transcripts = own["text"].tolist(), own["transcript_id"].tolist()
    return Examples(
        tuple(texts[i] for i in back),
        vectors[rows],
        measure(texts)[back],
        tuple((code,) for code in codes),
        stances,
        tuple(transcripts[i] for i in back),
    )
