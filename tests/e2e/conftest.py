"""The shipped demo study, run by the program itself in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nptlens.study.demo import prepare_demo

_ROOT = Path(__file__).resolve().parents[2]
# Lists every folder backwards: what the file system says of an order must not matter.
_BACKWARDS = """
import os
_listdir, _scandir = os.listdir, os.scandir
class _Entries:
    def __init__(self, path): self.entries = sorted(_scandir(path), key=lambda e: str(e.name), reverse=True)
    def __iter__(self): return iter(self.entries)
    def __enter__(self): return self
    def __exit__(self, *args): pass
    def close(self): pass
os.listdir = lambda path=".": sorted(_listdir(path), key=str, reverse=True)
os.scandir = lambda path=".": _Entries(path)
"""
_START = "import sys\nif sys.argv.pop(1) == 'backwards':\n    exec({patch!r})\nfrom nptlens.cli.main import main\nmain()\n"
RunDemo = Callable[..., Path]


@pytest.fixture(scope="session")
def run_demo(tmp_path_factory: pytest.TempPathFactory) -> RunDemo:
    """Copy the demo to a new folder, run it and return the folder."""

    def run(*, backwards: bool = False, threads: int = 0, **env: str) -> Path:
        study = prepare_demo(tmp_path_factory.mktemp("demo") / "study")
        settings = study.root / "study.toml"
        settings.write_text(settings.read_text(encoding="utf-8").replace("[study]", f"[study]\nthreads = {threads}"), encoding="utf-8")
        order = "backwards" if backwards else "as it is"
        command = [sys.executable, "-c", _START.format(patch=_BACKWARDS), order, "run", str(study.root), "--json"]
        own = {**os.environ, "PYTHONPATH": str(_ROOT / "pipeline"), **env}
        done = subprocess.run(command, capture_output=True, text=True, env=own, timeout=1200, check=False)
        assert done.returncode in (0, 1), done.stderr
        (study.root / "run.json").write_text(done.stdout, encoding="utf-8")
        return study.root

    return run


@pytest.fixture(scope="session")
def demo(run_demo: RunDemo) -> Path:
    """The folder of the demo study, run once for all that only look at it."""
    return run_demo()
