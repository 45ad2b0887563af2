"""When a quotation holds, and how it is told where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.ids import segment_id
from nptlens.core.quotations import MOST_IN_A_CELL, Fault, Quotation, faults, place_of
from nptlens.core.text import Span

TEXTS = {"A": "One two café 🎉.", "a:1-2": "odd name", "long": "x" * 40_000}
SEGMENTS = {"A:0-3"}


def checked(place, text, **more):
    found = list(faults([Quotation("excerpt", "row 2", place, text, **more)], TEXTS, SEGMENTS))
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    ("place", "text", "more"),
    [
        ("A:0-3", "One", {"segment": True}),
        ("A:8-14", "café 🎉", {}),
        ("A:3-3", "", {}),
        ("A:0-15", "One two café 🎉.", {"whole": True}),
        ("a:1-2:0-3", "odd", {}),
        ("A:0-3", None, {"segment": True}),
        ("long:0-40000", "x" * MOST_IN_A_CELL, {"cell": True}),
    ],
)
def test_what_holds(place, text, more):
    assert checked(place, text, **more) is None


@pytest.mark.parametrize(
    ("place", "text", "more", "what"),
    [
        ("", "One", {}, "it names no place, so it cannot be checked"),
        ("A", "One", {}, "its place is not of the form TRANSCRIPT:start-end"),
        ("A:3-0", "One", {}, "its place is not of the form TRANSCRIPT:start-end"),
        ("A:0-٣", "One", {}, "its place is not of the form TRANSCRIPT:start-end"),
        ("B:0-3", "One", {}, "the study has no such transcript"),
        ("A:0-16", "One two café 🎉.", {}, "its place leaves the transcript, which has 15 characters"),
        ("A:0-3", "One", {"whole": True}, "its place is not the whole transcript, which has 15 characters"),
        ("A:4-7", "two", {"segment": True}, "the study has no such segment"),
        ("A:4-7", None, {"segment": True}, "the study has no such segment"),
        ("A:0-3", "One", {"doubt": "mark-up"}, "mark-up"),
        ("long:0-40000", "x" * MOST_IN_A_CELL, {}, "its words differ"),
        ("long:0-40000", "x" * (MOST_IN_A_CELL - 1), {"cell": True}, "its words differ"),
    ],
)
def test_what_does_not(place, text, more, what):
    assert checked(place, text, **more).what == what


@pytest.mark.parametrize(
    ("text", "offset", "expected", "found"),
    [
        ("cafe 🎉", 3, "U+00E9", "U+0065"),
        ("cafe\u0301 🎉", 3, "U+00E9", "U+0065"),
        ("café 🎊", 5, "U+1F389", "U+1F38A"),
        ("café ", 5, "U+1F389", "end"),
        ("café 🎉!", 6, "end", "U+0021"),
        ("", 0, "U+0063", "end"),
    ],
)
def test_the_first_difference_is_told_as_code_points(text, offset, expected, found):
    assert checked("A:8-14", text) == Fault("excerpt", "row 2", "A:8-14", "its words differ", offset, expected, found)


def test_a_mark_that_is_no_place_is_not_repeated():
    assert checked("somebody's words", "One").place == ""


@given(st.text(min_size=1), st.integers(0, 10**9), st.integers(0, 10**9))
def test_places_are_read_as_ids_write_them(transcript, start, length):
    assert place_of(segment_id(transcript, start, start + length)) == (transcript, Span(start, start + length))
