from __future__ import annotations

import dataclasses
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import IntegrityError
from nptlens.core.text import Span
from nptlens.schemas import records
from nptlens.schemas.records import Code, Codebook, Furniture, Problem, Severity, TopicCard, Transcript, Utterance


def transcript(text: str, said=(), furniture=()) -> Transcript:
    return Transcript(
        "C01",
        "C01.txt",
        "0" * 64,
        "txt",
        "labelled",
        text,
        tuple(Utterance(Span(start, end), speaker) for start, end, speaker in said),
        tuple(Furniture(Span(*span), "label") for span in furniture),
    )


def test_every_record_is_frozen_and_slotted():
    kinds = [kind for _, kind in inspect.getmembers(records, dataclasses.is_dataclass) if kind.__module__ == records.__name__]
    assert len(kinds) >= 14
    for kind in kinds:
        assert kind.__dataclass_params__.frozen, kind
        assert "__slots__" in vars(kind), kind


def test_transcript_answers():
    made = transcript("A: one two\nB: three\nC: ?", [(3, 10, "A"), (14, 19, "B"), (23, 24, None)])
    assert made.quote(Span(3, 10)) == "one two"
    assert made.words() == 3
    assert made.speakers() == ("A", "B")


def test_speakers_stand_in_order_of_first_appearance():
    assert transcript("abcd", [(0, 1, "Z"), (1, 2, "A"), (2, 3, "Z"), (3, 4, None)]).speakers() == ("Z", "A")


@pytest.mark.parametrize(
    ("text", "said", "furniture"),
    [
        ("", (), ()),
        ("A: x", [(3, 4, "A")], [(0, 3)]),
        ("A: x\n", [(3, 4, "A")], [(4, 5), (0, 3)]),
        ("ab", [(0, 2, None), (2, 2, None)], ()),
        ("ab", [(0, 0, None), (0, 2, None)], ()),
    ],
)
def test_verify_accepts_a_partition(text, said, furniture):
    transcript(text, said, furniture).verify()


@pytest.mark.parametrize(
    ("text", "said", "furniture", "offset"),
    [
        ("abcd", (), (), 0),
        ("abcd", [(1, 4, None)], (), 0),
        ("abcd", [(0, 1, None), (2, 4, None)], (), 1),
        ("abcd", [(0, 3, None)], [(2, 4)], 2),
        ("abcd", [(0, 4, None)], [(1, 2)], 1),
        ("abcd", [(0, 3, None)], (), 3),
        ("abcd", [(0, 5, None)], (), 5),
    ],
)
def test_verify_refuses(text, said, furniture, offset):
    with pytest.raises(IntegrityError, match=f"offset {offset} ") as caught:
        transcript(text, said, furniture).verify()
    assert caught.value.where == "C01.txt"
    assert "abcd" not in str(caught.value)


@given(st.text("ab ", max_size=8), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4))
def test_verify_holds_exactly_where_each_code_point_is_held_once(text, pairs):
    spans = [(min(pair), max(pair)) for pair in pairs]
    held = sorted(offset for start, end in spans for offset in range(start, end))
    # An empty span holds nothing, but it must not lie within another.
    inner = any(start == end and any(s < start < e for s, e in spans) for start, end in spans)
    outside = any(end > len(text) for _, end in spans)
    if held == list(range(len(text))) and not inner and not outside:
        transcript(text, furniture=spans).verify()
    else:
        with pytest.raises(IntegrityError):
            transcript(text, furniture=spans).verify()


BOOK = Codebook("b", "1", (Code("A", "a", "."), Code("A1", "a1", ".", parent="A"), Code("A1x", "a1x", ".", parent="A1"), Code("B", "b", ".")))


def test_codebook_answers():
    assert BOOK.ids() == ("A", "A1", "A1x", "B")
    assert [code.id for code in BOOK] == list(BOOK.ids())
    assert "A1" in BOOK
    assert "a1" not in BOOK
    assert BOOK.get("A1").parent == "A"
    assert [code.id for code in BOOK.children("A")] == ["A1"]
    assert BOOK.children("B") == ()
    assert BOOK.ancestors("A1x") == ("A1", "A")
    assert BOOK.ancestors("A") == ()


@pytest.mark.parametrize("ask", [BOOK.get, BOOK.ancestors])
def test_codebook_does_not_know(ask):
    with pytest.raises(KeyError, match="Z"):
        ask("Z")


@pytest.mark.parametrize(("words", "label"), [((), "topic 3"), (("a",), "a"), (tuple("abcde"), "a, b, c, d")])
def test_topic_label(words, label):
    assert TopicCard(3, words, (), 1, 1, 1).label() == label


def test_problem_is_a_warning_unless_it_says_otherwise():
    assert Problem("here", "this").severity is Severity.WARNING
    assert sorted([Problem("b", "x"), Problem("a", "y")])[0].where == "a"
