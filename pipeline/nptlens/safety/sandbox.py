"""A box for parsers that may hang or swell: a function of this package runs in a child process with limits on time and memory.

A child serves one file after another (`safety.children`), since to start one costs more than a small file does. It is ended after a file
that took too long or too much, or that was refused; where one dies of a file that was not its first, that file is tried once more in a
new child, so that no file pays for those before it. Run as a module, this file is the child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from nptlens.core.errors import ReadingError
from nptlens.safety.children import DiedError, TookTooLongError, child, limit_time

CPU_S = 8.0
"""Seconds of processor time that reading one file may take."""
_WAITING = 10  # times as long a file may last, since other programs use the machine too
_MEGABYTES = 1_000
_MOST_CHARACTERS = 64_000_000
_GARBAGE = 200_000  # objects made before Python looks for circles among them: parsers make very many, and few circles
_TIRED = 0.25  # a child that has ever held this share of its memory is not used again
_STATUS = Path("/proc/self/status")
_NAME = re.compile(r"(nptlens(?:\.\w+)+):(\w+)")
_FEW = "split the file, or save its text as .txt"
_BROKEN = "open it and save it again, or save its text as .txt"


class _SpentError(Exception):
    """The child is not to be used again; `answer` is what it said."""

    def __init__(self, answer: dict[str, Any], *, again: bool) -> None:
        super().__init__("a child that is not used again")
        self.answer = answer
        self.again = again


def sandboxed(name: str, data: bytes, *, where: str, cpu_s: float = CPU_S, megabytes: int = _MEGABYTES) -> str:
    """Return what the function `name` (``nptlens.room._module:function``, from bytes to text) makes of `data` in a child process.

    Raises ReadingError where the function raises it, fails, or does not keep within `cpu_s` seconds of processor time and
    `megabytes` of memory; ValueError where `name` is no function of this package.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a function of this package: {name!r}")
    try:
        answer, again = _asked(name, data, cpu_s, megabytes)
        if again:
            answer, _ = _asked(name, data, cpu_s, megabytes)
    except TookTooLongError as late:
        raise ReadingError(f"reading it took longer than {late.seconds:g} seconds", where=where, hint=_FEW) from None
    except OSError as error:
        raise ReadingError(f"no process could be started to read it ({type(error).__name__})", where=where) from None
    if "text" in answer:
        return str(answer["text"])
    raise ReadingError(str(answer["what"]), where=where, hint=str(answer["hint"]))


def _asked(name: str, data: bytes, cpu_s: float, megabytes: int) -> tuple[dict[str, Any], bool]:
    """Return a child's answer, and whether to ask a new one: its failure may be that of the files before."""
    try:
        with child(megabytes) as one:
            first = one.calls == 0
            answer = one.call(name, data, cpu_s=cpu_s, wall_s=_WAITING * cpu_s)
            if "text" not in answer or answer["tired"]:
                raise _SpentError(answer, again=not first and "text" not in answer)
            return answer, False
    except _SpentError as spent:
        return spent.answer, spent.again
    except DiedError as died:  # killed, or out of memory in a way Python could not tell
        return {"what": "reading it took more memory or time than is allowed", "hint": _FEW}, not died.fresh


def _limit(megabytes: int) -> None:
    """Limit the memory and files of this process, where the system knows such limits; 0 megabytes are no limit."""
    try:
        import resource
    except ImportError:  # Windows knows none
        return
    size = megabytes * 1024 * 1024
    limits = ((resource.RLIMIT_AS, size), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0))
    for kind, value in limits if megabytes else ():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _tired(megabytes: int) -> bool:
    """Tell whether this process has held so much memory that a later file might lack it, where the system says."""
    with contextlib.suppress(OSError), _STATUS.open(encoding="ascii") as lines:  # the usual call also counts what the parent held
        held = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
        return 0 < _TIRED * megabytes * 1024 < held
    return False


def _answer(name: str, data: bytes) -> dict[str, Any]:
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


def _serve(calls: BinaryIO, answers: BinaryIO, megabytes: int) -> None:
    """Answer each call until there are no more."""
    while head := calls.readline():
        call = json.loads(head)
        data = calls.read(int(call["size"]))
        limit_time(float(call["cpu_s"]))
        answer = json.dumps({**_answer(str(call["name"]), data), "tired": _tired(megabytes)}).encode("ascii")
        limit_time(0)
        del data
        answers.write(b"%d\n" % len(answer))
        answers.write(answer)
        answers.flush()


def main() -> None:
    """Be the child, with the memory that the command line allows; whatever a library prints goes nowhere."""
    megabytes = int(sys.argv[1])
    _limit(megabytes)
    gc.set_threshold(_GARBAGE)
    calls, answers = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.redirect_stdout(sys.stderr):
        _serve(calls, answers, megabytes)


if __name__ == "__main__":
    main()
