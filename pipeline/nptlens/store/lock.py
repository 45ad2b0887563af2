"""One run at a time in one study."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nptlens.core.errors import LockedError, UsageError, storage_error
from nptlens.store.folders import make_folder
from nptlens.store.leftovers import remove_leftovers

_NEW_FILE = 0o600


@contextmanager
def study_lock(folder: Path) -> Iterator[None]:
    """Hold the study's lock, whose store `folder` is; what a killed run left half-written is removed.

    Raises LockedError at once where another run holds it, UsageError where something else stands in the place of the store or of its
    lock, StorageError where the disk or a right does not let it be locked.
    """
    import filelock

    _refuse_others(folder)
    make_folder(folder)
    path = folder / "lock"
    lock = filelock.FileLock(path, blocking=False, mode=_NEW_FILE)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise LockedError("another run holds this study", where=str(folder.parent), hint="wait until it has ended") from None
    except NotImplementedError as error:  # what an older filelock says where the disk knows no locks
        raise storage_error(OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)), path) from error
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        remove_leftovers(folder)
        yield
    finally:
        lock.release()


def _refuse_others(folder: Path) -> None:
    """Raise UsageError where a link or a file stands for the store, or anything but a plain file for its lock."""
    hint = "move or rename it, then run the same command again"
    if folder.is_symlink():
        raise UsageError("the folder of a study's store is a link", where=str(folder), hint="put a folder in its place")
    if folder.exists() and not folder.is_dir():
        raise UsageError("a file stands where the study's store must be", where=str(folder), hint=hint)
    lock = folder / "lock"
    if lock.is_symlink() or (lock.exists() and not lock.is_file()):
        raise UsageError("the lock of the study is no plain file", where=str(lock), hint=hint)
