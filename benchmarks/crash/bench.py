"""What every part starts from: studies in the states that are disturbed, and what an undisturbed run makes of them."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash import small_study
from benchmarks.crash.children import Child, Ended, warm
from benchmarks.crash.states import STORE, Snapshot, differences, snapshot
from benchmarks.crash.verdicts import DIFFERENT, Fault, Outcome

FRESH, EDITED = "fresh", "after an edit"


@dataclass(frozen=True, slots=True)
class Start:
    """A state of the study before a run: its folder, what it holds, what an undisturbed run makes of it in how many seconds."""

    name: str
    folder: Path
    held: Snapshot
    reference: Snapshot
    seconds: float


@dataclass(frozen=True, slots=True)
class Bench:
    """The folder that a part works in; all runs take place in the same folder, since outputs may tell paths."""

    work: Path
    study: Path
    starts: dict[str, Start]
    whole: Path
    first: tuple[Outcome, ...]

    def put(self, folder: Path) -> Path:
        """Copy a state to where runs take place; return that place."""
        return put(folder, self.study)

    def run(self, *words: str) -> Ended:
        """Run a verb to its end."""
        return Child(*words, folder=self.work).wait()


def put(source: Path, to: Path) -> Path:
    """Copy a folder in the place of another."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(source, to, symlinks=True)
    return to


def prepare(work: Path) -> Bench:
    """Warm this process up and make the states and references in `work`, an empty folder."""
    template, study, whole, edited = (work / name for name in ("template", "study", "whole", "edited"))
    small_study.make(template)
    warm(put(template, study))
    _keep_salt(study, template)
    fresh, first = _start(FRESH, template, study, work)
    put(study, whole)
    put(whole, edited)
    small_study.edit(edited)
    after, second = _start(EDITED, edited, study, work)
    return Bench(work, study, {FRESH: fresh, EDITED: after}, whole, (first, second))


def _start(name: str, folder: Path, study: Path, work: Path) -> tuple[Start, Outcome]:
    """Run a state twice without a disturbance."""
    held, seconds, made = snapshot(folder), [], []
    faults: list[Fault] = []
    for _ in range(2):
        ended = Child("run", str(put(folder, study)), folder=work).wait()
        seconds.append(ended.seconds)
        made.append(snapshot(study))
        if ended.code not in (0, 1):
            raise SystemExit(f"an undisturbed run of the {name} study ended with {ended.code}: {ended.err[-400:]}")
    differing = differences(*made)
    if differing:
        faults.append(Fault(DIFFERENT, f"two undisturbed runs: {', '.join(differing)}"))
    return Start(name, folder, held, made[0], statistics.median(seconds)), Outcome(f"undisturbed, {name}", {}, tuple(faults))


def _keep_salt(study: Path, template: Path) -> None:
    """Give every run the salt of the first one: digests that are salted study by study could not be compared else."""
    for path in (study / STORE).glob("*salt*"):
        (template / STORE).mkdir(exist_ok=True)
        shutil.copy2(path, template / STORE)
