"""The table of the crash harness, and the file that keeps it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.crash.cost import BAR, Ratio
from benchmarks.crash.verdicts import KINDS, Tally
from benchmarks.records import Record, write

_EXAMPLES = 4
Tallies = Mapping[tuple[str, str], Mapping[str, Tally]]
"""(system, part) → setting → sums."""


def show(tallies: Tallies, ratios: list[Ratio]) -> None:
    """Print the table, examples of each kind of fault, and the ratios of seconds."""
    print(f"{'build':8}{'part':10}{'setting':48}{'cases':>7}" + "".join(f"{kind:>17}" for kind in KINDS) + "  counts")
    for (system, part), table in tallies.items():
        for setting, tally in sorted(table.items()):
            counts = ", ".join(f"{number} {name}" for name, number in sorted(tally.counts.items()) if number)
            numbers = "".join(f"{tally.number(kind):>17}" for kind in KINDS)
            print(f"{system:8}{part:10}{setting:48}{tally.cases:>7}{numbers}  {counts}")
    for line in examples(tallies):
        print(line)
    if ratios:
        print(f"\n{'seconds of a run':40}{'now':>8}{'before':>8}{'ratio':>8}  95 %, {ratios[0].repeats} pairs; bar {BAR}")
    for each in ratios:
        undecided = " undecided: more --repeats" if each.ratio > BAR and not each.over() else ""
        print(f"{each.setting:40}{each.ours:>8.2f}{each.theirs:>8.2f}{each.ratio:>8.3f}  {each.low:.3f} to {each.high:.3f}{undecided}")


def examples(tallies: Tallies) -> list[str]:
    """Return a few faults of each build, part and kind, in words."""
    lines = []
    for (system, part), table in tallies.items():
        for kind in KINDS:
            told = [fault.told for tally in table.values() for fault in tally.faults if fault.kind == kind]
            lines += [f"{system}, {part}, {kind}: {each}" for each in told[:_EXAMPLES]]
            if len(told) > _EXAMPLES:
                lines.append(f"{system}, {part}, {kind}: and {len(told) - _EXAMPLES} more")
    return lines


def records(tallies: Tallies, ratios: list[Ratio]) -> list[Record]:
    """Return the table as records: set is the part, system the build."""
    made = []
    for (system, part), table in tallies.items():
        for setting, tally in sorted(table.items()):
            figures = Counter({kind: tally.number(kind) for kind in KINDS}) + tally.counts
            for metric in sorted({*KINDS, *figures}):
                value = float(figures[metric])
                made.append(Record(part, system, setting, metric, value, value, value, tally.cases))
    for each in ratios:
        made.append(Record("cost", "now", each.setting, "ratio of seconds to before", each.ratio, each.low, each.high, each.repeats))
        made.append(Record("cost", "now", each.setting, "seconds", each.ours, each.ours, each.ours, each.repeats))
        made.append(Record("cost", "before", each.setting, "seconds", each.theirs, each.theirs, each.theirs, each.repeats))
    return made


def save(path: Path, tallies: Tallies, ratios: list[Ratio]) -> None:
    """Write the results; those of builds and parts that were not measured this time are kept."""
    new = records(tallies, ratios)
    measured = {(record.system, record.set) for record in new}
    old, notes = _kept(path, measured)
    write(path, [*old, *new], [*notes, *examples(tallies)])


def _kept(path: Path, measured: set[tuple[str, str]]) -> tuple[list[Record], list[str]]:
    if not path.exists():
        return [], []
    held = json.loads(path.read_text(encoding="utf-8"))
    kept = [Record(**each) for each in held["records"] if (each["system"], each["set"]) not in measured]
    notes = [note for note in held.get("notes", []) if not any(note.startswith(f"{system}, {part},") for system, part in measured)]
    return kept, notes
