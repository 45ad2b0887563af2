"""What files have been through on their way: marks, line ends, encodings, damage. The words stay, or a Problem says why not."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading import read, read_file
from nptlens.schemas.settings import ReadingSettings

SOURCE = "INT: How so?\n\nP1: Well – it’s “café”, naïve, and every week the same meeting in the same room with the same people, as I said before.\n\nINT: And then?\n\nP1: Nothing.\n"
TURNS = [("INT", "How so?"), ("P1", "Well – it’s “café”, naïve, and every week the same meeting in the same room with the same people, as I said before."), ("INT", "And then?"), ("P1", "Nothing.")]
KINDS = {
    "txt": SOURCE,
    "md": SOURCE,
    "csv": "speaker,text\nINT,How so?\nP1,\"Well – it’s “café”, naïve, and every week the same meeting in the same room with the same people, as I said before.\"\nINT,And then?\nP1,Nothing.\n",
    "tsv": "speaker\ttext\nINT\tHow so?\nP1\tWell – it’s “café”, naïve, and every week the same meeting in the same room with the same people, as I said before.\nINT\tAnd then?\nP1\tNothing.\n",
    "srt": "\n".join(f"{i + 1}\n00:00:0{i},000 --> 00:00:0{i + 1},000\n{who}: {words}\n" for i, (who, words) in enumerate(TURNS)),
    "vtt": "WEBVTT\n\n" + "\n".join(f"00:00:0{i}.000 --> 00:00:0{i + 1}.000\n{who}: {words}\n" for i, (who, words) in enumerate(TURNS)),
}
ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-8 with two marks": lambda text: codecs.BOM_UTF8 * 2 + text.encode(),
    "utf-16 with a mark": lambda text: text.encode("utf-16"),
    "utf-16, big end first, with a mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "utf-16, big end first, without a mark": lambda text: text.encode("utf-16-be"),
    "utf-32 with a mark": lambda text: text.encode("utf-32"),
    "windows-1252": lambda text: text.encode("cp1252"),
    "windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old mac line ends": lambda text: text.replace("\n", "\r").encode(),
    "utf-16 with windows line ends": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
}


@pytest.fixture
def load(tmp_path):
    def load_(name: str, data: bytes | str):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        transcript = read_file(path, transcript_id=path.stem, source=name, max_megabytes=2)
        transcript.verify()
        return transcript

    return load_


def turns(transcript):
    return [(u.speaker, transcript.quote(u.span)) for u in transcript.utterances]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(load, kind, encoding):
    assert turns(load(f"t.{kind}", ENCODINGS[encoding](KINDS[kind]))) == TURNS


def test_a_guessed_encoding_is_told(tmp_path):
    (tmp_path / "t.txt").write_bytes(SOURCE.encode("cp1252"))
    problems = read(tmp_path, settings=ReadingSettings(interviewers=("int",), max_megabytes=1)).problems
    assert [problem.what for problem in problems] == ["read as cp1252, because it is no UTF-8"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [0, 1, 20, -1])
def test_a_nul_is_refused(load, kind, where):
    data = bytearray(KINDS[kind].encode())
    data[where] = 0
    with pytest.raises(ReadingError, match="not text"):
        load(f"t.{kind}", bytes(data))


@pytest.mark.parametrize("data", [b"\0" * 400, b"\xff\xfe" + b"A\0B", b"\xff\xfe\x00\xd8", b"\x00\x01\x02\x03" * 99])
def test_what_is_no_text(load, data):
    with pytest.raises(ReadingError):
        load("t.txt", data)


def test_marks_of_direction_stay_in_the_words(load):
    words = "one \u202etwo\u202c \u2066three\u2069 \u200ffour"
    assert turns(load("t.txt", f"INT: A.\nP1: {words}\nINT: B.\n"))[1] == ("P1", words)


LONG = {
    "letters": "a" * 10_000,
    "hyphens": "a" + "-" * 10_000,
    "letters and hyphens": "a-" * 5_000,
    "capitals": "A" * 10_000,
    "colons": ":" * 10_000,
    "a: again and again": "a:" * 5_000,
    "digits": "1" * 10_000,
    "times": "00:01 " * 2_000,
    "brackets": "[" * 10_000,
    "arrows": "-->" * 3_000,
    "stars": "*" * 10_000,
    "tags": "<v " * 3_000,
    "ampersands": "&" * 10_000,
    "blanks": " \t" * 5_000 + "x",
    "combining marks": "e" + "\u0301" * 5_000,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", LONG)
def test_long_words(load, kind, case):
    started = time.perf_counter()
    try:
        transcript = load(f"t.{kind}", KINDS[kind].replace("Nothing.", f"Nothing {LONG[case]} more."))
    except ReadingError:
        pytest.fail("long words are words")
    assert time.perf_counter() - started < 5
    assert "Nothing" in transcript.text and transcript.text.rstrip().endswith("more.")


def test_a_cue_with_an_arrow_in_its_words_is_read(tmp_path):
    (tmp_path / "t.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nA --> b.\n\n00:01.000 --> 00:02.000\nTwo.\n")
    reading = read(tmp_path, settings=ReadingSettings(interviewers=("int",), max_megabytes=1))
    assert reading.problems == () and reading.transcripts[0].text == "A --> b.\nTwo."


@pytest.mark.parametrize(("header", "row", "words", "told"), [
    ("speaker,text", "INT,Well, I think, yes.", "Well, I think, yes.", "read as one cell"),
    ("text,speaker", "Well.,INT,lost", "Well.", "not read"),
    ("speaker,text", "INT,Well.,,", "Well.", ""),
])
def test_more_cells_than_columns(tmp_path, header, row, words, told):
    (tmp_path / "t.csv").write_text(f"{header}\n{row}\n")
    reading = read(tmp_path, settings=ReadingSettings(interviewers=("int",), max_megabytes=1))
    assert turns(reading.transcripts[0]) == [("INT", words)]
    assert [told in problem.what for problem in reading.problems] == [True] * bool(told)


def test_an_open_quotation_mark_is_no_cell(load):
    with pytest.raises(ReadingError, match="open in line 3 is never closed"):
        load("t.csv", 'speaker,text\nINT,One.\nP1,"Two.\nINT,Three.\n')


def test_a_quotation_mark_that_is_not_doubled_is_told(tmp_path):
    (tmp_path / "t.csv").write_text('speaker,text\nINT,One.\nP1,"He said "no" to me."\nINT,Three.\n')
    reading = read(tmp_path, settings=ReadingSettings(interviewers=("int",), max_megabytes=1))
    assert len(reading.transcripts[0].utterances) == 3
    assert ["line 3" in problem.what for problem in reading.problems] == [True]


@pytest.mark.parametrize("cell", ["5\" long", "x\"", "it's", "a \"quoted\" word"])
def test_quotation_marks_inside_unquoted_cells(load, cell):
    assert turns(load("t.csv", f"speaker,text\nINT,{cell}\nP1,Two.\n"))[0] == ("INT", cell)


def damage(data: bytes, places: list[tuple[int, int]], cut: int) -> bytes:
    harmed = bytearray(data)
    for place, value in places:
        harmed[place % len(harmed)] = value
    return bytes(harmed[: max(1, cut % (len(harmed) + 1))])


def whole_or_told(root, kind, encoding, places, cut):
    path = root / f"t.{kind}"
    path.write_bytes(damage(ENCODINGS[encoding](KINDS[kind]), places, cut))
    try:
        transcript = read_file(path, transcript_id="t", source=path.name, max_megabytes=1)
    except ReadingError:
        return
    transcript.verify()
    assert canonical(transcript.text) == transcript.text


CASES = (
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(sorted(ENCODINGS)),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    st.integers(0, 10_000),
)


@settings(max_examples=100, deadline=None)
@given(*CASES)
def test_damaged(tmp_path_factory, kind, encoding, places, cut):
    whole_or_told(tmp_path_factory.getbasetemp(), kind, encoding, places, cut)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(*CASES)
def test_damaged_many(tmp_path_factory, kind, encoding, places, cut):
    whole_or_told(tmp_path_factory.getbasetemp(), kind, encoding, places, cut)
