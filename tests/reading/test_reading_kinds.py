"""Tables, recognisers' JSON, LRC, web pages, OHMS records, rolling captions, and what is writing and no speech."""

from __future__ import annotations

import datetime
import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical, count_words
from nptlens.reading.formats._captions import read_srt, read_vtt
from nptlens.reading.formats._csv import read_csv, read_tsv
from nptlens.reading.formats._html import read_html
from nptlens.reading.formats._json import read_json
from nptlens.reading.formats._lrc import read_lrc
from nptlens.reading.formats._ohms import read_ohms
from nptlens.reading.formats._plain import read_plain
from nptlens.reading.formats._xlsx import read_xlsx
from nptlens.schemas.records import Transcript


def turns(shape):
    Transcript("t", "t", "", "t", shape.layout, shape.text, shape.utterances, shape.furniture).verify()
    return [(u.speaker, u.span.of(shape.text), u.start_s, u.end_s) for u in shape.utterances]


def swapped(data, one, other):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr({one: other, other: one}.get(name, name), before.read(name))
    return out.getvalue()


def book(*sheets) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets):
        sheet = made.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


PAGE = "<!DOCTYPE html><head><title>T</title><style>p{}</style></head><body>"
ROWS = [["Time", "Speaker", "Text"], [datetime.time(0, 1, 2), "INT", "So?"], ["0:01:09", "P1", "Well & good."], [None, "P1", None]]
SYNC = "<ROOT xmlns='x'><record><sync>1:|2(2)|4(1)</sync><transcript>INT: So one two.\nP1: Well yes. And on.\n\nINT: What?</transcript></record></ROOT>"

# case, reader, source, turns as (speaker, words, start, end)
CASES = [
    ("tsv of Whisper", read_tsv, 'start\tend\ttext\n0\t1500\tHi "there\n1500\t2000\tfriend.', [(None, 'Hi "there\nfriend.', 0, 2)]),
    ("tsv", read_tsv, "speaker\ttext\nA\tHi\nB\tLo", [("A", "Hi", None, None), ("B", "Lo", None, None)]),
    ("csv in seconds", read_csv, "start,text\n2,Hello there\n4,Now", [(None, "Hello there", 2, None), (None, "Now", 4, None)]),
    ("csv in milliseconds", read_csv, "start,text\n2000,Hello there\n4000,Now", [(None, "Hello there", 2, None), (None, "Now", 4, None)]),
    ("csv with references", read_csv, "speaker,text\nA,so&#8212;well &amp; good", [("A", "so—well & good", None, None)]),
    ("csv without references", read_csv, "speaker,text\nA,R&D and &amp; are R&D", [("A", "R&D and &amp; are R&D", None, None)]),
    ("workbook", read_xlsx, book(ROWS), [("INT", "So?", 62, None), ("P1", "Well & good.", 69, None)]),
    ("titles above", read_xlsx, book([["a"]], [["My study"], *ROWS]), [("INT", "So?", 62, None), ("P1", "Well & good.", 69, None)]),
    ("Whisper", read_json, json.dumps({"segments": [{"start": 0.0, "end": 2.5, "text": " Hi"}, {"start": 2.5, "end": 3, "text": " you."}]}), [(None, "Hi\nyou.", 0, 3)]),
    ("list of turns", read_json, json.dumps([{"speaker": "A", "text": "Hi", "start": 1.5}, {"speaker": "B", "text": "Lo\ud800"}]), [("A", "Hi", 1.5, None), ("B", "Lo\ufffd", None, None)]),
    ("utterances in ms", read_json, json.dumps({"utterances": [{"speaker": "A", "text": "Hi", "start": 1500, "end": 9000}]}), [("A", "Hi", 1.5, 9)]),
    ("a lone text", read_json, json.dumps({"text": "INT: A.\nP1: B."}), [("INT", "A.", None, None), ("P1", "B.", None, None)]),
    ("lrc", read_lrc, "[ti:x]\n[00:01.00]One\ntwo\n[00:04.50]\n[00:05.00]<00:05.10>Three", [(None, "One\ntwo\nThree", 1, None)]),
    ("lrc with offset and names", read_lrc, "[offset:+500]\n[00:01.00]A: One\n[00:02.00]\n[00:03.00]B: Two", [("A", "One", 0.5, 1.5), ("B", "Two", 2.5, None)]),
    ("page", read_html, PAGE + "<h1>T</h1><p><b>INT:</b>&nbsp;How &amp;\nwhy?<p><b>P1:</b> A<br>b<script>x</script> c", [("INT", "How & why?", None, None), ("P1", "A\nb c", None, None)]),
    ("page with a table", read_html, "<table><tr><th>Speaker<th>Text<tr><td>INT<td><p>How was it?</p><tr><td>P1<td>It was <i>very</i> good", [("INT", "How was it?", None, None), ("P1", "It was very good", None, None)]),
    ("page in Latin", read_html, "<meta charset=iso-8859-1><p>INT: caf\xe9?<p>P1: no".encode("latin-1"), [("INT", "caf\xe9?", None, None), ("P1", "no", None, None)]),
    ("ohms", read_ohms, SYNC, [("INT", "So one two.", None, None), ("P1", "Well yes. And on.", 60, None), ("INT", "What?", 120, None)]),
    ("ohms inside a turn", read_ohms, SYNC.replace("2(2)", "2(5)"), [("INT", "So one two.", None, None), ("P1", "Well yes.", None, None), ("P1", "And on.", 60, None), ("INT", "What?", 120, None)]),
    ("ohms with captions", read_ohms, "<ROOT><vtt_transcript>WEBVTT\n\n00:01.000 --> 00:02.000\n&lt;v A&gt;Hi</vtt_transcript><transcript/></ROOT>", [("A", "Hi", 1, 2)]),
    ("no hours in srt", read_srt, "1\n00:01,000 --> 00:02,000\nA: Hi\n\n2\n00:02,500 --> 00:03,000\nB: Lo", [("A", "Hi", 1, 2), ("B", "Lo", 2.5, 3)]),
    ("commas and short times in vtt", read_vtt, "WEBVTT\n\n0:01.5 --> 0:02.0\nA: Hi\n\n00:00:02,500 --> 00:00:03,000\nB: Lo", [("A", "Hi", 1.5, 2), ("B", "Lo", 2.5, 3)]),
    ("times that restart", read_vtt, "WEBVTT\n\n10:01.000 --> 10:02.000\nA: Hi\n\n00:02.000 --> 00:03.000\nB: Lo", [("A", "Hi", 601, 602), ("B", "Lo", 2, 3)]),
    ("unclosed tags and references", read_vtt, "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann Lee>R&amp;D &lt;x&gt; <i>AT&T\n\n00:02.000 --> 00:03.000\n<v.loud Bo>so</v>", [("Ann Lee", "R&D <x> AT&T", 1, 2), ("Bo", "so", 2, 3)]),
    ("changes marked", read_vtt, "WEBVTT\n\n00:01.000 --> 00:02.000\n>> So it\n\n00:02.000 --> 00:03.000\ngoes\n\n00:03.000 --> 00:04.000\n>> Yes", [(None, "So it\ngoes", 1, 3), (None, "Yes", 3, 4)]),
    ("bad charset", read_plain, "INT: caf\xe9\nP1: no".encode("utf-16"), [("INT", "caf\xe9", None, None), ("P1", "no", None, None)]),
    ("ranged lines", read_plain, "[00:01.000 --> 00:02.000]  Hi\n[00:02.000 --> 00:03.500]  you.", [(None, "Hi\nyou.", 1, 3.5)]),
]


@pytest.mark.parametrize(("reader", "source", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_kinds(reader, source, expected):
    shape = reader(source.encode() if isinstance(source, str) else source, where="t")
    assert turns(shape) == expected


ABSTRACT = (
    "The interview with A. Person begins with a discussion of a childhood in the north and the War I years. It then describes the school, "
    "reflects on teachers in the US, and concludes with thoughts on the future of the trade."
)
BAD = [
    (read_json, "[" * 100_000, "well-formed"),
    (read_json, '{"a": [1]}', "no turns"),
    (read_json, '[{"text": "a"}, {"said": "b"}]', "no turns"),
    (read_json, '[{"text": "a\\u0000b"}]', "not text"),
    (read_xlsx, book([["a", "b"], ["c", "d"]]), "no column"),
    (read_xlsx, b"\xd0\xcf\x11\xe0", "password"),
    (read_xlsx, b"PK\x03\x04", "archive"),
    (read_xlsx, swapped(book(ROWS), "xl/theme/theme1.xml", "xl/workbook.xml"), "damaged workbook"),
    (read_lrc, "so it goes", "no line"),
    (read_ohms, "<!DOCTYPE x [<!ENTITY a 'b'>]><ROOT><transcript>&a;</transcript></ROOT>", "document type"),
    (read_ohms, "<ROOT><transcript>No transcript.</transcript></ROOT>", "no transcript"),
    (read_ohms, "<ROOT/>", "no OHMS"),
    (read_srt, "so it goes", "SubRip"),
    (read_html, "<div>" * 300 + "so it goes", "cannot be parsed"),
    (read_plain, "00:12:53\tAnn Lee:\tgm\n00:13:00\tBo:\tgm\n00:14:00\tBo:\tReplying", "chat"),
    (read_plain, "12:30:15 From  Ann  to  Everyone : hi\n12:30:18 From  Bo  to  Everyone : hello", "chat"),
    (read_plain, "2023-05-01 10:00:00 From Ann to Everyone:\n\thi\n2023-05-01 10:00:09 From Bo to Everyone:\n\tlo", "chat"),
    (read_plain, "[12/05/2020, 10:12:30] Ann: hi\n[12/05/2020, 10:12:39] Bo: ho", "chat"),
    (read_plain, ABSTRACT, "abstract"),
]


@pytest.mark.parametrize(("reader", "source", "message"), BAD)
def test_what_is_refused(reader, source, message):
    with pytest.raises(ReadingError, match=message) as caught:
        reader(source.encode() if isinstance(source, str) else source, where="t")
    assert "Ann" not in str(caught.value)


def test_speech_about_interviews_is_no_abstract():
    words = f"I was there. {ABSTRACT} That is what we thought."
    assert count_words(turns(read_plain(words.encode(), where="t"))[0][1]) == count_words(words)


def captions(*shown: str) -> bytes:
    blocks = [f"00:00:{i:02}.000 --> 00:00:{i + 1:02}.000\n{lines}" for i, lines in enumerate(shown)]
    return "\n\n".join(["WEBVTT", *blocks]).encode()


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (("a", "a\nb", "b", "b\nc", "c", "c\nc"), "a\nb\nc\nc"),
        (("x\na", "a\nb", "b\nc"), "x\na\nb\nc"),
        (("x\na\nb", "a\nb\nc", "b\nc\nd"), "x\na\nb\nc\nd"),
        (("yes", "yes", "yes", "no"), "yes\nyes\nyes\nno"),
        (("a", "a\nb", "c", "d", "e", "f", "g"), "a\na\nb\nc\nd\ne\nf\ng"),
    ],
)
def test_rolling(shown, words):
    shape = read_vtt(captions(*shown), where="t")
    assert [turn[1] for turn in turns(shape)] == [words]
    assert any("rolling" in note for note in shape.notes) is (words != "\n".join(shown))


LINES = st.lists(st.text("abcé", min_size=1, max_size=6).map(canonical), min_size=4, max_size=12)


def roll(lines) -> None:
    shown = [lines[0], *("\n".join(pair) for pair in zip(lines, lines[1:], strict=False))]
    said = "\n".join(turn[1] for turn in turns(read_vtt(captions(*shown), where="t")))
    assert said == "\n".join(lines)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("abcé", min_size=1, max_size=6).map(canonical), min_size=4, max_size=12, unique=True))
def test_rolled_lines_come_back_once(lines):
    roll(lines)


def tables(lines) -> None:
    rows = [["speaker", "start", "text"], *(["AB"[i % 2], i * 2.5, words] for i, words in enumerate(lines))]
    expected = [("AB"[i % 2], words, i * 2.5, None) for i, words in enumerate(lines)]
    assert turns(read_xlsx(book(rows), where="t")) == expected
    assert turns(read_tsv("\n".join("\t".join(map(str, row)) for row in rows).encode(), where="t")) == expected
    as_json = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert turns(read_json(json.dumps(as_json).encode(), where="t")) == expected
    lrc = "\n".join(f"[00:{i:02}.00]{'AB'[i % 2]}: {words}" for i, words in enumerate(lines))
    assert [turn[:2] for turn in turns(read_lrc(lrc.encode(), where="t"))] == [turn[:2] for turn in expected]
    html = "".join(f"<p>{'AB'[i % 2]}: {words}</p>" for i, words in enumerate(lines))
    assert [turn[:2] for turn in turns(read_html(html.encode(), where="t"))] == [turn[:2] for turn in expected]


@settings(max_examples=15, deadline=None)
@given(LINES)
def test_tables_come_back(lines):
    tables(lines)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(LINES)
def test_tables_come_back_many_times(lines):
    tables(lines)
    roll(list(dict.fromkeys(["first", *lines, "last but one", "last"])))


# file: layout, turns, words, turns with a time, labels
REAL = {
    "changelog_podcast.md": ("Name: text", 105, 10431, 13, 2),
    "delve_ml_01.txt": ("Name: text", 239, 9173, 0, 2),
    "ohd_tagged_01.csv": ("columns: text, speaker, time", 352, 12360, 31, 3),
    "otter_05.md": ("Name time / text", 59, 9222, 59, 2),
    "otter_06.md": ("Name time / text", 75, 8042, 75, 2),
    "scihist_01.txt": ("Name: text", 28, 2783, 0, 3),
    "scihist_02.txt": ("Name: text", 4, 450, 4, 2),
    "scihist_03.txt": ("Name: text", 3, 800, 0, 2),
    "talkpython_01.txt": ("time text", 460, 5871, 460, 0),
    "talkpython_02.vtt": ("captions, no speakers", 55, 5871, 55, 0),
    "teams_01.vtt": ("captions, <v Name>", 17, 178, 17, 3),
    "whisper_01.srt": ("captions, no speakers", 100, 6190, 100, 0),
    "whisper_02.vtt": ("captions, no speakers", 100, 6190, 100, 0),
    "whisper_03.tsv": ("columns: text, time", 100, 6190, 100, 0),
    "whisper_04.txt": ("captions, no speakers", 100, 6190, 100, 0),
    "whisper_05.txt": ("no speakers", 1, 14495, 0, 0),
    "whisper_06.lrc": ("captions, no speakers", 100, 6190, 100, 0),
    "zoom_01.vtt": ("captions, Name: text", 99, 2594, 99, 14),
    "zoom_02.vtt": ("captions, Name: text", 32, 3651, 32, 8),
    "zoom_03_corrected.vtt": ("captions, Name: text", 65, 8041, 65, 17),
    "zoom_cc_lecture.txt": ("Name / text", 51, 12548, 51, 4),
}
READERS = {".txt": read_plain, ".md": read_plain, ".csv": read_csv, ".tsv": read_tsv, ".vtt": read_vtt, ".srt": read_srt, ".lrc": read_lrc}


@pytest.mark.parametrize("name", REAL)
def test_real_files(shared_data, name):
    path = shared_data / "formats" / name
    shape = READERS[path.suffix](path.read_bytes(), where=name)
    read = turns(shape)
    timed = sum(turn[2] is not None for turn in read)
    labels = {turn[0] for turn in read} - {None}
    assert (shape.layout, len(read), sum(count_words(turn[1]) for turn in read), timed, len(labels)) == REAL[name]


@pytest.mark.parametrize(("reader", "name", "message"), [(read_plain, "zoom_chat_01.txt", "chat"), (read_ohms, "scihist_08_ohms.xml", "no transcript")])
def test_real_files_that_are_no_transcript(shared_data, reader, name, message):
    with pytest.raises(ReadingError, match=message):
        reader((shared_data / "formats" / name).read_bytes(), where=name)
