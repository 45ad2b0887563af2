"""`make crash`: what a run makes must survive kills, failing disks, flipped bits and runs at once, and no verb may answer wrongly.

`--build PATH` tries the package of another checkout before this one's, so that both stand in the table. What is not measured this time
stays in the results as it was.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash import cost, shim
from benchmarks.crash.results import save, show
from benchmarks.crash.verdicts import KINDS, Outcome, Tally, of_line, summed

_ROOT = Path(__file__).resolve().parents[2]
_WEIGHTS = {"kills": 3.0, "failures": 5.0, "flips": 3.0, "together": 2.0, "cost": 2.0}
_TOLD = 40
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


@dataclass(slots=True)
class Budget:
    """The minutes that are left, dealt out by weight to what is still to do."""

    until: float
    left: list[str]

    def seconds(self) -> float:
        """Return the share of the next part, which is taken off the list."""
        share = _WEIGHTS[self.left[0]] / sum(_WEIGHTS[name] for name in self.left)
        self.left = self.left[1:]
        return max(0.0, self.until - time.monotonic()) * share


def main() -> int:
    """Run the parts; exits with 1 where anything is wrong with this build."""
    args = _arguments()
    builds = {**({"before": args.build.resolve()} if args.build else {}), **({} if args.skip_now else {"now": _ROOT})}
    parts = [name for name in _WEIGHTS if name in args.only]
    budget = Budget(time.monotonic() + 60 * args.minutes, [name for name in parts for _ in (builds if name != "cost" else ("",))])
    tallies: dict[tuple[str, str], dict[str, Tally]] = {}
    ratios: list[cost.Ratio] = []
    with tempfile.TemporaryDirectory(prefix="nptlens-crash-") as folder:
        library = shim.compiled(Path(folder))
        for name in parts:
            if name == "cost":
                if args.beside:
                    compared = {"now": _ROOT, "before": args.beside.resolve()}
                    ratios = list(cost.measure(compared, args.repeats, budget.seconds()))
                continue
            for system, build in builds.items():
                seconds = budget.seconds()
                if name == "failures" and library is None:
                    print("no compiler or no LD_PRELOAD here: failing disks are left out", file=sys.stderr)
                    continue
                print(f"{name}, {system}: {build}, {seconds / 60:.1f} minutes at most", file=sys.stderr, flush=True)
                tallies[system, name] = summed(_outcomes(name, build, library, args, seconds))
    show(tallies, ratios)
    save(args.out, tallies, ratios)
    return _verdict(tallies, ratios)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(_WEIGHTS), default=list(_WEIGHTS), help="the parts to do")
    parser.add_argument("--kills", type=int, default=200, help="SIGKILLs, half of them in a fresh run")
    parser.add_argument("--every", type=int, default=5, help="every n-th operation of a kind fails")
    parser.add_argument("--flips", type=int, default=1, help="flipped bits per artefact, each before every reading verb")
    parser.add_argument("--rows", type=int, default=30, help="flipped rows per cache, and as many bits anywhere in it")
    parser.add_argument("--rounds", type=int, default=1, help="how often all meetings take place")
    parser.add_argument("--repeats", type=int, default=5, help="measured runs of each build")
    parser.add_argument("--minutes", type=float, default=120.0, help="time for everything; what is not reached is said")
    parser.add_argument("--jobs", type=int, default=2, help="processes that share the cases (meetings take place in one)")
    parser.add_argument("--build", type=Path, help="a checkout whose package is tried first")
    parser.add_argument("--skip-now", action="store_true", help="try only the build of --build")
    parser.add_argument("--beside", type=Path, help="a checkout whose runs are timed beside this one's")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/crash.json"))
    args = parser.parse_args()
    if args.skip_now and not args.build:
        parser.error("--skip-now needs --build")
    return args


def _outcomes(name: str, build: Path, library: Path | None, args: argparse.Namespace, seconds: float) -> list[Outcome]:
    """Return what the worker processes of a part say."""
    shares = 1 if name == "together" else args.jobs
    environment = {**cost.environment(build), **_ONE_THREAD, "COLUMNS": "200", "NO_COLOR": "1"}
    if name == "failures":
        environment["LD_PRELOAD"] = str(library)
    sizes = [word for key in ("kills", "every", "flips", "rows", "rounds") for word in (f"--{key}", str(getattr(args, key)))]
    command = [sys.executable, "-m", "benchmarks.crash.worker", name, *sizes, "--seconds", str(seconds), "--shares", str(shares)]
    workers = [
        subprocess.Popen([*command, "--share", str(share)], cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for share in range(shares)
    ]
    found: list[Outcome] = []
    threads = [threading.Thread(target=_follow, args=(worker, found)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed := [worker.returncode for worker in workers if worker.returncode]:
        raise SystemExit(f"{name}: a worker ended with {failed[0]}")
    return found


def _follow(worker: subprocess.Popen[str], found: list[Outcome]) -> None:
    assert worker.stdout
    for line in worker.stdout:
        outcome = of_line(line)
        found.append(outcome)
        for fault in outcome.faults:
            print(f"  {fault.kind}: {outcome.setting}: {fault.told}", file=sys.stderr, flush=True)
    worker.wait()


def _verdict(tallies: Mapping[tuple[str, str], Mapping[str, Tally]], ratios: list[cost.Ratio]) -> int:
    """Print the line that counts; return 1 where this build has a fault or costs too much."""
    for system in sorted({system for system, _ in tallies}):
        rows = [tally for (of, _), table in tallies.items() if of == system for tally in table.values()]
        counted = {kind: sum(tally.number(kind) for tally in rows) for kind in KINDS}
        print(f"{system}: " + ", ".join(f"{number} {kind}" for kind, number in counted.items()))
    wrong = any(tally.faults for (system, _), table in tallies.items() if system == "now" for tally in table.values())
    over = [each.setting for each in ratios if each.over()]
    if over:
        print(f"more than {cost.BAR - 1:.0%} slower: {', '.join(over)}")
    return int(wrong or bool(over))


if __name__ == "__main__":
    sys.exit(main())
