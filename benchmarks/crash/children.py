"""Verbs of nptlens in forked children of one warm process, so that a run costs its work and not its imports.

ONNX Runtime and BLAS must have no threads before the fork: the study has one thread and the static encoder. Arrow makes its own anew.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Hook = Callable[[], None] | None
HUNG = 300
"""The code given to a child that did not end in time and was killed."""
_LIBRARIES = (
    "docx", "lxml.etree", "matplotlib.backends.backend_svg", "onnxruntime", "openpyxl", "pandas", "pyarrow.parquet", "scipy.optimize",
    "scipy.stats", "xlsxwriter",
)  # fmt: skip
MODULES = (
    "cli.main", "study.run.coding_stages", "study.run.fieldwork_stages", "study.run.report_stage", "study.run.text_stages",
    "study.run.topic_stages", "study.transfer.export", "study.transfer.import_project", "study.validation.validate", "study.why",
)  # fmt: skip
"""Modules of nptlens that verbs import when they are first needed."""
_PATIENCE = 600.0  # seconds; a loaded machine is slow, and only a child that hangs must be ended
_STEP = 0.003


def warm(study: Path) -> None:
    """Import what verbs import and run the study once, so that children inherit libraries, fonts and tokenizers."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    from nptlens.safety.imports import spacy_alone

    with spacy_alone():
        importlib.import_module("spacy")
    for name in MODULES:
        importlib.import_module(f"nptlens.{name}")
    from nptlens.study.folder import open_study
    from nptlens.study.run.runner import run

    run(open_study(study))
    gc.freeze()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: exit code (negative: killed by that signal), what it said on stdout and stderr, seconds."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def said(self) -> str:
        """All that it said."""
        return self.out + self.err


class Child:
    """A verb in a child; `before` runs in it first, `after` when the verb has ended."""

    def __init__(self, *words: str, folder: Path, name: str = "said", before: Hook = None, after: Hook = None) -> None:
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        self._started = time.monotonic()
        self._status: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            self._be(words, before, after)

    def _be(self, words: tuple[str, ...], before: Hook, after: Hook) -> None:
        code = 99
        try:
            os.setpgid(0, 0)
            for path, number in ((self._out, 1), (self._err, 2)):
                os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), number)
            sys.argv = ["nptlens", *words]
            from nptlens.cli.main import main

            if before:
                before()
            code = _code(main)
            sys.stdout.flush()
            sys.stderr.flush()
            if after:
                after()
        finally:
            os._exit(code)

    def ended(self) -> bool:
        """Tell whether the child has ended."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                self._seconds = time.monotonic() - self._started
        return self._status is not None

    def wait(self, patience: float = _PATIENCE) -> Ended:
        """Return how the child ended; one that takes more than `patience` seconds is killed."""
        hung = False
        while not self.ended():
            if time.monotonic() - self._started > patience and not hung:
                hung = True
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(_STEP)
        assert self._status is not None
        code = HUNG if hung else os.waitstatus_to_exitcode(self._status)
        return Ended(code, _text(self._out), _text(self._err), self._seconds)

    def kill(self) -> Ended:
        """Send SIGKILL, however far the child is."""
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def _code(main: Callable[[], object]) -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # what the program itself would let through
        traceback.print_exc()
    return 1


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
