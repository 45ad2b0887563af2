"""Paths that a file or a user names: they must stay where they belong, and sources must be plain files."""

from __future__ import annotations

from pathlib import Path

from nptlens.errors import ReadingError, UsageError

_SKIPPED = {"results", ".nptlens", "__pycache__"}


def inside(folder: Path, name: str) -> Path:
    """Return ``folder / name``; raises UsageError where that leaves the folder or is no path."""
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL in the name, a circle of links
        raise UsageError(f"{name!r} is no path", where=str(folder), hint="correct the name") from None
    if not path.is_relative_to(folder.resolve()):
        raise UsageError(f"{name!r} leads out of the study folder", where=str(folder), hint="copy the file into the folder")
    return path


def list_files(root: Path) -> list[Path]:
    """Return the plain files under `root` (or `root` itself), sorted by path, hidden and result folders left out.

    Raises UsageError where `root` does not exist.
    """
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise UsageError(f"no such file or folder: {root}", hint="check the path")
    found = [
        path
        for path in root.rglob("*")
        if path.is_file()
        and not any(part.startswith((".", "~$")) or part in _SKIPPED for part in path.relative_to(root).parts)
    ]
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def read_bytes(path: Path, *, max_megabytes: int) -> bytes:
    """Return a file's bytes; raises ReadingError where it is empty, too large, or cannot be opened."""
    try:
        size = path.stat().st_size
        if size > max_megabytes * 1024 * 1024:
            raise ReadingError(
                f"the file has {size / 1048576:.0f} MB, more than {max_megabytes}", where=path.name, hint="raise reading.max_megabytes"
            )
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(f"cannot be opened: {error.strerror}", where=path.name) from None
    if not data:
        raise ReadingError("the file is empty", where=path.name)
    return data
