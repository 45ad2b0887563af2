"""Plain files: what else may lie under a name, and how a file is opened so that reading it never waits."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}
# A named pipe without a writer would make an ordinary open wait for ever; plain files know no waiting.
_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_plain(path: Path) -> BufferedReader:
    """Open a plain file to read its bytes; raises OSError, which says what it is, for all else."""
    _plain(path, path.stat())  # some devices act when they are opened
    descriptor = os.open(path, _AT_ONCE)
    try:
        _plain(path, os.fstat(descriptor))  # what was looked at may have been replaced since
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_plain_file(path: Path) -> bytes:
    """Return the bytes of a plain file; raises OSError as `open_plain` does."""
    with open_plain(path) as file:
        return file.read()


def otherwise(path: Path) -> str:
    """Return what lies under a name where it is no plain file that can be read: "" for such a file, and where there is nothing.

    Raises OSError where the disk or device fails.
    """
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except PermissionError:
        return "in a folder that may not be read"
    try:
        if stat.S_ISLNK(found.st_mode):
            found = path.stat()
        kind = kind_of(found.st_mode)
        return kind or ("" if os.access(path, os.R_OK) else "a file that may not be read")
    except (FileNotFoundError, NotADirectoryError):
        return "a link to nothing"
    except PermissionError:
        return "a link to what may not be read"
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno != errno.ELOOP:
            raise
        return "a link that leads to itself"


def kind_of(mode: int) -> str:
    """Return what a file's mode says that it is, "" for a plain file."""
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no plain file")


def _plain(path: Path, status: os.stat_result) -> None:
    kind = kind_of(status.st_mode)
    if kind:
        raise OSError(errno.EISDIR if kind == "a folder" else errno.EINVAL, f"it is {kind}, not a file", str(path))
