"""What is to be forgotten, written down before anything is removed, so that an interrupted erasure is ended by the next one.

The plan holds ids and paths, never words of a transcript, and goes when all is done.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import UsageError
from nptlens.core.hints import command
from nptlens.core.ids import transcript_id
from nptlens.core.text import canonical
from nptlens.safety.cells import bare
from nptlens.store.files import read_records, write_records
from nptlens.study.folder import Study

PLAN = "forget.json"
_PLACE = re.compile(r"(.+):\d+-\d+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is forgotten: ids of transcripts, paths of their sources (relative to the study's folder, or whole), ids of participants."""

    transcripts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()

    def is_place(self, cell: str) -> bool:
        """Tell whether a cell names a stretch of one of the transcripts: ``TRANSCRIPT:start-end``."""
        found = _PLACE.fullmatch(cell)
        return found is not None and found.group(1) in self.transcripts

    def is_transcript(self, cell: str) -> bool:
        """Tell whether a cell names one of the transcripts, by its id or its file."""
        return transcript_id(cell) in self.transcripts or cell in self.files()

    def files(self) -> frozenset[str]:
        """Return the names and paths of the sources."""
        paths = [Path(each) for each in self.sources]
        below = {Path(*path.parts[number:]).as_posix() for path in paths for number in range(len(path.parts))}
        return frozenset(below)

    def names(self) -> frozenset[str]:
        """Return all that it goes by in files of the study."""
        return frozenset({*self.transcripts, *self.participants, *(Path(each).stem for each in self.sources)})


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed at one place: the file or folder, what of it, and how many."""

    path: str
    what: str
    number: int


@dataclass(frozen=True, slots=True)
class Left:
    """What a person must look at: the file, and why it is as it was."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """What one step of the erasure removed and left."""

    removed: tuple[Removed, ...] = ()
    left: tuple[Left, ...] = ()

    def __add__(self, other: Done) -> Done:
        """Return what both removed and left."""
        return Done((*self.removed, *other.removed), (*self.left, *other.left))


def read_plan(study: Study) -> Subject | None:
    """Return what an interrupted erasure was to forget, None where there is none; raises IntegrityError where it cannot be read."""
    path = study.store / PLAN
    return read_records(path, Subject) if path.is_file() else None


def write_plan(study: Study, subject: Subject) -> None:
    """Write down what is to be forgotten."""
    write_records(study.store / PLAN, subject)


def end_plan(study: Study) -> None:
    """Note that all is forgotten."""
    (study.store / PLAN).unlink(missing_ok=True)


def refuse_unfinished(study: Study) -> None:
    """Raise UsageError where an erasure was interrupted."""
    if (study.store / PLAN).is_file():
        hint = f"end it first: {command('forget', study.root, '--yes')}"
        raise UsageError("an erasure (nptlens forget) was interrupted in this study", where=str(study.root), hint=hint)


def shown(study: Study, path: Path) -> str:
    """Return a path as it is told and kept: relative to the study's folder, whole outside of it."""
    return path.relative_to(study.root).as_posix() if path.is_relative_to(study.root) else path.as_posix()


def plain(cell: str) -> str:
    """Return a cell of a table as it is compared: canonical, trimmed, without the apostrophe that guards it."""
    return bare(canonical(cell).strip())


def unlink(path: Path, *, dry: bool) -> None:
    """Remove a file or link; a dry run removes nothing."""
    if not dry:
        path.unlink(missing_ok=True)


def files_below(folder: Path, skipped: Iterable[Path] = ()) -> list[Path]:
    """Return the files and links below a folder, sorted, those below the `skipped` folders left out; links are not followed."""
    left_out = set(skipped)
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = [name for name in folders if here / name not in left_out and not (here / name).is_symlink()]
        found += [here / name for name in names]
    return sorted(found)
