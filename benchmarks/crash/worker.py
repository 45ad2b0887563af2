"""One part of the harness in a process of its own: `python -m benchmarks.crash.worker PART ...`; a line of JSON per case on stdout.

The build that is tried is the one that PYTHONPATH names.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.crash import kills, shim, together
from benchmarks.crash.bench import Bench, prepare
from benchmarks.crash.failures import Failures
from benchmarks.crash.flips import Flips
from benchmarks.crash.verdicts import Outcome, as_line

_PROGRESS = 10.0  # seconds


def part(name: str, bench: Bench, args: argparse.Namespace) -> tuple[Iterable[Any], Callable[[Any], Outcome]]:
    """Return the cases of a part and how one of them is judged."""
    if name == "kills":
        return kills.cases(args.kills), lambda case: kills.judge(bench, case)
    if name == "failures":
        failures = Failures(bench, args.every)
        return failures.cases(), failures.judge
    if name == "flips":
        flips = Flips(bench, args.flips, args.rows)
        return flips.cases(), flips.judge
    return together.cases(args.rounds), lambda case: together.judge(bench, case)


def main() -> int:
    """Judge this process's share of the cases, in a random order, until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("kills", "failures", "flips", "together"))
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--every", type=int, required=True)
    parser.add_argument("--flips", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--share", type=int, default=0)
    parser.add_argument("--shares", type=int, default=1)
    parser.add_argument("--seconds", type=float, required=True)
    args = parser.parse_args()
    until = time.monotonic() + args.seconds
    if args.part == "failures" and not shim.loaded():
        raise SystemExit("the library that makes operations fail was not loaded")
    with tempfile.TemporaryDirectory(prefix="nptlens-crash-") as folder:
        bench = prepare(Path(folder).resolve())
        for outcome in bench.first if args.share == 0 else ():
            print(as_line(outcome), flush=True)
        cases, judge = part(args.part, bench, args)
        listed = list(cases)
        random.Random(1).shuffle(listed)  # noqa: S311 (where time runs out, what was done is a random sample)
        _go(listed[args.share :: args.shares], judge, until, f"{args.part} {args.share + 1}/{args.shares}")
    return 0


def _go(cases: list[Any], judge: Callable[[Any], Outcome], until: float, name: str) -> None:
    shown = time.monotonic()
    done = 0
    for case in cases:
        if time.monotonic() > until:
            break
        print(as_line(judge(case)), flush=True)
        done += 1
        if time.monotonic() - shown > _PROGRESS:
            shown = time.monotonic()
            print(f"{name}: {done} of {len(cases)}", file=sys.stderr, flush=True)
    print(f"{name}: {done} of {len(cases)}{'' if done == len(cases) else ', time is up'}", file=sys.stderr, flush=True)
    print(as_line(Outcome("left out for want of time", {"cases": len(cases) - done})), flush=True)


if __name__ == "__main__":
    os.environ.update(COLUMNS="200", NO_COLOR="1")
    sys.exit(main())
