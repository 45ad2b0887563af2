"""A coder's manual coding in the place of what an earlier import wrote: what that would change, and what is kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.delimited import read_rows, table_text
from nptlens.core.errors import UsageError
from nptlens.safety.paths import plain_file
from nptlens.schemas.records import Problem, Severity
from nptlens.store.outputs import Outputs, as_written
from nptlens.study.folder import Study

_UNIT = ("transcript", "start", "end")
_CODING = ("code", "stance", "memo")


@dataclass(frozen=True, slots=True)
class _Changes:
    """How many units a new coding has beyond an old one, has coded otherwise, and lacks."""

    more: int
    other: int
    gone: int

    def told(self) -> str:
        """Return e.g. ``3 units are new, 1 is coded otherwise``."""
        parts = ((self.more, "new"), (self.other, "coded otherwise"), (self.gone, "no longer there"))
        return ", ".join(f"{count} {'unit is' if count == 1 else 'units are'} {what}" for count, what in parts if count)


def put_manual(study: Study, target: Path, data: bytes, *, replace: bool) -> tuple[Problem, ...]:
    """Write a coder's manual coding and return what is to be told of one that was there.

    One of an earlier import gives place where all of it comes again. Else it does so with `replace` only: then what nptlens wrote is
    replaced at once, and what a person wrote or changed is kept under another name. Raises UsageError without it.
    """
    there = plain_file(target)
    if there is None:
        Outputs(study.store).write(target, data)
        return ()
    old = there.read_bytes()
    if old == data:
        return ()
    ours, changes = as_written(study.store, target), _changes(old, data, target.name)
    if not replace and not (ours and not changes.other and not changes.gone):
        raise UsageError(_refused(target.name, changes, ours=ours), where=str(target.parent), hint=_ADD)
    written = Outputs(study.store).write(target, data)
    what = f"replaces what an earlier import wrote: {changes.told() or 'only weights or digests differ'}"
    return *written.problems, Problem(target.name, what, "", Severity.NOTE)


_ADD = "to put the new coding in its place, add: --replace"


def _refused(name: str, changes: _Changes, *, ours: bool) -> str:
    by = "holds other coding" if ours else "was written or changed by a person"
    return f"{name} {by}: of the sheet, {changes.told() or 'no unit differs'}"


def _changes(old: bytes, new: bytes, name: str) -> _Changes:
    before, after = (_units(each, name) for each in (old, new))
    return _Changes(
        more=len(after.keys() - before.keys()),
        other=sum(before[unit] != after[unit] for unit in before.keys() & after.keys()),
        gone=len(before.keys() - after.keys()),
    )


def _units(data: bytes, name: str) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Return what each unit is coded as; the weight of each hangs on how many are read, so that it is no change of the coding."""
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for row in read_rows(table_text(data, where=name), where=name, strict=False).rows:
        unit, coding = (tuple(row.cells.get(column, "").strip() for column in columns) for columns in (_UNIT, _CODING))
        found[unit].add(coding)
    return dict(found)
