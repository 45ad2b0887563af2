from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nptlens.core.errors import LockedError, StorageError, UsageError
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


@pytest.mark.parametrize(("place", "what"), [(".nptlens", "a file stands where the study's store must be"), (".nptlens/lock", "the lock of the study is no plain file")])
def test_what_stands_in_the_place_of_the_store_or_its_lock(tmp_path, place, what):
    if place == ".nptlens":
        (tmp_path / place).write_bytes(b"mine")
    else:
        (tmp_path / place).mkdir(parents=True)
    with pytest.raises(UsageError, match=what) as caught, study_lock(tmp_path / ".nptlens"):
        pytest.fail("it was locked")
    assert caught.value.where == str(tmp_path / place)
    assert (tmp_path / place).exists()


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_store_that_is_a_link_is_refused(tmp_path, target):
    """Results are named by their way from the store: from behind a link that leads elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / ".nptlens").symlink_to(tmp_path / target)
    with pytest.raises(UsageError, match="is a link"), study_lock(tmp_path / "study" / ".nptlens"):
        pytest.fail("it was locked")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "what"),
    [(errno.EROFS, "the disk is read-only"), (errno.EACCES, "permission denied"), (errno.ENOSPC, "no space left"), (errno.EIO, "input/output error")],
)
def test_a_disk_that_takes_no_lock(tmp_path, monkeypatch, number, what):
    opened = os.open

    def refuse(path, *args, **kwargs):
        if Path(os.fsdecode(path)).name == "lock":
            raise OSError(number, os.strerror(number), path)
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StorageError, match=what) as caught, study_lock(tmp_path / ".nptlens"):
        pytest.fail("it was locked")
    assert caught.value.exit_code == 74
    assert caught.value.where == str(tmp_path / ".nptlens" / "lock")


@pytest.mark.skipif(sys.platform == "win32", reason="fcntl is POSIX's")
def test_a_network_drive_without_locks(tmp_path, monkeypatch):
    import fcntl

    def refuse(descriptor, how):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StorageError, match="does not know locks") as caught, study_lock(tmp_path / ".nptlens"):
        pytest.fail("it was locked")
    assert "copy the study" in caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are POSIX's")
def test_the_store_and_its_lock_are_their_owners_alone(tmp_path):
    before = os.umask(0)
    try:
        with study_lock(tmp_path / "study" / ".nptlens"):
            found = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "study").rglob("*")}
    finally:
        os.umask(before)
    assert found == {".nptlens": 0o700, "lock": 0o600}


def test_whoever_holds_the_lock_removes_what_a_killed_run_left(tmp_path):
    store = tmp_path / ".nptlens"
    study_root, half = tmp_path, f".{{}}.{_ended()}.tmp"
    gone = [
        store / half.format("vectors.npy"), store / "runs" / "first" / half.format("heads.json"), store / "runs" / ".second" / "heads.json",
        tmp_path / "results" / half.format("report.html"), tmp_path / "results" / "selected" / half.format("report.docx"),
        tmp_path / "sheets" / half.format("A_design.csv"), study_root / half.format("topic_names.csv"), tmp_path / "transcripts" / half.format("P01.txt"),
        store / "vectors.sqlite-wal", store / "pictures.sqlite-journal",
    ]  # fmt: skip
    stays = [
        store / "vectors.npy", store / "runs" / "first" / "heads.json", tmp_path / "results" / "report.html", tmp_path / ".notes.tmp",
        tmp_path / "a.7.tmp", tmp_path / "results" / ".hidden", store / "ledger.sqlite", store / "ledger.sqlite-journal",
        tmp_path / f".export.qdpx.{os.getppid()}.tmp", tmp_path / "mine" / "deep" / half.format("other"),
    ]  # fmt: skip
    for path in (*gone, *stays):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    with study_lock(store):
        assert [path for path in gone if path.exists()] == []
        assert not (store / "runs" / ".second").exists()
    assert [path for path in stays if not path.exists()] == []


def test_who_does_not_get_the_lock_removes_nothing(tmp_path):
    store = tmp_path / ".nptlens"
    with study_lock(store):
        half = store / f".vectors.npy.{os.getpid()}.tmp"
        half.write_bytes(b"half")
        assert held(store)
        assert half.exists()


def _ended() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(timeout=30)
    return process.pid
