from __future__ import annotations

import errno
import io
import json
import os
import pickle
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nptlens.core.errors import IntegrityError, StorageError
from nptlens.schemas import tables
from nptlens.schemas.records import Code, Codebook, Estimate, HeadCard, Problem, Severity, TopicCard
from nptlens.schemas.tables import CODINGS, SEGMENTS, TOPICS, Table, empty
from nptlens.store import files
from nptlens.store.files import read_array, read_records, read_table, write_array, write_bytes, write_records, write_table, write_text

ALL = [table for table in vars(tables).values() if isinstance(table, Table)]


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches the end of the current."""


class Steps:
    """Counts the steps that the operating system is asked for, and lets one fail.

    `last` is the step that fails (counted from 1, 0 for none); with `cut` every later step fails too, the cleaning up
    included. A failing write leaves the first half of its bytes behind.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, last: int, cut: bool) -> None:
        self.done: list[str] = []
        self.last, self.cut = last, cut
        for module, name in ((os, "open"), (os, "fsync"), (os, "replace"), (os, "unlink"), (os, "close")):
            monkeypatch.setattr(module, name, self._wrapped(name, getattr(module, name)))
        monkeypatch.setattr(files, "open", lambda descriptor, mode: _File(os.fdopen(descriptor, mode), self), raising=False)

    def _wrapped(self, name, call):
        def step(*args, **kwargs):
            self.take(name)
            return call(*args, **kwargs)

        return step

    def take(self, name: str) -> None:
        self.done.append(name)
        number = len(self.done)
        if self.last and (number == self.last or (self.cut and number > self.last)):
            raise PowerCut if self.cut else OSError(errno.ENOSPC, "no space left")


class _File:
    def __init__(self, file, steps: Steps) -> None:
        self._file, self._steps = file, steps

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        self._file.close()
        self._steps.take("close")

    def write(self, data) -> int:
        try:
            self._steps.take("write")
        except BaseException:
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            raise
        return self._file.write(data)

    def flush(self) -> None:
        self._steps.take("flush")
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


# A name of an earlier process, the file, its place, the folder's entry.
STEPS = ["unlink", "open", "write", "flush", "fsync", "close", "replace", "open", "fsync", "close"]
OLD, NEW = b"old bytes\n" * 50, b"new bytes!\n" * 70


@pytest.mark.parametrize("before", [OLD, None], ids=["over an old file", "where none was"])
@pytest.mark.parametrize("cut", [False, True], ids=["error", "power cut"])
@pytest.mark.parametrize("last", range(len(STEPS) + 2))
def test_whichever_step_fails_the_file_is_whole(tmp_path, before, cut, last):
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    if before is not None:
        path.write_bytes(before)
    raised = told = None
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch, last=last, cut=cut)
        try:
            write_bytes(path, NEW)
        except (StorageError, PowerCut) as error:
            raised, told = True, str(error)
    if raised and not cut:
        assert told.startswith(f"no space left on the disk ({path}) hint: ")
    after = path.read_bytes() if path.exists() else None
    if not 1 <= last <= len(STEPS):
        assert not raised
        assert steps.done == STEPS
    assert after in (before, NEW)
    assert raised or after == NEW
    # What fails before the file takes its name leaves the old one, and what fails after it has the new one.
    assert (after == NEW) is (last == 0 or last > STEPS.index("replace") + 1 or not raised)
    left = [found.name for found in path.parent.iterdir() if found != path]
    assert all(name.startswith(".") and name.endswith(".tmp") for name in left)
    if not cut:
        assert left == []
    write_bytes(path, NEW)
    assert [found.name for found in path.parent.iterdir()] == ["file"]
    assert path.read_bytes() == NEW


FRAME = pd.DataFrame({"segment_id": ["a", "b"], "topic": [0, -1], "strength": [0.5, 0.0]})
WRITERS = {
    "text": (lambda path: write_text(path, "old"), lambda path: write_text(path, "caf\u00e9\n"), lambda path: path.read_text(encoding="utf-8")),
    "table": (lambda path: write_table(path, TOPICS, empty(TOPICS)), lambda path: write_table(path, TOPICS, FRAME), lambda path: read_table(path, TOPICS).values.tolist()),
    "array": (
        lambda path: write_array(path, np.zeros((1, 3), np.float32)),
        lambda path: write_array(path, np.ones((2, 2), np.float32)),
        lambda path: read_array(path).tolist(),
    ),
    "records": (
        lambda path: write_records(path, [Problem("a", "b")]),
        lambda path: write_records(path, [Problem("c", "d")] * 2),
        lambda path: read_records(path, tuple[Problem, ...]),
    ),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_writer_is_all_or_nothing(tmp_path, kind):
    write_old, write_new, read = WRITERS[kind]
    path = tmp_path / "file"
    write_old(path)
    old = read(path)
    write_new(tmp_path / "other")
    new = read(tmp_path / "other")
    assert old != new
    outcomes = []
    with pytest.MonkeyPatch.context() as patch:
        asked = Steps(patch, last=0, cut=False)
        write_new(tmp_path / "other")
    assert set(asked.done) == set(STEPS)  # a matrix takes more than one write
    for last in range(1, len(asked.done) + 1):
        write_old(path)
        with pytest.MonkeyPatch.context() as patch:
            Steps(patch, last=last, cut=True)
            with pytest.raises(PowerCut):
                write_new(path)
        outcomes.append(read(path))
    assert all(outcome in (old, new) for outcome in outcomes)
    assert outcomes[0] == old
    assert outcomes[-1] == new


def test_folders_are_made_and_bytes_kept(tmp_path):
    path = tmp_path / "a" / "b" / "c"
    write_text(path, "one\ntwo\r\n")
    assert path.read_bytes() == b"one\ntwo\r\n"


def test_a_link_is_replaced_not_followed(tmp_path):
    (tmp_path / "target").write_bytes(OLD)
    (tmp_path / "link").symlink_to("target")
    write_bytes(tmp_path / "link", NEW)
    assert (tmp_path / "target").read_bytes() == OLD
    assert (tmp_path / "link").read_bytes() == NEW


def codings(rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment_id": [f"C01:{row}-{row + 9}" for row in range(rows)],
            "code": ["CODI"] * rows,
            "probability": np.linspace(0, 1, rows),
            "decision": ["assigned", "abstained", "not_assigned", "assigned"][:rows],
            "margin": np.linspace(-1, 1, rows),
            "runner_up": ["", "caf\u00e9", "\U0001f600", "a\nb"][:rows],
            "nearest_seeds": ["s1;s2"] * rows,
            "coder": ["machine:1"] * rows,
        }
    )


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_empty_tables_come_back(tmp_path, table):
    write_table(tmp_path / "t.parquet", table, empty(table))
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.parquet", table), empty(table))


def test_a_table_comes_back(tmp_path):
    write_table(tmp_path / "t.parquet", CODINGS, codings(4))
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.parquet", CODINGS), tables.checked(CODINGS, codings(4)))


TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
ROWS = st.lists(
    st.fixed_dictionaries(
        dict.fromkeys(SEGMENTS.names(), TEXT)
        | {name: st.integers(0, 2**62) for name in ("utterance", "start", "end", "words")}
        | {"start_s": st.none() | st.floats(allow_nan=False)}
    ),
    max_size=4,
    unique_by=lambda row: row["segment_id"],
)


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_tables_round_trip(rows):
    frame = tables.checked(SEGMENTS, pd.DataFrame(rows, columns=SEGMENTS.names()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        write_table(path, SEGMENTS, frame)
        back = read_table(path, SEGMENTS)
        first = path.read_bytes()
        write_table(path, SEGMENTS, back)
        assert path.read_bytes() == first
    pd.testing.assert_frame_equal(back, frame)
    assert back["text"].tolist() == [row["text"] for row in rows]


def test_the_bytes_of_a_table_depend_on_its_content_only(tmp_path):
    frame = codings(4)
    shuffled = frame[frame.columns[::-1]].assign(extra=1)
    shuffled.index = [9, 8, 7, 6]
    variants = [frame, shuffled, frame.astype({"code": "object", "coder": "category"}), pd.concat([frame[:1], frame[1:]])]
    for number, variant in enumerate(variants):
        write_table(tmp_path / f"{number}.parquet", CODINGS, variant)
    assert len({(tmp_path / f"{number}.parquet").read_bytes() for number in range(len(variants))}) == 1
    write_table(tmp_path / "other.parquet", CODINGS, frame[::-1])
    assert (tmp_path / "other.parquet").read_bytes() != (tmp_path / "0.parquet").read_bytes()
    assert pq.read_schema(tmp_path / "0.parquet").metadata is None


def test_the_bytes_of_a_table_are_the_same_in_another_process(tmp_path):
    write_table(tmp_path / "here.parquet", TOPICS, FRAME)
    program = (
        "import sys, pandas as pd, pyarrow; pyarrow.set_cpu_count(1)\n"
        "from pathlib import Path; from nptlens.store.files import write_table; from nptlens.schemas.tables import TOPICS\n"
        f"write_table(Path(sys.argv[1]), TOPICS, pd.DataFrame({FRAME.to_dict('list')!r}))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "there.parquet")], env=environment, check=True, timeout=60)
    assert (tmp_path / "there.parquet").read_bytes() == (tmp_path / "here.parquet").read_bytes()


def test_a_table_is_checked_before_it_is_written(tmp_path):
    path = tmp_path / "t.parquet"
    write_table(path, TOPICS, FRAME)
    before = path.read_bytes()
    with pytest.raises(IntegrityError, match="strength"):
        write_table(path, TOPICS, FRAME.assign(strength=2.0))
    assert path.read_bytes() == before


def test_tables_that_cannot_be_read(tmp_path):
    path = tmp_path / "t.parquet"
    write_table(path, TOPICS, FRAME)
    whole = path.read_bytes()
    for data in (b"", b"PAR1", whole[: len(whole) // 2], whole[:-1], b"words" * 9):
        path.write_bytes(data)
        with pytest.raises(IntegrityError, match=r"t\.parquet cannot be read"):
            read_table(path, TOPICS)
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_table(tmp_path / "none.parquet", TOPICS)
    path.write_bytes(whole)
    with pytest.raises(IntegrityError, match="lacks"):
        read_table(path, CODINGS)


@settings(deadline=None, max_examples=50)
@given(arrays.arrays(np.float32, arrays.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=5), elements=st.floats(width=32)))
def test_arrays_round_trip(array):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.npy"
        write_array(path, array)
        back = read_array(path)
        np.testing.assert_array_equal(back, array)
        assert back.dtype == np.float32
        np.testing.assert_array_equal(np.load(path, allow_pickle=False), array)


def npy(array, **options) -> bytes:
    out = io.BytesIO()
    np.save(out, array, **options)
    return out.getvalue()


class Trap:
    """Would write a file while it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("sprung",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"words",
        npy(np.ones((2, 2), np.float32))[:-1],
        npy(np.ones((2, 2))),
        npy(np.ones((2, 2), ">f4")),
        npy(np.ones((2, 2), np.int32)),
        npy(np.array([Trap()], dtype=object), allow_pickle=True),
        pickle.dumps(Trap()),
        b"PK\x03\x04" + bytes(30),
    ],
    ids=["empty", "magic only", "text", "truncated", "float64", "big-endian", "int32", "objects", "pickle", "zip"],
)
def test_arrays_that_are_refused(tmp_path, monkeypatch, data):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.npy"
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match=r"a\.npy"):
        read_array(path)
    assert not (tmp_path / "sprung").exists()


def test_an_archive_of_arrays_and_no_file_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", a=np.ones(2, np.float32))
    for name in ("a.npz", "none.npy"):
        with pytest.raises(IntegrityError, match="cannot be read"):
            read_array(tmp_path / name)


def test_objects_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        write_array(tmp_path / "a.npy", np.array([Trap()], dtype=object))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ((), tuple[Problem, ...]),
        ((Problem("a", "caf\u00e9 \U0001f600"), Problem("b", "c\n", "d", Severity.NOTE)), tuple[Problem, ...]),
        ((TopicCard(0, ("a", "b"), (), 1, 2, 3),), tuple[TopicCard, ...]),
        (HeadCard("CODI", 4, 2, 0.1 + 0.2, 1 / 3), HeadCard),
        (Codebook("n", "1", (Code("A", "a", "d", parent=None), Code("B", "b", "d", parent="A"))), Codebook),
    ],
)
def test_records_come_back(tmp_path, value, kind):
    path = tmp_path / "r.json"
    write_records(path, value)
    assert read_records(path, kind) == value
    first = path.read_bytes()
    write_records(path, read_records(path, kind))
    assert path.read_bytes() == first


def test_a_figure_that_is_not_determined_comes_back(tmp_path):
    write_records(tmp_path / "r.json", Estimate(float("nan"), float("-inf"), 0.5))
    back = read_records(tmp_path / "r.json", Estimate)
    assert np.isnan(back.value)
    assert (back.low, back.high) == (float("-inf"), 0.5)


def test_records_are_sorted_readable_json(tmp_path):
    write_records(tmp_path / "r.json", {"b": Path("x/y"), "a": "caf\u00e9"})
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert text == '{\n "a": "caf\u00e9",\n "b": "x/y"\n}\n'


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b"[1]", b'[{"where": "a"}]', b'[{"where": "a", "what": "b", "severity": "dire"}]', b'"\xff"', json.dumps([{"where": 1, "what": "b"}]).encode()],
)
def test_records_that_do_not_hold(tmp_path, data):
    path = tmp_path / "r.json"
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match=r"r\.json cannot be read"):
        read_records(path, tuple[Problem, ...])


def test_records_that_are_not_there(tmp_path):
    with pytest.raises(IntegrityError, match="cannot be read"):
        read_records(tmp_path / "none.json", HeadCard)


def test_a_large_matrix_stays_on_disk_and_holds_the_same(tmp_path, monkeypatch):
    matrix = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    write_array(tmp_path / "m.npy", matrix)
    read = read_array(tmp_path / "m.npy")
    monkeypatch.setattr(files, "_MAPPED", 0)
    mapped = read_array(tmp_path / "m.npy")
    assert type(mapped) is np.ndarray
    assert not mapped.flags.writeable
    assert read.flags.writeable
    np.testing.assert_array_equal(mapped, matrix)
    (tmp_path / "m.npy").write_bytes((tmp_path / "m.npy").read_bytes()[:-4])
    with pytest.raises(IntegrityError):
        read_array(tmp_path / "m.npy")


READERS = {"t.parquet": lambda path: read_table(path, TOPICS), "a.npy": read_array, "r.json": lambda path: read_records(path, tuple[Problem, ...])}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE])
def test_a_disk_that_fails_is_no_damage(tmp_path, monkeypatch, name, number):
    """What lies on the disk may be whole: nobody is told to delete it."""
    path = tmp_path / name
    path.write_bytes(b"")

    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "read_bytes", fail)
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(StorageError) as caught:
        READERS[name](path)
    assert caught.value.where == str(path)
    assert "delete" not in caught.value.hint


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("data", [None, b"", b"words"])
def test_what_is_damaged_is_made_again_alone(tmp_path, name, data):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(IntegrityError, match="cannot be read") as caught:
        READERS[name](path)
    assert caught.value.hint == "run: nptlens run STUDY"


posix = pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_new_files_and_folders_are_their_owners_alone_from_the_start(tmp_path, monkeypatch, umask):
    before = os.umask(umask)
    seen = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda source, target: (seen.append(mode(source)), replace(source, target)))
    try:
        write_bytes(tmp_path / "a" / "b" / "c", b"x")
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert [mode(tmp_path / each) for each in ("a", "a/b", "a/b/c")] == [0o700, 0o700, 0o600]


@posix
@pytest.mark.parametrize("bits", [0o600, 0o640, 0o644, 0o440])
def test_a_file_that_is_written_again_keeps_its_mode(tmp_path, bits):
    path = tmp_path / "report.html"
    write_text(path, "old")
    path.chmod(bits)
    tmp_path.chmod(0o750)
    write_text(path, "new")
    assert (mode(path), path.read_text()) == (bits, "new")
    assert mode(tmp_path) == 0o750


@posix
def test_the_mode_of_what_a_link_points_to_is_not_taken(tmp_path):
    (tmp_path / "target").write_bytes(OLD)
    (tmp_path / "target").chmod(0o666)
    (tmp_path / "link").symlink_to("target")
    write_bytes(tmp_path / "link", NEW)
    assert mode(tmp_path / "link") == 0o600


def test_a_file_that_another_program_has_open(tmp_path, monkeypatch):
    """As Windows does with a workbook that is open in Excel."""
    path = tmp_path / "excerpts.xlsx"
    path.write_bytes(OLD)

    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Access is denied", str(source), 5, str(target))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StorageError, match="open in another program") as caught:
        write_bytes(path, NEW)
    assert (caught.value.where, caught.value.exit_code) == (str(path), 74)
    assert "Excel" in caught.value.hint
    assert [each.name for each in tmp_path.iterdir()] == ["excerpts.xlsx"]
    assert path.read_bytes() == OLD


def test_what_stands_in_the_way_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match="a file stands where a folder must be"):
        write_bytes(tmp_path / "file" / "a", b"x")
    with pytest.raises(StorageError, match="a folder stands where a file must be"):
        write_bytes(tmp_path / "folder", b"x")


@pytest.mark.parametrize("name", ["n" * 250, "\u00e4" * 120, "n" * 255])
def test_a_long_name_has_a_temporary_one_that_fits(tmp_path, name):
    write_bytes(tmp_path / name, NEW)
    assert (tmp_path / name).read_bytes() == NEW


def test_a_name_that_is_too_long_is_told(tmp_path):
    with pytest.raises(StorageError, match="the name of the file is too long"):
        write_bytes(tmp_path / ("n" * 300), b"x")


def test_a_temporary_file_of_a_process_with_the_same_number_is_no_hindrance(tmp_path):
    path = tmp_path / "a"
    files.temporary_of(path).write_bytes(b"half")
    write_bytes(path, NEW)
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_is_told_of_a_matrix_too(tmp_path):
    """numpy writes into a real file by itself, and what it raises then has no number."""
    with pytest.MonkeyPatch.context() as patch:
        steps = Steps(patch, last=4, cut=False)
        with pytest.raises(StorageError, match="no space left"):
            write_array(tmp_path / "a.npy", np.ones((4, 4), np.float32))
    assert steps.done[3] == "write"


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES])
def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path, monkeypatch, number):
    real = os.fsync

    def sync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, "no")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    write_bytes(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == NEW
