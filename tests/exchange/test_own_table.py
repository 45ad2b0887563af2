from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import UsageError
from nptlens.core.text import canonical
from nptlens.exchange.own_table import OwnTable

COLUMNS = ("case", "code", "summary")
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=30)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_other_columns_rows_and_their_order_stay() -> None:
    table = OwnTable(COLUMNS, b"\xef\xbb\xbfnote;case;code;summary\r\nx;P02;B;two\r\ny;P01;A;one\r\n;;;\r\nz;P01;B;three\r\n", where="t.csv")
    table.put(("P01", "A"), "changed")
    table.put(("P03", "A"), "new")
    table.put(("P02", "B"), "")
    assert read(table.data()) == [["note", *COLUMNS], ["y", "P01", "A", "changed"], ["z", "P01", "B", "three"], ["", "P03", "A", "new"]]


def test_rows_of_one_key_are_said_together_and_put_as_one() -> None:
    table = OwnTable(COLUMNS, b"case,code,summary\nP01,A,one\nP01,A,two\nP01,B,\n,A,lost\n", where="t.csv")
    assert table.texts() == {("P01", "A"): "one\ntwo"}
    table.put(("P01", "A"), "three")
    assert table.texts() == {("P01", "A"): "three"}


def test_a_row_is_replaced_where_it_stands() -> None:
    table = OwnTable(COLUMNS, b"case,code,summary\nP01,A,one\nP02,A,two\n", where="t.csv")
    table.replace(("P01", "A", "one"), ("P01", "B", "one"))
    table.replace(("P09", "A", "one"), ("P09", "B", "one"))
    assert list(table.rows()) == [("P01", "B", "one"), ("P02", "A", "two")]


def test_no_table_yet_is_an_empty_one() -> None:
    table = OwnTable.of(None, COLUMNS)
    assert table.texts() == {} and read(table.data()) == [list(COLUMNS)]


@pytest.mark.parametrize("data", [b"case,summary\nP01,x\n", b"\x00\x01", b"PK\x03\x04"])
def test_what_is_no_such_table_is_a_clear_error(data: bytes) -> None:
    with pytest.raises(UsageError, match="cannot be read") as told:
        OwnTable(COLUMNS, data, where="t.csv")
    assert told.value.where == "t.csv" and told.value.hint


@given(st.dictionaries(st.tuples(st.sampled_from("AB"), st.sampled_from("CD")), WORDS))
def test_any_words_come_back_and_no_cell_runs(texts: dict[tuple[str, str], str]) -> None:
    table = OwnTable(COLUMNS)
    for key, text in texts.items():
        table.put(key, text)
    due = {key: canonical(text).strip() for key, text in texts.items()}
    assert OwnTable(COLUMNS, table.data()).texts() == {key: text for key, text in due.items() if text}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in read(table.data()) for cell in row)
