"""Labels in bold or italic type without a colon, and whole paragraphs in such type."""

from __future__ import annotations

import pytest
from tests.reading.test_reading_docx import package, par, run
from tests.reading.test_reading_hidden import looks
from tests.reading.test_reading_rtf_odt import HEAD, partition

from nptlens.reading.formats._docx import read_docx
from nptlens.reading.formats._emphasis import LAYOUT, Paragraph, paragraph_of, shape_of
from nptlens.reading.formats._hidden import BOLD, ITALIC
from nptlens.reading.formats._rtf import read_rtf
from nptlens.schemas.records import Severity

SAID = [("INT", "How did it begin?"), ("Will", "We stood around the board."), ("INT", "Who kept the time?"), ("Will", "The nurse did.")]


def shaped(*paragraphs):
    return shape_of([paragraph_of(runs) for runs in paragraphs], where="t.docx")


@pytest.mark.parametrize("kind", [BOLD, ITALIC])
@pytest.mark.parametrize("sign", [" ", "\t", ". ", " \u2013 "])
def test_labels_that_stand_out(kind, sign):
    shape = shaped(*([(name, kind), (sign + words, 0)] for name, words in SAID))
    assert partition(shape) == SAID
    assert shape.layout in (LAYOUT, "Name - text", "Name<tab>text")  # a dash or a tab says so too


def test_labels_in_word_and_rtf():
    body = "".join(par(looks(f"{name} ", "<w:b/>"), run(words)) for name, words in SAID)
    assert partition(read_docx(package(body), where="t.docx")) == SAID
    rtf = rb"\par ".join(rb"{\b %s }%s" % (name.encode(), words.encode()) for name, words in SAID)
    assert partition(read_rtf(HEAD + rtf + b"}", where="t.rtf")) == SAID


def test_a_paragraph_without_a_label_goes_on():
    shape = shaped(*([(name, BOLD), (f" {words}", 0)] for name, words in SAID), [("And the doctor.", 0)])
    assert partition(shape)[-1] == ("Will", "The nurse did.\nAnd the doctor.")


def test_words_that_stand_out_by_chance_are_no_labels():
    paragraphs = [[(f"{first} it", BOLD), (" was a long day for us.", 0)] for first in ("Well", "No", "So", "Perhaps")]
    assert {speaker for speaker, _ in partition(shaped(*paragraphs))} == {None}


def test_one_label_only_is_asked_and_not_guessed():
    shape = shaped([("INT", BOLD), (" And then?", 0)], [("We stood up.", 0)], [("INT", BOLD), (" Why so?", 0)], [("To see.", 0)])
    assert {speaker for speaker, _ in partition(shape)} == {None}
    assert [(p.severity, p.what) for p in shape.problems] == [(Severity.WARNING, "2 paragraphs begin with 'INT' in bold or italic type: a speaker?")]


def test_whole_paragraphs_that_stand_out_are_asked_about():
    shape = shaped([("How was it?", BOLD)], [("It was long.", 0)], [("And then?", BOLD)], [("We went on.", 0)])
    assert {speaker for speaker, _ in partition(shape)} == {None}
    assert [p.what for p in shape.problems] == ["2 paragraphs are all in bold or italic type: questions of an interviewer?"]
    assert shape.problems[0].severity is Severity.WARNING


def test_labels_with_a_colon_need_no_type():
    shape = shaped(*([(f"{name}:", BOLD), (f" {words}", 0)] for name, words in [("INT", "How?"), ("P1", "So."), ("INT", "Why?"), ("P1", "Thus.")]))
    assert [speaker for speaker, _ in partition(shape)] == ["INT", "P1", "INT", "P1"]
    assert shape.layout == "Name: text"
    assert shape.problems == ()


@pytest.mark.parametrize(
    ("runs", "paragraph"),
    [
        ([], Paragraph("")),
        ([("a", 0)], Paragraph("a")),
        ([("a", BOLD), (" ", 0)], Paragraph("a ", whole=True)),
        ([(" ", 0), ("a", BOLD), (" ", 0), ("b", 0)], Paragraph(" a b", lead=3)),
        ([("a", BOLD), ("b", ITALIC), ("c", 0)], Paragraph("abc", lead=1)),
        ([("a", 0), ("b", BOLD)], Paragraph("ab")),
    ],
)
def test_what_stands_out(runs, paragraph):
    assert paragraph_of(runs) == paragraph
