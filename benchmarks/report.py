"""`make bench-report`: how long a report of 1,000, 10,000 and 100,000 segments takes, how much memory, how large its files are.

Invented tables (benchmarks/_big_study.py): 25 codes, 8 % of all codings assigned as in the demo study, vectors of 384. Each format of
each size is written in a process of its own, whose peak memory counts the tables too. The limits are those that a report must
keep: 60 s, 2 GB, 20 MB of HTML.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._big_study import study
from benchmarks.records import Record, write
from nptlens.reporting import report

_FILES = {"html": "report.html", "xlsx": "excerpts.xlsx", "csv": "codings.csv"}
_LIMITS = {"seconds": 60.0, "peak memory, GB": 2.0, "HTML, MB": 20.0}


def main() -> int:
    """Measure, print and write benchmarks/results/report.json; 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/report.json"))
    parser.add_argument("--segments", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--codes", type=int, default=25)
    parser.add_argument("--one", nargs=2, metavar=("SEGMENTS", "FORMATS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(int(arguments.one[0]), arguments.codes, tuple(arguments.one[1].split("+")))))
        return 0
    records: list[Record] = []
    for segments in arguments.segments:
        for formats in (*_FILES, "+".join(_FILES)):
            command = [sys.executable, "-m", "benchmarks.report", "--codes", str(arguments.codes), "--one", str(segments), formats]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
            found = json.loads(done.stdout)
            records += [
                Record(f"{segments} segments", formats, f"{arguments.codes} codes", metric, value, float("nan"), float("nan"), segments)
                for metric, value in found.items()
            ]
            print(segments, formats, found, flush=True)
    write(arguments.out, records, ["invented tables; peak memory is that of the whole process, the tables and their making included"])
    broken = [each for each in records if each.value > _LIMITS.get(each.metric, float("inf"))]
    for each in broken:
        print(f"over the limit: {each.set}, {each.system}: {each.metric} {each.value}")
    return 1 if broken else 0


def one(segments: int, codes: int, formats: tuple[str, ...]) -> dict[str, float]:
    """Write one report and return what it took."""
    inputs = study(segments, codes, formats=formats)
    before = _peak()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        report(inputs, Path(folder))
        seconds = time.perf_counter() - start
        sizes = {f"{name.upper()}, MB": (Path(folder) / _FILES[name]).stat().st_size / 1e6 for name in formats}
    figures = {"seconds": seconds, "peak memory, GB": _peak(), "of it before the report, GB": before, **sizes}
    return {name: round(value, 2) for name, value in figures.items()}


def _peak() -> float:
    """The most memory that this process has had so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    sys.exit(main())
