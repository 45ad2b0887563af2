"""What transcripts are called: as the table transcripts.csv says, else by the name of the file.

An id hangs on its own file alone, so that none moves when others come or go.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nptlens.core.errors import UsageError
from nptlens.core.ids import transcript_id
from nptlens.reading._sheet_rows import refuse, sheet_rows
from nptlens.schemas.records import Problem, Severity

_WHAT = "table of transcripts"
_MOST = 5


@dataclass(frozen=True, slots=True)
class GivenId:
    """A row of the table: its line, a file by its path among the transcripts, and the id of its transcript."""

    line: int
    file: str
    transcript: str


@dataclass(frozen=True, slots=True)
class TranscriptIds:
    """The table that gives transcripts their ids; without a table, or a row, the name of the file is the id."""

    path: Path = Path()
    rows: tuple[GivenId, ...] = ()


@dataclass(frozen=True, slots=True)
class Assigned:
    """The id of each file, by its path among the transcripts.

    `equal` are the groups of files whose names give one id: they bear what could tell them apart, and no run may take them so.
    """

    ids: Mapping[str, str]
    equal: tuple[tuple[str, ...], ...] = field(default=())


def read_transcript_ids(path: Path) -> TranscriptIds:
    """Return the table that gives transcripts their ids, columns file and transcript; others are ignored.

    Raises SettingsError that lists every fault with its line: no file, no id, an id that cannot be one, a file or an id twice.
    """
    faults: list[str] = []
    files: dict[str, int] = {}
    ids: dict[str, int] = {}
    rows = []
    for row in sheet_rows(path, _WHAT, ("file", "transcript"), needed=("file", "transcript")):
        file, name = _plain(row.cells.get("file", "")), row.cells.get("transcript", "")
        if not file or not name:
            faults.append(f"line {row.line}: no {'file' if not file else 'transcript'}")
            continue
        if transcript_id(name) != name:
            faults.append(f"line {row.line}: {name!r} cannot be an id ({transcript_id(name)!r} can)")
        for what, key, seen in (("file", file, files), ("transcript", name.casefold(), ids)):
            if seen.setdefault(key, row.line) != row.line:
                faults.append(f"line {row.line}: the {what} {file if what == 'file' else name} is also on line {seen[key]}")
        rows.append(GivenId(row.line, file, name))
    refuse(faults, _WHAT, path, "one row a file: its path in the folder of transcripts, and an id of its own")
    return TranscriptIds(path, tuple(rows))


def assign_ids(names: Sequence[str], given: TranscriptIds) -> Assigned:
    """Return the ids of files, by their paths `names`; of equal names the first keeps it.

    Raises SettingsError where the table names a file that is not there.
    """
    known = {_plain(name) for name in names}
    faults = [f"line {row.line}: no transcript {row.file}" for row in given.rows if row.file not in known]
    refuse(faults, _WHAT, given.path, "correct the path, or delete the row")
    said = {row.file: row.transcript for row in given.rows}
    wanted = {name: said.get(_plain(name)) or transcript_id(PurePosixPath(name).stem) for name in names}
    groups: dict[str, list[str]] = defaultdict(list)
    for name, wish in wanted.items():
        groups[wish.casefold()].append(name)
    taken = set(groups)
    ids = dict(wanted)
    equal = []
    for group in groups.values():
        if len(group) > 1:
            equal.append(tuple(group))
            for name in group[1:]:
                ids[name] = next(each for each in _others(name, wanted[name]) if each.casefold() not in taken)
                taken.add(ids[name].casefold())
    return Assigned(ids, tuple(sorted(equal)))


def refuse_equal(assigned: Assigned, root: Path) -> None:
    """Raise UsageError that names the files whose names give one id, where there are any."""
    if not assigned.equal:
        return
    told = "; ".join(f"{' and '.join(group)} would both be {assigned.ids[group[0]]}" for group in assigned.equal[:_MOST])
    more = f"; {len(assigned.equal) - _MOST} more such names" if len(assigned.equal) > _MOST else ""
    raise UsageError(f"files of equal names: {told}{more}", where=str(root), hint=_hint(assigned, assigned.equal[0]))


def list_equal(assigned: Assigned) -> Iterator[Problem]:
    """Yield a Problem for each file whose name gives the id of another."""
    for group in assigned.equal:
        for name in group[1:]:
            what = f"its name gives the id {assigned.ids[group[0]]}, as that of {group[0]} does: a run would stop"
            yield Problem(name, what, _hint(assigned, group), Severity.ERROR)


def list_safe(assigned: Assigned) -> Iterator[Problem]:
    """Yield a note for each file whose name could not be the id as it is."""
    told = {name for group in assigned.equal for name in group}
    for name, given in assigned.ids.items():
        stem = unicodedata.normalize("NFC", PurePosixPath(name).stem)
        if name not in told and given != stem and given == transcript_id(stem):
            yield Problem(name, f"its transcript is called {given}", "some characters cannot stand in an id", Severity.NOTE)


def _hint(assigned: Assigned, group: Sequence[str]) -> str:
    rows = " and ".join(f"{name},{assigned.ids[name]}" for name in group[1:])
    return f"rename one, or give ids in transcripts.csv beside study.toml: below a first row file,transcript write {rows}"


def _others(name: str, wish: str) -> Iterator[str]:
    """Yield ids that could tell a file from others of its name."""
    path = PurePosixPath(name)
    longer = f"{wish}_{path.suffix.lower().removeprefix('.')}"
    yield longer
    yield transcript_id("_".join([longer, *path.parts[:-1]]))
    number = 2
    while True:
        yield f"{longer}_{number}"
        number += 1


def _plain(file: str) -> str:
    return unicodedata.normalize("NFC", file.strip().replace("\\", "/").removeprefix("./"))
