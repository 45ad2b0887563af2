"""Rows taken out of tables as they are found: any encoding, line ends and quotes, and nothing else changes by a byte."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.study.data_protection._removal_plan import Subject
from nptlens.study.data_protection._tables import _rows, without_list_entries, without_places, without_rows

WHO = Subject(("P07", "Zoë"), ("transcripts/a/P07.docx", "transcripts/Zoë.txt"), ("N4",))


def left(text, **more):
    return without_rows(text.encode(), WHO, **more).data.decode()


@pytest.mark.parametrize(
    ("row", "goes"),
    [
        pytest.param("P07,x,y", True, id="a transcript"),
        pytest.param(" 'P07 ,x,y", True, id="guarded and spaced"),
        pytest.param("P07.docx,x,y", True, id="its file"),
        pytest.param("a/P07.docx,x,y", True, id="a part of its path"),
        pytest.param("Zoe\u0308,x,y", True, id="decomposed"),
        pytest.param('"P07","a\nb, ""c""",y', True, id="quoted over two lines"),
        pytest.param("P01,P07:12-30,y", True, id="a place in any column"),
        pytest.param("P01,x,N4", True, id="a participant"),
        pytest.param("P01,P07,y", False, id="its id where other things stand"),
        pytest.param("P071,P070:12-30,N44", False, id="others of a like name"),
        pytest.param("p07,x,n4", False, id="another case is another id"),
        pytest.param("P01,see P07:12-30 too,y", False, id="a place inside of words"),
    ],
)
def test_which_rows_go(row, goes):
    whole = f"transcript,note,participant\nP01,a,b\n{row}\nP02,c,d\n"
    assert left(whole) == ("transcript,note,participant\nP01,a,b\nP02,c,d\n" if goes else whole)


@pytest.mark.parametrize("head", ["sep=;\r\n", "My study;\n\n", "sep=;\nMy study\n"])
def test_what_stands_above_the_header_stays(head):
    whole = f"{head}transcript;note\nP01;a\nP07;x\n"
    assert left(whole) == f"{head}transcript;note\nP01;a\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_the_rest_stays_byte_for_byte(encoding, mark, end):
    rows = ["transcript,memo", '"P01" ,"a ""café"" ', 'of two lines",', "", "P07,Zoë said so", "P02,,,", 'P03,"unclosed']
    data = mark + end.join(rows).encode(encoding)
    found = without_rows(data, WHO)
    assert found.data == mark + end.join(rows[:4] + rows[5:]).encode(encoding)
    assert (found.rows, found.entries) == (1, 0)
    assert without_rows(found.data, WHO).data is found.data


@given(st.lists(st.lists(st.text(alphabet='aP07,"\n\r ', max_size=6), min_size=1, max_size=4), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_rows_are_those_of_the_csv_module(rows, end):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=end).writerows(rows)
    text = buffer.getvalue()
    found = list(_rows(text))
    assert "".join(found) == text
    read = [row for each in found for row in csv.reader(io.StringIO(each, newline=""))]
    assert read == list(csv.reader(io.StringIO(text, newline="")))


def test_lists_lose_its_places_and_topics_its_words():
    table = "topic,words,exemplars,name,merge_into\n0,\"team, vexed\",P01:1-2; P07:3-4,Talk,\n1,vexed,P07:3-4; P07:8-9,Odd,\n2,team,P07:1-2;P02:3-4,,P07:1-2; P01:9-10\n"
    shorter = left(table, knows=lambda word: word == "team")
    assert shorter == "topic,words,exemplars,name,merge_into\n0,team,P01:1-2,Talk,\n2,team,P02:3-4,,P01:9-10\n"
    assert left("unit,transcripts\nu1,P01; P07; P02\n") == "unit,transcripts\nu1,P01; P02\n"
    assert without_places("P07:1-2=0.91; S3=0.80", WHO) == "S3=0.80"


@pytest.mark.parametrize("mark", [";", "\t"])
def test_tables_of_other_separators(mark):
    rows = [("transcript", "note", "exemplars"), ("P07", "a, b", ""), ("P01", "P07, so", '"P07:1-2; P01:3-4"'), ("P02", '"x""y"', "")]
    lines = [mark.join(row) for row in rows]
    assert left("\r\n".join(lines)) == "\r\n".join([lines[0], mark.join(("P01", "P07, so", "P01:3-4")), lines[3]])


def test_what_is_no_text_is_refused():
    with pytest.raises(ReadingError):
        without_rows(b"\x00\x01\x02\x03" * 50, WHO)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('tuned = ["P07"]  # P07', "tuned = []  # P07"),
        ('tuned = ["P01", "P07", "P02"]', 'tuned = ["P01", "P02"]'),
        ("tuned = ['P07', \"P02\"]", 'tuned = ["P02"]'),
        ('tuned = [\n  "P01",\n  "P07",\n]', 'tuned = [\n  "P01",\n]'),
        ('name = "P07"', 'name = "P07"'),
        ('tuned = ["P070", "XP07"]', 'tuned = ["P070", "XP07"]'),
    ],
)
def test_settings_lose_it_from_lists(before, after):
    found = without_list_entries(f"[a]\n{before}\n".encode(), WHO)
    assert found is not None
    assert found.data.decode() == f"[a]\n{after}\n"


def test_settings_that_only_a_person_can_correct():
    assert without_list_entries(b'[a]\ntuned = ["""P07"""]\n', WHO) is None
