from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from nptlens.errors import LockedError
from nptlens.store.lock import study_lock

HOLDER = """
import sys
from pathlib import Path
from nptlens.store.lock import study_lock
with study_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def held(folder) -> bool:
    try:
        with study_lock(folder):
            return False
    except LockedError:
        return True


def test_one_at_a_time(tmp_path):
    folder = tmp_path / "study" / ".nptlens"
    with study_lock(folder):
        with pytest.raises(LockedError, match="another run holds this study") as caught, study_lock(folder):
            pytest.fail("two runs hold one study")
        assert caught.value.where == str(tmp_path / "study")
        assert caught.value.exit_code == 5
        assert held(folder)
    assert not held(folder)


def test_two_studies_do_not_meet(tmp_path):
    with study_lock(tmp_path / "a"), study_lock(tmp_path / "b"):
        assert held(tmp_path / "a")
        assert held(tmp_path / "b")


def test_an_error_lets_go(tmp_path):
    with pytest.raises(KeyboardInterrupt), study_lock(tmp_path):
        raise KeyboardInterrupt
    assert not held(tmp_path)


@pytest.mark.parametrize("end", ["orderly", "killed"])
def test_another_process(tmp_path, end):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "held\n"
            assert held(tmp_path)
            if end == "killed":
                process.send_signal(signal.SIGKILL)
            else:
                process.stdin.close()
            process.wait(timeout=30)
        finally:
            process.kill()
    assert not held(tmp_path)
