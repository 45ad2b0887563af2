"""Paths that a file or a user names: they must stay where they belong, and sources must be plain files."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import ReadingError, UsageError
from nptlens.core.plain_file import open_plain, otherwise

_SKIPPED = {"results", ".nptlens", "__pycache__"}
_OF_THE_SYSTEM = {"thumbs.db", "ehthumbs.db", "desktop.ini"}  # what Windows leaves in folders
_NO_FILE = "put a plain file there, or remove the name"
_LEADS_OUT = "copy the file into the folder, or name the full path of the folder in study.toml"


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """What lies among the sources and is not read; `harmless` where its words are read at another place."""

    path: Path
    what: str
    hint: str
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """The plain files under a folder, and what else lies there, both sorted by path."""

    files: tuple[Path, ...]
    refused: tuple[Refused, ...] = ()


def inside(folder: Path, name: str) -> Path:
    """Return ``folder / name``; raises UsageError where that leaves the folder or is no path."""
    try:
        path = (folder / name).resolve()
        wrong = _circle(path)  # from Python 3.13 on resolve() takes it for a path
    except (OSError, ValueError, RuntimeError):  # a NUL in the name, a circle of links
        wrong = True
    if wrong:
        raise UsageError(f"{name!r} is no path", where=str(folder), hint="correct the name")
    if not path.is_relative_to(folder.resolve()):
        hint = "copy it into the folder, or name its full path in study.toml"
        raise UsageError(f"{name!r} leads out of the study folder", where=str(folder), hint=hint)
    return path


def _circle(path: Path) -> bool:
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def printable_path(path: Path | str) -> str:
    """Return a path that can be printed and written down: bytes of a name that are no text are written as escapes."""
    return os.fspath(path).encode(errors="backslashreplace").decode()


def plain_file(path: Path) -> Path | None:
    """Return `path` where a plain file lies there that can be read, None where there is nothing of that name.

    Raises UsageError that says what is there instead: a link to nothing, a folder, a named pipe, a file that may not be read.
    """
    what = otherwise(path)
    if what:
        raise UsageError(f"{printable_path(path.name)} is {what}, not a file that can be read", where=printable_path(path), hint=_NO_FILE)
    return path if os.path.lexists(path) else None


def plain_files(folder: Path, pattern: str) -> list[Path]:
    """Return the plain files of a folder whose names fit, sorted; raises UsageError as `plain_file`, and for a name that is no text."""
    found = []
    for path in sorted(folder.glob(pattern)):
        if printable_path(path.name) != path.name:
            raise UsageError("the name of the file is no text", where=printable_path(path), hint="give it another name")
        if plain_file(path) is not None:
            found.append(path)
    return found


def own_folder(path: Path) -> None:
    """Raise UsageError where something else than a folder bears the name of one of ours."""
    if os.path.lexists(path) and not path.is_dir():
        what = otherwise(path) or "a file"
        raise UsageError(f"{path.name} is {what}, and must be a folder", where=printable_path(path), hint="move it away, or rename it")


def list_files(root: Path) -> list[Path]:
    """Return the plain files under `root` (or `root` itself), sorted by path, hidden and result folders left out.

    Raises UsageError where `root` does not exist or cannot be read.
    """
    return list(list_sources(root).files)


def list_sources(root: Path) -> Sources:
    """Return the plain files under `root` (or `root` itself) and what else lies there; hidden and result folders are left out.

    Links are taken where they stay inside `root` and name a file. Raises UsageError where `root` does not exist or cannot be read.
    """
    if not root.is_dir():
        if plain_file(root) is None:
            raise UsageError(f"no such file or folder: {printable_path(root)}", hint="check the path")
        return Sources((root,))
    real = root.resolve()
    files: list[Path] = []
    refused: list[Refused] = []
    for entry in _entries(root, refused):
        path = Path(entry.path)
        fault = _fault(entry, path, real)
        if fault is None:
            files.append(path)
        else:
            refused.append(fault)
    return Sources(
        tuple(sorted(files, key=lambda path: path.relative_to(root).as_posix())),
        tuple(sorted(refused, key=lambda each: each.path.relative_to(root).as_posix())),
    )


def _entries(root: Path, refused: list[Refused]) -> Iterator[os.DirEntry[str]]:
    """Yield all that lies under `root` and is no folder; links to folders are not followed."""
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError as error:
            what = f"the folder cannot be read: {error.strerror}"
            if folder == root:
                raise UsageError(what, where=printable_path(root), hint="check the path") from None
            refused.append(Refused(folder, what, "let yourself read it"))
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")) or entry.name in _SKIPPED or entry.name.casefold() in _OF_THE_SYSTEM:
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
            else:
                yield entry


def _fault(entry: os.DirEntry[str], path: Path, real: Path) -> Refused | None:
    """Return why an entry is not read, None for a plain file inside of `real`."""
    try:
        what = otherwise(path)
    except OSError as error:
        return Refused(path, f"cannot be read: {error.strerror}", "try again, or copy it anew")
    if entry.is_symlink():
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(real) and what != "a link that leads to itself":
            return Refused(path, "a link that leads out of the folder of transcripts: it is not followed", _LEADS_OUT)
        if what == "a folder":
            return Refused(path, "a link to a folder: it is not followed", "its files are read where they lie", harmless=True)
    return Refused(path, f"it is {what}: it is not read", "put a plain file there, or remove it") if what else None


def read_bytes(path: Path, *, max_megabytes: int) -> bytes:
    """Return a file's bytes; raises ReadingError where it is empty, too large, no plain file, or cannot be opened."""
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > max_megabytes * 1024 * 1024:
                told = f"the file has {size / 1048576:.0f} MB, more than {max_megabytes}"
                raise ReadingError(told, where=printable_path(path.name), hint="raise reading.max_megabytes")
            data = file.read()
    except OSError as error:
        raise ReadingError(f"cannot be opened: {error.strerror}", where=printable_path(path.name)) from None
    if not data:
        raise ReadingError("the file is empty", where=printable_path(path.name))
    return data
