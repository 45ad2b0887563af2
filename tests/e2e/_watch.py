"""Programs in processes that are watched from outside: under strace, or where there is no network at all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Calls that use a network, and calls that make or change a file.
_NETWORK = "socket,connect,bind,sendto,sendmsg,sendmmsg"
_FILES = "open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,truncate"
_OPENED = re.compile(r"\bopen(?:at2?)?\(")
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FAMILY = re.compile(r"\bsocket\((\w+)|sa_family=(\w+)")


@dataclass(frozen=True)
class Home:
    """A person's folders, all of them new: home, temporary files, and the folder that programs work in."""

    root: Path

    def __post_init__(self) -> None:
        for path in (self.home, self.temporary, self.work):
            path.mkdir(parents=True)

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def cache(self) -> Path:
        return self.home / "xdg" / "cache" / "nptlens"

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment from nothing: no switch of ours, none of a test's (libraries keep quiet where CI is set)."""
        xdg = {f"XDG_{name.upper()}_HOME": str(self.home / "xdg" / name) for name in ("cache", "config", "data", "state")}
        own = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.temporary), "LANG": "C.UTF-8"}
        return {**own, **xdg, "PYTHONPATH": str(ROOT / "pipeline"), "PYTHONWARNINGS": "ignore", **more}

    def strays(self) -> list[str]:
        """Return the files and links outside the folder of work and the cache, and whatever is left of temporary ones."""
        there = [path for path in self.home.rglob("*") if not path.is_dir() and not path.is_relative_to(self.cache)]
        return sorted(str(path.relative_to(self.root)) for path in [*there, *self.temporary.rglob("*")])


@dataclass(frozen=True)
class Watched:
    """What a program did: exit code, what it printed, calls that use a network, files that it made, wrote or moved, and those it read."""

    code: int
    out: str
    err: str
    network: tuple[str, ...] = ()
    written: tuple[Path, ...] = ()
    read: tuple[Path, ...] = ()


def may_trace() -> bool:
    """Say whether strace is here and allowed to trace."""
    trial = ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "true"]
    return shutil.which("strace") is not None and subprocess.run(trial, check=False, capture_output=True).returncode == 0


def traced(arguments: list[str], home: Home, **more: str) -> Watched:
    """Run Python under strace, its children too; the test is skipped, saying so, where strace is absent or may not trace."""
    if not may_trace():
        pytest.skip("strace is not here, or may not trace")
    log = home.root / "trace"
    watch = ["strace", "-f", "-qq", "--seccomp-bpf", "-s", "4096", "-o", str(log), "-e", f"trace={_NETWORK},{_FILES}", "-e", "signal=none"]
    done = _run([*watch, sys.executable, *arguments], home, more)
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    written, read = (_files(calls, home.work, writing=writing) for writing in (True, False))
    return Watched(done.returncode, done.stdout, done.stderr, tuple(filter(_beyond, calls)), written, read)


def alone(arguments: list[str], home: Home, **more: str) -> Watched:
    """Run Python in a network namespace without interfaces; the test is skipped, saying so, where none can be made."""
    for command in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        if shutil.which("unshare") and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
            done = _run([*command, sys.executable, *arguments], home, more)
            return Watched(done.returncode, done.stdout, done.stderr)
    pytest.skip("no network namespace can be made here")


def _run(command: list[str], home: Home, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = home.environment(**more)
    return subprocess.run(command, cwd=home.work, env=environment, capture_output=True, text=True, timeout=1200, check=False)


def _beyond(call: str) -> bool:
    """Say whether a call uses a socket of any family but the machine's own."""
    found = _FAMILY.search(call)
    return found is not None and (found[1] or found[2]) not in ("AF_UNIX", "AF_LOCAL", "AF_UNSPEC")


def _files(calls: list[str], folder: Path, *, writing: bool) -> tuple[Path, ...]:
    """Return each file that calls made, opened for writing or moved, or each that they opened for reading; relative names lie in `folder`."""
    found: set[Path] = set()
    for call in calls:
        if _FAMILY.search(call) is None and (_OPENED.search(call) is None or _WRITES.search(call) is not None) is writing:
            found.update(folder / name for name in _QUOTED.findall(call))
    return tuple(sorted(found))
