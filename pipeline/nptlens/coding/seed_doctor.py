"""The seed doctor: what to mend in a seed set before anything is trained on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nptlens.coding.confusion import Confusion, confusions
from nptlens.coding.enough import teachable
from nptlens.coding.lexical_similarity import LeakedSeed, leaks
from nptlens.coding.near_duplicates import SeedPair, near_copies
from nptlens.coding.seed_advice import ENOUGH, Advice, advise
from nptlens.coding.training_set import labels
from nptlens.core.text import count_words
from nptlens.schemas.records import STANCES, Codebook, Problem, Seed, Severity, worth_a_look
from nptlens.schemas.settings import CodingSettings


@dataclass(frozen=True, slots=True)
class SeedFinding:
    """Per code: seeds, seeds per stance (in the order of `records.STANCES`), and the code its seeds lie nearest to."""

    code: str
    seeds: int
    stances: tuple[int, ...]
    nearest_code: str
    closer_to_other: int


@dataclass(frozen=True, slots=True)
class StraySeed:
    """A seed nearer to the centre of a code it does not carry than to its own code's (its own words left out); cosines."""

    seed: str
    code: str
    other: str
    own: float
    others: float


@dataclass(frozen=True, slots=True)
class SeedExam:
    """All that the doctor found. `confusions` holds every pair of codes, the worst first; `Confusion.poor` tells which need work."""

    findings: tuple[SeedFinding, ...]
    pairs: tuple[SeedPair, ...]
    strays: tuple[StraySeed, ...]
    leaks: tuple[LeakedSeed, ...]
    confusions: tuple[Confusion, ...]
    advice: tuple[Advice, ...]
    problems: tuple[Problem, ...]

    def needs_a_look(self) -> bool:
        """Tell whether a person must look."""
        return worth_a_look(self.problems)


def examine(
    seeds: Sequence[Seed],
    vectors: NDArray[np.float32],
    codebook: Codebook,
    settings: CodingSettings,
    *,
    segments: Iterable[tuple[str, str]] = (),
) -> SeedExam:
    """Examine the seeds; `vectors` ``(n, d)`` are unit vectors, row i of seed i; `segments` are the study's, as id and text.

    Near copies have a cosine of at least 0.92 or half of their runs of three words in common; leaks share a run of 8 words with a
    segment, or 60 % of their runs of five; codes that cannot be told apart have a left-out AUC below 0.7, or an interval that holds chance.
    """
    texts = sorted(segments)
    with threadpool_limits(1):
        pairs = near_copies(seeds, vectors, codebook)
        findings, strays = _places(seeds, vectors, codebook)
    leaked = leaks(seeds, texts)
    found = confusions(seeds, vectors, codebook, strength=settings.strength, fewest=settings.fewest_seeds)
    words = median(count_words(text) for _, text in texts) if texts else None
    nearest = {finding.code: finding.nearest_code for finding in findings}
    advice = advise(seeds, codebook, [pair for pair in found if pair.poor()], nearest, segment_words=words)
    enough = teachable(labels(seeds, codebook, codebook.ids()), codebook, settings.fewest_seeds)
    problems = [
        *enough.nothing(settings.fewest_seeds),
        *_counts(findings, enough.problems),
        *(pair.problem() for pair in pairs),
        *_leak_problems(leaked),
        *(_confused(pair) for pair in found if pair.poor()),
    ]
    if all(seed.codes for seed in seeds):
        problems.append(Problem("none", "no seed of 'none'", "add housekeeping and off-topic talk as seeds of none", Severity.NOTE))
    return SeedExam(findings, pairs, strays, leaked, found, advice, tuple(sorted(problems)))


def _counts(findings: Sequence[SeedFinding], dropped: Sequence[Problem]) -> list[Problem]:
    gone = {problem.where for problem in dropped}
    few = [
        Problem(finding.code, f"{finding.seeds} seeds: few", f"aim for {ENOUGH} or more", Severity.NOTE)
        for finding in findings
        if finding.seeds < ENOUGH and finding.code not in gone
    ]
    return [*dropped, *few]


def _leak_problems(leaked: Sequence[LeakedSeed]) -> list[Problem]:
    places: dict[str, list[str]] = {}
    for leak in leaked:
        places.setdefault(leak.seed, []).append(leak.segment_id)
    what = "its words stand in {}: figures measured there are flattering"
    hint = "measure on transcripts that gave no seed"
    return [
        Problem(seed, what.format(", ".join(where[:3]) + (", …" if len(where) > 3 else "")), hint, Severity.NOTE)
        for seed, where in places.items()
    ]


def _confused(pair: Confusion) -> Problem:
    what = f"hard to tell apart: AUC {pair.auc.value:.2f} [{pair.auc.low:.2f}, {pair.auc.high:.2f}]"
    seeds = ", ".join(pair.crossing[:4]) + (", …" if len(pair.crossing) > 4 else "")
    hint = f"look at {seeds}" if seeds else "write more seeds of both"
    return Problem(f"{pair.first}, {pair.second}", what, hint, Severity.NOTE)


def _places(
    seeds: Sequence[Seed], vectors: NDArray[np.float32], codebook: Codebook
) -> tuple[tuple[SeedFinding, ...], tuple[StraySeed, ...]]:
    codes = codebook.ids()
    carried = labels(seeds, codebook, codes)
    leaves = [i for i, code in enumerate(codes) if not codebook.children(code) and carried[:, i].any()]
    sums = np.array([vectors[carried[:, i]].astype(np.float64).sum(axis=0) for i in leaves]).reshape(len(leaves), vectors.shape[1])
    centres = _units(sums)
    findings, strays = [], []
    for column, code in enumerate(codes):
        rows = np.flatnonzero(carried[:, column]).tolist()
        nearest, own_strays = "", []
        if column in leaves and len(leaves) > 1:
            own = leaves.index(column)
            similarity = (vectors[rows] @ centres.T).round(6)
            others = similarity.copy()
            others[:, own] = -np.inf
            nearest = codes[leaves[int(others.mean(axis=0).argmax())]]
            rest = _units(sums[own] - vectors[rows])
            mine = np.where(len(rows) > 1, (vectors[rows] * rest).sum(axis=1), np.inf).round(6)
            others[carried[rows][:, leaves]] = -np.inf
            best = others.argmax(axis=1).tolist()
            own_strays = [
                StraySeed(seeds[row].id, code, codes[leaves[at]], float(mine[k]), float(others[k, at]))
                for k, (row, at) in enumerate(zip(rows, best, strict=True))
                if others[k, at] > mine[k]
            ]
        stances = Counter(seeds[row].stance for row in rows)
        findings.append(SeedFinding(code, len(rows), tuple(stances[s] for s in STANCES), nearest, len(own_strays)))
        strays += own_strays
    return tuple(findings), tuple(sorted(strays, key=lambda each: (each.own - each.others, each.seed, each.code)))


def _units(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return scaled
