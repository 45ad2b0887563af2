"""What counts as a cue of stance, and what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.coding._stance_cues import FEATURES, KINDS, PSEUDO, TURNED, marks, measure

TALK = st.text(alphabet="abdefgnot'’ .,?!\n", max_size=80) | st.lists(
    st.sampled_from("not n't never it helped failed but if we'd would \"said\" said . , nobody nothing only good stopped".split()), max_size=14
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "held", "absent"),
    [
        ("I don't think it helped", {"not", "not good"}, {"good"}),
        ("I think it helped", {"good"}, {"not", "not good"}),
        ("It was not only quicker but easier", {"good", "but"}, {"not", "not good"}),
        ("It isn't just the money", {"only"}, set()),
        ("If we'd had the money we would have carried on", {"if", "if had", "would", "could have"}, {"not"}),
        ("Were we to stop, it would fail", {"if", "would"}, set()),
        ("Supposing it came back, I might join", {"if", "may"}, set()),
        ("She said it would never work", {"said", "not", "not good"}, {"good"}),
        ("I wouldn't say no", {"not", "double not"}, set()),
        ("It isn't that it doesn't help", {"not", "double not", "good"}, {"not good"}),
        ("He didn't do nothing", {"not"}, {"double not"}),
        ("It was never a waste", {"not", "not failed"}, {"failed"}),
        ("It was a waste", {"failed"}, {"not failed"}),
        ("We never stopped", {"not stopped"}, {"stopped"}),
        ("It's good, isn't it?", {"good"}, {"not", "not good"}),
        ("We couldn't do without it", set(), {"not"}),
        ("I can't fault it", set(), {"not", "failed"}),
        ("No problem at all", set(), {"not", "failed"}),
        ("It’s not useful", {"not", "not good"}, {"good"}),
        ("Not then, but it helps", {"not", "but", "good"}, {"not good"}),
        ("No, it helps", {"not", "good"}, {"not good"}),
        ("The doctors moaned", {"against"}, set()),
        ("Upstairs it took, downstairs it didn't", {"both", "not"}, set()),
        ("I couldn't tell you", {"unknown", "not"}, set()),
        ("NOBODY ASKED", {"not", "unknown"}, set()),
        ("The knot is noted", set(), {"not"}),
        ("", set(), {"not"}),
    ],
)
def test_cues(text: str, held: set[str], absent: set[str]) -> None:
    kinds = marks(text).kinds()
    assert held <= kinds
    assert not absent & kinds


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("She said it would never work", True),
        ("She said so. It would never work", False),
        ('It was "never" on', True),
        ('They "came". It never ran', False),
        ("It would never work, she said", False),
    ],
)
def test_reported_speech(text: str, reported: bool) -> None:
    (negation,) = [mark for mark in marks(text).marks if mark.kind == "not"]
    assert negation.reported is reported


def test_every_listed_phrase_is_found_in_itself() -> None:
    for kind, listed in (("pseudo", PSEUDO), *KINDS.items()):
        for phrase in " ".join(listed.split()).split("|"):
            kinds = marks(phrase.rstrip("*")).kinds()
            pseudo = not marks(phrase).marks
            assert kind == "pseudo" or pseudo or kinds & {kind, f"not {kind}"}, phrase


def test_the_shape_of_no_texts() -> None:
    assert measure([]).shape == (0, len(FEATURES))
    assert len(set(FEATURES)) == len(FEATURES)
    assert set(TURNED) <= set(KINDS)


def test_sentences_are_counted() -> None:
    assert marks("One. Two! Three? ").sentence[-1] == 2
    row = dict(zip(FEATURES, measure(["It failed. It was fine."])[0], strict=True))
    assert row["failed: share of sentences"] == 0.5
    assert row["failed: in the first sentence"] == 1
    assert row["failed: in the last sentence"] == 0


@given(st.lists(TALK, max_size=4))
def test_a_texts_numbers_hang_on_nothing_but_the_text(texts: list[str]) -> None:
    together = measure(texts)
    assert np.isfinite(together).all()
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(measure([text])[0], row)
        assert np.array_equal(measure([text.replace("'", "’")])[0], row)


@settings(deadline=None)  # the first call loads spaCy
@given(TALK)
def test_marks_lie_inside_the_text_and_in_order(text: str) -> None:
    found = marks(text)
    assert list(found.marks) == sorted(found.marks)
    assert all(0 <= mark.start < mark.end <= len(found.words) for mark in found.marks)
    assert list(found.sentence) == sorted(found.sentence)
