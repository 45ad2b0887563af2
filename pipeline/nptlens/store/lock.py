"""One run at a time in one study."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nptlens.errors import LockedError


@contextmanager
def study_lock(folder: Path) -> Iterator[None]:
    """Hold the study's lock; raises LockedError at once where another run holds it."""
    import filelock

    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / "lock", blocking=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise LockedError("another run holds this study", where=str(folder.parent), hint="wait until it has ended") from None
    try:
        yield
    finally:
        lock.release()
