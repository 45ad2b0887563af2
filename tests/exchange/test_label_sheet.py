"""The sheet that a person fills in: what is written is read again, and nothing in it runs."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.exchange.label_sheet import LabelRow, label_csv, label_xlsx, read_labels
from nptlens.schemas.records import NONE_CODE, STANCES, Code, Codebook

BOOK = Codebook("small", "1", (Code("F1", "one", "=the first"), Code("F2", "two", "the second")))
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(canonical)


def row(**cells):
    return LabelRow(**{"excerpt_id": "T:0-4", "transcript": "", "participant": "", "excerpt": "said", **cells})


@pytest.mark.parametrize("write", [label_csv, lambda rows: label_xlsx(rows, BOOK)], ids=["csv", "xlsx"])
@given(cells=st.lists(st.tuples(CELL, CELL, st.sampled_from(["=1+1", "-x", "'quoted", "@sum", "<r>x</r>", "a\nb", "+"])), max_size=3))
@settings(max_examples=15, deadline=None)
def test_round_trip(write, cells):
    rows = [row(excerpt_id=f"T:{i}", excerpt=a, note=b, why=risky) for i, (a, b, risky) in enumerate(cells)]
    read, problems = read_labels(write(rows), where="sheet")
    assert [(each.excerpt_id, each.excerpt, each.note, each.why, each.line) for each in read] == [
        (each.excerpt_id, each.excerpt, each.note, each.why, i) for i, each in enumerate(rows, start=2)
    ]
    assert problems == ()


def test_workbook_offers_the_codes_and_the_stances():
    page, codes = openpyxl.load_workbook(io.BytesIO(label_xlsx([row(), row()], BOOK))).worksheets
    lists = {str(each.sqref): (each.formula1, each.showErrorMessage) for each in page.data_validations.dataValidation}
    assert lists == {"H2:H3": ("codes!$A$2:$A$4", False), "I2:I3": (f'"{",".join(STANCES)}"', True)}
    assert [cell.value for cell in codes["A"]] == ["code", "F1", "F2", NONE_CODE]
    assert codes["C2"].value == "'=the first"


def test_the_second_sheet_holds_all_that_a_code_says():
    book = Codebook("small", "1", (Code("F1", "one", "the first", include="what is new", exclude="what is old"),))
    codes = openpyxl.load_workbook(io.BytesIO(label_xlsx([row()], book)))["codes"]
    assert [cell.value for cell in codes[1]] == ["code", "name", "definition", "include", "exclude"]
    assert [cell.value for cell in codes[2]] == ["F1", "one", "the first", "what is new", "what is old"]


def test_guesses_have_a_column_only_where_they_are_shown():
    hidden, shown = label_csv([row()]).decode("utf-8-sig"), label_csv([row(suggested="F1 0.61")]).decode("utf-8-sig")
    assert "suggested" not in hidden
    assert "suggested" in shown and "F1 0.61" in shown


def test_nothing_is_a_formula():
    data = label_xlsx([row(excerpt='=HYPERLINK("x")', participant="@x")], BOOK)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert not any(re.search(r"<f>", book.read(name).decode()) for name in book.namelist() if "worksheets" in name)
    assert b"\n=HYPERLINK" not in label_csv([row(excerpt="=HYPERLINK")])


def test_same_bytes():
    assert label_xlsx([row()], BOOK) == label_xlsx([row()], BOOK)


@pytest.mark.parametrize("data", [b"excerpt_id,codes\nT,F1\n", b"a,b\n1,2\n"])
def test_a_table_of_something_else(data):
    with pytest.raises(ReadingError, match="lacks the columns"):
        read_labels(data, where="sheet")
