"""Formats, bad inputs and folders."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest

from nptlens.core.errors import ReadingError, UsageError
from nptlens.reading import read, read_file
from nptlens.schemas.records import Severity
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("int", "i"), max_megabytes=1)


@pytest.fixture
def load(tmp_path):
    def load_(name: str, data: bytes | str):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_file(path, transcript_id=path.stem, source=name, max_megabytes=1)

    return load_


def turns(transcript):
    return [(u.speaker, transcript.quote(u.span), u.start_s, u.end_s) for u in transcript.utterances]


def word(*blocks) -> bytes:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        else:
            table = document.add_table(rows=0, cols=len(block[0]))
            for row in block:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(data: bytes, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, change(member.filename, old.read(member)))
    return out.getvalue()


CUES = {
    "repeated names": (
        "A: One.|A: Two.|B: Three.",
        [("A", "One.\nTwo.", 0, 2), ("B", "Three.", 2, 3)],
        "A: One.\nTwo.\nB: Three.",
    ),
    "names not repeated": ("A: One.|two.|B: Three.", [("A", "One.\ntwo.", 0, 2), ("B", "Three.", 2, 3)], None),
    "most have a name": ("stokes: One.|Fred: Two.", [("stokes", "One.", 0, 1), ("Fred", "Two.", 1, 2)], None),
    "words with a colon": ("and I said: no|more words", [(None, "and I said: no\nmore words", 0, 2)], None),
    "no names, long": ("|".join(["word " * 60 + "end."] * 3), None, None),
    "empty": ("A: One.|A:|B: Two.", [("A", "One.", 0, 2), ("B", "Two.", 2, 3)], None),
    "two names in a cue": (
        "A: One.\nB: Two.|A: Three.",
        [("A", "One.", 0, 1), ("B", "Two.", 0, 1), ("A", "Three.", 1, 2)],
        None,
    ),
}


@pytest.mark.parametrize("kind", ["vtt", "srt"])
@pytest.mark.parametrize("case", CUES)
def test_cues(load, kind, case):
    source, expected, text = CUES[case]
    point = "." if kind == "vtt" else ","
    blocks = [
        f"{i + 1}\n00:00:{i:02}{point}000 --> 00:00:{i + 1:02}{point}000\n{words}"
        for i, words in enumerate(source.split("|"))
    ]
    transcript = load(f"t.{kind}", ("WEBVTT\n\n" if kind == "vtt" else "") + "\n\n".join(blocks) + "\n")
    if expected is None:
        assert len(transcript.utterances) == 2
    else:
        assert turns(transcript) == expected
    assert text is None or transcript.text == text


def test_vtt_voices_notes_tags(load):
    source = (
        "WEBVTT - x\nKind: captions\n\nNOTE a remark\nof two lines\n\nSTYLE\n::cue { color: red }\n\n"
        "id\n00:01.000 --> 00:02.000 align:start\n<v.loud Ann Lee>One &amp; <i>two</i>.</v>\n\nNOTE x\n\n"
        "00:02.000 --> 00:03.000\n<v Ann Lee>Three <00:02.500>four.\n\n"
        "00:03.000 --> 00:04.500\n<v Bo>Five.</v> <v Cy>Six.</v>\n"
    )
    transcript = load("t.vtt", source)
    assert transcript.text == "One & two.\nThree four.\nFive.\nSix."
    assert turns(transcript) == [
        ("Ann Lee", "One & two.\nThree four.", 1, 3),
        ("Bo", "Five.", 3, 4.5),
        ("Cy", "Six.", 3, 4.5),
    ]


def test_vtt_empty_line_in_a_cue_is_not_lost(load):
    transcript = load("t.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nOne\n\ntwo.\n\n00:01.000 --> 00:02.000\nThree.")
    assert transcript.text == "One\ntwo.\nThree."


def test_ranges_in_text_are_cues(load):
    transcript = load("t.txt", "[00:01.000 --> 00:02.000]  One\r\n[00:02.000 --> 00:03.000]  two.\r\n")
    assert turns(transcript) == [(None, "One\ntwo.", 1, 3)]


def test_docx_paragraphs_and_tables_in_order(load):
    transcript = load("t.docx", word("Project X", "INT: One.", "P1: Two.", "More.", "INT: Three."))
    assert turns(transcript) == [
        ("INT", "One.", None, None),
        ("P1", "Two.\nMore.", None, None),
        ("INT", "Three.", None, None),
    ]
    transcript = load("u.docx", word([("INT", "One."), ("P1", "Two."), ("INT", "Three.")]))
    assert [u.speaker for u in transcript.utterances] == ["INT", "P1", "INT"]
    assert load("v.docx", word("Alpha.", [("Beta", "Gamma")], "Delta.")).text == "Alpha.\nBeta\tGamma\nDelta."


def test_docx_revisions(load):
    def change(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        return data.replace(
            b"<w:t>One.</w:t></w:r>",
            b'<w:t xml:space="preserve">One </w:t></w:r><w:ins w:id="1" w:author="x">'
            b"<w:r><w:t>kept.</w:t></w:r></w:ins>"
            b'<w:del w:id="2" w:author="x"><w:r><w:delText>gone</w:delText></w:r></w:del>',
        )

    assert load("t.docx", repacked(word("One."), change)).text == "One kept."


def test_docx_doctype_is_refused(load):
    def change(name: str, data: bytes) -> bytes:
        doctype = b'<!DOCTYPE x [<!ENTITY a "b">]>'
        return data.replace(b"<w:document", doctype + b"<w:document", 1) if name == "word/document.xml" else data

    with pytest.raises(ReadingError, match="document type"):
        load("t.docx", repacked(word("One."), change))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("speaker,words\nA:,One.\nB:,\nA:,Two.\n", [("A", "One."), ("A", "Two.")]),
        ("Participant,Time,Comment\nP1,0:05,One.\n", [("P1", "One.")]),
        ('text\n"One.\nmore"\nTwo.\n', [(None, "One.\nmore"), (None, "Two.")]),
        ("name;text\nA;One, two.\n", [("A", "One, two.")]),
        ("\ufefftext,speaker\nOne.\nTwo.,B\n", [(None, "One."), ("B", "Two.")]),
    ],
)
def test_csv(load, source, expected):
    transcript = load("t.csv", source)
    assert [t[:2] for t in turns(transcript)] == expected
    assert transcript.text == "\n".join(words for _, words in expected)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("INT: caf\u00e9".encode("utf-8-sig"), "caf\u00e9"),
        ("INT: caf\u00e9".encode("utf-16"), "caf\u00e9"),
        ("INT: it\u2019s a long way to the caf\u00e9".encode("cp1252"), "it\u2019s a long way to the caf\u00e9"),
        ("INT: cafe\u0301\r\nand".encode(), "caf\u00e9\nand"),
    ],
)
def test_encodings(load, data, words):
    assert turns(load("t.txt", data))[0][:2] == ("INT", words)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 20_000_000)
    return out.getvalue()


BAD = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\n", "no words"),
    "binary.txt": (bytes(range(256)) * 20, "not text"),
    "png.md": (b"\x89PNG\r\n\x1a\n\0\0\0", "not text"),
    "half.txt": (b"\xff\xfea", "not text"),
    "chat.txt": (b"00:01:02\tAnn:\tgm\n00:01:03\tBo:\tgm\n", "chat"),
    "broken.docx": (b"PK\x03\x04 no more", "not a readable archive"),
    "old.docx": (b"\xd0\xcf\x11\xe0 old", "password"),
    "bomb.docx": (bomb(), "packed more than"),
    "cut.docx": (word("One.")[:-200], "archive"),
    "headless.vtt": (b"00:00.000 --> 00:01.000\nx\n", "WEBVTT"),
    "empty.vtt": (b"WEBVTT\n", "no words"),
    "prose.srt": (b"Very secret words, no subtitle at all.", "srt"),
    "rows.csv": (b"a,b\n1,2\n", "no column"),
    "big.txt": (b"x " * 600_000, "more than 1"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_inputs(load, name):
    data, message = BAD[name]
    with pytest.raises(ReadingError, match=message) as caught:
        load(name, data)
    assert "secret" not in str(caught.value)


def test_read_folder(tmp_path):
    for name, text in {
        "C01.txt": "INT: A.\nC01: One two.",
        "C01.md": "INT: A.\nC01: Other words.",
        "sub/c01.txt": "INT: A.\nC01: One two.",
        "B.txt": "Project: x\n" + "header " * 20 + "\nINT: A.\nP1: B.",
        "notes.mp3": "x",
        ".DS_Store": "x",
        "bad.csv": "a,b",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=re.escape("C01.txt and sub/c01.txt and C01.md would both be C01")) as caught:
        read(tmp_path, settings=SETTINGS)
    assert "transcripts.csv" in caught.value.hint
    assert "write sub/c01.txt,c01_txt and C01.md,C01_md" in caught.value.hint
    reading = read(tmp_path, settings=SETTINGS, loose=True)
    assert [(t.id, t.source, t.format) for t in reading.transcripts] == [
        ("B", "B.txt", "txt"),
        ("C01", "C01.txt", "txt"),
        ("C01_md", "C01.md", "md"),
        ("c01_txt", "sub/c01.txt", "txt"),
    ]
    assert [(p.where, p.severity) for p in reading.problems] == [
        ("B.txt", Severity.WARNING),
        ("C01.md", Severity.ERROR),
        ("bad.csv", Severity.ERROR),
        ("notes.mp3", Severity.WARNING),
        ("sub/c01.txt", Severity.ERROR),
        ("sub/c01.txt", Severity.WARNING),
    ]
    assert reading == read(tmp_path, settings=SETTINGS, loose=True)
    assert "transcribe it first" in reading.problems[3].hint


def test_read_one_file_and_missing(tmp_path):
    (tmp_path / "C01.txt").write_text("INT: A.")
    assert read(tmp_path / "C01.txt", settings=SETTINGS).transcripts[0].source == "C01.txt"
    with pytest.raises(UsageError):
        read(tmp_path / "none", settings=SETTINGS)


REAL = {
    "changelog_podcast": ("Name: text", ["Adam Stacoviak", "Scott Johnston"]),
    "delve_ml_01": ("Name: text", ["interviewee", "interviewer"]),
    "ohd_tagged_01": ("columns: text, speaker, time", ["DB", "LG", "KRISTIN"]),
    "otter_05": ("Name time / text", ["Jonas Rosland", "Danny Silvers"]),
    "scihist_01": ("Name: text", ["SCHLESINGER", "BALTIMORE", "HUANG"]),
    "scihist_04": ("Name: text", ["CARUSO", "SUBJECT", "LEE"]),
    "talkpython_01": ("time text", []),
    "teams_01": ("captions, <v Name>", ["John Smith", "Sarah Johnson", "Michael Chen"]),
    "whisper_01": ("captions, no speakers", []),
    "zoom_cc_lecture": ("Name / text", ["John Rachlin", "Unknown Speaker", "Victor", "Natalie Hammel"]),
}


def test_real_files(shared_data):
    settings = ReadingSettings(interviewers=("int",), max_megabytes=64)
    reading = read(shared_data / "formats", settings=settings)
    found = {t.id: (t.layout, list(t.speakers())) for t in reading.transcripts}
    assert {name: found.get(name) for name in REAL} == REAL
    assert any(p.where == "zoom_chat_01.txt" and p.severity is Severity.ERROR for p in reading.problems)
