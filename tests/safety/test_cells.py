from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.safety.cells import bare, guarded

TEXTS = st.text(st.sampled_from("=+-@'\t\r\n\uff1d\uff0b\uff0d\uff20 a\"") | st.characters(codec="utf-8"), max_size=12)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'cause I said so", "''cause I said so"),
        ("'=1", "''=1"),
        ("a=1", "a=1"),
        ("\u2013 no", "\u2013 no"),
        ("\u2019twas", "\u2019twas"),
        ("", ""),
    ],
)
def test_guarded(text, cell):
    assert guarded(text) == cell
    assert bare(cell) == text


@given(TEXTS)
def test_round_trip(text):
    assert bare(guarded(text)) == text


@given(TEXTS)
def test_nothing_risky_comes_first(text):
    assert guarded(text)[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(TEXTS, TEXTS)
def test_two_texts_never_become_one_cell(first, second):
    assert (guarded(first) == guarded(second)) is (first == second)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_round_trip_through_csv(texts):
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guarded(text) for text in texts])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""), strict=True)
    assert [bare(cell) for cell in row] == texts
