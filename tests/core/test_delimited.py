"""Tables as spreadsheets save them, and rows by the names of their columns; how transcripts are decoded is tested with reading."""

from __future__ import annotations

import codecs
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.delimited import Row, TableText, as_opened, delimited, plain_name, read_rows, read_table_text, table_text
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical

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
    [("a,b", ","), ("a;b", ";"), ("a\tb", "\t"), ("a", ","), ("a,b;c", ","), ('"a;x",b', ","), ("\n\na;b", ";"), ("", ","), ("a,b;c;d", ";"), ('"a,b,c";d', ";")],
)
def test_the_first_row_shows_what_parts_cells(head, separator):
    assert table_text(f"{head}\nx,y;z\n".encode() if head else b"", where="t.csv").separator == separator


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n", "sep=;;;\n"])
def test_a_first_line_that_declares_what_parts_cells(first):
    found = read_rows(table_text(f"{first}a,1;b\nx,y;z\n".encode(), where="t.csv"))
    assert (found.columns, found.line, [row.line for row in found.rows]) == (("a,1", "b"), 2, [3])
    assert table_text(b"separate;b\n", where="t.csv").text == "separate;b\n"


@pytest.mark.parametrize(("text", "separator"), [("My study\n\na;b\nx;y,z\n", ";"), ("My study, ward 3\na;b;c\n", ","), ("a|b\n", "|"), ("a\nx;y\n", ",")])
def test_titles_do_not_show_what_parts_cells_but_rows_below(text, separator):
    assert table_text(text.encode(), where="t.csv").separator == separator


def test_titles_above_a_header_whose_columns_are_known():
    table = table_text(b"Participants;\nmade in May;\n\nParticipant;Role\nP1;nurse\n", where="t.csv")
    found = read_rows(table, known=("participant", "role"))
    assert (found.columns, found.line, found.rows) == (("participant", "role"), 4, (Row(5, {"participant": "P1", "role": "nurse"}),))
    assert found.notes == ("2 rows above the header row are left out",)
    assert read_rows(table).columns == ("participants", "")


@pytest.mark.parametrize("name", ["Sprecher/in", "SPRECHER_IN", "Sprecher*in", " sprecher in:", "Sprecher:in"])
def test_names_of_columns_without_accents_and_signs(name):
    assert plain_name(name) == "sprecherin"
    assert plain_name("D\u00e9but (s)") == plain_name("DE\u0301BUT S") == "debuts"


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


def rows(text: str, *, strict: bool = True):
    return read_rows(table_text(text.encode(), where="t.csv"), where="t.csv", strict=strict)


def test_rows_by_the_names_of_their_columns():
    found = rows(' Name ,ROLE,\r\n\r\n" Zo\u0065\u0308 ",GP,x,\r\n"two\r\nlines"\r\n , ,\r\nlast,nurse,y,beyond, ,more\r\n')
    assert (found.columns, found.line) == (("name", "role", ""), 1)
    assert found.rows == (
        Row(3, {"name": " Zo\u00eb ", "role": "GP"}, unnamed=("x",)),
        Row(4, {"name": "two\nlines", "role": ""}),
        Row(7, {"name": "last", "role": "nurse"}, ("beyond", "more"), ("y",)),
    )


def test_columns_that_are_not_there_or_come_twice():
    found = rows("b,a,B\n1,2,3\n")
    assert found.lacking("d", "a", "c") == ("d", "c")
    assert found.twice() == ("b",)
    assert rows("").lacking("a") == ("a",)


@pytest.mark.parametrize("text", ['a,b\nx,"open', 'a,b\nx,"y" z\n'])
def test_quotation_marks_that_would_run_rows_together(text):
    with pytest.raises(ReadingError, match="line 2: a quotation mark is not closed, or not doubled"):
        rows(text)
    assert len(rows(text, strict=False).rows) == 1


def test_a_cell_that_is_too_large():
    with pytest.raises(ReadingError, match="line 2: a cell is too large"):
        rows(f"a\n{'x' * 200_000}\n")


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\u2028\u2029\x85\ufeff"), min_size=1).filter(str.strip)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_read_again(cells, separator):
    """Whatever stands in the cells, canonical or not."""
    text = delimited([("one", "two"), *cells], separator)
    found = read_rows(TableText(text, "utf-8", separator), where="t.csv")
    assert [list(row.cells.values()) for row in found.rows] == [[canonical(cell) for cell in row] for row in cells]


def test_tables_for_people_begin_with_a_mark_that_readers_pass_over():
    text = delimited([("Maß", "Ärztin"), ("né", "“ok”")])
    data = as_opened(text)
    assert data.startswith(codecs.BOM_UTF8)
    assert read_rows(table_text(data, where="t.csv")).rows[0].cells == {"mass": "né", "ärztin": "“ok”"}
    assert as_opened(table_text(data, where="t.csv").text) == data
