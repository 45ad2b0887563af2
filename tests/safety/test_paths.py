from __future__ import annotations

import os

import pytest

from nptlens.errors import ReadingError, UsageError
from nptlens.safety.paths import inside, list_files, read_bytes


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
