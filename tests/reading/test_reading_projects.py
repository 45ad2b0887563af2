"""Sheets of practices, projects and their values: what is read, and every fault with its line."""

from __future__ import annotations

import pytest

from nptlens.core.errors import SettingsError
from nptlens.reading import read_practices, read_project_values, read_projects
from nptlens.schemas.fieldwork import Practice
from nptlens.schemas.records import Code, Codebook

BOOK = Codebook(
    "tiny",
    "1",
    (Code("SIZE", "Size", ""), Code("BIG", "Big", "", parent="SIZE"), Code("LITTLE", "Little", "", parent="SIZE")),
)


@pytest.fixture
def sheet(tmp_path):
    def written(text, name="sheet.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return written


def test_practices(sheet):
    path = sheet('\ufeffPractice,name,list_size,Adopter_Category,invited\r\n\r\nP1,"A, B",9,innovator,yes\r\nP2,,,,No\r\n')
    assert read_practices(path) == (Practice("P1", "A, B", "innovator", True), Practice("P2", invited=False))
    assert read_practices(sheet("practice\nP1\n")) == (Practice("P1"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be read: the file is empty"),
        ("name\nx\n", "no column practice"),
        ("practise,name\nP1,x\n", "no column practice (is practise meant?)"),
        ("practice,practice\nP1,P2\n", "the column practice comes twice"),
        ("practice\nP1\n\nP1\n", "line 4: practice P1 is also on line 2"),
        ("practice,name\n,x\n", "line 2: no practice id"),
        ("practice\nP1;P2\n", "line 2: P1;P2 holds ';'"),
        ("practice,invited\nP1,perhaps\n", "line 2: invited is 'perhaps'"),
        ("practice\nP1,more\n", "line 2: more cells than columns"),
        (b"practice\n\x00\x01\xff\xfe", "cannot be read"),
    ],
)
def test_faults_of_practices(sheet, text, told):
    with pytest.raises(SettingsError) as caught:
        read_practices(sheet(text))
    assert told in str(caught.value)
    assert caught.value.hint or "cannot be read" in told
    assert "sheet.csv" in caught.value.where


def test_every_fault_is_told_at_once(sheet):
    with pytest.raises(SettingsError, match=r"line 2.*line 3.*line 4"):
        read_practices(sheet("practice,invited\nP1,perhaps\n,yes\nP1,no\n"))


def test_projects(sheet):
    table = read_projects(sheet('project_id,practice,start,end,description,x\nA1,P1; P2;P1,2016-01,,"Long,\nstory",y\nA2,,,,Short,\n'))
    assert table["project_id"].tolist() == ["A1", "A2"]
    assert table["practices"].tolist() == ["P1; P2", ""]
    assert table["description"].tolist() == ["Long,\nstory", "Short"]
    assert table["line"].tolist() == [2, 4]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("project_id\nA\n", "no column description"),
        ("id,description\nA,x\n", "no column project_id"),
        ("project_id,description\nA,\n", "line 2: no description"),
        ("project_id,description\nA\n", "line 2: no description"),
        ("project_id,description\n,x\n", "line 2: no project id"),
        ("project_id,description\nA,x\nA,y\n", "line 3: project A is also on line 2"),
        ("project_id,description\nA,x,y\n", "line 2: more cells than columns"),
    ],
)
def test_faults_of_projects(sheet, text, told):
    with pytest.raises(SettingsError) as caught:
        read_projects(sheet(text))
    assert told in str(caught.value)


@pytest.fixture
def projects(sheet):
    return read_projects(sheet("project_id,description\nA1,x\nA2,y\n", "projects.csv"))


def test_values_of_people(sheet, projects):
    text = "coder,project_id,code,claim\nA,A1,BIG,x\nmachine:12,A2,LITTLE,\n,A2,BIG,\nA,A2,,\nB,A1,LITTLE,\nA,A1,BIG,again\n"
    table = read_project_values(sheet(text), projects, BOOK)
    assert list(zip(table["project_id"], table["code"], table["coder"], strict=True)) == [("A1", "BIG", "A"), ("A1", "LITTLE", "B")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("project_id,code\nA1,BIG\n", "no column coder"),
        ("project_id,code,coder\nA3,BIG,A\n", "line 2: no project A3"),
        ("project_id,code,coder\nA1,BIGG,A\n", "line 2: BIGG is no value of an attribute (did you mean BIG?)"),
        ("project_id,code,coder\nA1,SIZE,A\n", "line 2: SIZE is no value"),
        ("project_id,code,coder\nA1,BIG,A\nA1,LITTLE,A\n", "line 3: A gives A1 LITTLE, but BIG on line 2"),
    ],
)
def test_faults_of_values(sheet, projects, text, told):
    with pytest.raises(SettingsError) as caught:
        read_project_values(sheet(text), projects, BOOK)
    assert told in str(caught.value)


def test_a_description_is_in_no_message(sheet):
    with pytest.raises(SettingsError) as caught:
        read_projects(sheet("project_id,description\nA,Secret words\nA,Secret words\n"))
    assert "Secret" not in str(caught.value)
