"""File operations that fail as on a full or a broken disk; the error must be clear and the next run whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.crash.bench import EDITED, FRESH, Bench
from benchmarks.crash.children import Child, Ended
from benchmarks.crash.kills import after_again
from benchmarks.crash.shim import ERRORS, Failure, Told, told
from benchmarks.crash.states import Snapshot, differences, generations, snapshot
from benchmarks.crash.verbs import WRITING, Verb, places
from benchmarks.crash.verdicts import DIFFERENT, FAULT, MIXED, UNCLEAR, WRONG, Fault, Outcome, broken, says_mixed, unclear_disk_error

_RUN = Verb("run", ("run", "{study}"))


@dataclass(frozen=True, slots=True)
class Case:
    """A verb on a state of the study, during which an operation fails."""

    verb: Verb
    start: str
    failure: Failure

    def setting(self) -> str:
        """Return the row of the table that the case belongs to."""
        what = f"run, {self.start}" if self.verb is _RUN else "verbs that write"
        return f"{self.failure.error}{', and all after it' if self.failure.stays else ''}: {what}"

    def words(self) -> str:
        """Return what is done, in words."""
        failure = self.failure
        return f"{self.verb.name} ({self.start}), {failure.error} at {failure.kind} {failure.number}{' and after' if failure.stays else ''}"


class Failures:
    """The part: it knows what each verb makes undisturbed."""

    def __init__(self, bench: Bench, every: int) -> None:
        self._bench, self._every = bench, every
        self._references: dict[tuple[str, str], Snapshot] = {}

    def cases(self) -> Iterator[Case]:
        """Yield a failure at every n-th operation of each kind, of each verb; the last one too."""
        for start, verb in [(FRESH, _RUN), (EDITED, _RUN), *(("whole", verb) for verb in WRITING)]:
            for kind, number in self._disturbed(verb, self._put(verb, start), Failure("write", 0))[1].operations.items():
                chosen = sorted({*range(1, number + 1, self._every), *([number] if number else [])})
                for stays in (False, True) if verb is _RUN else (False,):
                    yield from (Case(verb, start, Failure(kind, n, error, stays)) for n in chosen for error in ERRORS)

    def judge(self, case: Case) -> Outcome:
        """Let an operation fail, look at the error and at what is there, then do the same again undisturbed."""
        bench, reference = self._bench, self._reference(case.verb, case.start)
        study = self._put(case.verb, case.start)
        held = snapshot(study)
        ended, seen = self._disturbed(case.verb, study, case.failure)
        found = snapshot(study)
        faults = _of_error(ended, seen, reference, found, case)
        if case.verb is _RUN:
            faults += _of_results(bench, study, held, reference, found, case)
        if case.verb is _RUN or ended.code not in (0, 1):  # what a verb has written may rightly be refused a second time
            again = bench.run(*case.verb.filled(places(bench, study)))
            faults += after_again(again, reference, snapshot(study), case.words())
        clear = ended.code == 74 and not any(fault.kind == UNCLEAR for fault in faults)
        counts = {"failed": int(seen.failed > 0), "clear errors": int(clear), "went on": int(ended.code in (0, 1))}
        return Outcome(case.setting(), counts, tuple(faults))

    def _put(self, verb: Verb, start: str) -> Path:
        bench = self._bench
        study = bench.put(bench.whole if start == "whole" else bench.starts[start].folder)
        if verb.before:
            verb.before(bench, study)
        return study

    def _reference(self, verb: Verb, start: str) -> Snapshot:
        if start != "whole":
            return self._bench.starts[start].reference
        key = (verb.name, start)
        if key not in self._references:
            study = self._put(verb, start)
            ended = self._bench.run(*verb.filled(places(self._bench, study)))
            if ended.code not in (0, 1):
                raise SystemExit(f"{verb.name}, undisturbed, ended with {ended.code}: {ended.err[-400:]}")
            self._references[key] = snapshot(study)
        return self._references[key]

    def _disturbed(self, verb: Verb, study: Path, failure: Failure) -> tuple[Ended, Told]:
        bench, note = self._bench, self._bench.work / "told"
        note.unlink(missing_ok=True)
        child = Child(
            *verb.filled(places(bench, study)),
            folder=bench.work,
            before=lambda: failure.arm(study),
            after=lambda: _note(note),
        )
        ended = child.wait()
        return ended, Told(**json.loads(note.read_text(encoding="utf-8"))) if note.exists() else Told({}, 1, "")


def _note(path: Path) -> None:
    path.write_text(json.dumps(asdict(told())), encoding="utf-8")


def _of_error(ended: Ended, seen: Told, reference: Snapshot, found: Snapshot, case: Case) -> list[Fault]:
    """Return what is wrong about the error: a verb that goes on must have made all that it makes undisturbed."""
    said = f"{case.words()} [{seen.where}]: "
    if why := broken(ended):
        return [Fault(FAULT, said + why)]
    if not seen.failed and ended.code in (0, 1):
        return []
    if ended.code in (0, 1):
        differing = differences(reference, found)
        return [Fault(WRONG, f"{said}went on, but {', '.join(differing[:6])}")] if differing else []
    why = unclear_disk_error(ended)
    return [Fault(UNCLEAR, said + why)] if why else []


def _of_results(bench: Bench, study: Path, held: Snapshot, reference: Snapshot, found: Snapshot, case: Case) -> list[Fault]:
    torn, mixed = generations(held, reference, found)
    faults = [Fault(WRONG, f"{name} of neither run after {case.words()}") for name in torn]
    gone = [name for name in held if name.startswith("results/") and name not in found]
    faults += [Fault(DIFFERENT, f"{name} is gone after {case.words()}") for name in gone]
    if mixed and not says_mixed(found, bench.run("status", str(study))):
        faults.append(Fault(MIXED, f"after {case.words()}"))
    return faults
