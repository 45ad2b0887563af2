"""Finding words: whatever their case, accents and signs, and always the exact slice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.phrases import Phrase


def found(words, text, **options):
    return [place.of(text) for place in Phrase(words, **options).places(text)]


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("run chart", "The Run Chart, a run-chart, run\nchart and running charts", ["Run Chart", "run-chart", "run\nchart"]),
        ("don't", "I don’t. I don't. I do not.", ["don’t", "don't"]),
        ("cafe", "A Café, a CAFE\u0301, cafés", ["Café", "CAFE\u0301"]),
        ("Straße", "Die STRASSE, die Straße", ["STRASSE", "Straße"]),
        ("日本", "これは日本です", []),
        ("paid", "unpaid, paid, paidfor", ["paid"]),
    ],
)
def test_whole_words(words, text, expected):
    assert found(words, text) == expected


def test_the_last_word_may_go_on():
    assert found("pharmac", "Pharmacy and a pharmacist, pharma", whole=False) == ["Pharmac", "pharmac"]


@pytest.mark.parametrize("words", ["", "  ", "…", "?!"])
def test_no_word(words):
    with pytest.raises(ValueError, match="no word"):
        Phrase(words)


@given(st.text(st.characters(codec="ascii"), max_size=60), st.text("ab", min_size=1, max_size=2))
def test_plain_text_is_searched_as_a_regular_expression_would(text, word):
    expected = [each.span() for each in re.finditer(rf"(?<!\w){word}(?!\w)", text, re.IGNORECASE)]
    assert [(place.start, place.end) for place in Phrase(word).places(text)] == expected


@given(st.text(max_size=60))
def test_a_letter_that_is_no_ascii_changes_no_place(text):
    text = f"{text} word"
    assert found("word", text)[-1] == "word"
    assert all(place.of(text).casefold() == "word" for place in Phrase("word").places(text) if place.of(text).isascii())
