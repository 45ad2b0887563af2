"""Tables as spreadsheets save them; how transcripts are decoded is tested with reading."""

from __future__ import annotations

import os

import pytest

from nptlens.core.decoding import read_table_text, table_text
from nptlens.core.errors import ReadingError

TABLE = "participant,role\nZo\u00e9,Hausarzt f\u00fcr alle\n"


@pytest.mark.parametrize(
    ("encoding", "read_as"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("cp1252", "cp1252")],
)
def test_encodings(encoding, read_as):
    found = table_text(TABLE.encode(encoding), where="t.csv")
    assert (found.text, found.encoding, found.separator) == (TABLE, read_as, ",")
    assert found.notes() == (() if read_as.startswith("utf") else ("read as cp1252, because it is no UTF-8",))


def test_many_accents_in_a_small_table_are_western():
    text = "name\nZo\u00eb \u00c4ngstr\u00f6m\n"
    assert table_text(text.encode("cp1252"), where="t.csv").text == text


def test_a_large_table_of_another_script_is_guessed():
    text = "participant,role\n" + "\u0418\u0432\u0430\u043d,\u0432\u0440\u0430\u0447 \u043e\u0431\u0449\u0435\u0439 \u043f\u0440\u0430\u043a\u0442\u0438\u043a\u0438\n" * 100
    found = table_text(text.encode("cp1251"), where="t.csv")
    assert found.text == text
    assert found.notes() == (f"read as {found.encoding}, because it is no UTF-8",)


@pytest.mark.parametrize(
    ("head", "separator"),
    [("a,b", ","), ("a;b", ";"), ("a\tb", "\t"), ("a", ","), ("a,b;c", ","), ('"a;x",b', ","), ("\n\na;b", ";"), ("", ",")],
)
def test_the_first_row_shows_what_parts_cells(head, separator):
    assert table_text(f"{head}\nx,y;z\n".encode() if head else b"", where="t.csv").separator == separator


@pytest.mark.parametrize("data", [b"a,b\n\0\0\1", b"\xff\xfea", bytes(range(256))])
def test_what_is_no_text(data):
    with pytest.raises(ReadingError):
        table_text(data, where="t.csv")


def test_what_cannot_be_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("gone.csv", "pipe.csv"):
        with pytest.raises(ReadingError, match="cannot be opened") as caught:
            read_table_text(tmp_path / name)
        assert caught.value.where == name
