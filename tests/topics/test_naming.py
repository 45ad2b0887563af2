"""Names and merges survive a rerun; what no longer fits is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from nptlens.core.errors import SettingsError
from nptlens.core.text import canonical
from nptlens.schemas.records import Severity
from nptlens.topics import TopicName, apply_names, names_csv, read_names
from nptlens.topics.cards import make_cards

LABELS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)


@pytest.fixture
def found(plant, topic_settings):
    """Apply names to three topics (0, 1, 2) of 40, 25 and 15 segments; six segments stand outside."""
    planted, settings = plant(40, 25, 15, 6), topic_settings()
    truth = np.where(planted.truth == 3, -1, planted.truth)
    cards = make_cards(truth, planted.vectors, planted.segments, settings)
    stability = (0.9, 0.5, 0.7)

    def applied(*names, renumber=(0, 1, 2)):
        place = dict(enumerate(renumber)) | {-1: -1}
        topics = pd.DataFrame({"segment_id": planted.segments["segment_id"], "topic": [place[t] for t in truth], "strength": 1.0})
        now = [replace(card, topic=place[card.topic], stability=stability[card.topic]) for card in cards]
        now.sort(key=lambda card: card.topic)
        return apply_names(topics, now, names, planted.vectors, planted.segments, settings)

    applied.exemplars = [card.exemplars for card in cards]
    return applied


def line(exemplars, name="", merge_into=(), number=2, words=()):
    return TopicName(number, "9", tuple(words), tuple(exemplars), name, tuple(merge_into))


def test_without_names_nothing_changes(found):
    named = found()
    assert [(card.topic, card.name, card.merged, card.stability) for card in named.cards] == [
        (0, "", (), 0.9),
        (1, "", (), 0.5),
        (2, "", (), 0.7),
    ]
    assert named.problems == ()


@pytest.mark.parametrize("renumber", [(0, 1, 2), (2, 0, 1)])
def test_a_name_goes_with_the_excerpts_not_with_the_number(found, renumber):
    named = found(line(found.exemplars[1], "Clinic"), renumber=renumber)
    assert {card.topic: card.name for card in named.cards if card.name} == {renumber[1]: "Clinic"}
    assert next(card for card in named.cards if card.name).label() == "Clinic"
    assert named.problems == ()


def test_a_merge(found):
    named = found(line(found.exemplars[2], "Notes", found.exemplars[0]))
    assert [(card.topic, card.size, card.merged, card.stability, card.name) for card in named.cards] == [
        (0, 55, (2,), 0.7, "Notes"),
        (1, 25, (), 0.5, ""),
    ]
    assert set(named.topics["topic"]) == {-1, 0, 1}
    words = set(named.cards[0].words)
    assert words & {"phone", "queue", "reception"} and words & {"sick", "note", "form"}


def test_the_name_of_the_other_topic_comes_first_and_merges_follow_one_another(found):
    named = found(
        line(found.exemplars[2], "Notes", found.exemplars[1]),
        line(found.exemplars[1], "Clinic", found.exemplars[0], 3),
    )
    assert [(card.topic, card.size, card.merged, card.stability) for card in named.cards] == [(0, 80, (1, 2), 0.5)]
    assert named.cards[0].name == "Clinic"


@pytest.mark.parametrize("ids", [("gone:0-1",), ("gone:0-1", "gone:1-2", "T:0-1")])
def test_a_name_that_fits_no_topic_is_told(found, ids):
    named = found(line(ids, "Old name", number=7))
    assert [problem.where for problem in named.problems] == ["topic_names.csv line 7"]
    assert named.problems[0].severity is Severity.WARNING
    assert "Old name" not in repr(named.problems)
    assert not any(card.name for card in named.cards)


def test_half_of_the_excerpts_is_not_enough(found):
    split = (*found.exemplars[0][:1], *found.exemplars[1][:1])
    assert len(found(line(split, "Both")).problems) == 1
    assert found(line((*split, found.exemplars[1][1]), "Two of three")).problems == ()


def test_without_exemplars_the_words_tell(found):
    assert [card.name for card in found(line((), "Notes", words=("sick", "note", "bread"))).cards] == ["", "", "Notes"]
    assert len(found(line((), "x", words=("bread", "butter"))).problems) == 1
    assert len(found(line((), "x", words=("sick", "clinic"))).problems) == 1  # as much of one topic as of another


def test_lines_that_speak_against_each_other(found):
    zero, one, two = found.exemplars
    twice = found(line(zero, "A"), line(zero, "B", number=3))
    assert [problem.where for problem in twice.problems] == ["topic_names.csv line 3"]
    assert twice.cards[0].name == "A"
    circle = found(line(zero, "", one), line(one, "", zero, 3))
    assert [problem.where for problem in circle.problems] == ["topic_names.csv line 3"]
    assert [card.topic for card in circle.cards] == [1, 2]
    fork = found(line(zero, "", one), line(zero, "", two, 3))
    assert [problem.where for problem in fork.problems] == ["topic_names.csv line 3"]


def test_a_merge_that_lost_its_target_or_is_done_already(found):
    assert [p.severity for p in found(line(found.exemplars[0], "", ("gone:0-1",))).problems] == [Severity.WARNING]
    assert [p.severity for p in found(line(found.exemplars[0], "", found.exemplars[0][1:])).problems] == [Severity.NOTE]


@given(st.lists(st.tuples(LABELS, st.booleans()), max_size=4))
def test_the_file_gives_back_what_was_written(tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp("names") / "topic_names.csv"
    names = tuple(
        TopicName(i, str(i), ("phone", "queue"), ("T:0-1", "T:1-2"), canonical(name.lstrip("'")), ("T:5-6",) if merged else ())
        for i, (name, merged) in enumerate(drawn, start=2)
    )
    path.write_text(names_csv(names), encoding="utf-8", newline="")
    assert read_names(path) == names  # in canonical form: some letters have no composed one


def test_a_cell_that_a_spreadsheet_could_run_is_guarded(tmp_path):
    text = names_csv([TopicName(2, "0", (), ("T:0-1",), "=cmd()", ())])
    assert "'=cmd()" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("topic,name\n1,x\n", "exemplars"),
        ("name,exemplars\nx,T:0-1\n", "merge_into"),
        ("name,exemplars,merge_into\nx,,\ny,,\n", "line 2 names no exemplars"),
        ('name,exemplars,merge_into\n"x', "not a readable table"),
    ],
)
def test_a_file_that_cannot_be_understood(tmp_path, text, told):
    path = tmp_path / "topic_names.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        read_names(path)


def test_no_file_and_empty_lines(tmp_path):
    assert read_names(None) == ()
    path = tmp_path / "topic_names.csv"
    path.write_text("\ufeffname,exemplars,merge_into\n,,\nA,T:0-1 ; T:2-3,\n", encoding="utf-8")
    assert [(each.name, each.exemplars) for each in read_names(path)] == [("A", ("T:0-1", "T:2-3"))]


def test_exemplars_of_a_merged_topic_do_not_hang_on_threads(make_segments, topic_settings):
    """The nearest excerpts are one short answer, said a thousand times: the first of them stand on the card, in order."""
    rng = np.random.default_rng(3)
    answer = rng.normal(size=384)
    vectors = rng.normal(size=(2003, 384))
    vectors[rng.random(2003) < 0.6] = answer
    vectors[[0, 1000, 1001, 2000, 2001, 2002]] = answer  # where a product of matrices ends its blocks
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    segments = make_segments(["yes"] * 2003, participants=["P"] * 2003)
    topics = pd.DataFrame({"segment_id": segments["segment_id"], "topic": np.arange(2003) % 2, "strength": 1.0})
    settings = topic_settings()
    cards = make_cards(topics["topic"].to_numpy(), vectors, segments, settings)
    merged = line(cards[1].exemplars, "", cards[0].exemplars)
    shown = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            (card,) = apply_names(topics, cards, [merged], vectors, segments, settings).cards
        shown.append(card.exemplars)
    said = np.flatnonzero((vectors == vectors[0]).all(axis=1))
    assert shown == [tuple(segments["segment_id"].iloc[said[: settings.exemplars]])] * 2


def test_outliers_stay_outside(found):
    assert (found(line(found.exemplars[2], "", found.exemplars[0])).topics["topic"] == -1).sum() == 6
