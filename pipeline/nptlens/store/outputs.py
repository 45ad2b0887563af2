"""The one door for files that people open, correct and fill in: what a person changed is kept, never written over.

`.nptlens/outputs.json` says of each such file (a path relative to the study's folder, or a whole one outside of it) the sha256 of what was
written last. A file with another digest, and one that was never recorded, is a person's: it is renamed before a new one takes its name.
New digests are noted before a file is replaced (`outputs.pending.json`), so that a crash in between makes no file of ours a person's.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from nptlens.core.errors import IntegrityError, UsageError, in_use, storage_error
from nptlens.core.ids import digest, digest_file
from nptlens.schemas.records import Problem, Severity
from nptlens.store.files import write_bytes, write_text

RECORD = "outputs.json"
PENDING = "outputs.pending.json"
KEPT = "outputs.kept.json"
CELLS = "outputs.cells.json"
STAGED = "outputs.new"
_WINDOWS = os.name == "nt"
_MADE_ANEW = "delete it: it is made again"
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to be written: its name, what makes its bytes, and the cells in it that a person may fill in, as they stand in these bytes."""

    name: str
    make: Callable[[], bytes]
    cells: Callable[[bytes], Cells] = lambda data: {}


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written, in order, and what became of those that a person changed."""

    paths: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


def known_outputs(store: Path) -> dict[str, str]:
    """Return the sha256 of all files outside the store that nptlens wrote, by their recorded path; some may be gone."""
    return dict(sorted((_read(store / RECORD) | _read(store / PENDING)).items()))


def kept_outputs(store: Path) -> dict[str, str]:
    """Return the files that people changed and that were renamed for it, with their sha256, by their recorded path."""
    return dict(sorted(_read(store / KEPT).items()))


def as_written(store: Path, path: Path) -> bool:
    """Tell whether a file is as nptlens wrote it, if only by a process that was interrupted before it could end."""
    if not path.is_file():
        return False
    name, found = recorded(store, path), digest_file(path)
    return found in (_read(store / RECORD).get(name), _read(store / PENDING).get(name))


def settle_interrupted(store: Path) -> None:
    """Record what became of files that an interrupted process had announced; whoever calls holds the lock.

    Raises IntegrityError where the record cannot be read.
    """
    if (store / PENDING).is_file():
        Outputs(store).settle()


def located(store: Path, recorded: str) -> Path:
    """Return where a recorded path lies."""
    return store.parent / recorded


def recorded(store: Path, path: Path) -> str:
    """Return a path as it is recorded: relative to the study's folder in POSIX form, whole outside of it."""
    whole, root = path.parent.resolve() / path.name, store.parent.resolve()
    return (whole.relative_to(root) if whole.is_relative_to(root) else whole).as_posix()


class Outputs:
    """The record of one study's outputs; whoever writes holds the study's lock."""

    def __init__(self, store: Path) -> None:
        """Read the record and settle what a crash left open; raises IntegrityError where it cannot be read."""
        self._store = store
        self._known, self._pending, self._kept = (_read(store / name) for name in (RECORD, PENDING, KEPT))
        self._cells = {file: cells for file, cells in _read(store / CELLS).items() if isinstance(cells, dict)}
        for name, sha256 in self._pending.items():
            if _digest(located(store, name)) == sha256:
                self._known[name] = sha256

    def settle(self) -> None:
        """End what an interrupted process left open: its files are as it announced them, or as they were before."""
        self._pending = {}
        self._save()

    def adopt(self, digests: Mapping[Path, str]) -> None:
        """Take files that are recorded elsewhere as ours, where this record knows nothing of them."""
        new = {name: sha256 for path, sha256 in digests.items() if (name := recorded(self._store, path)) not in self._known}
        if new:
            self._known |= new
            self._save()

    def forget(self, names: Collection[str]) -> None:
        """Drop recorded paths from all parts of the record."""
        for part in (self._known, self._pending, self._kept):
            for name in set(names) & set(part):
                del part[name]
        self._save()
        self._put(KEPT, self._kept)

    def sweep(self) -> None:
        """Remove files that were made to be put in place; raises StorageError where the disk does not let them go, as they hold words."""
        staged = self._store / STAGED
        try:
            if staged.exists():
                shutil.rmtree(staged)
        except OSError as error:
            raise storage_error(error, staged) from error

    def changed(self) -> Iterator[Path]:
        """Yield the recorded files that a person changed since they were written."""
        for name in sorted({*self._known, *self._pending}):
            path = located(self._store, name)
            if path.is_file() and not self._ours(path):
                yield path

    def shown(self, path: Path) -> str:
        """Return a path as a person is told of it."""
        return recorded(self._store, path)

    def cell_was(self, path: Path, cell: str, text: str) -> bool | None:
        """Tell whether a cell of a file stood as `text` when it was written, or last seen; None where nothing is known of the file.

        A cell that was not noted was empty.
        """
        digests = self._noted(path)
        now = {each: _of_cell(each, cell, text) for each in digests}
        was = {each: self._cells[each].get(_name_of(each, cell), _of_cell(each, cell, "")) for each in digests}
        return any(was[each] == now[each] for each in digests) if digests else None

    def seen(self, path: Path, cells: Cells) -> None:
        """Note how the cells of a file that a person changed stand now, so that they are read back once."""
        for file in self._noted(path):
            self._cells[file] |= _noted_as(file, cells)
        self._save()

    def noted(self, path: Path) -> bool:
        """Tell whether it is known how the cells of a file stood when it was written."""
        return bool(self._noted(path))

    def knows(self, path: Path) -> bool:
        """Tell whether a file is recorded."""
        return recorded(self._store, path) in (*self._known, *self._pending)

    def _noted(self, path: Path) -> list[str]:
        """Return what the cells of a file are noted under, as it was written last, and as an interrupted run may have written it."""
        name = recorded(self._store, path)
        files = [_version(name, part[name]) for part in (self._known, self._pending) if name in part]
        return [file for file in files if file in self._cells]

    def withdraw(self, cell: str, text: str, why: str, hint: str) -> tuple[Problem, ...]:
        """Remove the recorded files in which a cell stood otherwise than `text`; one that a person changed is renamed."""
        problems = []
        for name in sorted(self._known):
            path = located(self._store, name)
            stood = {file: self._cells[file].get(_name_of(file, cell), "") for file in self._noted(path)}
            if path.is_file() and any(was and was != _of_cell(file, cell, text) for file, was in stood.items()):
                told = self._remove(path)
                problems.append(told or Problem(name, f"removed: {why}", hint, Severity.NOTE))
                del self._known[name]
        self._save()
        return tuple(problems)

    def write(self, path: Path, data: bytes, *, cells: Cells | None = None, holds_all: bool = False) -> Written:
        """Write one file; `holds_all`: all that the file held is in `data`, so there is nothing to keep of it.

        Raises UsageError where something that is no plain file has its name.
        """
        problems = []
        self._note(path, digest(data), cells or {})
        if not self._stands(path, digest(data)):
            refuse_open([path] if path.is_file() else [])
            kept = None if holds_all or not _there(path) or self._ours(path) else self._keep(path)
            problems += [self._told(path, kept)] if kept else []
            self._announce({recorded(self._store, path): digest(data)})
            write_bytes(path, data)
        self._settle({recorded(self._store, path): digest(data)}, ())
        return Written((path,), tuple(problems))

    def write_set(
        self,
        folder: Path,
        files: Sequence[OutputFile],
        *,
        names: Collection[str],
        marker: str,
        again: str,
        own: bool,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Written:
        """Make all files, then put them into `folder`, so that they are of one generation, or `marker` there says that they are not.

        Of the `names` that such a set may have, those not written now are removed, where they are ours as they were written; others are
        renamed, where the folder is `own` to nptlens or they are recorded. `again` is the command that completes an interrupted set.
        Raises as `write`.
        """
        digests = self._stage(folder, files, progress)
        targets = {folder / name: sha256 for name, sha256 in digests.items()}
        swapped = [path for path, sha256 in targets.items() if not self._stands(path, sha256)]
        gone = [path for name in sorted(set(names) - set(digests)) if self._is_stale(path := folder / name, own)]
        new = {recorded(self._store, path): sha256 for path, sha256 in targets.items()}
        problems: list[Problem] = []
        if swapped or gone:
            refuse_open([path for path in (*swapped, *gone) if path.is_file()])
            self._announce(new)
            write_text(folder / marker, _marked(again))
            problems += [self._told(path, self._keep(path)) for path in swapped if _there(path) and not self._ours(path)]
            problems += [told for path in gone if (told := self._remove(path))]
            for path in swapped:
                write_bytes(path, (self._store / STAGED / path.name).read_bytes())
        self._settle(new, [recorded(self._store, path) for path in gone])
        (folder / marker).unlink(missing_ok=True)
        self.sweep()
        return Written(tuple(targets), tuple(problems))

    def _stage(self, folder: Path, files: Sequence[OutputFile], progress: Callable[[int, int], None]) -> dict[str, str]:
        """Make the files in the store, note their cells, and return their digests by name."""
        self.sweep()
        digests = {}
        for number, file in enumerate(files):
            progress(number, len(files))
            data = file.make()
            sha256 = digests[file.name] = digest(data)
            write_bytes(self._store / STAGED / file.name, data)
            self._note(folder / file.name, sha256, file.cells(data))
        progress(len(files), len(files))
        return digests

    def _note(self, path: Path, sha256: str, cells: Cells) -> None:
        file = _version(recorded(self._store, path), sha256)
        self._cells[file] = _noted_as(file, cells)

    def _stands(self, path: Path, sha256: str) -> bool:
        return _there(path) and digest_file(path) == sha256

    def _ours(self, path: Path) -> bool:
        name = recorded(self._store, path)
        return digest_file(path) in (self._known.get(name), self._pending.get(name))

    def _is_stale(self, path: Path, own: bool) -> bool:
        return path.is_file() and (own or recorded(self._store, path) in self._known)

    def _remove(self, path: Path) -> Problem | None:
        if self._ours(path):
            path.unlink()
            return None
        return self._told(path, self._keep(path))

    def _keep(self, path: Path) -> Path:
        """Rename a file so that its name is free; nothing that is there is replaced."""
        stem = f"{path.stem} (changed {_now():%Y-%m-%d %H%M})"
        names = (f"{stem}{f' {number}' if number > 1 else ''}{path.suffix}" for number in count(1))
        kept = next(each for each in map(path.with_name, names) if not os.path.lexists(each))
        self._kept[recorded(self._store, kept)] = digest_file(path)
        self._put(KEPT, self._kept)
        return path.rename(kept)

    def _told(self, path: Path, kept: Path) -> Problem:
        name = recorded(self._store, path)
        what = "was changed since nptlens wrote it" if name in self._known else "is here already, and nptlens did not write it"
        what += f": it is kept as {kept.name}"
        return Problem(name, what, "take from it what you need, then delete it", Severity.WARNING)

    def _announce(self, new: Mapping[str, str]) -> None:
        """Note digests before the files have them."""
        self._pending = {**self._pending, **new}
        self._put(CELLS, self._cells)
        self._put(PENDING, self._pending)

    def _settle(self, new: Mapping[str, str], gone: Collection[str]) -> None:
        """Record that files are as announced."""
        self._known.update(new)
        self._pending = {name: sha256 for name, sha256 in self._pending.items() if name not in new}
        for name in gone:
            self._known.pop(name, None)
            self._pending.pop(name, None)
        self._save()

    def _save(self) -> None:
        held = {_version(*each) for part in (self._known, self._pending) for each in part.items()}
        self._cells = {file: cells for file, cells in self._cells.items() if file in held and cells}
        self._put(RECORD, self._known)
        self._put(CELLS, self._cells)
        self._put(PENDING, self._pending)

    def _put(self, name: str, content: Mapping[str, Any]) -> None:
        path = self._store / name
        if not content:
            path.unlink(missing_ok=True)
        elif _read(path) != content:
            write_text(path, json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n")


def refuse_open(paths: Sequence[Path]) -> None:
    """Raise StorageError where a file is open in a program that lets nobody replace it, as Excel does under Windows."""
    for path in paths if _WINDOWS else ():
        try:
            path.open("r+b").close()
        except PermissionError:
            raise in_use(path) from None


def _marked(again: str) -> str:
    return (
        "The files in this folder are not of one run: writing them was interrupted, so some are new and some are old.\n"
        f"Run this again, and the set is whole: {again}\n"
    )


def _there(path: Path) -> bool:
    """Tell whether a file has this name; raises UsageError where something else has it."""
    if os.path.lexists(path) and not path.is_file():
        raise UsageError("a file is to be written here, and this is none", where=str(path), hint="move it away, then run again")
    return path.is_file()


def _digest(path: Path) -> str:
    return digest_file(path) if path.is_file() else ""


def _version(name: str, sha256: str) -> str:
    return f"{sha256} {name}"


def _noted_as(file: str, cells: Cells) -> dict[str, str]:
    """Return cells as they are noted, without a word: their names, which hold ids of people, and what stands in them, as digests."""
    return {_name_of(file, cell): _of_cell(file, cell, text) for cell, text in cells.items()}


def _name_of(file: str, cell: str) -> str:
    return digest("\0".join((file, cell)))[:32]


def _of_cell(file: str, cell: str, text: str) -> str:
    return digest("\0".join((file, cell, text)))


def _now() -> datetime:
    return datetime.now().astimezone()


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise IntegrityError(f"{path.name} cannot be read", where=str(path), hint=_MADE_ANEW)
    return found
