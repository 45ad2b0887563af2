"""A box for parsers that may hang or swell: a function of this package runs in a child process with limits on time and memory.

Bytes go in on stdin, one JSON object comes out on stdout; nothing else passes. Run as a module, this file is the child.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nptlens.core.errors import ReadingError

TIMEOUT_S = 8.0
_MEGABYTES = 1_000
_MOST_CHARACTERS = 64_000_000
_NAME = re.compile(r"(nptlens(?:\.\w+)+):(\w+)")
_FEW = "split the file, or save its text as .txt"
_BROKEN = "open it and save it again, or save its text as .txt"


def sandboxed(name: str, data: bytes, *, where: str, timeout_s: float = TIMEOUT_S, megabytes: int = _MEGABYTES) -> str:
    """Return what the function `name` (``nptlens.room._module:function``, from bytes to text) makes of `data` in a child process.

    Raises ReadingError where the function raises it, fails, or does not keep within `timeout_s` seconds and `megabytes` of memory;
    ValueError where `name` is no function of this package.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a function of this package: {name!r}")
    command = [sys.executable, "-P", "-s", "-m", __name__, name, str(megabytes), str(int(timeout_s) + 1)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=timeout_s, env=_environment(), check=False
        )
    except subprocess.TimeoutExpired:
        raise ReadingError(f"reading it took longer than {timeout_s:g} seconds", where=where, hint=_FEW) from None
    except OSError as error:
        raise ReadingError(f"no process could be started to read it ({type(error).__name__})", where=where) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # killed, or out of memory in a way Python could not tell
        raise ReadingError("reading it took more memory or time than is allowed", where=where, hint=_FEW) from None
    if "text" in answer:
        return str(answer["text"])
    raise ReadingError(str(answer["what"]), where=where, hint=str(answer["hint"]))


def _environment() -> dict[str, str]:
    """Return the little that a Python child needs; it finds this package where the parent found it."""
    paths = [str(Path(__file__).resolve().parents[2]), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMP", "TEMP", "LD_LIBRARY_PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore"}


def _limit(megabytes: int, seconds: int) -> None:
    """Limit the memory, processor time and files of this process, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    size = megabytes * 1024 * 1024
    for kind, value in ((resource.RLIMIT_AS, size), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _answer(name: str, data: bytes) -> dict[str, str]:
    found = _NAME.fullmatch(name)
    if found is None:
        return {"what": "not a function of this package", "hint": ""}
    try:
        function: Callable[[bytes], Any] = getattr(importlib.import_module(found[1]), found[2])
        text = str(function(data))
    except ReadingError as error:
        return {"what": error.what, "hint": error.hint}
    except MemoryError:
        return {"what": "reading it took more memory than is allowed", "hint": _FEW}
    except Exception as error:  # a parser's own message may quote the source: only its type is told
        return {"what": f"it is damaged, or no such file ({type(error).__name__})", "hint": _BROKEN}
    if len(text) > _MOST_CHARACTERS:
        return {"what": f"it holds more than {_MOST_CHARACTERS} characters", "hint": _FEW}
    return {"text": text}


def main() -> None:
    """Be the child: read stdin, call the function named on the command line, write its answer."""
    name, megabytes, seconds = sys.argv[1:4]
    _limit(int(megabytes), int(seconds))
    answer = _answer(name, sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


if __name__ == "__main__":
    main()
