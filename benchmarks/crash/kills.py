"""SIGKILL at random moments of a run; the next run must make what an undisturbed one makes."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.crash.bench import EDITED, FRESH, Bench
from benchmarks.crash.children import Child, Ended
from benchmarks.crash.states import Snapshot, corrupt, differences, generations, snapshot, temporaries
from benchmarks.crash.verdicts import DIFFERENT, FAULT, LEFT, MIXED, UNCLEAR, WRONG, Fault, Outcome, broken, says_mixed, unclear_refusal

_REUSED = 5  # of so many cases, one makes everything again from the caches
_FROM_CACHES = ("--again", "segment", "--again", "embed", "--again", "report")


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: its number, and what it befalls."""

    number: int
    start: str


def cases(kills: int) -> Iterator[Kill]:
    """Yield the kills, half of them in a fresh run."""
    for number in range(kills):
        yield Kill(number, (FRESH, EDITED)[number % 2])


def judge(bench: Bench, kill: Kill) -> Outcome:
    """Kill a run, look at what is there, run again to the end."""
    start = bench.starts[kill.start]
    study = bench.put(start.folder)
    child = Child("run", str(study), folder=bench.work)
    time.sleep(random.Random(kill.number).uniform(0, start.seconds * 1.02))  # noqa: S311
    killed = child.kill().code == -9
    middle = snapshot(study)
    status = bench.run("status", str(study))
    torn, mixed = generations(start.held, start.reference, middle)
    unsaid = mixed and not says_mixed(middle, status)
    faults = [Fault(WRONG, f"{name} of neither run after kill {kill.number}") for name in torn]
    faults += [Fault(DIFFERENT, f"{name} is damaged after kill {kill.number}") for name in corrupt(middle)]
    if unsaid:
        new = [name for name in middle if name.startswith("results/") and middle[name] == start.reference.get(name)]
        faults.append(Fault(MIXED, f"kill {kill.number}: {', '.join(new)} of the new run, the others not"))
    faults += _of_status(status, kill)
    again = bench.run("run", str(study))
    faults += after_again(again, start.reference, snapshot(study), f"kill {kill.number}")
    if kill.number % _REUSED == 0:
        reused = bench.run("run", str(study), *_FROM_CACHES)
        faults += after_again(reused, start.reference, snapshot(study), f"kill {kill.number}, then all from the caches")
    counts = {"killed": int(killed), "finished": int(not killed), "temporaries after the kill": int(bool(temporaries(middle)))}
    return Outcome(kill.start, {**counts, "mixtures": int(mixed)}, tuple(faults))


def _of_status(status: Ended, kill: Kill) -> list[Fault]:
    told = f"status after kill {kill.number}: "
    if why := broken(status):
        return [Fault(FAULT, told + why)]
    if status.code not in (0, 1) and (why := unclear_refusal(status)):
        return [Fault(UNCLEAR, told + why)]
    return []


def after_again(ended: Ended, reference: Snapshot, found: Snapshot, told: str) -> list[Fault]:
    """Return what is wrong after the run that follows a disturbance."""
    faults = []
    if why := broken(ended):
        faults.append(Fault(FAULT, f"the run after {told}: {why}"))
    elif ended.code not in (0, 1):
        faults.append(Fault(UNCLEAR, f"the run after {told}: {unclear_refusal(ended) or f'exit {ended.code}'}"))
    if differing := differences(reference, found):
        faults.append(Fault(DIFFERENT, f"after {told}: {', '.join(differing[:6])}"))
    if left := temporaries(found):
        faults.append(Fault(LEFT, f"after {told}: {', '.join(left[:3])}"))
    return faults
