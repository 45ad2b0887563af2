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
