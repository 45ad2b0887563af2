"""Words, exemplars and reach of a topic."""

from __future__ import annotations

import math
import warnings
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from nptlens.topics import cards
from nptlens.topics.cards import _words, make_cards, stop_words, vectorizer


def cards_of(texts, topic, make_segments, topic_settings, vectors=None, participants=None, **changes):
    vectors = np.eye(len(texts), dtype=np.float32) if vectors is None else np.asarray(vectors, dtype=np.float32)
    segments = make_segments(texts, participants=participants)
    return make_cards(np.asarray(topic, dtype=np.int64), vectors, segments, topic_settings(**changes))


def test_the_rank_of_words_by_hand(make_segments, topic_settings):
    # topic 0: queue 3, phone 2, clinic 1 of 6 words; topic 1: clinic 4, phone 2 of 6; A = 12 / 2 = 6
    texts = ["queue queue queue", "phone phone clinic", "clinic clinic clinic", "clinic phone phone"]
    zero, one = cards_of(texts, [0, 0, 1, 1], make_segments, topic_settings)
    weight = {
        "queue": 3 / 6 * math.log(1 + 6 / 3),
        "phone": 2 / 6 * math.log(1 + 6 / 4),
        "clinic": 1 / 6 * math.log(1 + 6 / 5),
    }
    assert zero.words == tuple(sorted(weight, key=lambda word: -weight[word])) == ("queue", "phone", "clinic")
    assert one.words == ("clinic", "phone")
    assert zero.label() == "queue, phone, clinic"


def test_the_mean_number_of_words_weighs_in(make_segments, topic_settings):
    """Of 30 words in each topic: queue 3 here of 6, phone 2 of 2. 2 log(1 + 30/2) > 3 log(1 + 30/6), but not with 60 for 30."""
    rare = [f"{first}{second}x" for first in "bcdfghjkl" for second in "bcdfgh"]
    texts = [" ".join(["queue"] * 3 + ["phone"] * 2 + rare[:25]), " ".join(["queue"] * 3 + rare[25:52])]
    assert 2 * math.log(16) > 3 * math.log(6)
    assert 2 * math.log(31) < 3 * math.log(11)
    assert cards_of(texts, [0, 1], make_segments, topic_settings, words=2)[0].words == ("phone", "queue")


WORDS = st.sampled_from("phone queue reception clinic blood pressure form note coach meeting topic the um".split())


@pytest.mark.skipif(find_spec("bertopic") is None, reason="BERTopic is not installed")
@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 4))
def test_words_rank_as_bertopic_ranks_them(data, topics):
    """The oracle takes the mean number of words as a whole number, so each topic gets the same number of words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic.vectorizers import ClassTfidfTransformer

    texts = [" ".join(data.draw(st.lists(WORDS.filter(lambda w: len(w) > 3), min_size=12, max_size=12))) for _ in range(topics)]
    texts = [f"{text} phone queue, the um 2016 a" for text in texts]  # the last four are not counted
    counter = vectorizer()
    counts = counter.fit_transform(texts)
    weights = ClassTfidfTransformer().fit_transform(counts.astype(float)).toarray()
    vocabulary = list(counter.get_feature_names_out())
    for row, words in zip(weights, _words([[text] for text in texts], 5), strict=True):
        assert len(words) == min(5, (row > 0).sum())
        np.testing.assert_allclose([row[vocabulary.index(word)] for word in words], np.sort(row)[::-1][: len(words)])


@given(st.lists(st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4), min_size=1, max_size=4))
def test_words_are_ranked_as_a_dense_table_ranks_them(topics):
    joined = [" ".join(texts) for texts in topics]
    counter = vectorizer()
    try:
        counts = counter.fit_transform(joined).toarray().astype(float)
    except ValueError:
        assert _words(topics, 3) == [()] * len(topics)
        return
    names = counter.get_feature_names_out()
    weights = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) * np.log1p(counts.sum() / len(topics) / counts.sum(axis=0))
    expected = [tuple(names[i] for i in np.argsort(-row, kind="stable")[:3] if row[i] > 0) for row in weights.round(12)]
    assert _words(topics, 3) == expected


def test_a_large_topic_is_read_evenly(make_segments, topic_settings, monkeypatch):
    monkeypatch.setattr(cards, "_READ", 3)
    (card,) = cards_of(["phone", "queue", "clinic", "form", "note", "coach", "blood"], [0] * 7, make_segments, topic_settings)
    assert sorted(card.words) == ["clinic", "note", "phone"]
    assert card.size == 7


def test_speech_is_full_of_words_that_say_nothing(make_segments, topic_settings):
    (card,) = cards_of(["Um, yeah, like, you know, I can't say it's 24 things, x", "erm the laughs"], [0, 0], make_segments, topic_settings)
    assert card.words == ()
    assert card.label() == "topic 0"


def test_as_many_words_as_asked(make_segments, topic_settings):
    (card,) = cards_of(["phone queue clinic", "phone queue"], [0, 0], make_segments, topic_settings, words=2)
    assert len(card.words) == 2


def test_reach(make_segments, topic_settings):
    zero, one = cards_of(["phone"] * 6, [0, 1, 0, -1, 0, 1], make_segments, topic_settings, participants=["a", "a", "b", "c", "a", "a"])
    assert [(card.topic, card.size, card.participants, card.transcripts) for card in (zero, one)] == [(0, 3, 2, 2), (1, 2, 1, 1)]


@pytest.mark.parametrize(
    ("participants", "number", "expected"),
    [
        ("abcd", 2, [1, 0]),
        ("abcd", 9, [1, 0, 3, 2]),
        # another participant comes before a nearer excerpt of the same one
        ("aaab", 2, [1, 3]),
        ("aabb", 3, [1, 3, 0]),
        ("aaaa", 2, [1, 0]),
    ],
)
def test_exemplars(make_segments, topic_settings, participants, number, expected):
    angles = np.array([0.16, 0.04, -0.2, 0.35])  # the centre lies near 0.09
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    people = list(participants)
    (card,) = cards_of(["phone"] * 4, [0] * 4, make_segments, topic_settings, vectors=vectors, participants=people, exemplars=number)
    assert card.exemplars == tuple(f"T:{i}-{i + 1}" for i in expected)


def test_equally_near_exemplars_stand_in_order(make_segments, topic_settings):
    (card,) = cards_of(["phone"] * 4, [0] * 4, make_segments, topic_settings, vectors=np.ones((4, 2)), participants=list("abcd"))
    assert card.exemplars == ("T:0-1", "T:1-2", "T:2-3")


def test_the_stop_words_are_scikit_learns_and_those_of_speech():
    assert stop_words() == ENGLISH_STOP_WORDS | cards._SPEECH
