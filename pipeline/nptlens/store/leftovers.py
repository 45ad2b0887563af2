"""What a killed run leaves behind, removed by the next process that holds the study's lock."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from nptlens.core.errors import IntegrityError, StorageError
from nptlens.store._sqlite import SIDE_FILES
from nptlens.store.outputs import STAGED, settle_interrupted

_TEMPORARY = re.compile(r"\..+\.(\d+)\.tmp", re.DOTALL)  # see `files.temporary_of`
_WRITTEN_BELOW = ("results", "sheets")  # folders of a study that are written under the lock alone, beside the store
_RUNS = "runs"


def remove_leftovers(store: Path) -> None:
    """Remove half-written files of processes that ended, in a study whose lock the caller holds.

    They are temporary files in the store, in the study's folder and in those of its results and sheets, runs of which no more than a part
    was kept, results that were not put in place, and files beside a database that is gone. What cannot be removed now stays.
    """
    root = store.parent
    for folder in (store, *(root / name for name in _WRITTEN_BELOW)):
        if not folder.is_symlink():
            _remove(path for path in folder.rglob(".*.tmp") if _TEMPORARY.fullmatch(path.name))
    # Beside the person's own files nptlens may be writing without the lock.
    for pattern in (".*.tmp", "*/.*.tmp"):
        _remove(path for path in root.glob(pattern) if (found := _TEMPORARY.fullmatch(path.name)) and not _alive(int(found[1])))
    for path in store.glob(f"{_RUNS}/.*"):
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(store / STAGED, ignore_errors=True)  # files of a report that were not put in place
    with contextlib.suppress(IntegrityError, StorageError):  # told where outputs are asked for
        settle_interrupted(store)
    for end in SIDE_FILES:
        _remove(path for path in store.glob(f"*.sqlite{end}") if not path.with_name(path.name.removesuffix(end)).exists())


def _remove(paths: Iterable[Path]) -> None:
    with contextlib.suppress(OSError):
        for path in list(paths):
            with contextlib.suppress(OSError):
                path.unlink()


def _alive(process: int) -> bool:
    """Tell whether another process of this number is at work; on Windows an open file cannot be removed anyway."""
    if os.name == "nt" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
