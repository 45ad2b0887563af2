"""The parts of the harness in a process of its own: `python -m benchmarks.crash.worker PART...`; a line on stdout per case.

The build that is tried is the one that PYTHONPATH names.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.crash import kills, together
from benchmarks.crash.bench import Bench, prepare
from benchmarks.crash.budget import Budget
from benchmarks.crash.failures import Failures
from benchmarks.crash.flips import Flips
from benchmarks.crash.verdicts import Outcome, as_line

SIZES = {"kills": 200, "every": 5, "flips": 3, "rows": 30, "rounds": 1}
"""Sizes of the parts, with their usual values."""
LEFT_OUT = "left out for want of time"
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
    """Judge this process's share of the cases of each part, in a random order, until the part's time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+")
    for size in SIZES:
        parser.add_argument(f"--{size}", type=int, required=True)
    parser.add_argument("--share", type=int, required=True)
    parser.add_argument("--shares", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--backwards", action="store_true")
    args = parser.parse_args()
    budget = Budget(args.seconds, args.parts)
    with tempfile.TemporaryDirectory(prefix="nptlens-crash-") as folder:
        bench = prepare(Path(folder).resolve())
        for outcome in bench.first:
            _say(args.parts[0], outcome)
        for name in args.parts:
            until = time.monotonic() + budget.seconds()
            cases, judge = part(name, bench, args)
            listed = list(cases)
            random.Random(1).shuffle(listed)  # noqa: S311 (where time runs out, what was done is a random sample)
            if args.backwards:
                listed.reverse()
            shares = 1 if name == "together" else args.shares
            _go(name, listed[args.share :: shares] if args.share < shares else [], judge, until)
    return 0


def _go(name: str, cases: list[Any], judge: Callable[[Any], Outcome], until: float) -> None:
    shown = time.monotonic()
    done = 0
    for case in cases:
        if time.monotonic() > until:
            break
        _say(name, judge(case))
        done += 1
        if time.monotonic() - shown > _PROGRESS:
            shown = time.monotonic()
            print(f"{name}: {done} of {len(cases)}", file=sys.stderr, flush=True)
    print(f"{name}: {done} of {len(cases)}{'' if done == len(cases) else ', time is up'}", file=sys.stderr, flush=True)
    if done < len(cases):
        _say(name, Outcome(LEFT_OUT, {"left out": len(cases) - done}))


def _say(name: str, outcome: Outcome) -> None:
    print(f"{name}\t{as_line(outcome)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
