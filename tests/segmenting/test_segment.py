"""Sentences joined to units, and what is set aside."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.text import Span, count_words
from nptlens.schemas.records import Furniture, Participant, Speaker, SpeakerRole, Transcript, Utterance
from nptlens.schemas.settings import SegmentingSettings
from nptlens.segmenting import segment
from nptlens.segmenting._spacy import sentences
from nptlens.segmenting.segment import join


def lengths(least: int = 1, fewest: int = 4, most: int = 8, unit: str = "meaning") -> SegmentingSettings:
    return SegmentingSettings(unit=unit, min_words=fewest, max_words=most, least_words=least)


def transcript(name: str, *turns: tuple[str, str | None, float | None]) -> Transcript:
    """Turns (words, speaker, seconds), parted by a line end each, as a reader would give them."""
    text, utterances, furniture = "", [], []
    for words, speaker, start in turns:
        utterances.append(Utterance(Span(len(text), len(text) + len(words)), speaker, start))
        text += words + "\n"
        furniture.append(Furniture(Span(len(text) - 1, len(text)), "line end"))
    made = Transcript(name, f"{name}.txt", "0" * 64, "txt", "colon", text, tuple(utterances), tuple(furniture))
    made.verify()
    return made


def speaker(name: str, label: str | None, *, asks: bool = False, **known: str) -> Speaker:
    role = SpeakerRole.INTERVIEWER if asks else SpeakerRole.PARTICIPANT
    return Speaker(name, label, role, "declared", Participant(label or "?", **known))


def units(text: str, setting: SegmentingSettings) -> list[str]:
    return [span.of(text) for span in join(text, next(iter(sentences([text]))), setting)]


FOUR = "We met on Monday."
TWO = "It worked."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        (TWO, [TWO]),
        (f"{FOUR} {FOUR}", [FOUR, FOUR]),
        (f"{TWO} {TWO} {FOUR}", [f"{TWO} {TWO}", FOUR]),
        # a short tail goes to the unit before it
        (f"{FOUR} {TWO}", [f"{FOUR} {TWO}"]),
        (f"{FOUR} {FOUR} {TWO}", [FOUR, f"{FOUR} {TWO}"]),
        # unless that unit has no room
        ("One two three four five six seven. Eight nine.", ["One two three four five six seven.", "Eight nine."]),
        # a joint that would be too long is not made
        ("One two three. One two three four five six.", ["One two three.", "One two three four five six."]),
        # speech without punctuation is cut at a space
        ("a b c d e f g h i j", ["a b c d e f g h", "i j"]),
        ("a b c d e f g h i j k l m n o p q r", ["a b c d e f g h", "i j k l m n o p", "q r"]),
        ("a\nb  c d e f g h\n\ni", ["a\nb  c d e f g h", "i"]),
    ],
)
def test_join(text, expected):
    assert units(text, lengths()) == expected


@pytest.mark.parametrize("text", ["a,b,c,d,e,f,g,h,i,j,k,l", "one/two/three/four/five/six/seven/eight/nine"])
def test_what_has_no_space_is_cut_between_words(text):
    found = units(text, lengths())
    assert "".join(found) == text
    assert all(count_words(each) <= 8 for each in found)
    assert sum(map(count_words, found)) == count_words(text)


PIECE = st.sampled_from(
    [*"abcé7 \n'’-_", "I ", "don't ", "well ", "Dr. ", "e.g. ", "...", "… ", "-- ", "? ", ". ", "! ", ". The ", "[laughs] ", "\n\n", "\t", '"', "😀", "\u00a0", "10.30 ", "a/b", ",", "U.K. ", ".Next "]
)


@st.composite
def settings_of_lengths(draw):
    most = draw(st.integers(2, 12))
    return lengths(draw(st.integers(1, 5)), draw(st.integers(1, most)), most)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.lists(PIECE, max_size=60).map("".join), min_size=1, max_size=4), settings_of_lengths())
def test_every_word_is_in_one_unit(turns, setting):
    made = transcript("T", *[(words, "P", None) for words in turns])
    found = segment([made], [speaker("T", "P")], setting)
    places = sorted(
        (row.start, row.end, row.utterance, row.words)
        for table in (found.segments, found.set_aside)
        for row in table.itertuples(index=False)
    )
    for number, utterance in enumerate(made.utterances):
        own = [(start, end, words) for start, end, at, words in places if at == number]
        position = utterance.span.start
        for start, end, words in own:
            assert made.text[position:start].strip() == ""
            assert utterance.span.start <= start < end <= utterance.span.end
            assert words == count_words(made.text[start:end]) <= setting.max_words
            assert made.text[start:end].strip() == made.text[start:end]
            position = end
        assert made.text[position : utterance.span.end].strip() == ""
        assert sum(words for *_, words in own) == count_words(made.quote(utterance.span))
    assert len(places) == sum(at == number for number in range(len(turns)) for *_, at, _ in places)
    assert found.segments["start"].is_monotonic_increasing
    for row in found.segments.itertuples():
        assert row.text == made.text[row.start : row.end]
        assert row.segment_id == f"T:{row.start}-{row.end}"
        assert row.words >= setting.least_words
    assert (found.set_aside["words"] < setting.least_words).all()


SPEAKERS = [
    speaker("B", "I", asks=True),
    speaker("B", "P", role="GP", practice="P01", adopter_category="laggard"),
    speaker("A", None),
]
B = transcript("B", ("What did you do then, all of you?", "I", 0.0), ("Yes.", "P", 2.5), (f"{FOUR} {FOUR}", "P", 3.0), ("...", "P", 9.0))
A = transcript("A", (FOUR, None, None))


def test_who_is_coded_and_what_is_set_aside():
    found = segment([B, A], SPEAKERS, lengths(least=2))
    assert found.segments[["segment_id", "utterance", "text", "words", "participant_id", "role", "practice", "adopter_category"]].values.tolist() == [
        ["A:0-17", 0, FOUR, 4, "?", "", "", ""],
        ["B:39-56", 2, FOUR, 4, "P", "GP", "P01", "laggard"],
        ["B:57-74", 2, FOUR, 4, "P", "GP", "P01", "laggard"],
    ]
    assert found.segments["start_s"].isna().tolist() == [True, False, False]
    assert found.segments["start_s"].tolist()[1:] == [3.0, 3.0]
    assert found.set_aside.values.tolist() == [
        ["B", 0, 0, 33, 8, "interviewer"],
        ["B", 1, 34, 38, 1, "too short"],
        ["B", 3, 75, 78, 0, "no words"],
    ]


def test_the_order_of_files_does_not_matter():
    one, other = segment([A, B], SPEAKERS, lengths()), segment([B, A], SPEAKERS[::-1], lengths())
    assert one.segments.equals(other.segments)
    assert one.set_aside.equals(other.set_aside)


def test_a_turn_can_be_the_unit():
    found = segment([B], SPEAKERS, lengths(unit="utterance", most=4))
    assert found.segments["text"].tolist() == ["Yes.", f"{FOUR} {FOUR}"]
    assert found.segments["words"].tolist() == [1, 8]


@pytest.mark.parametrize(("transcripts", "aside"), [([], 0), ([transcript("B", ("Hm?", "I", None))], 1)])
def test_nothing_to_code(transcripts, aside):
    found = segment(transcripts, SPEAKERS, lengths())
    assert len(found.segments) == 0
    assert len(found.set_aside) == aside
    assert "participant_id" in found.segments.columns
