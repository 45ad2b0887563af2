"""Folders and new files that nobody but their owner can read, and a folder's entries made to last."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from nptlens.core.errors import storage_error

_NEW_FOLDER, _NEW_FILE = 0o700, 0o600
# What a system says that cannot sync a folder, or not this one.
_NO_SYNC = {errno.EINVAL, errno.EBADF, errno.EACCES, errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EISDIR}
_BINARY = getattr(os, "O_BINARY", 0)  # Windows alone changes line ends


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each for its owner alone from the start; what is there keeps its mode.

    Raises StorageError where that cannot be done, as where a file stands in its place.
    """
    try:
        _make(path)
    except OSError as error:
        raise storage_error(error, path) from error


def _make(path: Path) -> None:
    if path.is_dir():
        return
    if path.parent != path:
        _make(path.parent)
    try:
        os.mkdir(path, _NEW_FOLDER)  # noqa: PTH102 - Path.mkdir gives the folders above the mode of the umask
    except FileExistsError:
        if not path.is_dir():  # else another process made it at the same moment
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from None
    else:
        sync_folder(path.parent)


def new_file(path: Path) -> int:
    """Make a file that is not there yet, for its owner alone, and return its descriptor, open for writing; raises OSError."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, _NEW_FILE)


def mode_of(path: Path) -> int | None:
    """Return the permission bits of a plain file, None where there is none."""
    try:
        found = path.lstat().st_mode
    except OSError:
        return None
    return stat.S_IMODE(found) if stat.S_ISREG(found) else None


def sync_folder(path: Path) -> None:
    """Let a folder's new entries outlive a power cut, where the system can; raises OSError where the disk fails."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows: a folder cannot be opened
        return
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
