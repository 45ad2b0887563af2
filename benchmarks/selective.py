"""`make bench-selective`: is the precision that selective coding promises kept on transcripts that it never saw?

Each study (real sets, and the invented demo study) is run once. Then its transcripts (respondents, where a set says so) are split in halves
200 times: thresholds are learned on the gold coding of one half, and the codes that got one are measured on the other half. A pair is a
(split, code) with an automatic yes (or no); `kept_pairs` is the share of pairs whose other half keeps the promise, `kept_splits` the share
of the splits in which everything that was automated, taken together, keeps it.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.records import Record, write
from benchmarks.studies import GOLD, SETS, draw_seeds, write_study
from nptlens.agreement import CLUSTERS, expected_calibration_error, machine_codings, manual_frame
from nptlens.coding import selective
from nptlens.schemas.settings import SelectiveSettings
from nptlens.study.demo import prepare_demo
from nptlens.study.folder import Study, open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run

PER_CODE = 16
DRAW = 1
RESPLITS = 200
PROMISES = (0.8, 0.7)
_DEMO_CODER = "A"


@dataclass(frozen=True, slots=True)
class Scored:
    """A study's probabilities and gold ``(n, k)``, and whose excerpts they are ``(n,)``."""

    name: str
    probability: NDArray[np.float64]
    gold: NDArray[np.bool_]
    clusters: NDArray[np.str_]
    codes: tuple[str, ...]
    settings: SelectiveSettings


@dataclass(slots=True)
class Tally:
    """What 200 resplits gave, one entry for each pair or split."""

    precision: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    missed: list[float] = field(default_factory=list)
    spared: list[float] = field(default_factory=list)
    pooled: list[float] = field(default_factory=list)


def main() -> int:
    """Run the studies, resplit them, print the table and write benchmarks/results/selective.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", type=Path, default=Path("build/selective"))
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/selective.json"))
    parser.add_argument("--resplits", type=int, default=RESPLITS)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"real data are not here: {arguments.data}", file=sys.stderr)
        return 3
    records: list[Record] = []
    for study, coder in _studies(arguments.data, arguments.folder):
        scored = _scored(study, coder)
        records += _calibration(scored)
        for promised in PROMISES:
            settings = scored.settings.model_copy(update={"precision": promised})
            tally = _resplit(scored, settings, arguments.resplits)
            records += _records(scored, settings, tally, arguments.resplits)
        _print([record for record in records if record.set == scored.name])
    write(arguments.out, records)
    return 0


def _studies(data: Path, folder: Path) -> list[tuple[Study, str]]:
    """Write the studies where they are not there yet; topics are not sought."""
    found = []
    for load in SETS:
        real = load(data)
        real = replace(real, settings=f'{real.settings}[topics]\nmethod = "off"\n')
        if not (folder / real.name / "study.toml").is_file():
            write_study(real, folder / real.name, *draw_seeds(real, PER_CODE, DRAW))
        found.append((open_study(folder / real.name), GOLD))
    demo = prepare_demo(folder / "demo")
    told = demo.root / "study.toml"
    if "[topics]" not in told.read_text(encoding="utf-8"):
        told.write_text(f'{told.read_text(encoding="utf-8")}\n[topics]\nmethod = "off"\n', encoding="utf-8")
    return [*found, (open_study(demo.root), _DEMO_CODER)]


def _scored(study: Study, coder: str) -> Scored:
    run(study)
    artefacts = Artefacts(study)
    codes = tuple(card.code for card in artefacts.heads)
    gold = manual_frame(coder, artefacts.manual, artefacts.segments, codes, artefacts.codebook, overlap=study.settings.agreement.overlap)
    machine = machine_codings(artefacts.codings, artefacts.segments, ~artefacts.taught, codes)
    if machine.score is None:
        raise ValueError(f"{study.root.name}: the machine gave no probabilities")
    read = gold.read & machine.read
    clusters = artefacts.segments[CLUSTERS[study.settings.agreement.cluster]].to_numpy(dtype=str)
    name = "demo (invented)" if study.settings.study.invented else study.root.name
    return Scored(name, machine.score[read], gold.coded[read], clusters[read], codes, study.settings.selective)


def _resplit(scored: Scored, settings: SelectiveSettings, resplits: int) -> Tally:
    rng = np.random.default_rng(DRAW)
    names = np.unique(scored.clusters)
    tally = Tally()
    for _ in range(resplits):
        known = np.isin(scored.clusters, rng.permutation(names)[: len(names) // 2])
        given = scored.clusters[known].tolist()
        table = selective(scored.probability[known], scored.gold[known], given, scored.codes, settings, against=GOLD)
        _measure(scored.probability[~known], scored.gold[~known], table["yes_threshold"], table["no_threshold"], tally)
    return tally


def _measure(probability: NDArray[np.float64], gold: NDArray[np.bool_], yes: object, no: object, tally: Tally) -> None:
    """Add a split: what the thresholds of the one half do in the other; NaN is no threshold, and `>=` and `<` are false of it."""
    chosen, left = probability >= np.asarray(yes), probability < np.asarray(no)
    right, total, carried = (chosen & gold).sum(axis=0), chosen.sum(axis=0), gold.sum(axis=0)
    for column in np.flatnonzero(total):
        tally.precision.append(right[column] / total[column])
        tally.found.append(right[column] / carried[column] if carried[column] else math.nan)
    if total.any():
        tally.pooled.append(right.sum() / total.sum())
    for column in np.flatnonzero(left.any(axis=0) & (carried > 0)):
        tally.missed.append((left & gold)[:, column].sum() / carried[column])
        tally.spared.append(left[:, column].mean())


def _records(scored: Scored, settings: SelectiveSettings, tally: Tally, resplits: int) -> list[Record]:
    setting = f"k={PER_CODE}, precision={settings.precision:.2f}, missed={settings.missed:.2f}, confidence={settings.confidence:.2f}"
    if scored.name.startswith("demo"):
        setting = setting.replace(f"k={PER_CODE}", "k=all")
    pairs = resplits * len(scored.codes)
    kept = [value >= settings.precision for value in tally.precision]
    figures = (
        ("kept_pairs", _mean(kept), len(kept)),
        ("kept_splits", _mean([value >= settings.precision for value in tally.pooled]), len(tally.pooled)),
        ("automated_pairs", len(kept) / pairs, pairs),
        ("precision", _mean(tally.precision), len(kept)),
        ("found", _mean(tally.found), len(kept)),
        ("missed_kept_pairs", _mean([value <= settings.missed for value in tally.missed]), len(tally.missed)),
        ("spared", _mean(tally.spared), len(tally.spared)),
    )
    nan = math.nan
    return [Record(scored.name, "nptlens", setting, metric, value, nan, nan, n) for metric, value, n in figures]


def _calibration(scored: Scored) -> list[Record]:
    """Return the expected calibration error, the mean over codes: 15 bins of equal width, and of equal mass."""
    found = []
    for kind in ("equal_width", "equal_mass"):
        each = [expected_calibration_error(p, g, kind=kind) for p, g in zip(scored.probability.T, scored.gold.T, strict=True)]
        found.append(Record(scored.name, "nptlens", "15 bins", f"ece_{kind}", _mean(each), math.nan, math.nan, len(scored.gold)))
    return found


def _mean(values: list[float] | list[bool]) -> float:
    held = [float(value) for value in values if not math.isnan(value)]
    return sum(held) / len(held) if held else math.nan


def _print(records: list[Record]) -> None:
    for record in records:
        print(f"{record.set:16} {record.setting:56} {record.metric:18} {record.value:6.3f}  n={record.n}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
