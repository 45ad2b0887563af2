from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.text import Span, canonical, count_words, lines

# Texts in which everything that canonical() touches is frequent.
RAW = st.text(st.one_of(st.sampled_from("\r\n\ufeff\u2028\u2029\x85 \te\u0301\u00e9\u1100\u1161\u212b"), st.characters(codec="utf-8")), max_size=30)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\n\rb", "a\n\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
        ("\ufeffa", "a"),
        ("\ufeff\ufeffa", "a"),
        ("a\ufeffb", "a\ufeffb"),
        ("e\u0301", "\u00e9"),
        ("\u212b", "\u00c5"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("\ufb01", "\ufb01"),  # a ligature is compatibility, not canonical: it stays
        ("a\tb\x0bc\x0cd", "a\tb\x0bc\x0cd"),
        ("", ""),
    ],
)
def test_canonical(raw, text):
    assert canonical(raw) == text


@given(RAW)
def test_canonical_is_idempotent(raw):
    once = canonical(raw)
    assert canonical(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not {"\r", "\u2028", "\u2029", "\x85"} & set(once)


@given(RAW)
def test_canonical_does_not_depend_on_line_ends_or_form(raw):
    text = canonical(raw)
    assert canonical(text.replace("\n", "\r\n")) == text
    assert canonical(unicodedata.normalize("NFD", text)) == text
    assert canonical("\ufeff" + text) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("... \u2014 !", 0),
        ("don't", 1),
        ("don\u2019t", 1),
        ("well-known 'quoted' word", 3),
        ("-- yes -", 1),
        ("one,two;three", 3),
        ("3.5", 2),
        ("_", 0),
        ("__a__", 1),
        ("\u00e9t\u00e9 na\u00efve", 2),
        ("a\nb\tc", 3),
    ],
)
def test_count_words(text, count):
    assert count_words(text) == count


@given(st.lists(st.text("abcxyz019", min_size=1), max_size=8))
def test_count_words_counts_what_was_joined(words):
    assert count_words(" , ".join(words)) == len(words)


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (-2, -1), (3, 2)])
def test_span_refuses(start, end):
    with pytest.raises(ValueError, match=rf"\[{start}, {end}\)"):
        Span(start, end)


def test_span_cannot_be_changed():
    with pytest.raises(AttributeError):
        Span(0, 1).start = 5


def test_span_that_leaves_the_text():
    assert Span(1, 3).of("abc") == "bc"
    assert Span(3, 3).of("abc") == ""
    with pytest.raises(ValueError, match="3 code points"):
        Span(1, 4).of("abc")


def test_offsets_count_code_points():
    text = "\U0001f600 ok \u00e9"
    assert Span(0, 1).of(text) == "\U0001f600"
    assert Span(5, 6).of(text) == "\u00e9"
    assert len(Span(2, 4)) == 2


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ((0, 5), (5, 9), 0),
        ((0, 5), (4, 9), 1),
        ((0, 9), (3, 4), 1),
        ((2, 4), (2, 4), 2),
        ((0, 1), (7, 9), 0),
        ((3, 3), (0, 9), 0),
    ],
)
def test_overlap(first, second, shared):
    assert Span(*first).overlap(Span(*second)) == shared
    assert Span(*second).overlap(Span(*first)) == shared


SPANS = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: Span(min(pair), max(pair)))


@given(SPANS, SPANS)
def test_overlap_is_the_shared_offsets(first, second):
    assert first.overlap(second) == len(set(range(first.start, first.end)) & set(range(second.start, second.end)))


@pytest.mark.parametrize(
    ("text", "span", "trimmed"),
    [
        ("  ab  ", (0, 6), (2, 4)),
        ("ab", (0, 2), (0, 2)),
        ("x ab y", (1, 5), (2, 4)),
        (" \n\u00a0a", (0, 4), (3, 4)),
        ("", (0, 0), (0, 0)),
    ],
)
def test_trimmed(text, span, trimmed):
    assert Span(*span).trimmed(text) == Span(*trimmed)


@given(st.text(st.sampled_from(" \n\tab\u00a0\u00e9"), max_size=12), st.data())
def test_trimmed_is_strip(text, data):
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    trimmed = span.trimmed(text)
    assert trimmed.of(text) == span.of(text).strip()
    assert span.start <= trimmed.start <= trimmed.end <= span.end
    assert trimmed.trimmed(text) == trimmed


@given(st.text(st.sampled_from("ab\n\x0b\x1c\u00e9"), max_size=20))
def test_lines_are_split_at_line_feeds_only(text):
    spans = list(lines(text))
    assert [span.of(text) for span in spans] == text.split("\n")
    assert [span.start for span in spans[1:]] == [span.end + 1 for span in spans[:-1]]
