"""Sentences of speech."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.segmenting._spacy import sentences


def cut(text: str) -> list[str]:
    return [span.of(text) for span in next(iter(sentences([text])))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n", []),
        ("We met. It worked.", ["We met.", "It worked."]),
        ("Did it? Yes! Good.", ["Did it?", "Yes!", "Good."]),
        ("no stops at all", ["no stops at all"]),
        # a voice that trails off goes on
        ("I mean ... we tried it.", ["I mean ... we tried it."]),
        ("I mean… we tried it.", ["I mean… we tried it."]),
        ("I gave up ... Then it worked.", ["I gave up ...", "Then it worked."]),
        # a note in brackets is no sentence of its own
        ("It failed. [laughs] We laughed.", ["It failed. [laughs]", "We laughed."]),
        ("It failed. [laughs]", ["It failed. [laughs]"]),
        ("It failed. [The manager] said so.", ["It failed. [The manager] said so."]),
        ("We [laughs] We laughed.", ["We [laughs] We laughed."]),
        ("It failed. [Inaudible. Then] It worked.", ["It failed. [Inaudible.", "Then] It worked."]),
        # what opens stands with what it opens
        ('He said no. "Then go," I said.', ["He said no.", '"Then go," I said.']),
        ("He said no. (We knew.) So I left.", ["He said no.", "(We knew.)", "So I left."]),
        ('He said "no." Then I left.', ['He said "no."', "Then I left."]),
        ('"No." "Yes."', ['"No."', '"Yes."']),
        # a typist's empty line parts sentences
        ("the first thing\n\nthe other thing", ["the first thing", "the other thing"]),
        ("the first\nthing", ["the first\nthing"]),
        ("Dr. Lee came at 10.30 today.", ["Dr. Lee came at 10.30 today."]),
    ],
)
def test_sentences(text, expected):
    assert cut(text) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("aB7'-[].…!?\n “”é😀"), max_size=80))
def test_nothing_but_white_space_is_lost(text):
    position = 0
    for span in next(iter(sentences([text]))):
        assert text[position : span.start].strip() == ""
        assert span.of(text) == span.of(text).strip() != ""
        position = span.end
    assert text[position:].strip() == ""


def test_texts_do_not_touch_one_another():
    texts = ["One. Two.", "", "three", "Four? Five."] * 50
    assert list(sentences(texts)) == [next(iter(sentences([text]))) for text in texts]
