from __future__ import annotations

import errno
import json
from datetime import datetime
from pathlib import Path

import pytest

from nptlens.core.errors import IntegrityError, StorageError, UsageError
from nptlens.core.ids import digest
from nptlens.store import outputs as door
from nptlens.store.lock import study_lock
from nptlens.store.outputs import KEPT, PENDING, RECORD, OutputFile, Outputs, as_written, kept_outputs, known_outputs

NAMES = ("a.txt", "b.txt", "c.txt")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(door, "_now", lambda: datetime(2026, 11, 30, 20, 15))
    made = tmp_path / "study" / ".nptlens"
    made.mkdir(parents=True)
    return made


def put(store: Path, **files: bytes) -> door.Written:
    """Write a set of files, named without their suffix, into results/."""
    made = [OutputFile(f"{name}.txt", lambda data=data: data) for name, data in files.items()]
    return Outputs(store).write_set(
        store.parent / "results", made, names=NAMES, marker="INCOMPLETE.txt", again="nptlens run", own=True
    )


def held(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (store.parent / "results").iterdir()}


def test_a_file_of_ours_is_rewritten_in_place_and_recorded_by_its_path_in_the_study(store: Path, tmp_path: Path) -> None:
    inside, outside = store.parent / "results" / "x.csv", tmp_path / "elsewhere" / "y.csv"
    for data in (b"one", b"two"):
        assert Outputs(store).write(inside, data).problems == ()
        assert Outputs(store).write(outside, data).problems == ()
    assert json.loads((store / RECORD).read_text()) == {outside.as_posix(): digest(b"two"), "results/x.csv": digest(b"two")}
    assert known_outputs(store) == {outside.as_posix(): digest(b"two"), "results/x.csv": digest(b"two")}
    assert [path.name for path in inside.parent.iterdir()] == ["x.csv"]


@pytest.mark.parametrize("known", [True, False])
def test_what_a_person_wrote_is_kept_beside_the_new_file_and_told(store: Path, known: bool) -> None:
    path = store.parent / "results" / "x.csv"
    if known:
        Outputs(store).write(path, b"ours")
    path.parent.mkdir(exist_ok=True)
    for number, words in enumerate((b"theirs", b"theirs again"), start=1):
        path.write_bytes(words)
        (told,) = Outputs(store).write(path, b"new %d" % number).problems
        name = "x (changed 2026-11-30 2015)" + ("" if number == 1 else " 2") + ".csv"
        assert path.read_bytes() == b"new %d" % number
        assert (path.parent / name).read_bytes() == words
        assert told.where == "results/x.csv" and name in told.what and told.severity == "warning"
        assert kept_outputs(store)[f"results/{name}"] == digest(words)


def test_equal_bytes_are_left_alone_whoever_wrote_them(store: Path) -> None:
    path = store.parent / "x.csv"
    path.write_bytes(b"same")
    before = path.stat().st_mtime_ns
    assert Outputs(store).write(path, b"same").problems == ()
    assert path.stat().st_mtime_ns == before
    assert known_outputs(store) == {"x.csv": digest(b"same")}


def test_a_crash_between_a_file_and_its_record_makes_it_nobody_elses(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.parent / "x.csv"
    Outputs(store).write(path, b"old")
    monkeypatch.setattr(Outputs, "_settle", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        Outputs(store).write(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"new" and json.loads((store / PENDING).read_text()) == {"x.csv": digest(b"new")}
    assert list(Outputs(store).changed()) == []
    assert Outputs(store).write(path, b"newer").problems == ()
    assert not (store / PENDING).exists() and not (store / KEPT).exists()


def test_a_crash_before_the_file_is_there_leaves_the_old_one_ours(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.parent / "x.csv"
    Outputs(store).write(path, b"old")
    monkeypatch.setattr(door, "write_bytes", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        Outputs(store).write(path, b"new")
    monkeypatch.undo()
    assert list(Outputs(store).changed()) == []
    assert Outputs(store).write(path, b"newer").problems == ()


@pytest.mark.parametrize("after", ["write_bytes", "_settle"])
def test_the_next_holder_of_the_lock_ends_what_was_interrupted(store: Path, monkeypatch: pytest.MonkeyPatch, after: str) -> None:
    path = store.parent / "sheet.csv"
    with monkeypatch.context() as patch:
        target = door if after == "write_bytes" else Outputs
        patch.setattr(target, after, lambda *given: (_ for _ in ()).throw(StorageError("no space left on the disk")))
        with pytest.raises(StorageError):
            Outputs(store).write(path, b"a sheet")
    written = after == "_settle"
    assert (store / PENDING).is_file()
    assert as_written(store, path) == written
    with study_lock(store):
        assert not (store / PENDING).exists()
    assert as_written(store, path) == written
    assert (known_outputs(store) == {"sheet.csv": digest(b"a sheet")}) == written
    if written:
        path.write_bytes(b"a sheet, filled in")
        assert not as_written(store, path)


def test_a_set_is_whole_and_what_it_no_longer_has_is_removed(store: Path) -> None:
    put(store, a=b"1", b=b"1", c=b"1")
    assert put(store, a=b"2").problems == ()
    assert held(store) == {"a.txt": b"2"}
    assert list(known_outputs(store)) == ["results/a.txt"]


def test_what_a_set_no_longer_has_is_kept_where_a_person_changed_it(store: Path) -> None:
    put(store, a=b"1", b=b"1")
    (store.parent / "results" / "b.txt").write_bytes(b"theirs")
    (told,) = put(store, a=b"1").problems
    assert told.where == "results/b.txt"
    assert held(store) == {"a.txt": b"1", "b (changed 2026-11-30 2015).txt": b"theirs"}


def test_files_of_others_in_a_folder_of_theirs_are_left_alone(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "b.txt").write_bytes(b"theirs")
    files = [OutputFile("a.txt", lambda: b"1")]
    told = Outputs(store).write_set(folder, files, names=NAMES, marker="INCOMPLETE.txt", again="nptlens report", own=False)
    assert told.problems == () and (folder / "b.txt").read_bytes() == b"theirs"


@pytest.mark.parametrize("written", [0, 1])
def test_a_set_that_was_interrupted_says_so_until_it_is_whole(store: Path, monkeypatch: pytest.MonkeyPatch, written: int) -> None:
    put(store, a=b"1", b=b"1", c=b"1")
    results, real, done = store.parent / "results", door.write_bytes, []

    def failing(path: Path, data: bytes) -> None:
        if path.parent == results and path.suffix == ".txt" and path.name in NAMES:
            if len(done) == written:
                raise KeyboardInterrupt
            done.append(path)
        real(path, data)

    monkeypatch.setattr(door, "write_bytes", failing)
    with pytest.raises(KeyboardInterrupt):
        put(store, a=b"2", b=b"2")
    monkeypatch.undo()
    assert "nptlens run" in (results / "INCOMPLETE.txt").read_text()
    assert put(store, a=b"2", b=b"2").problems == ()
    assert held(store) == {"a.txt": b"2", "b.txt": b"2"}
    assert not (store / door.STAGED).exists()


def test_a_file_that_cannot_be_made_costs_no_other_one(store: Path) -> None:
    put(store, a=b"1", b=b"1")

    def fails() -> bytes:
        raise UsageError("no")

    files = [OutputFile("a.txt", lambda: b"2"), OutputFile("b.txt", fails)]
    with pytest.raises(UsageError):
        Outputs(store).write_set(store.parent / "results", files, names=NAMES, marker="INCOMPLETE.txt", again="x", own=True)
    assert held(store) == {"a.txt": b"1", "b.txt": b"1"}


def test_a_workbook_open_under_windows_is_told_before_anything_is_replaced(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, a=b"1", b=b"1")
    real = Path.open

    def locked(path: Path, mode: str = "r", *args: object, **kwargs: object) -> object:
        if path.name == "b.txt" and "+" in mode:
            raise PermissionError
        return real(path, mode, *args, **kwargs)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(door, "_WINDOWS", True)
    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(StorageError, match="open in another program") as told:
        put(store, a=b"2", b=b"2")
    assert told.value.where.endswith("b.txt")
    assert held(store) == {"a.txt": b"1", "b.txt": b"1"}


def test_a_folder_in_the_place_of_a_file_is_a_clear_error(store: Path) -> None:
    (store.parent / "x.csv").mkdir()
    with pytest.raises(UsageError, match="this is none"):
        Outputs(store).write(store.parent / "x.csv", b"new")


def test_a_record_that_cannot_be_read_is_an_integrity_error(store: Path) -> None:
    (store / RECORD).write_text("{")
    with pytest.raises(IntegrityError):
        known_outputs(store)


def test_files_recorded_elsewhere_are_adopted_once(store: Path) -> None:
    path = store.parent / "x.csv"
    path.write_bytes(b"old")
    known = Outputs(store)
    known.adopt({path: digest(b"old")})
    assert known.write(path, b"new").problems == ()
    known.adopt({path: digest(b"old")})
    assert known_outputs(store) == {"x.csv": digest(b"new")}


def test_a_cell_is_compared_with_what_stood_there_when_the_file_was_written(store: Path) -> None:
    folder, path = store.parent / "results", store.parent / "results" / "a.txt"
    files = [OutputFile("a.txt", lambda: b"1", lambda data: {"P01": "as written"})]
    Outputs(store).write_set(folder, files, names=NAMES, marker="INCOMPLETE.txt", again="x", own=True)
    known = Outputs(store)
    assert known.cell_was(path, "P01", "as written") is True
    assert known.cell_was(path, "P01", "otherwise") is False
    assert known.cell_was(folder / "b.txt", "P01", "as written") is None
    noted = (store / door.CELLS).read_text()
    assert "as written" not in noted and "P01" not in noted


def test_forgotten_files_stand_nowhere_in_the_record(store: Path) -> None:
    put(store, a=b"1", b=b"1")
    (store.parent / "results" / "a.txt").write_bytes(b"theirs")
    put(store, a=b"2", b=b"1")
    Outputs(store).forget([*known_outputs(store), *kept_outputs(store)])
    assert known_outputs(store) == kept_outputs(store) == {}
    assert not (store / RECORD).exists() and not (store / KEPT).exists()


def test_words_that_the_disk_does_not_let_go_are_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    files = [OutputFile("report.html", lambda: b"words")]
    monkeypatch.setattr(door.shutil, "rmtree", refuse)
    with pytest.raises(StorageError, match="no space left on the disk"):
        Outputs(store).write_set(store.parent / "results", files, names=["report.html"], marker="M.txt", again="nptlens run", own=True)
    monkeypatch.undo()
    assert (store.parent / "results" / "report.html").read_bytes() == b"words"
    Outputs(store).write_set(store.parent / "results", files, names=["report.html"], marker="M.txt", again="nptlens run", own=True)
    assert not (store / door.STAGED).exists()
