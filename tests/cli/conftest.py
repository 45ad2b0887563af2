"""The program as its users start it: a subprocess, with the word encoder in the place of the real one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_START = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("words", sys.argv.pop(1))
words = importlib.util.module_from_spec(spec)
spec.loader.exec_module(words)
if sys.argv.pop(1) == "no model":
    import nptlens.embedding
    nptlens.embedding.load_encoder = lambda card, threads=0: words.WordEncoder()
from nptlens.cli.main import main
main()
"""
Program = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def program() -> Program:
    """Start nptlens with arguments and wait; `model=False` puts the word encoder in its place."""

    def start(*arguments: object, model: bool = True, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        own = {"PYTHONPATH": str(_ROOT / "pipeline"), "PYTHONWARNINGS": "ignore", "COLUMNS": "80", **env}
        head = ["-m", "nptlens"] if model else ["-c", _START, str(_ROOT / "tests" / "conftest.py"), "no model"]
        command = [sys.executable, *head, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env={**os.environ, **own}, timeout=120, check=False)

    return start
