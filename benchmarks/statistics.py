"""`make bench-statistics`: are the coefficients right, do their intervals hold the truth, and how long do they take.

Right: random matrices with missing ratings, one category and no overlap, against scikit-learn, nltk, krippendorff and plain loops
(benchmarks/oracles.py). Intervals: studies drawn from a population with a known kappa (benchmarks/_population.py). Time: codings at
random.
"""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import masi_distance
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score, precision_score, recall_score

from benchmarks import oracles
from benchmarks._population import CODES, ELSEWHERE, MIDDLING, Population
from benchmarks.records import Record, write
from nptlens.agreement import Frame
from nptlens.agreement.boundaries import stretches_of_machine, unitized
from nptlens.agreement.ceiling import ceiling
from nptlens.agreement.coefficients import Ratings, Tallies, tally, tally_labels
from nptlens.agreement.confusion import confused
from nptlens.agreement.intervals import KINDS, Sampled
from nptlens.agreement.levels import levels, measure
from nptlens.agreement.masi import alpha_masi
from nptlens.agreement.ranking import average_precision, sampled_average_precision
from nptlens.agreement.unitizing import tally_units, unitizing_alpha
from nptlens.core.resampling import cluster_draws
from nptlens.schemas.records import Code, Codebook
from nptlens.schemas.settings import default_settings

CONFIDENCE = 0.95
_NONE = frozenset({"uncoded"})  # stands for the empty set, which nltk's distance divides by
Labels = NDArray[np.intp]
Pair = tuple[float, float]


def main() -> int:
    """Measure, print and write benchmarks/results/statistics.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/statistics.json"))
    parser.add_argument("--matrices", type=int, default=1000)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--transcripts", type=int, nargs="+", default=[12, 26, 60])
    parser.add_argument("--units", type=int, default=1_000_000)
    arguments = parser.parse_args()
    records = list(speed(arguments.units, resamples=1000))  # first: peak memory never falls again
    records += list(exactness(arguments.matrices))
    for transcripts in arguments.transcripts:
        records += list(coverage(MIDDLING, arguments.studies, transcripts, resamples=1000))
    for population in ELSEWHERE:
        records += list(coverage(population, arguments.studies, 26, resamples=1000))
    for each in records:
        print(f"{each.set:22}{each.system:18}{each.setting:44}{each.metric:24}{each.value:14.6g}{each.low:9.3f}{each.high:9.3f}{each.n:9}")
    write(arguments.out, records)
    return 0


def exactness(matrices: int) -> Iterator[Record]:
    """The largest difference from each oracle, and how often one has a figure where the other has none."""
    for (statistic, oracle), compare in PAIRS.items():
        found = []
        for number in range(matrices):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found += compare(np.random.default_rng(number))
        ours, theirs = np.array(found).T
        lone = int((np.isnan(ours) != np.isnan(theirs)).sum())
        gap = float(np.nanmax(np.abs(ours - theirs), initial=0.0))
        for metric, value in (("largest difference", gap), ("defined by one alone", lone), ("undefined", int(np.isnan(ours).sum()))):
            yield Record("random matrices", statistic, oracle, metric, value, math.nan, math.nan, matrices)


def random_labels(rng: np.random.Generator, coders: int | None = None) -> tuple[Labels, int]:
    """Labels ``(m, n)`` with -1 missing: one in ten of one category, one in ten without a unit that two coders read."""
    m, n, q = coders or int(rng.integers(2, 6)), int(rng.integers(1, 25)), int(rng.integers(2, 6))
    labels = np.where(rng.random((m, n)) < rng.random(), rng.integers(q, size=n), rng.integers(q, size=(m, n)))
    if rng.random() < 0.1:
        labels = np.full((m, n), int(rng.integers(q)))
    labels = np.where(rng.random((m, n)) < rng.choice([0.0, 0.2, 0.7]), -1, labels)
    if rng.random() < 0.1:
        labels = np.where(np.arange(m)[:, None] == rng.integers(m, size=n), labels, -1)
    return labels, q


def random_ratings(rng: np.random.Generator, coders: int | None = None) -> Ratings:
    labels, _ = random_labels(rng, coders)
    coded = rng.random((*labels.shape, int(rng.integers(1, 5)))) < rng.choice([0.0, 0.1, 0.5, 1.0], p=[0.05, 0.3, 0.6, 0.05])
    coded |= (rng.random(coded.shape[1:]) < 0.3) & (rng.random() < 0.8)
    return Ratings(tuple("abcdef"[: len(labels)]), coded, labels >= 0)


def _values(tallies: Tallies, statistic: str) -> NDArray[np.float64]:
    return tallies.sampled(statistic, np.empty((0, tallies.clusters), dtype=np.int64)).value


def _clusters(n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return np.append(rng.integers(4, size=n - 1), 3).astype(np.intp)


def _codes(statistic: str, coders: int | None, oracle: Callable[[Labels, int], float]) -> Callable[[np.random.Generator], list[Pair]]:
    """Each code as coded or not, and one label among several."""

    def compare(rng: np.random.Generator) -> list[Pair]:
        ratings = random_ratings(rng, coders)
        ours = _values(tally(ratings, _clusters(ratings.read.shape[1], rng)), statistic)
        theirs = [oracle(np.where(ratings.read, ~code, -1).astype(int), 2) for code in np.moveaxis(ratings.coded, 2, 0)]
        pairs = list(zip(ours, theirs, strict=True))
        if statistic in ("precision", "recall", "f1"):
            return pairs
        labels, q = random_labels(rng, coders)
        own = _values(tally_labels(labels, q, _clusters(labels.shape[1], rng)), statistic)[0]
        return [*pairs, (own, oracle(labels, q))]

    return compare


def _of_both(figure: Callable[[Labels, Labels], float]) -> Callable[[Labels, int], float]:
    """scikit-learn's figures on the units that both coders read; NaN where there is none."""

    def oracle(labels: Labels, _: int) -> float:
        first, second = labels[:, (labels >= 0).all(axis=0)]
        return figure(first, second) if len(first) else math.nan

    return oracle


def _kappa(first: Labels, second: Labels) -> float:
    return math.nan if len({*first, *second}) == 1 else float(cohen_kappa_score(first, second))


def _alpha_of_krippendorff(labels: Labels, _: int) -> float:
    pairable = labels[:, (labels >= 0).sum(axis=0) >= 2]
    if len(set(pairable[pairable >= 0])) < 2:
        return math.nan
    return float(krippendorff.alpha(np.where(labels >= 0, labels, np.nan).astype(float), level_of_measurement="nominal"))


def _nltk_alpha(rows: list[tuple[str, str, object]], distance: Callable[..., float]) -> float:
    """nltk's alpha, which is 1 of a single value and fails on no unit that two coders read: NaN here."""
    counts = pd.Series([unit for _, unit, _ in rows]).value_counts()
    held = [row for row in rows if counts[row[1]] >= 2]
    return float(AnnotationTask(held, distance=distance).alpha()) if len({row[2] for row in held}) > 1 else math.nan


def _alpha_of_nltk(labels: Labels, _: int) -> float:
    rows = [(str(c), str(u), int(x)) for c, line in enumerate(labels) for u, x in enumerate(line) if x >= 0]
    return _nltk_alpha(rows, lambda a, b: float(a != b))


def _sets(ratings: Ratings) -> list[list[frozenset[str] | None]]:
    return [
        [frozenset(map(str, np.flatnonzero(codes))) if read else None for codes, read in zip(*coder, strict=True)]
        for coder in zip(ratings.coded, ratings.read, strict=True)
    ]


def _masi(oracle: Callable[[list[list[frozenset[str] | None]]], float]) -> Callable[[np.random.Generator], list[Pair]]:
    def compare(rng: np.random.Generator) -> list[Pair]:
        ratings = random_ratings(rng)
        cluster = _clusters(ratings.read.shape[1], rng)
        own = alpha_masi(ratings, cluster, np.empty((0, int(cluster.max()) + 1), dtype=np.int64)).value
        return [(float(own), oracle(_sets(ratings)))]

    return compare


def _masi_of_nltk(sets: list[list[frozenset[str] | None]]) -> float:
    rows: list[tuple[str, str, object]] = [
        (str(c), str(u), given or _NONE) for c, line in enumerate(sets) for u, given in enumerate(line) if given is not None
    ]
    return _nltk_alpha(rows, masi_distance)


def _masi_by_loops(sets: list[list[frozenset[str] | None]]) -> float:
    return oracles.alpha([[given for given in unit if given is not None] for unit in zip(*sets, strict=True)], oracles.masi)


def _average_precision(rng: np.random.Generator) -> list[Pair]:
    n = int(rng.integers(1, 40))
    score, target = rng.random(n).round(int(rng.integers(1, 4))), rng.random(n) < rng.choice([0.0, 0.1, 0.5, 1.0])
    theirs = float(average_precision_score(target, score)) if target.any() else math.nan
    return [(float(average_precision(score, target, np.ones((1, n)))[0]), theirs)]


def _unitizing(rng: np.random.Generator) -> list[Pair]:
    """Spans of two to four coders in one to three transcripts, each all participant speech."""
    coders, transcripts = "abcd"[: rng.integers(2, 5)], [f"T{i}" for i in range(rng.integers(1, 4))]
    lengths = rng.integers(1, 30, size=len(transcripts))
    read = rng.random((len(coders), len(transcripts))) < rng.choice([0.3, 0.8, 1.0])
    rows, told = [], []
    for at, (name, length) in enumerate(zip(transcripts, lengths, strict=True)):
        told.append([])
        for coder in np.flatnonzero(read[:, at]):
            starts = rng.integers(length, size=rng.integers(0, 5))
            own = [(int(s), int(rng.integers(s + 1, length + 1)), str(rng.integers(2))) for s in starts]
            rows += [(coders[coder], name, *each) for each in own]
            told[-1].append(own)
    spans = pd.DataFrame(rows, columns=["coder", "transcript_id", "start", "end", "code"])
    speech = pd.DataFrame({"transcript_id": transcripts, "start": 0, "end": lengths})
    tallies = tally_units(spans, speech, tuple(coders), tuple(transcripts), ("0", "1"), read)
    kinds = (("0", "1"), ("0",), ("1",))
    theirs = [oracles.unitizing([[[x[:2] for x in own if x[2] in kind] for own in each] for each in told], list(lengths)) for kind in kinds]
    return list(zip(unitizing_alpha(tallies.sum(axis=0)).tolist(), theirs, strict=True))


PAIRS: dict[tuple[str, str], Callable[[np.random.Generator], list[Pair]]] = {
    ("kappa", "scikit-learn"): _codes("kappa", 2, _of_both(_kappa)),
    ("precision", "scikit-learn"): _codes("precision", 2, _of_both(lambda a, b: precision_score(b == 0, a == 0, zero_division=np.nan))),
    ("recall", "scikit-learn"): _codes("recall", 2, _of_both(lambda a, b: recall_score(b == 0, a == 0, zero_division=np.nan))),
    ("f1", "scikit-learn"): _codes("f1", 2, _of_both(lambda a, b: f1_score(b == 0, a == 0, zero_division=np.nan))),
    ("average_precision", "scikit-learn"): _average_precision,
    ("alpha", "krippendorff"): _codes("alpha", None, _alpha_of_krippendorff),
    ("alpha", "nltk"): _codes("alpha", None, _alpha_of_nltk),
    ("alpha_masi", "nltk"): _masi(_masi_of_nltk),
    ("alpha_masi", "plain loop"): _masi(_masi_by_loops),
    ("ac1", "plain loop"): _codes("ac1", None, oracles.ac1),
    ("pabak", "plain loop"): _codes("pabak", None, oracles.pabak),
    ("fleiss_kappa", "plain loop"): _codes("fleiss_kappa", None, oracles.fleiss),
    ("unitizing_alpha", "plain loop"): _unitizing,
}


def coverage(population: Population, studies: int, transcripts: int, *, resamples: int) -> Iterator[Record]:
    """How often each kind of interval holds the kappa of the population; low and high are the Monte-Carlo interval of that share."""
    names = [f"kappa, {name}" for name in (*CODES, "mean", "common less usual")]
    name_of_set, codes = f"{population.name}, {transcripts}", population.truth()
    truth = np.array([*codes, codes.mean(), codes[0] - codes[1]])
    for name, value in zip(names, truth, strict=True):
        yield Record(name_of_set, "population", name, "truth", float(value), math.nan, math.nan, studies)
    hits = np.zeros((len(KINDS), len(names)))
    widths = np.zeros_like(hits)
    for study in range(studies):
        coded, cluster = population.draw(np.random.default_rng([study, transcripts]), transcripts)
        tallies = tally(Ratings(("A", "B"), coded, np.ones(coded.shape[:2], dtype=bool)), cluster)
        found = _with_mean_and_difference(tallies.sampled("kappa", cluster_draws(transcripts, resamples=resamples, seed=study)))
        for row, kind in enumerate(KINDS):
            low, high = found.limits(kind, CONFIDENCE)
            hits[row] += (low <= truth) & (truth <= high)
            widths[row] += high - low
    for row, kind in enumerate(KINDS):
        for name, hit, width in zip(names, hits[row], widths[row], strict=True):
            p = hit / studies
            error = 1.96 * math.sqrt(p * (1 - p) / studies)
            yield Record(name_of_set, kind, name, "coverage", p, p - error, p + error, studies)
            yield Record(name_of_set, kind, name, "mean width", width / studies, math.nan, math.nan, studies)


def _with_mean_and_difference(kappas: Sampled) -> Sampled:
    parts = (kappas.value, kappas.draws, kappas.left_out)
    joined = [np.concatenate([x, x.mean(-1, keepdims=True), x[..., :1] - x[..., 1:2]], axis=-1) for x in parts]
    return Sampled(*joined)


def speed(units: int, *, resamples: int) -> Iterator[Record]:
    """Seconds and memory of all coefficients of two coders with 25 codes, and of a machine's average precision."""
    rng = np.random.default_rng(1)
    transcripts, codes = max(1, units // 1000), 25
    coded = rng.random((2, units, codes)) < 0.04
    coded[1] = np.where(rng.random((units, codes)) < 0.6, coded[0], coded[1])
    cluster = np.minimum(np.arange(units) // 1000, transcripts - 1)
    ratings = Ratings(("A", "B"), coded, np.ones((2, units), dtype=bool))
    draws = cluster_draws(transcripts, resamples=resamples, seed=1)
    setting = f"{units} units, {codes} codes, {transcripts} transcripts"

    def told(system: str, work: Callable[[], object]) -> Iterator[Record]:
        begun = time.perf_counter()
        work()
        seconds = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        yield Record("speed", system, setting, "seconds", seconds, math.nan, math.nan, units)
        yield Record("speed", system, setting, "peak GB so far", memory, math.nan, math.nan, units)

    def coefficients() -> None:
        for each in tally(ratings, cluster).figures(draws).samples:
            for kind in KINDS:
                each.limits(kind, CONFIDENCE)

    yield from told("per code", coefficients)
    yield from told("alpha_masi", lambda: alpha_masi(ratings, cluster, draws))
    scores = (rng.random((units, codes)) * (1 + coded[1]) / 2).round(4)
    yield from told("average_precision", lambda: sampled_average_precision(scores, coded[1], cluster, draws))
    segments, book = _segments(units, cluster), Codebook("made", "1", tuple(Code(f"C{i}", f"C{i}", "") for i in range(codes)))
    how = measure(book.ids(), book, default_settings().agreement.model_copy(update={"resamples": resamples}), seed=1)
    read = np.ones(units, dtype=bool)
    machine, person = Frame("machine:0", coded[0], read, scores), Frame("A", coded[1], read)
    yield from told("levels, two people", lambda: levels([replace(machine, score=None), person], segments, how))
    yield from told("levels, machine", lambda: levels([machine, person], segments, how))
    marked = [stretches_of_machine(each, segments, book.ids()) for each in (machine, person)]
    yield from told("stretches", lambda: unitized(marked, segments, how))
    yield from told("ceiling", lambda: ceiling(replace(machine, coder="B"), person, machine, segments, how))
    yield from told("confusion", lambda: confused(machine, person, segments, book, how))


def _segments(units: int, cluster: NDArray[np.intp]) -> pd.DataFrame:
    names = np.array([f"T{i:05}" for i in range(int(cluster.max()) + 1)], dtype=object)[cluster]
    start = np.arange(units) * 100
    return pd.DataFrame({"transcript_id": names, "participant_id": names, "practice": "", "start": start, "end": start + 90})


if __name__ == "__main__":
    sys.exit(main())
