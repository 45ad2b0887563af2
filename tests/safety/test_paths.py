from __future__ import annotations

import os

import pytest

from nptlens.core.errors import ReadingError, UsageError
from nptlens.safety.paths import inside, list_files, list_sources, own_folder, plain_file, plain_files, read_bytes


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "study2").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.mark.parametrize(("name", "path"), [("a.csv", "a.csv"), ("sub/a.csv", "sub/a.csv"), ("sub/../a.csv", "a.csv"), (".", ""), ("", ""), ("...", "..."), ("..a", "..a")])
def test_inside(study, name, path):
    assert inside(study, name) == (study / path).resolve()


@pytest.mark.parametrize("name", ["..", "../secret.txt", "sub/../../secret.txt", "/etc/passwd", "../study2", "../study2/a", "../study/../secret.txt"])
def test_outside(study, name):
    with pytest.raises(UsageError, match="leads out of the study folder") as caught:
        inside(study, name)
    assert caught.value.exit_code == 2


def test_links(study):
    (study / "out").symlink_to("../secret.txt")
    (study / "up").symlink_to("..")
    (study / "in").symlink_to("sub")
    assert inside(study, "in/a.csv") == study.resolve() / "sub" / "a.csv"
    for name in ("out", "up", "up/secret.txt"):
        with pytest.raises(UsageError, match="leads out"):
            inside(study, name)


def test_a_study_behind_a_link(study, tmp_path):
    (tmp_path / "link").symlink_to("study")
    assert inside(tmp_path / "link", "a.csv") == study.resolve() / "a.csv"


def test_what_is_no_path(study):
    (study / "circle").symlink_to("circle")
    for name in ("a\0b", "circle"):
        with pytest.raises(UsageError, match="is no path"):
            inside(study, name)


def test_list_files(tmp_path):
    listed = ["B.txt", "a.txt", "a/z.txt", "a.b/c.txt", "results.txt", "x~$.docx"]
    for name in [*listed, ".hidden", ".git/config", "~$lock.docx", "results/report.html", "a/results/r.csv", ".nptlens/ledger", "a/__pycache__/b.pyc"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert [path.relative_to(tmp_path).as_posix() for path in list_files(tmp_path)] == sorted(listed)


def test_a_hidden_folder_above_the_root_does_not_matter(tmp_path):
    root = tmp_path / ".cache" / "results"
    root.mkdir(parents=True)
    (root / "a.txt").touch()
    assert list_files(root) == [root / "a.txt"]


def test_list_one_file_and_none(tmp_path):
    (tmp_path / ".one").touch()
    assert list_files(tmp_path / ".one") == [tmp_path / ".one"]
    with pytest.raises(UsageError, match="no such file or folder"):
        list_files(tmp_path / "none")


def test_a_circle_of_folders_ends(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "a" / "b.txt").touch()
    assert list_files(tmp_path) == [tmp_path / "a" / "b.txt"]


@pytest.mark.parametrize(("size", "refused"), [(1, False), (2**20, False), (2**20 + 1, True), (0, True)])
def test_read_bytes(tmp_path, size, refused):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\r" * size)
    if refused:
        with pytest.raises(ReadingError, match=r"more than 1|empty") as caught:
            read_bytes(path, max_megabytes=1)
        assert caught.value.where == "a.txt"
    else:
        assert read_bytes(path, max_megabytes=1) == b"\r" * size


def test_read_what_cannot_be_opened(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(ReadingError, match="cannot be opened"):
            read_bytes(path, max_megabytes=1)


def _odd(folder, name, kind):
    path = folder / name
    if kind == "a folder":
        path.mkdir()
    elif kind == "a named pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"a link to nothing": "gone", "a link that leads to itself": name, "a device": "/dev/null"}[kind])
    return path


ODD = ("a folder", "a named pipe", "a link to nothing", "a link that leads to itself", "a device")


@pytest.mark.parametrize("kind", ODD)
def test_a_name_that_is_no_plain_file_is_said(tmp_path, kind):
    path = _odd(tmp_path, "seeds.csv", kind)
    with pytest.raises(UsageError, match=kind) as caught:
        plain_file(path)
    assert (caught.value.exit_code, caught.value.where) == (2, str(path))
    with pytest.raises(UsageError, match=kind):
        plain_files(tmp_path, "seeds*.csv")


def test_a_plain_file_and_none(tmp_path):
    (tmp_path / "a.csv").touch()
    (tmp_path / "b.csv").symlink_to("a.csv")
    assert plain_file(tmp_path / "a.csv") == tmp_path / "a.csv"
    assert plain_file(tmp_path / "gone.csv") is None
    assert plain_file(tmp_path / "a.csv" / "below") is None
    assert plain_files(tmp_path, "*.csv") == [tmp_path / "a.csv", tmp_path / "b.csv"]


def test_a_name_that_is_no_text(tmp_path):
    path = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"manual_\xe9.csv"))  # noqa: PTH118
    with open(path, "w"):  # noqa: PTH123 - the name is what is tested
        pass
    with pytest.raises(UsageError, match="no text") as caught:
        plain_files(tmp_path, "manual*.csv")
    assert caught.value.where.endswith(r"manual_\udce9.csv")


@pytest.mark.parametrize("kind", [each for each in ODD if each != "a folder"])
def test_a_folder_of_ours_must_be_a_folder(tmp_path, kind):
    own_folder(tmp_path / "results")
    own_folder(tmp_path)
    with pytest.raises(UsageError, match=kind):
        own_folder(_odd(tmp_path, "results", kind))


def test_sources_that_are_not_read_are_listed(tmp_path):
    root = tmp_path / "transcripts"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "out.txt").touch()
    for kind in ODD[1:]:
        _odd(root, f"{kind}.txt", kind)
    for name, target in {"in.txt": "sub/a.txt", "out.txt": "../out.txt", "etc": "/etc", "up": "..", "again": "sub"}.items():
        (root / name).symlink_to(target)
    (root / "sub" / "a.txt").touch()
    os.mkfifo(root / ".hidden")
    found = list_sources(root)
    assert [path.relative_to(root).as_posix() for path in found.files] == ["in.txt", "sub/a.txt"]
    out = "a link that leads out of the folder of transcripts: it is not followed"
    assert {each.path.name: (each.what, each.harmless) for each in found.refused} == {
        "a named pipe.txt": ("it is a named pipe: it is not read", False),
        "a link to nothing.txt": ("it is a link to nothing: it is not read", False),
        "a link that leads to itself.txt": ("it is a link that leads to itself: it is not read", False),
        "a device.txt": (out, False),
        "out.txt": (out, False),
        "etc": (out, False),
        "up": (out, False),
        "again": ("a link to a folder: it is not followed", True),
    }


def test_a_folder_of_transcripts_behind_a_link(tmp_path):
    (tmp_path / "drive").mkdir()
    (tmp_path / "drive" / "a.txt").touch()
    (tmp_path / "transcripts").symlink_to("drive")
    assert list_files(tmp_path / "transcripts") == [tmp_path / "transcripts" / "a.txt"]


def test_a_folder_that_cannot_be_read(tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    (tmp_path / "a.txt").touch()
    real = os.scandir

    def scandir(path):
        if os.fspath(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = list_sources(tmp_path)
    assert [path.name for path in found.files] == ["a.txt"]
    assert [(each.path.name, each.what) for each in found.refused] == [("shut", "the folder cannot be read: Permission denied")]
    with pytest.raises(UsageError, match="cannot be read"):
        list_sources(tmp_path / "shut")


def test_reading_a_pipe_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadingError, match="named pipe"):
        read_bytes(tmp_path / "pipe.txt", max_megabytes=1)
