"""What lies under a name, and that reading it never waits."""

from __future__ import annotations

import os
import stat

import pytest

from nptlens.core.plain_file import kind_of, open_plain, otherwise, read_plain_file


@pytest.fixture
def place(tmp_path):
    (tmp_path / "plain").write_bytes(b"words")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nothing").symlink_to("gone")
    (tmp_path / "below").symlink_to("plain/gone")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "to_plain").symlink_to("plain")
    (tmp_path / "to_folder").symlink_to("folder")
    (tmp_path / "to_pipe").symlink_to("pipe")
    (tmp_path / "device").symlink_to("/dev/null")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("plain", ""),
        ("to_plain", ""),
        ("gone", ""),
        ("plain/gone", ""),
        ("folder", "a folder"),
        ("to_folder", "a folder"),
        ("pipe", "a named pipe"),
        ("to_pipe", "a named pipe"),
        ("device", "a device"),
        ("nothing", "a link to nothing"),
        ("below", "a link to nothing"),
        ("circle", "a link that leads to itself"),
    ],
)
def test_what_else_it_is(place, name, what):
    assert otherwise(place / name) == what


def test_kinds_that_are_rare():
    assert [kind_of(kind) for kind in (stat.S_IFSOCK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFREG)] == ["a socket", "a device", "a device", ""]


def test_a_file_that_may_not_be_read(place, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # the superuser may read all
    assert otherwise(place / "plain") == "a file that may not be read"


def test_only_plain_files_are_opened(place):
    assert read_plain_file(place / "to_plain") == b"words"
    for name in ("folder", "pipe", "to_pipe", "device"):
        with pytest.raises(OSError, match="it is a"):
            open_plain(place / name)
    with pytest.raises(FileNotFoundError):
        open_plain(place / "gone")


def test_a_pipe_put_in_the_place_of_a_file_does_not_wait(place, monkeypatch):
    """What is opened is looked at again: it may be another file than the one that was looked at before."""
    real, swapped = os.open, place / "plain"

    def swap(path, flags, *rest, **more):
        swapped.unlink()
        os.mkfifo(swapped)
        return real(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(OSError, match="named pipe"):
        open_plain(swapped)
