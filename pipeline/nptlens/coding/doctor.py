"""The seed doctor: what to mend in a seed set before anything is trained on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nptlens.coding.heads import labels
from nptlens.records import STANCES, Codebook, Problem, Seed, Severity
from nptlens.settings import CodingSettings

NEAR_COPY = 0.92
_FEW = 16


@dataclass(frozen=True, slots=True)
class SeedFinding:
    """Per code: seeds, seeds per stance (in the order of `records.STANCES`), and the code its seeds lie nearest to."""

    code: str
    seeds: int
    stances: tuple[int, ...]
    nearest_code: str
    closer_to_other: int


def examine(
    seeds: Sequence[Seed], vectors: NDArray[np.float32], codebook: Codebook, settings: CodingSettings
) -> tuple[tuple[SeedFinding, ...], tuple[Problem, ...]]:
    """Return a finding per code and the problems: too few seeds, near copies, seeds nearer to another code's centre.

    `vectors` ``(n, d)`` are unit vectors, row i of seed i. Near copies have a cosine of at least 0.92.
    """
    codes = codebook.ids()
    matrix = labels(seeds, codebook, codes)
    findings = []
    problems: list[Problem] = _near_copies(seeds, vectors)
    leaves = [i for i, code in enumerate(codes) if not codebook.children(code) and matrix[:, i].any()]
    centres = np.stack([_unit(vectors[matrix[:, i]].mean(axis=0)) for i in leaves]) if leaves else np.empty((0, vectors.shape[1]))
    for column, code in enumerate(codes):
        rows = [int(row) for row in np.flatnonzero(matrix[:, column])]
        stances = Counter(seeds[i].stance for i in rows)
        nearest, closer = "", 0
        if column in leaves and len(leaves) > 1:
            similarity = vectors[rows] @ centres.T
            own = leaves.index(column)
            others = np.delete(similarity, own, axis=1)
            names = [codes[i] for i in leaves if i != column]
            nearest = names[int(others.mean(axis=0).argmax())]
            closer = int((others.max(axis=1) > similarity[:, own]).sum())
        findings.append(SeedFinding(code, len(rows), tuple(stances[s] for s in STANCES), nearest, closer))
        if len(rows) < settings.fewest_seeds:
            problems.append(Problem(code, f"{len(rows)} seeds: too few, the code is dropped", "write more seeds", Severity.WARNING))
        elif len(rows) < _FEW:
            problems.append(Problem(code, f"{len(rows)} seeds: few", f"aim for {_FEW} or more", Severity.NOTE))
    if not any(not seed.codes for seed in seeds):
        problems.append(Problem("none", "no seed of 'none'", "add housekeeping and off-topic talk as seeds of none", Severity.NOTE))
    return tuple(findings), tuple(sorted(problems))


def _near_copies(seeds: Sequence[Seed], vectors: NDArray[np.float32]) -> list[Problem]:
    similarity = np.triu(vectors @ vectors.T, k=1)
    found = []
    for i, j in np.argwhere(similarity >= NEAR_COPY):
        same = set(seeds[i].codes) == set(seeds[j].codes)
        what = "near copies of one another" if same else "near copies with different codes"
        hint = "keep one" if same else "decide which code holds"
        found.append(Problem(f"{seeds[i].id}, {seeds[j].id}", what, hint, Severity.NOTE if same else Severity.WARNING))
    return found


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
