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
from pathlib import Path

from benchmarks.crash import cost, shim
from benchmarks.crash.budget import PARTS
from benchmarks.crash.results import Tallies, save, show
from benchmarks.crash.verdicts import FAULT, KINDS, Fault, Outcome, of_line, summed
from benchmarks.crash.worker import SIZES

_ROOT = Path(__file__).resolve().parents[2]
_QUIET = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"), "1"),
    "ARROW_IO_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "ORT_DISABLE_TELEMETRY": "1",  # older builds leave it on, and it has a thread of its own
    "COLUMNS": "200",
    "NO_COLOR": "1",
}
_SIZES = {
    "kills": "SIGKILLs, half of them in a fresh run",
    "every": "every n-th operation of a kind fails",
    "flips": "flipped bits per artefact, each before every reading verb",
    "rows": "flipped rows per cache, and as many bits anywhere in it",
    "rounds": "how often all meetings of runs and verbs take place",
}


def main() -> int:
    """Run the parts; exits with 1 where anything is wrong with this build."""
    args = _arguments()
    builds = {**({"before": args.build.resolve()} if args.build else {}), **({} if args.skip_now else {"now": _ROOT})}
    tried = [name for name in PARTS if name in args.only and name != "cost"]
    timed = args.beside and "cost" in args.only
    weights = {**dict.fromkeys(builds, sum(PARTS[name] for name in tried)), "cost": PARTS["cost"] if timed else 0.0}
    seconds = {name: 60 * args.minutes * weight / (sum(weights.values()) or 1.0) for name, weight in weights.items()}
    found: dict[tuple[str, str], list[Outcome]] = {}
    with tempfile.TemporaryDirectory(prefix="nptlens-crash-") as folder:
        library = shim.compiled(Path(folder))
        if library is None and "failures" in tried:
            print("no compiler here: failing disks are left out", file=sys.stderr)
            tried.remove("failures")
        for system, build in builds.items() if tried else ():
            print(f"{system}: {build}, {seconds[system] / 60:.1f} minutes at most", file=sys.stderr, flush=True)
            for name, outcomes in _outcomes(tried, build, library, args, seconds[system]).items():
                found[system, name] = outcomes
    ratios = list(cost.measure({"now": _ROOT, "before": args.beside.resolve()}, args.repeats, seconds["cost"])) if timed else []
    tallies = {key: summed(outcomes) for key, outcomes in found.items()}
    show(tallies, ratios)
    save(args.out, tallies, ratios)
    return _verdict(tallies, ratios)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="the parts to do")
    for name, value in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=value, help=_SIZES[name])
    parser.add_argument("--repeats", type=int, default=5, help="measured runs of each build")
    parser.add_argument("--minutes", type=float, default=120.0, help="time for everything; what is not reached is said")
    parser.add_argument("--backwards", action="store_true", help="begin with the cases that a call cut short by its time leaves out")
    parser.add_argument("--jobs", type=int, default=2, help="processes that share the cases (meetings take place in one)")
    parser.add_argument("--build", type=Path, help="a checkout whose package is tried first")
    parser.add_argument("--skip-now", action="store_true", help="try only the build of --build")
    parser.add_argument("--beside", type=Path, help="a checkout whose runs are timed beside this one's")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/crash.json"))
    args = parser.parse_args()
    if args.skip_now and not args.build:
        parser.error("--skip-now needs --build")
    return args


def _outcomes(
    parts: list[str], build: Path, library: Path | None, args: argparse.Namespace, seconds: float
) -> dict[str, list[Outcome]]:
    """Return what the worker processes say, by part."""
    environment = {**cost.environment(build), **_QUIET}
    if library:
        environment["LD_PRELOAD"] = str(library)
    sizes = [word for name in SIZES for word in (f"--{name}", str(getattr(args, name)))]
    command = [sys.executable, "-m", "benchmarks.crash.worker", *parts, *sizes, "--seconds", str(seconds), "--shares", str(args.jobs)]
    command += ["--backwards"] * args.backwards
    workers = [
        subprocess.Popen([*command, "--share", str(share)], cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for share in range(args.jobs)
    ]
    found: dict[str, list[Outcome]] = {name: [] for name in parts}
    threads = [threading.Thread(target=_follow, args=(worker, found)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for worker in workers:
        if worker.returncode:  # what was found until then is told all the same
            found[parts[-1]].append(Outcome("a worker", {}, (Fault(FAULT, f"a worker of the harness ended with {worker.returncode}"),)))
    return found


def _follow(worker: subprocess.Popen[str], found: dict[str, list[Outcome]]) -> None:
    assert worker.stdout
    for line in worker.stdout:
        name, told = line.split("\t", 1)
        outcome = of_line(told)
        found[name].append(outcome)
        for fault in outcome.faults:
            print(f"  {fault.kind}: {outcome.setting}: {fault.told}", file=sys.stderr, flush=True)
    worker.wait()


def _verdict(tallies: Tallies, ratios: list[cost.Ratio]) -> int:
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
