"""An id hangs on its own file alone: none moves when others come or go, and equal names are never settled in silence."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import SettingsError, UsageError
from nptlens.core.ids import find_segment_id, transcript_id
from nptlens.reading import read, read_transcript_ids
from nptlens.reading.transcript_ids import TranscriptIds, assign_ids
from nptlens.schemas.records import Severity
from nptlens.schemas.settings import ReadingSettings

SETTINGS = ReadingSettings(interviewers=("int",), max_megabytes=1)
NFC, NFD = "Ren\u00e9", "Rene\u0301"


@pytest.fixture
def folder(tmp_path):
    def write(*names: str):
        for number, name in enumerate(names):
            path = tmp_path / "transcripts" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"INT: Number?\nP1: It is number {number}.", encoding="utf-8")
        return tmp_path / "transcripts"

    return write


@pytest.fixture
def table(tmp_path):
    def read_(text: str):
        (tmp_path / "transcripts.csv").write_text(text, encoding="utf-8")
        return read_transcript_ids(tmp_path / "transcripts.csv")

    return read_


def ids(reading):
    return {each.source: each.id for each in reading.transcripts}


@pytest.mark.parametrize("other", ["a/P01.txt", "z/P01.txt", "P01.docx", "b/p01.md", "A/P01.txt"])
def test_a_new_file_never_takes_the_id_of_another(folder, other):
    root = folder("b/P01.txt")
    assert ids(read(root, settings=SETTINGS)) == {"b/P01.txt": "P01"}
    folder(other)
    with pytest.raises(UsageError, match="equal names") as caught:
        read(root, settings=SETTINGS)
    assert caught.value.exit_code == 2
    assert other in caught.value.what
    assert "b/P01.txt" in caught.value.what


def test_a_file_that_is_no_transcript_takes_no_id(folder):
    assert ids(read(folder("P01.txt", "P01.mp3"), settings=SETTINGS)) == {"P01.txt": "P01"}


def test_the_table_tells_files_of_one_name_apart(folder, table):
    root = folder("a/P01.txt", "b/P01.txt", "c/P02.txt")
    given_ids = table("file,transcript,note\na/P01.txt,P01_second,new\n")
    assert ids(read(root, settings=SETTINGS, ids=given_ids)) == {"a/P01.txt": "P01_second", "b/P01.txt": "P01", "c/P02.txt": "P02"}


def test_what_the_error_offers_works(folder, table):
    root = folder("a/P01.txt", "b/P01.txt")
    with pytest.raises(UsageError) as caught:
        read(root, settings=SETTINGS)
    row = caught.value.hint.rpartition(" write ")[2]
    assert len(read(root, settings=SETTINGS, ids=table(f"file,transcript\n{row}\n")).transcripts) == 2


def test_names_can_be_kept_out_of_ids(folder, table):
    root = folder("Ann Lee.txt", f"{NFD}.txt")
    given_ids = table(f"file;transcript\n.\\Ann Lee.txt;P01\n{NFC}.txt;P02\n")
    assert sorted(ids(read(root, settings=SETTINGS, ids=given_ids)).values()) == ["P01", "P02"]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("P01.txt,A\nP02.txt,a\n", "line 3: the transcript a is also on line 2"),
        ("P01.txt,A\n./P01.txt,B\n", "line 3: the file P01.txt is also on line 2"),
        ("P01.txt,\n", "line 2: no transcript"),
        (",A\n", "line 2: no file"),
        ("P01.txt,A:1\n", "line 2: 'A:1' cannot be an id ('A_1' can)"),
        ("P01.txt,=A\n", "line 2: '=A' cannot be an id ('_A' can)"),
        ("P01.txt,A;B\n", "line 2: 'A;B' cannot be an id ('A_B' can)"),
    ],
)
def test_faults_of_the_table_have_their_line(table, rows, fault):
    with pytest.raises(SettingsError) as caught:
        table(f"file,transcript\n{rows}")
    assert fault in caught.value.what


def test_the_table_names_files_that_are_there(folder, table):
    with pytest.raises(SettingsError, match=r"line 3: no transcript P02\.txt"):
        read(folder("P01.txt"), settings=SETTINGS, ids=table("file,transcript\nP01.txt,A\nP02.txt,B\n"))


def test_a_given_id_that_is_the_name_of_another_file_is_refused(folder, table):
    with pytest.raises(UsageError, match=r"P02\.txt"):
        read(folder("P01.txt", "P02.txt"), settings=SETTINGS, ids=table("file,transcript\nP01.txt,P02\n"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("P01", "P01"), (NFD, NFC), ("a:b", "a_b"), ("a\nb", "a_b"), ("=cmd", "_cmd"), ("-P01", "_P01"), ("a;b", "a_b"), (" a  b ", "a b"),
        ("a\u202eb", "a_b"), ("Caf\udce9", "Caf_"), ("", "_"), ("'a", "_a"), ("P01-2", "P01-2"), ("Interview 3 (Ann)", "Interview 3 (Ann)"),
    ],
)  # fmt: skip
def test_safe_ids(name, expected):
    assert transcript_id(name) == expected


@given(st.text())
def test_an_id_comes_back_as_it_is(name):
    once = transcript_id(name)
    assert transcript_id(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & set(":;/\\\n")
    once.encode()


def test_segments_are_found_by_any_spelling():
    assert find_segment_id(f"{NFD}:0-9") == f"{NFC}:0-9"
    assert find_segment_id("a:b:0-9") == "a_b:0-9"
    assert find_segment_id("words") == "words"


def test_a_name_that_cannot_be_an_id_is_told(folder):
    reading = read(folder("a;b.txt", f"{NFD}.txt"), settings=SETTINGS)
    assert [each.id for each in reading.transcripts] == [NFC, "a_b"]
    assert [(each.where, each.what, each.severity) for each in reading.problems] == [
        ("a;b.txt", "its transcript is called a_b", Severity.NOTE)
    ]


def test_a_name_that_is_no_text_costs_no_other_file(folder):
    root = folder("P01.txt")
    with open(os.path.join(os.fsencode(root), b"Caf\xe9.txt"), "w") as file:  # noqa: PTH123, PTH118 - the name is what is tested
        file.write("P1: hello")
    reading = read(root, settings=SETTINGS)
    assert ids(reading) == {"P01.txt": "P01"}
    assert [(each.where, each.severity) for each in reading.problems] == [(r"Caf\udce9.txt", Severity.ERROR)]


@given(st.permutations(["x/P.txt", "P.docx", "Q.txt", "p.md"]))
def test_ids_of_files_without_an_equal_hang_on_nothing_else(names):
    assert assign_ids(names, TranscriptIds()).ids["Q.txt"] == "Q"
    assert len(set(assign_ids(names, TranscriptIds()).ids.values())) == 4
