"""Runs at once in one study, and verbs during a run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.crash.bench import EDITED, FRESH, Bench, Start
from benchmarks.crash.children import Child, Ended
from benchmarks.crash.kills import after_again
from benchmarks.crash.states import Snapshot, corrupt, is_cache, is_record, snapshot
from benchmarks.crash.verbs import DURING, Verb, places
from benchmarks.crash.verdicts import FAULT, UNCLEAR, WRONG, Fault, Outcome, broken, plain_answer, says_so, unclear_refusal

_AT_ONCE = 8
_VERBS_AT_ONCE = 2
_ANSWERED = (0, 1)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Eight runs at once (without a verb), or one verb again and again during a run."""

    start: str
    verb: Verb | None
    round: int


def cases(rounds: int) -> Iterator[Meeting]:
    """Yield the meetings: both states, all runs at once and each verb."""
    for number in range(rounds):
        for start in (FRESH, EDITED):
            yield Meeting(start, None, number)
            yield from (Meeting(start, verb, number) for verb in DURING)


def judge(bench: Bench, meeting: Meeting) -> Outcome:
    """Let them meet and look at what each says, and at what the run made."""
    start = bench.starts[meeting.start]
    return _runs(bench, start) if meeting.verb is None else _verb(bench, start, meeting.verb)


def _runs(bench: Bench, start: Start) -> Outcome:
    study = bench.put(start.folder)
    children = [Child("run", str(study), folder=bench.work, name=f"run{number}") for number in range(_AT_ONCE)]
    ended = [child.wait() for child in children]
    faults = [fault for each in ended for fault in _of_end(each, f"of {_AT_ONCE} runs at once")]
    if not any(each.code in _ANSWERED for each in ended):
        faults.append(Fault(WRONG, f"of {_AT_ONCE} runs at once none worked"))
    for worked in [each for each in ended if each.code in _ANSWERED][:1]:
        faults += after_again(worked, start.reference, snapshot(study), "runs at once")
    counts = {"worked": sum(each.code in _ANSWERED for each in ended), "locked": sum(each.code == 5 for each in ended)}
    return Outcome(f"{_AT_ONCE} runs at once, {start.name}", counts, tuple(faults))


def _of_end(ended: Ended, told: str) -> list[Fault]:
    if why := broken(ended):
        return [Fault(FAULT, f"{told}: {why}")]
    if ended.code not in _ANSWERED and (why := unclear_refusal(ended)):
        return [Fault(UNCLEAR, f"{told}: {why}")]
    return []


def _verb(bench: Bench, start: Start, verb: Verb) -> Outcome:
    """Ask a verb again and again while a run goes on: it answers of the old or of the new state, says so, or refuses."""
    study = bench.put(start.folder)
    words = verb.filled(places(bench, study))
    old = _asked(bench, words)
    new, reference = _undisturbed(bench, start, words)
    bench.put(start.folder)
    _clear(bench)
    run = Child("run", str(study), folder=bench.work, name="run")
    at_once = 1 if any(word.startswith(str(bench.work / "out")) for word in words) else _VERBS_AT_ONCE  # two would write the same files
    given: list[Ended] = []
    while not run.ended():
        asked = [Child(*words, folder=bench.work, name=f"verb{number}") for number in range(at_once)]
        given += [child.wait() for child in asked]
    made = run.wait()
    told = f"{verb.name} during a run ({start.name})"
    faults = [fault for each in given for fault in _of_end(each, told)]
    faults += [Fault(WRONG, f"{told}: neither the old nor the new answer") for each in given if not _known(each, old, new, verb)]
    faults += _of_end(made, f"the run beside {verb.name}")
    _asked(bench, words)
    again = bench.run("run", str(study))
    faults += after_again(again, reference, _without_records(snapshot(study)), f"a run beside {verb.name}")
    answered = sum(each.code in _ANSWERED for each in given)
    counts = {"asked": len(given), "answered": answered, "refused": len(given) - answered}
    return Outcome(f"verbs during a run, {start.name}", counts, tuple(faults))


def _undisturbed(bench: Bench, start: Start, words: list[str]) -> tuple[Ended, Snapshot]:
    """Return what a verb says after an undisturbed run, and what the study holds after one more run."""
    study = bench.put(start.folder)
    bench.run("run", str(study))
    new = _asked(bench, words)
    bench.run("run", str(study))
    return new, _without_records(snapshot(study))


def _without_records(found: Snapshot) -> Snapshot:
    """Leave out what depends on how often a verb was asked: records of what was written where, and rows of caches that hold."""
    damaged = corrupt(found)
    return {name: held for name, held in found.items() if not is_record(name) and (name in damaged or not is_cache(name))}


def _asked(bench: Bench, words: list[str]) -> Ended:
    _clear(bench)
    return bench.run(*words)


def _clear(bench: Bench) -> None:
    """Empty the folder beside the study that verbs write to: a copied study does not know what lies there."""
    shutil.rmtree(bench.work / "out", ignore_errors=True)
    (bench.work / "out").mkdir()


def _known(ended: Ended, old: Ended, new: Ended, verb: Verb) -> bool:
    """Tell whether an answer is the old or the new one, or says that it is of something older; the state itself may be any between."""
    if ended.code not in _ANSWERED or verb.name == "status":
        return True
    return plain_answer(ended.out) in [plain_answer(each.out) for each in (old, new)] or says_so(ended, new)
