from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from nptlens.core import errors
from nptlens.core.errors import (
    CodebookError,
    IntegrityError,
    LockedError,
    NoInputError,
    NptlensError,
    ReadingError,
    SeedError,
    SettingsError,
    StorageError,
    UsageError,
    storage_error,
)


@pytest.mark.parametrize(
    ("kind", "parent", "exit_code"),
    [
        (UsageError, NptlensError, 2),
        (SettingsError, UsageError, 2),
        (CodebookError, UsageError, 2),
        (SeedError, UsageError, 2),
        (ReadingError, NptlensError, 3),
        (NoInputError, ReadingError, 3),
        (IntegrityError, NptlensError, 4),
        (LockedError, NptlensError, 5),
        (StorageError, NptlensError, 74),
    ],
)
def test_tree(kind, parent, exit_code):
    assert kind.__bases__ == (parent,)
    assert kind("x").exit_code == exit_code


def test_the_drawn_tree_is_the_tree():
    drawn = dict(re.findall(r"(\w+Error)\s+(\d+)\s", errors.__doc__))
    made = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, NptlensError)}
    assert drawn == {name: str(kind.exit_code) for name, kind in made.items() if kind is not NptlensError}


@pytest.mark.parametrize(
    ("where", "hint", "text"),
    [
        ("", "", "it broke"),
        ("a.txt", "", "it broke (a.txt)"),
        ("", "mend it", "it broke hint: mend it"),
        ("a.txt", "mend it", "it broke (a.txt) hint: mend it"),
    ],
)
def test_message(where, hint, text):
    error = NptlensError("it broke", where=where, hint=hint)
    assert (error.what, error.where, error.hint) == ("it broke", where, hint)
    assert str(error) == text


NUMBERS = [name for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "ESTALE", "EACCES", "EPERM", "EMFILE", "EBUSY", "ENAMETOOLONG", "ELOOP", "ENOTDIR", "EISDIR", "ENOLCK", "ENOENT") if hasattr(errno, name)]  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_what_a_system_says_in_numbers_is_told_in_words(name):
    number = getattr(errno, name)
    told = storage_error(OSError(number, os.strerror(number), "/study/a"))
    assert (type(told), told.exit_code, told.where) == (StorageError, 74, "/study/a")
    assert told.what == told.what.strip(".") and told.what[0].islower()
    assert told.hint
    assert "delete" not in told.hint  # what is on a full disk is not damaged


@pytest.mark.parametrize(
    ("error", "path", "where"),
    [
        (OSError(errno.EIO, "x"), None, ""),
        (OSError(errno.EIO, "x", "a"), None, "a"),
        (OSError(errno.EIO, "x", b"a\xff"), None, os.fsdecode(b"a\xff")),
        (OSError(errno.EIO, "x", "a", None, "b"), None, "b"),
        (OSError(errno.EIO, "x", "a"), Path("c"), "c"),
    ],
)
def test_where_it_went_wrong(error, path, where):
    assert storage_error(error, path).where == where


def test_a_number_that_nobody_knows_keeps_the_systems_words():
    assert storage_error(OSError(99999, "Strange Thing")).what == "strange thing"
    assert storage_error(OSError("cannot load")).what == "oserror"


def test_a_file_that_is_open_in_another_program_under_windows():
    error = PermissionError(errno.EACCES, "denied", "a.xlsx")
    error.winerror = 32
    told = storage_error(error)
    assert told.what == "the file is open in another program"
    assert "Excel" in told.hint
