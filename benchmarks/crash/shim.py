"""The library that makes file operations fail: compiled where there is a compiler, armed in a child."""

from __future__ import annotations

import ctypes
import errno
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

KINDS = {"write": 1, "fsync": 2, "rename": 4, "open": 8, "truncate": 16, "unlink": 32, "mkdir": 64}
ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
_SOURCE = Path(__file__).with_name("shim.c")


def compiled(folder: Path) -> Path | None:
    """Compile the library into `folder`; None where there is no compiler or the system has no LD_PRELOAD."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    made = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(_SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    return made if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Failure:
    """The `number`-th operation of a kind below a folder fails (0: none, they are only counted); with `stays` all after it too."""

    kind: str
    number: int
    error: str = "ENOSPC"
    stays: bool = False

    def arm(self, folder: Path) -> None:
        """Arm the library that was preloaded into this process."""
        ctypes.CDLL(None).shim_arm(str(folder).encode(), self.number, ERRORS[self.error], int(self.stays), KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Told:
    """How many operations of each kind there were, how many failed, and the first that failed."""

    operations: dict[str, int]
    failed: int
    where: str


def told() -> Told:
    """Return what the library saw in this process since it was armed."""
    library = ctypes.CDLL(None)
    library.shim_last.restype = ctypes.c_char_p
    counts = {name: library.shim_count(kind) for name, kind in KINDS.items()}
    return Told(counts, library.shim_hits(), (library.shim_last() or b"").decode(errors="replace"))


def loaded() -> bool:
    """Tell whether the library was preloaded into this process."""
    return hasattr(ctypes.CDLL(None), "shim_arm")
