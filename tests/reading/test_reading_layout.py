"""Truth tables of the line-based layouts: one row a case."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nptlens.reading.layouts._labels import can_be_label, is_known, shape_of
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._times import cell_seconds, last_seconds, seconds

COLON, HEAD, TAB, OWN, TIMED, NONE = (
    "Name: text",
    "Name time / text",
    "Name<tab>text",
    "Name / text",
    "time text",
    "no speakers",
)

# case, source, layout, turns as (speaker, words, start)
CASES = [
    ("initials", "I: How so?\n\nR: Well.", COLON, [("I", "How so?", None), ("R", "Well.", None)]),
    ("ids", "INT: Hi.\nC01: Hello.", COLON, [("INT", "Hi.", None), ("C01", "Hello.", None)]),
    ("capitals, two spaces", "SMITH:  Yes.\n\nLEE:  No.", COLON, [("SMITH", "Yes.", None), ("LEE", "No.", None)]),
    ("bold", "**Ann Lee:** One.\n\n**Bo:** Two.", COLON, [("Ann Lee", "One.", None), ("Bo", "Two.", None)]),
    ("bold before colon", "**Ann**: One.\n\n**Bo**: Two.", COLON, [("Ann", "One.", None), ("Bo", "Two.", None)]),
    ("no space after a known label", "INT:So?\nC01:Yes.", COLON, [("INT", "So?", None), ("C01", "Yes.", None)]),
    ("time in front", "[00:01:02] INT: A.\n00:01:05 R: B.", COLON, [("INT", "A.", 62), ("R", "B.", 65)]),
    ("time after", "INT [00:02]: A.\nR: [0:03] B.", COLON, [("INT", "A.", 2), ("R", "B.", 3)]),
    ("bare time after", "INT: 0:00:02 A.\nR: 00:00:03,5\nB.", COLON, [("INT", "A.", 2), ("R", "B.", 3.5)]),
    ("an answer like a time", "INT: When?\nR: 10:30\nINT: So?\nR: At 10:30.", COLON, [("INT", "When?", None), ("R", "10:30", None), ("INT", "So?", None), ("R", "At 10:30.", None)]),
    (
        "time after a tab, once on a line of its own",
        "INT\t00:00:02\tA.\n\nR\t00:00:03\nB.\n\nINT\t00:00:04\tC.",
        "Name<tab>text",
        [("INT", "A.", 2), ("R", "B.", 3), ("INT", "C.", 4)],
    ),
    ("time above", "[00:00:05]\nINT: A.\n\n[00:00:09]\nR: B.", COLON, [("INT", "A.", 5), ("R", "B.", 9)]),
    (
        "time inside a turn",
        "INT: A.\n\nR: B.\n\n[00:02:07]\nC.\n\nINT: D.",
        COLON,
        [("INT", "A.", None), ("R", "B.", None), ("R", "C.", 127), ("INT", "D.", None)],
    ),
    (
        "paragraphs of a turn",
        "I: A.\n\nR: B.\n\nC.\n\nI: D.",
        COLON,
        [("I", "A.", None), ("R", "B.\n\nC.", None), ("I", "D.", None)],
    ),
    (
        "names recur",
        "Ann: A.\nBo: B.\nAnn: C.\nBo: D.",
        COLON,
        [("Ann", "A.", None), ("Bo", "B.", None), ("Ann", "C.", None), ("Bo", "D.", None)],
    ),
    (
        "a name that comes once",
        "Ann Lee: A.\n\nBo Ek: B.\n\nCy Low: C.\n\nAnn Lee: D.\n\nBo Ek: E.",
        COLON,
        [
            ("Ann Lee", "A.", None),
            ("Bo Ek", "B.", None),
            ("Cy Low", "C.", None),
            ("Ann Lee", "D.", None),
            ("Bo Ek", "E.", None),
        ],
    ),
    (
        "a sentence with a colon",
        "INT: A.\n\nR: He asked.\nand I said: no\nand I said: never\n\nINT: B.",
        COLON,
        [("INT", "A.", None), ("R", "He asked.\nand I said: no\nand I said: never", None), ("INT", "B.", None)],
    ),
    (
        "an aside that comes once",
        "Ann: A.\n\nBo: B.\n\nExample: C.\n\nAnn: D.\n\nBo: E.",
        COLON,
        [("Ann", "A.", None), ("Bo", "B.\n\nExample: C.", None), ("Ann", "D.", None), ("Bo", "E.", None)],
    ),
    (
        "header fields",
        "INTERVIEWEE:  Mary Lee\nDATE: 7 May\n\nINT: A.\n\nLEE: B.\n\nINT: C.\n\nLEE: D.",
        COLON,
        [("INT", "A.", None), ("LEE", "B.", None), ("INT", "C.", None), ("LEE", "D.", None)],
    ),
    ("nothing said", "INT: A.\nR:\nINT: B.", COLON, [("INT", "A.", None), ("INT", "B.", None)]),
    ("only a dash said", "INT: A.\nR: \u2014\nINT: B.", COLON, [("INT", "A.", None), ("INT", "B.", None)]),
    ("end mark", "I: A.\n\nR: B.\n\n[END OF INTERVIEW]\n\n1. A note.", COLON, [("I", "A.", None), ("R", "B.", None)]),
    (
        "otter",
        "# T\n\nAnn Lee  0:03  \nA.\n\nB.\n\nBo Ek  1:00:01  \nC.",
        HEAD,
        [("Ann Lee", "A.\n\nB.", 3), ("Bo Ek", "C.", 3601)],
    ),
    ("teams", "Ann Lee   0:03\nA.\nBo Ek   0:09\nB.", HEAD, [("Ann Lee", "A.", 3), ("Bo Ek", "B.", 9)]),
    (
        "a sentence before a time",
        "We met at 10:30\nand left at 11:00",
        NONE,
        [(None, "We met at 10:30\nand left at 11:00", None)],
    ),
    (
        "rows of a table",
        "INT\tA.\nC01\tB.\nINT\tC.",
        TAB,
        [("INT", "A.", None), ("C01", "B.", None), ("INT", "C.", None)],
    ),
    (
        "own line",
        "Interviewer\nA.\n\nAnn\nB.\n\nInterviewer\nC.\n\nAnn\nD.",
        OWN,
        [("Interviewer", "A.", None), ("Ann", "B.", None), ("Interviewer", "C.", None), ("Ann", "D.", None)],
    ),
    (
        "own line, time below",
        "Ann Lee\n00:00:02\nA.\nB.\nBo Ek\n00:01:00\nC.\nAnn Lee\n00:02:00\nD.",
        OWN,
        [("Ann Lee", "A.\nB.", 2), ("Bo Ek", "C.", 60), ("Ann Lee", "D.", 120)],
    ),
    (
        "own line, range above",
        "0:0:0.0 --> 0:0:2.5\nAnn Lee\nA.\n\n0:0:2.5 --> 0:0:9.0\nAnn Lee\nB.",
        OWN,
        [("Ann Lee", "A.", 0), ("Ann Lee", "B.", 2.5)],
    ),
    (
        "interjections are no names",
        "Well it was\nYeah\nmore of it\nYeah\nthe end",
        NONE,
        [(None, "Well it was\nYeah\nmore of it\nYeah\nthe end", None)],
    ),
    ("name in brackets", "[Ann]\nA.\n\n[Bo]\nB.\n\n[Ann]\nC.\n\n[Bo]\nD.", "[Name] text", [("Ann", "A.", None), ("Bo", "B.", None), ("Ann", "C.", None), ("Bo", "D.", None)]),
    ("name in brackets before words", "[INT] A.\n[P1] B [laughs].", "[Name] text", [("INT", "A.", None), ("P1", "B [laughs].", None)]),
    ("asides in brackets", "so it\n[Music]\nwent\n[Music]\non", NONE, [(None, "so it\n[Music]", None), (None, "went\n[Music]", None), (None, "on", None)]),
    ("word", "00:00:03 Speaker 1\nA.\n\n00:00:09 Speaker 2\nB.", "time Name / text", [("Speaker 1", "A.", 3), ("Speaker 2", "B.", 9)]),
    ("happy scribe", "[00:00:01.120] - Ann Lee\nA.\n\n[00:00:09.500] - Bo Ek\nB.", "time Name / text", [("Ann Lee", "A.", 1.12), ("Bo Ek", "B.", 9.5)]),
    ("sonix", "[00:00:01] Speaker1:\nA.\n\n[00:00:09] Speaker2:\nB.", COLON, [("Speaker1", "A.", 1), ("Speaker2", "B.", 9)]),
    ("rev", "Ann Lee (00:12):\nA.\n\nBo Ek (00:15):\nB.\n\nAnn Lee (01:00):\nC.", COLON, [("Ann Lee", "A.", 12), ("Bo Ek", "B.", 15), ("Ann Lee", "C.", 60)]),
    ("rev, time after the colon", "Speaker 1: (00:12)\nA.\n\nSpeaker 2: (00:15)\nB.", COLON, [("Speaker 1", "A.", 12), ("Speaker 2", "B.", 15)]),
    ("trint", "Ann Lee [00:00:03] A.\n\nBo Ek [00:00:12] B.\n\nAnn Lee [00:01:03] C.", "Name [time] text", [("Ann Lee", "A.", 3), ("Bo Ek", "B.", 12), ("Ann Lee", "C.", 63)]),
    ("descript", "**Ann Lee:** [00:00:10] A.\n\n**Bo:** [00:00:20] B.", COLON, [("Ann Lee", "A.", 10), ("Bo", "B.", 20)]),
    ("surname first", "Lee, Ann   0:03\nA.\n\nEk, Bo   0:09\nB.", HEAD, [("Lee, Ann", "A.", 3), ("Ek, Bo", "B.", 9)]),
    ("bold name, slanted time", "**Ann Lee** *00:03*\nA.\n\n**Bo Ek** *00:09*\nB.", HEAD, [("Ann Lee", "A.", 3), ("Bo Ek", "B.", 9)]),
    (
        "focus group",
        "Moderator: A.\nP1: B.\nP3 (nurse): C.\nP1/P2: D.\nAll: E.\nFemale 1: F.\nModerator: G.",
        COLON,
        [("Moderator", "A.", None), ("P1", "B.", None), ("P3 (nurse)", "C.", None), ("P1/P2", "D.", None), ("All", "E.", None), ("Female 1", "F.", None), ("Moderator", "G.", None)],
    ),
    ("rows under a header", "Speaker\tText\nINT\tA.\nP1\tB.\nINT\tC.", TAB, [("INT", "A.", None), ("P1", "B.", None), ("INT", "C.", None)]),
    ("rows with times", "INT\t00:00:01\tA.\nP1\t00:00:05\tB.\nINT\t00:01:00\tC.", TAB, [("INT", "A.", 1), ("P1", "B.", 5), ("INT", "C.", 60)]),
    ("times before rows", "00:00:01\tINT\tA.\n00:00:05\tP1\tB.\n00:01:00\tINT\tC.", TAB, [("INT", "A.", 1), ("P1", "B.", 5), ("INT", "C.", 60)]),
    ("initials with full stops", "Q.  A b.\n\nA.  C.\n\nQ.  D.\n\nA.  E.", "N. text", [("Q", "A b.", None), ("A", "C.", None), ("Q", "D.", None), ("A", "E.", None)]),
    ("list items", "- **Ann**: A.\n- **Bo**: B.\n- **Ann**: C.", COLON, [("Ann", "A.", None), ("Bo", "B.", None), ("Ann", "C.", None)]),
    ("headings", "### Ann Lee\n\nA.\n\n### Bo Ek\n\nB.\n\n### Ann Lee\n\nC.\n\n### Bo Ek\n\nD.", OWN, [("Ann Lee", "A.", None), ("Bo Ek", "B.", None), ("Ann Lee", "C.", None), ("Bo Ek", "D.", None)]),
    ("wide colon", "Interviewer：你好吗？\n受访者：很好。\nInterviewer：是吗？\n受访者：是。", COLON, [("Interviewer", "你好吗？", None), ("受访者", "很好。", None), ("Interviewer", "是吗？", None), ("受访者", "是。", None)]),
    ("saved captions", "Ann Lee\n00:00:02\nA.\nb.\nuser avatar\nBo\n00:01:00\nC.\nuser avatar\nAnn Lee\n00:02:00\nD.", OWN, [("Ann Lee", "A.\nb.", 2), ("Bo", "C.", 60), ("Ann Lee", "D.", 120)]),
    ("times that restart", "[00:10:00] INT: A.\n[00:00:05] P1: B.", COLON, [("INT", "A.", 600), ("P1", "B.", 5)]),
    ("role amid paragraphs", "INT: A.\nP1: B.\n\nINT: C.", COLON, [("INT", "A.", None), ("P1", "B.", None), ("INT", "C.", None)]),
    ("timed lines", "00:00:01 A b.\n\n00:00:08 C d.", TIMED, [(None, "A b.", 1), (None, "C d.", 8)]),
    ("paragraphs", "A b.\nc.\n\nD.", NONE, [(None, "A b.\nc.", None), (None, "D.", None)]),
    ("lines that end sentences", "A b.\nC d.", NONE, [(None, "A b.", None), (None, "C d.", None)]),
    ("wrapped lines", "a b\nc d\ne", NONE, [(None, "a b\nc d\ne", None)]),
    ("paragraph with a time", "[0:05] A b.\n\nC d.", NONE, [(None, "A b.", 5), (None, "C d.", None)]),
]


def check_partition(text: str, shape) -> None:
    spans = sorted([u.span for u in shape.utterances] + [f.span for f in shape.furniture])
    assert "".join(span.of(text) for span in spans) == text == shape.text
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert all(shape.text[f.span.start : f.span.end].isspace() for f in shape.furniture if f.kind == "space")


@pytest.mark.parametrize(("source", "layout", "turns"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_layouts(source, layout, turns):
    shape = lay_out(source)
    assert [(u.speaker, u.span.of(source), u.start_s) for u in shape.utterances] == turns
    assert shape.layout == layout
    check_partition(source, shape)


def test_header_is_declared():
    text = "Project X\nInterviewer: Mary Lee\n\nINT: A.\n\nR: B."
    shape = lay_out(text)
    assert [f.span.of(text) for f in shape.furniture if f.kind == "header"] == ["Project X\nInterviewer: Mary Lee"]


def test_word_paragraphs_are_lines():
    assert len(lay_out("One thing\nAnother thing", line_is_paragraph=True).utterances) == 2


@pytest.mark.parametrize(
    ("label", "can_be", "known"),
    [
        ("INT", True, True),
        ("C01", True, True),
        ("I", True, True),
        ("J.B.", True, True),
        ("Dr. Lee", True, False),
        ("Prof. O'Neil", True, False),
        ("Interviewer 2", True, True),
        ("ef berlin office", True, False),
        ("and I said", False, False),
        ("The thing is", False, False),
        ("So", False, False),
        ("Date", False, False),
        ("DATE", False, True),
        ("One, two", False, False),
        ("a b c d e f", False, False),
        ("x" * 41, False, False),
        ("2018", False, False),
        ("", False, False),
    ],
)
def test_labels(label, can_be, known):
    assert can_be_label(label) is can_be
    assert not label or is_known(label) is known


@pytest.mark.parametrize(
    ("label", "shape"), [("C01", "A9"), ("Ann O'Neil", "Aa A'Aa"), ("stokes", "a"), ("P1b", "A9a")]
)
def test_shapes(label, shape):
    assert shape_of(label) == shape


@pytest.mark.parametrize(
    ("stamp", "value"),
    [
        ("0:03", 3),
        ("1:02:03", 3723),
        ("00:12:44.310", 764.31),
        ("[01:02]", 62),
        ("00:00:01,5", 1.5),
        ("x", None),
        (None, None),
    ],
)
def test_seconds(stamp, value):
    assert seconds(stamp) == value


@pytest.mark.parametrize(("cell", "value"), [("0:45", 45), ("12.5", 12.5), ("", None), ("May", None), ("[0:01]", 1)])
def test_cell_seconds(cell, value):
    assert cell_seconds(cell) == value


def test_range_ends():
    assert last_seconds("0:01 --> 0:02.5") == 2.5
    assert last_seconds("0:01") is None
