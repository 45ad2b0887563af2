"""The participants sheet: columns of the study's own, what stands outside of columns, and tables as spreadsheets save them."""

from __future__ import annotations

import io

import openpyxl
import pytest

from nptlens.core.errors import SettingsError
from nptlens.reading import misspelt_columns, participants_unread, read_participants


def saved(tmp_path, data: bytes, name: str = "participants.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


ROWS = (("Participant", "Labels", "Career Stage", "Arm"), ("C01", "Zoë", "early  career", "B"), ("C02", None, None, 2.0))


def as_csv(separator: str = ",") -> str:
    return "\r\n".join(separator.join("" if cell is None else str(cell).replace("2.0", "2") for cell in row) for row in ROWS)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", as_csv().encode()),
        ("b.csv", as_csv(";").encode("cp1252")),
        ("c.csv", as_csv("\t").encode("utf-16")),
        ("d.csv", ("sep=;\r\n" + as_csv(";")).encode("utf-8-sig")),
        ("e.csv", ("Who took part;;;\r\n;;;\r\n" + as_csv(";")).encode("cp1252")),
        ("f.xlsx", workbook(*ROWS)),
        ("g.xlsx", workbook(("Who took part",), (), *ROWS)),
        ("h.csv", workbook(*ROWS)),  # a workbook under another name
    ],
)
def test_one_sheet_in_many_forms(tmp_path, name, data):
    people = read_participants(saved(tmp_path, data, name))
    assert [(each.id, each.labels, each.attributes) for each in people] == [
        ("C01", ("Zoë",), (("Career Stage", "early career"), ("Arm", "B"))),
        ("C02", (), (("Career Stage", ""), ("Arm", "2"))),
    ]


def test_headings_of_known_columns_may_be_written_otherwise(tmp_path):
    (person,) = read_participants(saved(tmp_path, b"PARTICIPANT,Adopter Category,role \nA,laggard,GP\n"))
    assert (person.adopter_category, person.role, person.attributes) == ("laggard", "GP", ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("participant,site\nA,North,South\n", 'line 2: more cells than columns ("South")'),
        ("participant,site,Site\nA,North,South\n", "the column site comes twice"),
        ("participant,career stage,Career_Stage\nA,x,y\n", 'the columns "career stage" and "Career_Stage" are one'),
    ],
)
def test_cells_that_would_be_lost_are_refused(tmp_path, text, told):
    with pytest.raises(SettingsError) as caught:
        read_participants(saved(tmp_path, text.encode()))
    assert told in str(caught.value)


def test_a_cell_below_no_heading_is_told_with_line_and_value(tmp_path):
    path = saved(tmp_path, b"participant,,site\nA,,North\nB,early,South\n")
    (problem,) = participants_unread(path)
    assert (problem.where, problem.what) == ("participants.csv line 3", '"early" stands in a column without a heading and is not read')
    assert [person.attributes for person in read_participants(path)] == [(("site", "North"),), (("site", "South"),)]


@pytest.mark.parametrize(("heading", "known"), [("label", "labels"), ("Practise", "practice"), ("roles", "role"), ("transcripts", "transcript")])
def test_a_heading_that_may_be_mistyped_is_told(tmp_path, heading, known):
    (problem,) = misspelt_columns(read_participants(saved(tmp_path, f"participant,{heading}\nA,x\n".encode())))
    assert heading in problem.what and known in problem.hint


def test_other_headings_are_not_told(tmp_path):
    assert not misspelt_columns(read_participants(saved(tmp_path, b"participant,site,arm,career stage,age,gender,words\nA,a,b,c,d,e,f\n")))
