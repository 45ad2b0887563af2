"""`make bench-accuracy`: the coder beside what a user would pick instead, on real human-coded data and k seeds a code.

Seeds are drawn from half of the transcripts (benchmarks/studies.py), everything else is decided on those seeds alone, and figures are
of the other half. "nptlens_taught" sees some 200 units of transcripts of the first half besides, coded and uncoded: what a person codes
who does not stop at seeds. A unit is a row of the data: a comment, a paragraph, a turn. Values are means over the draws, and so are the
ends of the intervals, each of which resamples the transcripts of its draw. Gold codes are other people's.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.records import Record, write
from benchmarks.studies import GOLD, SETS, RealSet, Unit, draw_seeds
from benchmarks.systems import SYSTEMS, Scores, Task, TaughtTask, setfit
from nptlens.agreement import Frame, compare, expected_calibration_error
from nptlens.agreement.compare import kappa
from nptlens.coding import Excerpts, definition
from nptlens.coding.training_set import labels
from nptlens.core.text import count_words
from nptlens.embedding import embed, find_encoder, load_encoder, vectors_key
from nptlens.schemas.records import Code, Codebook, Embedded, Seed
from nptlens.schemas.settings import Settings, default_settings
from nptlens.store.vectors import VectorCache

KS = (4, 8, 16, 32)
METRICS = ("macro_ap", "macro_f1", "mean_kappa", "ece", "coverage_at_kappa_75", "train_s")
_KAPPA = 0.75
_OF_OTHERS = ("linear_head", "nptlens")  # systems that are shown with other encoders too
TALK, FEWEST = 200, 2  # units of transcripts that a person coded whole
MEAN = "mean over sets"


class Bench:
    """A set whose units are embedded once; tasks are drawn from it."""

    def __init__(self, real: RealSet, embedded: Embedded, definitions: NDArray[np.float32]) -> None:
        self.real = real
        self.embedded = embedded
        self.definitions = definitions
        self.book = Codebook(real.name, "1", tuple(Code(*code) for code in real.codes))
        self.place = {id(unit): row for row, unit in enumerate(real.units)}

    def task(self, k: int, draw: int, settings: Settings) -> tuple[TaughtTask, list[Unit]]:
        """Return the task of a draw and the units that are measured."""
        drawn, measured = draw_seeds(self.real, k, draw)
        names = set(measured)
        units = [unit for unit in self.real.units if unit.transcript in names and not unit.interviewer and count_words(unit.text)]
        seeds = tuple(
            Seed(f"s{number:04}", unit.text, unit.codes, group=unit.transcript) for number, unit in enumerate(drawn)
        )
        counts = labels(seeds, self.book, self.book.ids()).sum(axis=0)
        found = {code for unit in units for code in unit.codes}
        codes = tuple(code for code, n in zip(self.book.ids(), counts, strict=True) if n >= settings.coding.fewest_seeds and code in found)
        talk = self._talk(names, draw)
        coded = tuple(Seed(f"t{number:04}", unit.text, unit.codes, group=unit.transcript) for number, unit in enumerate(talk))
        task = TaughtTask(
            seeds, self._seen(drawn), self._seen(units), self.definitions, self.book, codes, settings.coding, coded, self._seen(talk)
        )
        return task, units

    def _talk(self, measured: set[str], draw: int) -> list[Unit]:
        """Return all units of transcripts that are not measured, drawn whole until they hold TALK units, and at least two."""
        spoken = [unit for unit in self.real.units if unit.transcript not in measured and not unit.interviewer and count_words(unit.text)]
        order = sorted({unit.transcript for unit in spoken})
        random.Random(f"talk {draw}").shuffle(order)  # noqa: S311
        sizes = Counter(unit.transcript for unit in spoken)
        held = itertools.accumulate(sizes[name] for name in order)
        names = {name for i, (name, total) in enumerate(zip(order, held, strict=True)) if i < FEWEST or total - sizes[name] < TALK}
        return [unit for unit in spoken if unit.transcript in names]

    def _seen(self, units: Sequence[Unit]) -> Excerpts:
        rows = [self.place[id(unit)] for unit in units]
        return Excerpts(tuple(unit.text for unit in units), Embedded(self.embedded.vectors[rows], self.embedded.layers[rows]))


def load(real: RealSet, cache_folder: Path, encoder: str) -> Bench:
    """Embed a set's units and definitions; what was embedded before comes from the cache."""
    card = find_encoder(encoder)
    texts = [unit.text for unit in real.units]
    with closing(VectorCache(cache_folder / "vectors.sqlite", vectors_key(card))) as cache:
        made = embed([*texts, *(definition(Code(*code)) for code in real.codes)], encoder=lambda: load_encoder(card), cache=cache)
    return Bench(real, made.part(0, len(texts)), made.part(len(texts), len(made)).vectors)


def measure(scores: Scores, task: Task, units: Sequence[Unit], settings: Settings) -> dict[str, tuple[float, float, float]]:
    """Return value and interval of each metric on one draw."""
    gold = np.array([[code in unit.codes for code in task.codes] for unit in units])
    names = [unit.transcript for unit in units]
    segments = pd.DataFrame({"transcript_id": names, "participant_id": names, "practice": ""})
    read = np.ones(len(units), dtype=bool)
    found = compare(
        Frame("system", scores.assigned, read, scores.score), Frame(GOLD, gold, read), segments, task.codes, settings.agreement, seed=1
    )
    assert found is not None
    assert found.summary.macro_ap is not None
    figures = {"macro_ap": found.summary.macro_ap, "macro_f1": found.summary.macro_f1, "mean_kappa": found.summary.mean_kappa}
    result = {name: (each.value, each.low, each.high) for name, each in figures.items()}
    pairs = list(zip(scores.score.T, scores.assigned.T, gold.T, strict=True))
    error = np.mean([expected_calibration_error(p, own) for p, _, own in pairs]) if scores.calibrated else math.nan
    result["ece"] = (float(error), math.nan, math.nan)
    result["coverage_at_kappa_75"] = (float(np.mean([coverage(p, yes, own) for p, yes, own in pairs])), math.nan, math.nan)
    return result


def coverage(score: NDArray[np.float64], assigned: NDArray[np.bool_], gold: NDArray[np.bool_]) -> float:
    """Return the largest share of excerpts, the surest decisions first, on which kappa with `gold` is at least .75.

    Sureness is the distance from the boundary between what is assigned and what is not. It tells what selective coding could
    reach with the best of all cuts, so it is an upper bound.
    """
    if not assigned.any() or assigned.all():
        return 0.0
    boundary = (score[assigned].min() + score[~assigned].max()) / 2
    ranks = np.argsort(np.argsort(score))
    middle = np.searchsorted(np.sort(score), boundary)
    order = np.argsort(-np.abs(ranks - middle), kind="stable")
    yes, own = assigned[order], gold[order]
    cells = [np.cumsum(each).astype(float) for each in (yes & own, yes & ~own, ~yes & own, ~yes & ~own)]
    reached = np.flatnonzero(kappa(*cells) >= _KAPPA)
    return float((reached[-1] + 1) / len(score)) if len(reached) else 0.0


def main() -> int:
    """Run all systems on all sets, print the table of means, write benchmarks/results/accuracy.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("build/accuracy"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/accuracy.json"))
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--ks", type=int, nargs="+", default=list(KS))
    parser.add_argument("--sets", nargs="+", help="names of sets; all without it")
    parser.add_argument("--encoders", nargs="+", default=["static"], help="more encoders for nptlens and the plain head: names or folders")
    parser.add_argument("--setfit", type=int, default=0, metavar="STEPS", help="also train SetFit (extra `finetune`), slowly")
    parser.add_argument("--setfit-draws", type=int, default=1)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    settings = default_settings()
    settings = settings.model_copy(update={"agreement": settings.agreement.model_copy(update={"resamples": 200})})
    systems: dict[str, Callable[[TaughtTask], Scores]] = dict(SYSTEMS)
    if arguments.setfit:
        folder = str(find_encoder(settings.embedding.encoder).folder)
        systems["setfit"] = partial(setfit, folder=folder, steps=arguments.setfit)
    records: list[Record] = []
    for make in SETS:
        real = make(arguments.data)
        if arguments.sets and real.name not in arguments.sets:
            continue
        bench = load(real, arguments.cache, settings.embedding.encoder)
        others = {name: load(real, arguments.cache, name) for name in arguments.encoders}
        for k in arguments.ks:
            for other, of_other in others.items():
                for name in _OF_OTHERS:
                    named = f"{name} on {Path(other).name}"
                    records += _records(of_other, named, SYSTEMS[name], k, range(1, arguments.draws + 1), settings)
            for name, system in systems.items():
                draws = arguments.setfit_draws if name == "setfit" else arguments.draws
                records += _records(bench, name, system, k, range(1, draws + 1), settings)
            print(f"{real.name} k={k} done", file=sys.stderr)
    records += _means(records)
    _print(records)
    write(arguments.out, records)
    return 0


def _records(
    bench: Bench, name: str, system: Callable[[TaughtTask], Scores], k: int, draws: Sequence[int], settings: Settings
) -> list[Record]:
    found, units = [], []
    for draw in draws:
        task, measured = bench.task(k, draw, settings)
        begun = time.perf_counter()
        scores = system(task)
        seconds = time.perf_counter() - begun
        found.append({**measure(scores, task, measured, settings), "train_s": (seconds, math.nan, math.nan)})
        units.append(len(measured))
    means = {metric: np.mean([each[metric] for each in found], axis=0) for metric in METRICS}
    n = round(float(np.mean(units)))
    return [Record(bench.real.name, name, f"k={k}", metric, *map(float, means[metric].round(4)), n) for metric in METRICS]


def _means(records: Sequence[Record]) -> list[Record]:
    """Return the mean over sets of each system, setting and metric, where it has a figure on all sets."""
    sets = {record.set for record in records}
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.system, record.setting, record.metric), []).append(record)
    nan = math.nan
    return [
        Record(MEAN, *key, round(float(np.mean([each.value for each in group])), 4), nan, nan, sum(each.n for each in group))
        for key, group in groups.items()
        if len(group) == len(sets)
    ]


def _print(records: Sequence[Record]) -> None:
    values = {(r.set, r.system, r.setting, r.metric): r.value for r in records}
    for setting in dict.fromkeys(r.setting for r in records):
        for metric in METRICS:
            print(f"\n{setting} {metric}")
            sets = list(dict.fromkeys(r.set for r in records))
            print(f"{'':24}" + "".join(f"{name[:14]:>15}" for name in sets))
            for system in dict.fromkeys(r.system for r in records):
                cells = [values.get((name, system, setting, metric), math.nan) for name in sets]
                print(f"{system:24}" + "".join(f"{'' if math.isnan(cell) else f'{cell:.3f}':>15}" for cell in cells))


if __name__ == "__main__":
    sys.exit(main())
