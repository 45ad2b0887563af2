"""Nothing that is printed steers the terminal."""

from __future__ import annotations

import json

import pytest

from nptlens.safety.terminal import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann Lee, caf\u00e9", "Ann Lee, caf\u00e9"),
        ("red\x1b[31m", "red\\u001b[31m"),
        ("a\u202etxt.exe", "a\\u202etxt.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("lone \udcff", "lone \\udcff"),
        ("\u05d0\u200f tab\tline\n", "\u05d0\u200f tab\tline\n"),
        ("\x7f\x9b\r", "\\u007f\\u009b\\u000d"),
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown


def test_json_stays_json():
    name = "a\u202eb\udcff\x1b"
    assert json.loads(printable(json.dumps(name, ensure_ascii=False))) == name
