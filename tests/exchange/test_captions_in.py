"""Words that were marked in another tool's copy of captions or of a web page are found in the transcript, all of them and no others."""

from __future__ import annotations

import random

import pytest

from nptlens.core.text import Span
from nptlens.exchange._html_text import HtmlText
from nptlens.exchange._said import repaired, said
from nptlens.exchange.anchor import How, anchor
from nptlens.exchange.project import ImportedCoding
from nptlens.reading.files import read_file

TURNS = (
    ("Ivo", "We opened the pool at 7:30 and"), ("Ivo", "it was full by noon, 40 % more."), ("Bea", "Really? Full?"),
    ("Ivo", "Really. Bea said it: full."), ("Bea", "Bea said nothing, it cost £5 (or 6 €)."), ("Ivo", "The <big> pool 🏊🏽 stayed shut."),
)  # fmt: skip


def stamp(seconds):
    return f"00:00:{seconds:02}.500"


VTT = "WEBVTT\n\n" + "\n".join(f"{n}\n{stamp(n)} --> {stamp(n + 1)}\n<v {who}>{words}</v>\n" for n, (who, words) in enumerate(TURNS, 1))
SRT = "\n".join(
    f"{n}\n{stamp(n)} --> {stamp(n + 1)}\n{who}: {words}\n".replace(".500", ",500") for n, (who, words) in enumerate(TURNS, 1)
)
# How a tool shows captions: a line a cue, its time before it, tags left in or labels as they stand.
TAGGED = "".join(f"{stamp(n)} <v {who}>{words}</v>\n" for n, (who, words) in enumerate(TURNS, 1))
LABELLED = "".join(f"{stamp(n)} {who}: {words}\n" for n, (who, words) in enumerate(TURNS, 1))


@pytest.fixture(scope="module")
def transcripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captions")
    found = {}
    for name, text in (("a.vtt", VTT), ("a.srt", SRT)):
        (folder / name).write_text(text, encoding="utf-8")
        found[name] = read_file(folder / name, transcript_id="a", source=name, max_megabytes=1).text
    return found


def marked(source, first, last, transcript):
    start = source.index(first)
    end = source.index(last, start) + len(last)
    result = anchor(ImportedCoding("s", "c", "a", Span(start, end)), source, transcript)
    return (result.span.of(transcript) if result.span else None), result.how


OVER = (
    ("at 7:30 and", "it was full by noon", "at 7:30 and it was full by noon"), ("40 % more.", "Really?", "40 % more. Really?"),
    ("full.", "Bea said nothing,", "full. Bea said nothing,"), ("Full?", "£5", "Full? Really. Bea said it: full. Bea said nothing, it cost £5"),
    ("6 €)", "The <big> pool", "6 €). The <big> pool"),
)  # fmt: skip


@pytest.mark.parametrize(("first", "last", "words"), OVER)
@pytest.mark.parametrize("source", [TAGGED, LABELLED], ids=["tags", "labels"])
def test_marks_over_the_border_of_cues_hold_all_words(transcripts, source, first, last, words):
    for transcript in transcripts.values():
        found, how = marked(source, first, last, transcript)
        plain = " ".join(found.split())
        for who, _ in TURNS:  # a transcript of subtitles keeps its labels in the text
            plain = plain.replace(f"{who}: ", "")
        assert (plain, how in {How.ALIGNED, How.EXACT, How.TOLERANT}) == (words, True)


@pytest.mark.parametrize(("first", "last", "words"), OVER)
def test_quotations_of_tables_over_the_border_of_cues(transcripts, first, last, words):
    start = TAGGED.index(first)
    quote = " ".join(TAGGED[start : TAGGED.index(last, start) + len(last)].split())
    result = anchor(ImportedCoding("s", "c", "a", None, quote), "", transcripts["a.vtt"])
    assert " ".join(result.span.of(transcripts["a.vtt"]).split()) == words


def test_times_and_labels_alone_are_no_words(transcripts):
    assert marked(TAGGED, "00:00:02.500", "<v Ivo>", transcripts["a.vtt"])[0] is None


def test_a_transcript_without_the_words_gets_none():
    short = "We opened the pool at 7:30 and\nThe <big> pool 🏊🏽 stayed shut.\nWe left it so all week.\n"
    assert marked(TAGGED, "40 % more.", "Really?", short)[0] is None


def test_words_of_a_random_copy_are_found_whole(transcripts):
    """Whatever runs of words are marked, the same run of the transcript is found: no word is lost or added."""
    transcript, drawn = transcripts["a.vtt"], random.Random(7)
    words = [word for _, turn in TURNS for word in turn.split()]
    places, at = [], 0
    for who, turn in TURNS:
        at = TAGGED.index(f"<v {who}>", at) + len(f"<v {who}>")
        for word in turn.split():
            at = TAGGED.index(word, at)
            places.append((at, at + len(word)))
            at += len(word)
    for _ in range(200):
        first = drawn.randrange(len(words))
        last = min(len(words), first + drawn.randrange(1, 9))
        result = anchor(ImportedCoding("s", "c", "a", Span(places[first][0], places[last - 1][1])), TAGGED, transcript)
        assert result.span is not None, words[first:last]
        assert result.span.of(transcript).split() == words[first:last]


@pytest.mark.parametrize(
    ("transcript", "quote", "words"),
    [
        ("It cost 5\xa0€. Then 5 more.", "cost 5 €", "cost 5\xa0€"),
        ("It cost 5  €. Then 5 more.", "5 €", "5  €"),
        ("We have 5 rooms and £5.", "£ 5", "£5"),
        ("We have 5 rooms.", "£5", None),
        ("We met.\nThen we left.", "We met. Then we left.", "We met.\nThen we left."),
        ("He said  “no”, twice.", 'said "no",', "said  “no”,"),
        ("(We  met), he said", "(we met)", "(We  met)"),
        ("an unbelievably long day", "un believ ably long", "unbelievably long"),
    ],
)
def test_signs_at_the_ends_stay(transcript, quote, words):
    result = anchor(ImportedCoding("s", "c", "a", None, quote), "", transcript)
    assert (result.span.of(transcript) if result.span else None) == words


def test_words_that_were_read_in_a_wrong_encoding_are_found():
    right = "Zoë: The café was shut 🎈 until May, déjà vu.\n"
    for encoding in ("cp1252", "latin-1", "cp1254"):
        try:
            wrong = right.encode().decode(encoding)
        except UnicodeError:
            continue
        assert repaired(wrong) == right
        assert marked(wrong, b"caf".decode(), "until May", right)[0] == "café was shut 🎈 until May"
    assert not repaired(right)
    assert not repaired("plain words")


def test_what_a_quotation_says_without_furniture():
    assert list(said("and 00:00:04.500 Ivo: so it")) == ["and Ivo: so it", "and so it"]
    assert list(said("plain words")) == []


def test_a_break_is_not_a_word():
    assert HtmlText("<p>Why?<br>Tell.</p>", where="x").text == "Why?\nTell.\n"
