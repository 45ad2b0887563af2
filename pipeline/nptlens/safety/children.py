"""Child processes that call functions of this package, one call after another, and are ended where a call computes or lasts too long.

What counts is the processor time of the child, so that a busy machine costs no file; the clock is there for a child that waits for ever.
A call goes in on the child's stdin: a line of JSON, then the bytes of its argument. Its answer comes out on stdout: a line that says how
many bytes follow, then JSON. `safety.sandbox`, run as a module, is the child.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CHILD = "nptlens.safety.sandbox"
_KEPT = ("PATH", "SYSTEMROOT", "TMP", "TEMP", "LD_LIBRARY_PATH", "HOME")
_MOST_CALLS = 200  # a child is not kept for ever, whatever its libraries keep in memory
_END_S = 5.0
_OUT_OF_TIME = getattr(signal, "SIGPROF", 0)


class TookTooLongError(Exception):
    """A call was stopped after so many `seconds` of processor time, or by the clock."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after {seconds:g} seconds")
        self.seconds = seconds


class DiedError(Exception):
    """The child ended without an answer; `fresh` says that it had answered nothing before."""

    def __init__(self, *, fresh: bool) -> None:
        super().__init__("the child died")
        self.fresh = fresh


class Child:
    """One process. Raises OSError where it cannot be started."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command
        self.calls = 0
        self.owner = os.getpid()
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
        )

    def call(self, name: str, data: bytes, *, cpu_s: float, wall_s: float) -> dict[str, Any]:
        """Return the answer of the function `name` to `data`, for which it may compute `cpu_s` seconds and last `wall_s`.

        Raises TookTooLongError or DiedError; the child is of no use after that. Where the system cannot limit the processor time, the
        clock alone stops a call.
        """
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        clock = threading.Timer(wall_s, stop)
        clock.daemon = True
        clock.start()
        try:
            answer = self._asked(json.dumps({"name": name, "size": len(data), "cpu_s": cpu_s}).encode(), data)
        except (OSError, ValueError):
            answer = None
        finally:
            clock.cancel()
        if answer is None:
            self.end()
            if late.is_set():
                raise TookTooLongError(wall_s)
            if self._process.returncode == -_OUT_OF_TIME:
                raise TookTooLongError(cpu_s)
            raise DiedError(fresh=self.calls == 0)
        self.calls += 1
        return answer

    def _asked(self, head: bytes, data: bytes) -> dict[str, Any] | None:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return None
        stdin.write(head + b"\n")
        stdin.write(data)
        stdin.flush()
        size = int(stdout.readline(32))
        answer = stdout.read(size)
        found: dict[str, Any] | None = json.loads(answer) if len(answer) == size else None
        return found

    def end(self) -> None:
        """Kill the process and wait for it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)


_resting: list[Child] = []
_lock = threading.Lock()


def command_of(megabytes: int) -> tuple[str, ...]:
    """Return the command that starts a child with so much memory, 0 for no limit."""
    return (sys.executable, "-P", "-s", "-m", _CHILD, str(megabytes))


@contextlib.contextmanager
def child(megabytes: int) -> Iterator[Child]:
    """Lend a child to one caller: one that rests, or a new one. It rests after that, unless the call failed."""
    command = command_of(megabytes)
    one: Child | None = None
    with _lock:
        for each in reversed(_resting):
            if each.command == command and each.owner == os.getpid():
                _resting.remove(each)
                one = each
                break
    one = one or Child(command)
    try:
        yield one
    except BaseException:
        one.end()
        raise
    if one.calls >= _MOST_CALLS:
        one.end()
    else:
        with _lock:
            _resting.append(one)


def end_all() -> None:
    """End every child that rests; those of the process that this one was forked from are left to it."""
    with _lock:
        ended = [each for each in _resting if each.owner == os.getpid()]
        _resting.clear()
    for each in ended:
        each.end()


atexit.register(end_all)


def environment() -> dict[str, str]:
    """Return the little that a Python child needs; it finds this package where the parent found it."""
    paths = [str(Path(__file__).resolve().parents[2]), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore"}


def limit_time(seconds: float) -> None:
    """Let the system end this process once it has computed for so long from now on, 0 for no limit; nothing where it has no such clock."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
