from __future__ import annotations

import re

import pytest

from nptlens import errors
from nptlens.errors import (
    CodebookError,
    IntegrityError,
    LockedError,
    NoInputError,
    NptlensError,
    ReadingError,
    SeedError,
    SettingsError,
    UsageError,
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
    ],
)
def test_tree(kind, parent, exit_code):
    assert kind.__bases__ == (parent,)
    assert kind("x").exit_code == exit_code


def test_the_drawn_tree_is_the_tree():
    drawn = dict(re.findall(r"(\w+Error)\s+(\d)\s", errors.__doc__))
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
