"""ELAN, EXMARaLDA, Praat and CHAT: every word of a speaker's tier once, in the order of time, and what is no speech is told."""

from __future__ import annotations

import time

import pytest

from nptlens.core.errors import ReadingError
from nptlens.reading.formats import READERS
from nptlens.reading.formats._chat import is_chat, read_chat
from nptlens.reading.formats._eaf import read_eaf
from nptlens.reading.formats._exb import read_exb
from nptlens.reading.formats._textgrid import read_textgrid
from nptlens.schemas.records import Severity, Transcript


def turns(shape):
    Transcript("t", "t", "", "t", shape.layout, shape.text, shape.utterances, shape.furniture).verify()
    return [(u.speaker, u.span.of(shape.text), u.start_s, u.end_s) for u in shape.utterances]


def told(shape):
    return " / ".join(problem.what for problem in shape.problems)


def eaf(slots: str, *tiers: str) -> bytes:
    """Return an ELAN file; slots are ``ts1=100 ts2=`` and tiers are XML."""
    times = "".join(f'<TIME_SLOT TIME_SLOT_ID="{name}"' + (f' TIME_VALUE="{value}"' if value else "") + "/>" for name, _, value in (each.partition("=") for each in slots.split()))
    return f'<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT AUTHOR="" FORMAT="3.0" VERSION="3.0"><HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/><TIME_ORDER>{times}</TIME_ORDER>{"".join(tiers)}</ANNOTATION_DOCUMENT>'.encode()


def tier(name: str, *annotations: str, who: str = "", above: str = "") -> str:
    """Return a tier; an annotation is ``a1 ts1 ts2 words``, or ``a1 ^a0 words`` where it hangs on another."""
    made = []
    for each in annotations:
        if "^" in each.split()[1]:
            name_, parent, words = each.split(" ", 2)
            made.append(f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{name_}" ANNOTATION_REF="{parent[1:]}"><ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>')
        else:
            name_, start, end, words = each.split(" ", 3)
            made.append(f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name_}" TIME_SLOT_REF1="{start}" TIME_SLOT_REF2="{end}"><ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>')
    more = (f' PARTICIPANT="{who}"' if who else "") + (f' PARENT_REF="{above}"' if above else "")
    return f'<TIER LINGUISTIC_TYPE_REF="l" TIER_ID="{name}"{more}>{"".join(made)}</TIER>'


SLOTS = "ts1=0 ts2=900 ts3=1000 ts4= ts5=4000 ts6=4000 ts7=5000"


def test_elan_by_participant_in_the_order_of_time():
    data = eaf(SLOTS, tier("w", "a2 ts3 ts4 Round the urn.", "a3 ts4 ts5 All &amp; sundry.", who="Vera"), tier("q", "a1 ts1 ts2 Where?", "a4 ts6 ts7 And now?"))
    shape = read_eaf(data, where="t")
    assert turns(shape) == [("q", "Where?", 0, 0.9), ("Vera", "Round the urn.\nAll & sundry.", 1, 4), ("q", "And now?", 4, 5)]
    assert "name no participant" in told(shape)
    assert shape.layout == "ELAN tiers"


def test_elan_translations_and_comments_are_told():
    data = eaf(
        SLOTS,
        tier("Vera-fr", "b1 ^a2 autour", above="Vera"),
        tier("Vera", "a2 ts3 ts5 Round the urn."),
        tier("Int", "a1 ts1 ts2 Where?"),
        tier("Comments", "c1 ts1 ts7 a noise of cups"),
    )
    shape = read_eaf(data, where="t")
    assert turns(shape) == [("Int", "Where?", 0, 0.9), ("Vera", "Round the urn.", 1, 4)]
    assert "Vera-fr (1)" in told(shape)
    assert [(p.what, p.severity) for p in shape.problems if "Comments" in p.what] == [
        ("tiers that are not read as speech, by their names or lists of codes: Comments (4 words)", Severity.WARNING)
    ]


def test_a_tier_of_few_remarks_is_only_noted():
    talk = tier("Vera", "a2 ts3 ts5 " + "Round the urn and round again. " * 10)
    shape = read_eaf(eaf(SLOTS, talk, tier("Comments", "c1 ts1 ts7 cups")), where="t")
    assert [problem.severity for problem in shape.problems] == [Severity.NOTE]


def test_elan_tiers_of_references_give_way_to_those_below():
    data = eaf(
        SLOTS,
        tier("ref@V", "a1 ts1 ts2 v.001", "a2 ts3 ts5 v.002", who="V"),
        tier("ft@V", "c1 ^a1 so then and on", "c2 ^a2 round and round it goes", above="ref@V"),
        tier("tx@V", "b1 ^a1 alors", "b2 ^a2 autour", above="ref@V"),
    )
    shape = read_eaf(data, where="t")
    assert turns(shape) == [("V", "alors\nautour", 0, 4)]
    assert "read from the tier tx@V" in told(shape)
    assert "ft@V (2)" in told(shape)
    assert all(problem.severity is Severity.NOTE for problem in shape.problems)


def test_elan_a_tier_below_that_says_more_than_its_parent_asks_for_a_look():
    data = eaf(SLOTS, tier("turns", "a1 ts1 ts2 hello", "a2 ts3 ts5 leaving"), tier("V", "b1 ^a1 we came in by the gate", "b2 ^a2 and off we went", above="turns"))
    assert [p.what for p in read_eaf(data, where="t").problems if p.severity is Severity.WARNING] == ["tiers below others hold more words than those: V (10 words)"]


def test_elan_a_tier_of_a_controlled_vocabulary_is_coding():
    kinds = b'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="cv" CONTROLLED_VOCABULARY_REF="moods"/></ANNOTATION_DOCUMENT>'
    data = eaf(SLOTS, tier("V", "a1 ts1 ts2 We came in by the gate."), tier("mood", "a2 ts3 ts5 calm").replace('"l"', '"cv"')).replace(b"</ANNOTATION_DOCUMENT>", kinds)
    shape = read_eaf(data, where="t")
    assert [turn[:2] for turn in turns(shape)] == [("V", "We came in by the gate.")]
    assert "lists of codes: mood (1 words)" in told(shape)


def test_labels_in_the_one_tier_are_the_speakers():
    said = ["a1 ts1 ts2 INT: Who was it?", "a2 ts3 ts4 Vera: Me.", "a3 ts4 ts5 INT: Twice?", "a4 ts6 ts7 Vera: And once more."]
    shape = read_eaf(eaf(SLOTS, tier("default", *said)), where="t")
    assert turns(shape) == [("INT", "Who was it?", 0, 0.9), ("Vera", "Me.", 1, None), ("INT", "Twice?", None, 4), ("Vera", "And once more.", 4, 5)]
    assert turns(read_eaf(eaf(SLOTS, tier("default", "a1 ts1 ts2 Who was it?")), where="t")) == [("default", "Who was it?", 0, 0.9)]


def test_elan_two_tiers_of_one_person_ask_for_a_look():
    shape = read_eaf(eaf(SLOTS, tier("V-1", "a1 ts1 ts2 one", who="V"), tier("V-2", "a2 ts3 ts5 two", who="V")), where="t")
    assert turns(shape) == [("V", "one\ntwo", 0, 4)]
    assert [problem.severity for problem in shape.problems] == [Severity.WARNING]


def test_elan_the_same_words_of_two_people_are_both_kept():
    shape = read_eaf(eaf(SLOTS, tier("A", "a1 ts1 ts2 Mhm"), tier("B", "a2 ts3 ts5 Mhm")), where="t")
    assert [turn[:2] for turn in turns(shape)] == [("A", "Mhm"), ("B", "Mhm")]


def test_elan_nothing_is_lost_in_tiers_that_hang_on_each_other_or_share_a_name():
    data = eaf(SLOTS, tier("A", "a1 ts1 ts2 one", above="B"), tier("B", "a2 ts3 ts5 two", above="A"), tier("B", "a2 ts6 ts7 three", "a2 ts7 ts7 four"))
    assert sorted(word for turn in turns(read_eaf(data, where="t")) for word in turn[1].split()) == ["four", "one", "three", "two"]


EXB = """<?xml version="1.0" encoding="UTF-8"?><basic-transcription><head><meta-information/><speakertable>
<speaker id="SPK0"><abbreviation>INT</abbreviation></speaker><speaker id="SPK1"><abbreviation/></speaker></speakertable></head>
<basic-body><common-timeline><tli id="T0" time="0.0"/><tli id="T1"/><tli id="T2" time="2.5"/><tli id="T3" time="4"/></common-timeline>
<tier id="TIE0" speaker="SPK0" category="v" type="t" display-name="INT [v]"><event start="T0" end="T1">Where did </event><event start="T1" end="T2">you si</event><event start="T2" end="T3">t? </event></tier>
<tier id="TIE1" speaker="SPK1" category="v" type="t" display-name="SPK1 [v]"><event start="T1" end="T2">By the urn.</event></tier>
<tier id="TIE2" speaker="SPK1" category="en" type="a" display-name="SPK1 [en]"><event start="T1" end="T2">gloss</event></tier>
<tier id="TIE3" category="nv" type="d" display-name="[nv]"><event start="T0" end="T3">cups</event></tier></basic-body></basic-transcription>"""


def test_exmaralda_joins_events_that_overlap_cut():
    shape = read_exb(EXB.encode(), where="t")
    assert turns(shape) == [("INT", "Where did you sit?", 0, 4), ("SPK1", "By the urn.", None, 2.5)]
    assert told(shape) == "tiers of description and annotation, with their events, are not read as speech: SPK1 [en] (1), [nv] (1)"


def test_exmaralda_events_without_blanks_are_words_of_their_own():
    data = EXB.replace("Where did <", "Where did<").replace("you si<", "you<").replace("t? <", "sit?<")
    assert turns(read_exb(data.encode(), where="t"))[0][1] == "Where did you sit?"


def test_exmaralda_places_that_are_none_are_told():
    assert "stand at its end: 1" in told(read_exb(EXB.replace('start="T1" end="T2">By', 'start="T9" end="T2">By').encode(), where="t"))


LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 9
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "Ines"
        xmin = 0
        xmax = 9
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 2
            text = "Who had the ""good"" chair? "
        intervals [2]:
            xmin = 2
            xmax = 5
            text = ""
        intervals [3]:
            xmin = 5
            xmax = 9
            text = "Was it 4 = 4
or more?"
    item [2]:
        class = "IntervalTier"
        name = "Olu"
        xmin = 0
        xmax = 9
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 2.5
            text = "<SIL>"
        intervals [2]:
            xmin = 2.5
            xmax = 9
            text = "Nobody."
    item [3]:
        class = "TextTier"
        name = "bell"
        xmin = 0
        xmax = 9
        points: size = 1
        points [1]:
            number = 3
            mark = "ding"
"""
SHORT = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n9\n<exists>\n3\n"IntervalTier"\n"Ines"\n0\n9\n3\n0\n2\n"Who had the ""good"" chair? "\n2\n5\n""\n5\n9\n"Was it 4 = 4\nor more?"\n"IntervalTier"\n"Olu"\n0\n9\n2\n0\n2.5\n"<SIL>"\n2.5\n9\n"Nobody."\n"TextTier"\n"bell"\n0\n9\n1\n3\n"ding"\n'
GRID = [("Ines", 'Who had the "good" chair?', 0, 2), ("Olu", "Nobody.", 2.5, 9), ("Ines", "Was it 4 = 4\nor more?", 5, 9)]


@pytest.mark.parametrize("source", [LONG, SHORT], ids=["long", "short"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_textgrid(source, encoding):
    shape = read_textgrid(source.replace("\n", "\r\n").encode(encoding), where="t")
    assert turns(shape) == GRID
    assert told(shape) == "tiers of points are not read as speech: bell (1) / intervals that mark silence are left out: 1"


def grid(**tiers: list[tuple[float, float, str]]) -> bytes:
    made = [f'"IntervalTier"\n"{name}"\n0\n9\n{len(rows)}\n' + "".join(f'{a}\n{b}\n"{words}"\n' for a, b, words in rows) for name, rows in tiers.items()]
    return ('File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n9\n<exists>\n' + f"{len(made)}\n" + "".join(made)).encode()


def test_textgrid_words_aligned_are_joined_and_phones_are_left_out():
    words = [(0, 0.5, "by"), (0.5, 1, "the"), (1, 1.4, "urn"), (4, 4.5, "mostly")]
    shape = read_textgrid(grid(words=words, phones=[(0, 0.2, "B"), (0.2, 0.5, "AY")], Ann=[(0, 1.4, "By the urn,"), (4, 4.5, "mostly.")]), where="t")
    assert turns(shape) == [("Ann", "By the urn,\nmostly.", 0, 4.5)]
    assert "by their names or lists of codes: phones (2 words)" in told(shape)
    assert "once more are left out: words (4 words)" in told(shape)
    assert turns(read_textgrid(grid(Ann=words), where="t")) == [("Ann", "by the urn\nmostly", 0, 4.5)]


def test_textgrid_letters_with_a_backslash_are_told():
    assert "stay as they are: 2" in told(read_textgrid(grid(Ann=[(0, 1, r'sch\o""n gr\u""n')]), where="t"))


CHAT = """@UTF8
@Begin
@Participants:\tINV Vera Investigator, PAR Participant
*INV:\twho had the
\tgood chair ? \x15100_2300\x15
%com:\tpoints
\tat it
*PAR:\tnobody &-um [//] nobody . \x152400_3000\x15 well . \x153000_4100\x15
@Comment:\ta pause
*PAR:\t0 .
*XXX no colon
@End
"""


def test_chat():
    shape = read_chat(CHAT.encode(), where="t")
    assert turns(shape) == [
        ("INV", "who had the\n\tgood chair ?", 0.1, 2.3),
        ("PAR", "nobody &-um [//] nobody .", 2.4, 3.0),
        ("PAR", "well .", 3.0, 4.1),
        ("PAR", "0 .", None, None),
    ]
    assert "lines that begin with an asterisk and name no speaker are not read: 1 (line 11)" in told(shape)
    assert "INV: Investigator, PAR: Participant" in told(shape)
    assert "as they are written: 2" in told(shape)
    assert "(%) are not read as speech: 1" in told(shape)
    assert is_chat(CHAT)


def test_chat_with_bullets_of_media():
    data = CHAT.replace("\x15100_2300\x15", '\x15%mov:"ward_3_4"_100_2300\x15').replace("\x152400_3000\x15", "•2400_3000•")
    assert [turn[2:] for turn in turns(read_chat(data.encode(), where="t"))][:2] == [(0.1, 2.3), (2.4, 3.0)]


def test_a_line_of_brackets_takes_no_time():
    start = time.monotonic()
    read_chat(b"@Begin\n*PAR:\tso " + b"[" * 300_000, where="t")
    assert time.monotonic() - start < 5


def test_a_list_with_asterisks_is_no_chat():
    assert not is_chat("*A: not\n*B: chat\n")
    assert not is_chat("@Begin: mail me @home\nINT: So?\n")


BAD = [
    (read_eaf, "<a/>", "no ELAN file"),
    (read_eaf, eaf(SLOTS, tier("A")), "no tier"),
    (read_eaf, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
    (read_exb, "<a/>", "no EXMARaLDA"),
    (read_exb, EXB.replace('type="t"', 'type="d"'), "no tier of type t"),
    (read_textgrid, b"ooBinaryFile\x08TextGrid\0", "binary"),
    (read_textgrid, "so it goes", "no TextGrid"),
    (read_textgrid, SHORT[:150], "ends early"),
    (read_textgrid, SHORT.replace("3\n0\n2\n", "900\n0\n2\n"), "ends early"),
    (read_chat, "@Begin\nINV: so\n@End\n", "no line has a speaker"),
]


@pytest.mark.parametrize(("reader", "source", "message"), BAD)
def test_what_is_refused(reader, source, message):
    with pytest.raises(ReadingError, match=message) as caught:
        reader(source.encode() if isinstance(source, str) else source, where="t")
    assert caught.value.hint or "document type" in message


def test_they_are_known_by_their_suffixes():
    assert (READERS[".eaf"], READERS[".exb"], READERS[".cha"], READERS[".textgrid"]) == (read_eaf, read_exb, read_chat, read_textgrid)
