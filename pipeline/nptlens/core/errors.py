"""Every error this package raises on purpose, and the exit code each one ends with.

NptlensError
├── UsageError        2  wrong use of a command
│   ├── SettingsError 2  study.toml or default.toml cannot be accepted
│   ├── CodebookError 2  a codebook cannot be accepted
│   └── SeedError     2  a seed table cannot be accepted
├── ReadingError      3  one source cannot be read (kept as a Problem, the others go on)
│   └── NoInputError  3  nothing at all could be read
├── IntegrityError    4  a digest, an offset or the store does not hold
├── LockedError       5  another run holds the study
└── StorageError     74  a disk, a device or a right: a file cannot be read or written
"""

from __future__ import annotations

import errno
import os
from pathlib import Path


class NptlensError(Exception):
    """What went wrong, where (file, line, utterance) and what to do about it."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"({self.where})")
        if self.hint:
            parts.append(f"hint: {self.hint}")
        return " ".join(parts)


class UsageError(NptlensError):
    """A command was used wrongly."""

    exit_code = 2


class SettingsError(UsageError):
    """Settings that cannot be accepted; the message lists every fault, not the first."""


class CodebookError(UsageError):
    """A codebook that cannot be accepted."""


class SeedError(UsageError):
    """A seed table that cannot be accepted."""


class ReadingError(NptlensError):
    """One source that cannot be read; a batch goes on without it."""

    exit_code = 3


class NoInputError(ReadingError):
    """No readable input at all."""


class IntegrityError(NptlensError):
    """A digest, an offset or the store does not hold."""

    exit_code = 4


class LockedError(NptlensError):
    """Another run holds the study."""

    exit_code = 5


class StorageError(NptlensError):
    """A disk, a device or a right does not let a file be read or written; `where` is the path."""

    exit_code = 74  # sysexits.h EX_IOERR


_ROOM = "free some space, then run the same command again: what was finished is kept"
_DRIVE = "check the disk or the network drive, then run the same command again"
_RIGHTS = "see who may read and write there, or copy the study to a folder of your own"
_LOCKS = "copy the study to a folder on this computer's own disk, and run it there"
_OPEN = "close it in the other program (Excel, Word), then run the same command again"
_IN_THE_WAY = "move or rename it, then run the same command again"
# What a system says by numbers, in words; names that a system lacks are left out.
_TOLD = {
    getattr(errno, name): (what, hint)
    for names, what, hint in (
        ("ENOSPC", "no space left on the disk", _ROOM),
        ("EDQUOT", "the quota of this disk is used up", _ROOM),
        ("EFBIG", "the file is larger than this disk takes", "copy the study to another disk, and run it there"),
        ("EROFS", "the disk is read-only", "copy the study to a folder that can be written, and run it there"),
        ("EIO ENXIO ENODEV", "input/output error", _DRIVE),
        ("ESTALE ETIMEDOUT ENOTCONN EHOSTDOWN EHOSTUNREACH ENETDOWN ENETUNREACH EREMOTEIO", "the network drive does not answer", _DRIVE),
        ("EACCES EPERM", "permission denied", _RIGHTS),
        ("EMFILE ENFILE", "too many open files", "close other programs, or allow more (ulimit -n 4096), then run the same command again"),
        ("EBUSY ETXTBSY", "the file is in use", _OPEN),
        ("ENAMETOOLONG", "the name of the file is too long", "give the file or its folder a shorter name"),
        ("ELOOP", "a link that leads in a circle", _IN_THE_WAY),
        ("ENOTDIR", "a file stands where a folder must be", _IN_THE_WAY),
        ("EISDIR", "a folder stands where a file must be", _IN_THE_WAY),
        ("EEXIST", "something stands in the way", _IN_THE_WAY),
        ("ENOENT", "no such file or folder", "bring it back, then run the same command again"),
        ("ENOLCK ENOSYS ENOTSUP EOPNOTSUPP", "this disk does not know locks or another thing that is needed", _LOCKS),
        ("ENOMEM", "not enough memory", "close other programs, then run the same command again"),
    )
    for name in names.split()
    if hasattr(errno, name)
}
_OPEN_ELSEWHERE = (32, 33)  # Windows: ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


def storage_error(error: OSError, path: Path | None = None) -> StorageError:
    """Return what an operating system's error means, in words; `where` is `path`, else the file that the error names."""
    named = error.filename2 or error.filename
    where = str(path) if path is not None else os.fsdecode(named) if isinstance(named, str | bytes) else ""
    if getattr(error, "winerror", None) in _OPEN_ELSEWHERE:
        return StorageError("the file is open in another program", where=where, hint=_OPEN)
    what, hint = _TOLD.get(error.errno or 0, ("", ""))
    if not what:
        return StorageError((error.strerror or type(error).__name__).lower(), where=where, hint=_DRIVE)
    return StorageError(what, where=where, hint=hint)


def in_use(path: Path) -> StorageError:
    """Return the error of a file that cannot be replaced, though its folder can be written: another program has it open."""
    return StorageError("the file is open in another program, or protected", where=str(path), hint=_OPEN)
