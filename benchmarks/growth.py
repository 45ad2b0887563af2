"""`make bench-growth`: how every stage after embedding grows from 1,000 to 1,000,000 segments.

A synthetic study (benchmarks/_growth_study.py: vectors, layers, words and coding are drawn) of 25 codes and 800 seeds, two people having
coded four interviews in a hundred. Each stage runs alone in a process of its own, from the files of the stages before, so that its peak
memory is its own: the highest resident size, pages of mapped files included. Seconds are those of the processor, which other programs
on the machine do not lengthen. The exponent is that of seconds ~ segments ** e
between two sizes; n log n from 10,000 to 1,000,000 has 1.09.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks import _growth_study
from benchmarks.records import Record, write
from nptlens.study.run.artefacts import Artefacts

SIZES = (1_000, 10_000, 100_000, 1_000_000)
STAGES = ("discover", "name", "code", "map", "compare", "verdicts", "stance", "links", "report")
NOTE = (
    "synthetic study: vectors, layers, words and coding are drawn; "
    "seconds are of one processor; peak memory is that of each stage's own process"
)
MOST_GB = 16.0
_ROOM = 1.05  # of n log n: what two runs of the same thing differ by


@dataclass(frozen=True, slots=True)
class Row:
    """What one stage took on a study of so many segments."""

    stage: str
    segments: int
    seconds: float
    peak_mb: float


def growth(sizes: Iterable[int] = SIZES, *, told: Callable[[Row], None] = lambda row: None) -> list[Row]:
    """Run every stage on a synthetic study of each size; `told` hears of each row as it is measured."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "study"
            _child("build", root, size)
            for stage in STAGES:
                rows.append(_child(stage, root, size))
                told(rows[-1])
    return rows


def exponents(rows: Sequence[Row]) -> dict[tuple[str, int, int], float]:
    """Return the exponent e of seconds ~ segments ** e per stage between neighbouring sizes, and between 10,000 and the largest."""
    seconds = {(row.stage, row.segments): row.seconds for row in rows}
    sizes = sorted({row.segments for row in rows})
    pairs = [*pairwise(sizes)]
    pairs += [(10_000, sizes[-1])] if 10_000 in sizes and sizes[-1] > 100_000 else []
    return {
        (stage, a, b): math.log(max(seconds[stage, b], 1e-3) / max(seconds[stage, a], 1e-3)) / math.log(b / a)
        for stage in STAGES
        for a, b in pairs
    }


def broken(rows: Sequence[Row]) -> list[str]:
    """Return what does not hold: from 10,000 segments on no stage grows faster than n log n, and none needs more than 16 GB."""
    faults = [
        f"{row.stage} of {row.segments:,} segments needs {row.peak_mb / 1000:.1f} GB" for row in rows if row.peak_mb > 1000 * MOST_GB
    ]
    for (stage, a, b), exponent in exponents(rows).items():
        if a == 10_000 and b == max(row.segments for row in rows):
            most = math.log(_ROOM * b * math.log(b) / (a * math.log(a))) / math.log(b / a)
            faults += [f"{stage} grows with exponent {exponent:.2f}, n log n with {most:.2f}"] if exponent > most else []
    return faults


def told_records(rows: Sequence[Row]) -> list[Record]:
    """Return the rows and their exponents as records, and print the exponents."""
    records = [
        Record(f"{row.segments} segments", row.stage, "", metric, value, math.nan, math.nan, row.segments)
        for row in rows
        for metric, value in (("seconds", row.seconds), ("peak memory, MB", row.peak_mb))
    ]
    for (stage, a, b), exponent in exponents(rows).items():
        print(f"{stage:9} {a:>9,} to {b:>9,}: exponent {exponent:.2f}")
        records.append(Record(f"{a} to {b} segments", stage, "", "exponent", round(exponent, 3), math.nan, math.nan, b))
    return records


def show(row: Row) -> None:
    """Print a row as it is measured."""
    print(f"{row.segments:>9,} {row.stage:9} {row.seconds:9.2f} s {row.peak_mb:8.0f} MB", flush=True)


def main() -> int:
    """Measure, print and write benchmarks/results/growth.json; 1 where a bar is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/growth.json"))
    parser.add_argument("--segments", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--one", nargs=3, metavar=("STAGE", "FOLDER", "SEGMENTS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        stage, folder, size = arguments.one
        print(json.dumps(_one(stage, Path(folder), int(size))))
        return 0
    print(NOTE)
    rows = growth(arguments.segments, told=show)
    records = told_records(rows)
    write(arguments.out, records, [NOTE])
    faults = broken(rows)
    print("\n".join(faults))
    return 1 if faults else 0


def _child(stage: str, root: Path, segments: int) -> Row:
    command = [sys.executable, "-m", "benchmarks.growth", "--one", stage, str(root), str(segments)]
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads})  # noqa: S603
    return Row(stage, segments, **json.loads(done.stdout.splitlines()[-1]))


def _one(stage: str, root: Path, segments: int) -> dict[str, float]:
    if stage == "build":
        _growth_study.build(root, segments)
        return {"seconds": 0.0, "peak_mb": _peak()}
    artefacts = _growth_study.artefacts(root)
    start = time.process_time()
    if stage == "verdicts":
        start = _verdicts(artefacts)
    else:
        from nptlens.study.run.pipeline import stage_named

        artefacts.make(stage_named(stage), lambda *_: None)
    return {"seconds": round(time.process_time() - start, 3), "peak_mb": round(_peak(), 1)}


def _verdicts(artefacts: Artefacts) -> float:
    """Judge as the comparison does, and return when judging began: frames are the comparison's own cost."""
    from nptlens.agreement import machine_codings, manual_frame
    from nptlens.study.run.coding_stages import verdicts

    settings, codes = artefacts.study.settings, tuple(card.code for card in artefacts.heads)
    people = [manual_frame("ann", artefacts.manual, artefacts.segments, codes, artefacts.codebook, overlap=settings.agreement.overlap)]
    machine = [machine_codings(artefacts.codings, artefacts.segments, ~artefacts.taught, codes)]
    start = time.process_time()
    verdicts(machine, people, artefacts.segments, codes, settings)
    return start


def _peak() -> float:
    """The most memory that this process held at once, in MB; Linux tells it of the program alone, without that which started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    sys.exit(main())
