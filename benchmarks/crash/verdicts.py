"""What counts as wrong, and the sums of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from benchmarks.crash.children import HUNG, Ended

DIFFERENT, WRONG, FAULT, UNCLEAR, MIXED, LEFT = "differences", "wrong answers", "exit 70", "unclear errors", "unsaid mixtures", "left over"
KINDS = (DIFFERENT, WRONG, FAULT, UNCLEAR, MIXED, LEFT)
"""Another result than undisturbed; another answer without a word; a fault of the program (or a death, or a hang); an error that does
not say what a person must know; results of two runs beside each other without a word; temporary files that stay."""
_PASSING = ("seconds", "report_is_stale")  # the second is true wherever something was altered, and says so
DISK, REFUSED, LOCKED = 74, (2, 3, 4), 5
_NAMES_DISK = re.compile(r"space|disk|device|input/output|\bi/o\b|read-only|quota", re.IGNORECASE)
_DELETES = re.compile(r"(delete|remove) (it|the \.nptlens|the cache|the store)", re.IGNORECASE)
_SAYS = re.compile(
    r"altered|stale|damaged|not up to date|changed since|older than|cannot be read|made again|do(es)? not (hold|match)|is missing|never ran"
    r"|changed:|not what",
    re.IGNORECASE,
)
_SAYS_MIXED = re.compile(r"incomplete|interrupted|unfinished|not finished|two runs|mixed|half", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its kind, and what and where in words."""

    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case of a part gave."""

    setting: str
    counts: dict[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Tally:
    """The sums of a part under one setting."""

    cases: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add one case."""
        self.cases += 1
        self.counts.update(outcome.counts)
        self.faults += outcome.faults

    def number(self, kind: str) -> int:
        """Return how many faults of a kind there were."""
        return sum(fault.kind == kind for fault in self.faults)


def as_line(outcome: Outcome) -> str:
    """Return an outcome as one line of JSON."""
    return json.dumps(asdict(outcome))


def of_line(line: str) -> Outcome:
    """Read what `as_line` wrote."""
    held = json.loads(line)
    return Outcome(held["setting"], held["counts"], tuple(Fault(**each) for each in held["faults"]))


def summed(outcomes: Iterable[Outcome]) -> dict[str, Tally]:
    """Return the tallies by setting."""
    tallies: dict[str, Tally] = {}
    for outcome in outcomes:
        tallies.setdefault(outcome.setting, Tally()).add(outcome)
    return tallies


def broken(ended: Ended) -> str:
    """Return why a child's end is a fault of the program whatever it met, "" where it is none."""
    if ended.code == HUNG:
        return "did not end"
    if ended.code < 0:
        return f"died of signal {-ended.code}"
    if "Traceback (most recent call last)" in ended.said:
        return f"traceback, {last_line(ended)}"
    if ended.code == 70 or "fault in nptlens" in ended.said:
        return f"exit {ended.code}, {error_line(ended)}"
    return ""


def unclear_disk_error(ended: Ended) -> str:
    """Return what the error after a failing disk lacks, "" where it is clear: code 74, the disk or a path named, no hint to delete."""
    if ended.code != DISK:
        return f"exit {ended.code} where {DISK} is due, {error_line(ended)}"
    said = error_line(ended)
    if not said:
        return f"exit {DISK} without an error line"
    if not (_NAMES_DISK.search(said) or _line(ended, "where")):
        return f"names neither disk nor path: {said}"
    if _DELETES.search(ended.err):
        return f"a hint to delete: {_line(ended, 'hint')}"
    return ""


def unclear_refusal(ended: Ended) -> str:
    """Return what a refusal lacks, "" where it is clear: code 2, 3, 4 or 5, an error line, a place or a hint."""
    if ended.code not in (*REFUSED, LOCKED):
        return f"exit {ended.code}, {error_line(ended) or last_line(ended)}"
    if not error_line(ended):
        return f"exit {ended.code} without an error line"
    if not (_line(ended, "where") or _line(ended, "hint")):
        return f"neither place nor hint: {error_line(ended)}"
    return ""


def says_so(ended: Ended, reference: Ended) -> bool:
    """Tell whether an answer says, where the reference does not, that something was altered, damaged or made from older inputs."""
    return len(_SAYS.findall(ended.said)) > len(_SAYS.findall(reference.said))


def says_mixed(names: Iterable[str], status: Ended) -> bool:
    """Tell whether a person learns that results of two runs lie beside each other: by a marker among them, or from `status`."""
    marked = any(name.startswith("results/") and _SAYS_MIXED.search(name) for name in names)
    return marked or bool(_SAYS_MIXED.search(status.said))


def error_line(ended: Ended) -> str:
    """Return the line that starts with `error:`, "" without one."""
    return _line(ended, "error")


def last_line(ended: Ended) -> str:
    """Return the last line on stderr, shortened."""
    return (ended.err.strip().splitlines() or [""])[-1][:160]


def _line(ended: Ended, start: str) -> str:
    return next((line for line in ended.err.splitlines() if line.startswith(f"{start}:")), "")[:200]


def plain_answer(out: str) -> object:
    """Return what a verb said with --json, without seconds and without whether the report is older; what is no JSON as its lines."""
    try:
        return _lasting(json.loads(out))
    except ValueError:
        return out.splitlines()


def _lasting(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lasting(each) for key, each in value.items() if key not in _PASSING}
    return [_lasting(each) for each in value] if isinstance(value, list) else value
