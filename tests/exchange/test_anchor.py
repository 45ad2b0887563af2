from __future__ import annotations

import random
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.text import Span, canonical
from nptlens.exchange._normalise import fold
from nptlens.exchange._offsets import UNITS, CanonicalMap, Ruler, Unit
from nptlens.exchange.anchor import How, anchor
from nptlens.exchange.project import ImportedCoding

LETTERS = "ab \n.,'’éüñ가😀👍🏽\u0301\u0327ﬁÅßZ-"
WORDS = st.text(alphabet=LETTERS, max_size=80)
RAW = st.text(alphabet=LETTERS + "\r\u2028\ufeff\u1100\u1161\u11a8\u212b\u0344\u0958", max_size=60)


def coding(span=None, quote=""):
    return ImportedCoding("s", "c", "a", span and Span(*span), quote)


def found(source, transcript, quote, at=0):
    start = -1
    for _ in range(at + 1):
        start = source.index(quote, start + 1)
    return anchor(coding((start, start + len(quote))), source, transcript)


TALK = "A: We met in May.\nB: Yes.\nA: The café was full, wasn't it?\nB: Yes.\nA: And we paid the bill of the café in June, all of us.\n"


@pytest.mark.parametrize(
    ("transcript", "quote", "at", "words", "how"),
    [
        (TALK, "Yes.", 1, "Yes.", How.SAME),
        ("WEBVTT\n\n" + TALK, "We met", 0, "We met", How.EXACT),
        ("head\n" + TALK, "Yes.", 1, "Yes.", How.EXACT),
        (TALK.replace("\n", " "), "it?\nB: Yes", 0, "it? B: Yes", How.TOLERANT),
        (TALK.replace("'", "’").upper(), "wasn't it", 0, "WASN’T IT", How.TOLERANT),
        (TALK.replace("wasn't", "wasn’t"), "full, wasn't it", 0, "full, wasn’t it", How.TOLERANT),
        (TALK.replace("the bill", "our bill"), "we paid the bill of the café in June", 0, "we paid our bill of the café in June", How.NEAR),
        (TALK.replace("paid", "payed"), "And we paid the bill of the café in June", 0, "And we payed the bill of the café in June", How.NEAR),
        ("Nothing of it is here.", "we paid the bill of the café in June", 0, None, How.MISSING),
        ("Nobody said so.", "Yes.", 1, None, How.MISSING),
        ("", "Yes.", 0, None, How.MISSING),
    ],
)
def test_how_sure(transcript, quote, at, words, how):
    result = found(TALK, transcript, quote, at)
    assert result.how is how
    assert (result.span and result.span.of(transcript)) == words


def test_the_same_one_of_several_places_is_meant():
    for at in (0, 1):
        assert found(TALK, f"x\n{TALK}", "Yes.", at).span.start == found(TALK, TALK, "Yes.", at).span.start + 2
    shortened = TALK.replace("B: Yes.\nA: The", "A: The")
    assert found(TALK, shortened, "Yes.", 1).span.start == shortened.index("Yes.")
    longer = TALK + "B: Yes.\nC: Yes.\n"
    assert found(TALK, longer, "Yes.", 1).span.start == TALK.index("Yes.", TALK.index("Yes.") + 1)


def test_a_few_words_among_other_words_are_not_the_meant_ones():
    cut = TALK[TALK.index("A: The") :]
    assert found(TALK, f"X: Yes.\nZ: No.\n{cut}Y: Yes. Hm.\n", "Yes.", 0).how is How.MISSING
    bill = "we paid the bill of the café in June"
    assert found(TALK, f"Z: So {bill}? Well, {bill}.", bill).span is not None  # so many words are said once


@pytest.mark.parametrize(
    ("quote", "span", "words", "how"),
    [
        ("We met in May", None, "We met in May", How.EXACT),
        ("Yes.", None, "Yes.", How.FIRST),
        ("Yes.", (59, 63), "Yes.", How.EXACT),
        ("cafe\u0301 was", None, "café was", How.EXACT),
        ("  We met in May.  ", None, "We met in May.", How.EXACT),
        ("we met IN may", None, "We met in May", How.TOLERANT),
        ("et in", None, "et in", How.EXACT),
        ("", None, None, How.EMPTY),
        (" \n", None, None, How.EMPTY),
        ("…!?", None, None, How.MISSING),
        ("", (0, 4), None, How.EMPTY),
    ],
)
def test_words_without_the_tools_text(quote, span, words, how):
    result = anchor(coding(span, quote), "", TALK)
    assert result.how is how
    if words is None:
        assert result.span is None
    else:
        assert result.span.of(TALK) == words
        assert result.span.start == (TALK.rindex(words) if span else TALK.index(words))


def test_a_span_outside_the_tools_text_counts_for_nothing():
    assert anchor(coding((3, 900)), TALK, TALK).how is How.EMPTY
    assert anchor(coding((3, 900), "We met in May"), TALK, TALK).span == Span(3, 16)


def test_long_stretches_are_found_by_their_ends():
    rng = random.Random(3)
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(900)]
    text = " ".join(words)
    edited = " ".join("uh" if n % 37 == 5 else word for n, word in enumerate(words))
    result = found(text, f"Title\n\n{edited}", " ".join(words[100:700]))
    assert result.how is How.NEAR
    assert result.span.of(f"Title\n\n{edited}").split()[0] == words[100]
    assert result.span.of(f"Title\n\n{edited}").split()[-1] == words[699]
    mixed = " ".join(words[100:130] + rng.sample(words, 500) + words[670:700])
    assert found(text, mixed, " ".join(words[100:700])).how is How.MISSING


def _check_same_after_folding(text, cut, edits):
    source = canonical(text)
    start, end = sorted(place % (len(source) + 1) for place in cut)
    if not fold(source[start:end]).text:
        return
    spaces = {0: " ", 1: "\n", 2: "\n\n", 3: "\t", 4: " \n "}
    edited = "".join(spaces[edits.randint(0, 4)] if c == " " or (c == "\n" and edits.random() < 0.5) else c for c in source)
    transcript = canonical(unicodedata.normalize(edits.choice(["NFC", "NFD"]), edited).replace("\n", edits.choice(["\n", "\r\n", "\r"])))
    result = anchor(coding((start, end)), source, transcript)
    if result.span is not None:
        slice_, quote = fold(result.span.of(transcript)).text, fold(canonical(source[start:end])).text
        assert slice_ == quote or result.how is How.NEAR
    else:
        whole = fold(transcript).text
        assert f" {fold(source[start:end]).text} " not in f" {whole} "


@given(WORDS, st.tuples(st.integers(0), st.integers(0)), st.randoms(use_true_random=False))
def test_the_slice_is_the_quote_after_folding(text, cut, edits):
    _check_same_after_folding(text, cut, edits)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(WORDS, st.tuples(st.integers(0), st.integers(0)), st.randoms(use_true_random=False))
def test_the_slice_is_the_quote_after_folding_often(text, cut, edits):
    _check_same_after_folding(text, cut, edits)


@given(RAW)
def test_folding_knows_its_way_back(text):
    folded = fold(text)
    assert len(folded.origin) == len(folded.text)
    assert folded.text == " ".join(folded.text.split(" ")).strip(" ")
    for at, character in enumerate(folded.text):
        piece = fold.__wrapped__(folded.back(at, at + 1).of(text)).text
        assert character == " " or character in piece


def _check_map(raw, cut):
    mapped = CanonicalMap(raw)
    assert mapped.text == canonical(raw)
    assert mapped.exact
    start, end = sorted(place % (len(raw) + 1) for place in cut)
    span = mapped.span(start, end)
    assert span.end <= len(mapped.text)
    assert canonical(raw[start:end]).strip("\n\ufeff") in unicodedata.normalize("NFC", span.of(mapped.text)) or _splits(raw, start, end)
    assert mapped.span(0, len(raw)) == Span(0, len(mapped.text))


def _splits(raw, start, end):
    """Tell whether a cut goes through what canonical form joins or reorders."""
    cuts = [canonical(f"|{raw[a:b]}")[1:] for a, b in ((0, start), (start, end), (end, len(raw)))]
    return "".join(cuts) != canonical(raw) or raw.startswith("\ufeff")


@given(RAW, st.tuples(st.integers(0), st.integers(0)))
def test_raw_offsets_become_canonical(raw, cut):
    _check_map(raw, cut)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.one_of(RAW, st.text(max_size=60)), st.tuples(st.integers(0), st.integers(0)))
def test_raw_offsets_become_canonical_often(raw, cut):
    _check_map(raw, cut)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.words())
@given(raw=RAW)
def test_rulers_measure_as_python_does(unit, raw):
    counted = raw if unit.mark else raw.removeprefix("\ufeff")
    if unit.line_end != "as it stands":
        counted = counted.replace("\r\n", "\n")
    if unit.line_end == "as two":
        counted = counted.replace("\r", "\n").replace("\n", "\r\n")
    length = len(counted.encode("utf-16-le")) // 2 if unit.utf16 else len(counted)
    ruler = Ruler(raw, unit)
    assert ruler.length() == length
    assert ruler.raw_span(0, length + 1) is None
    assert ruler.raw_span(-1, 0) is None
    assert ruler.raw_span(0, length)[1] == len(raw) or raw == "\ufeff" or length == 0


def test_a_ruler_by_hand():
    raw = "\ufeffa\r\n😀b"
    cases = {Unit(): (4, 5), Unit(utf16=True): (5, 6), Unit(line_end="as one"): (3, 4), Unit(mark=True, utf16=True): (6, 7)}
    assert {unit: raw[slice(*Ruler(raw, unit).raw_span(*place))] for unit, place in cases.items()} == dict.fromkeys(cases, "b")
    assert Ruler("", Unit()).raw_span(0, 0) == (0, 0)
