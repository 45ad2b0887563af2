"""Tables of excerpts, qcoder's marks, lists of codes, and the real files of other tools."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.exchange._codes import CodeList
from nptlens.exchange._markup import read_text
from nptlens.exchange._table import read_table
from nptlens.exchange.read import read_project
from nptlens.schemas.records import worth_a_look

HEADERS = (
    # tool, header, row, what the coding is (source, code, coder, span, quote, memo)
    ("table", "transcript,code,quote", "one,team,we met", ("one", "team", "sheet", None, "we met", "")),
    ("table", "Transcript,Code,Coder,Start,End,Text", "one,team,ann,3,9,we met", ("one", "team", "ann", Span(3, 9), "we met", "")),
    ("table", "document;codes;user;excerpt", "one;team;ann;we met", ("one", "team", "ann", None, "we met", "")),
    ("table", "source\tcode\tauthor\tsegment", "one\tteam\tann\twe met", ("one", "team", "ann", None, "we met", "")),
    ("table", "transcript,code,start,end", "one,team,0,6", ("one", "team", "sheet", Span(0, 6), "", "")),
    ("Taguette", "id,document,tag,content", "1,one,team,we met", ("one", "team", "sheet", None, "we met", "")),
    ("MAXQDA", "Color,Comment,Document group,Document name,Code,Beginning,End,Weight score,Segment,Modified by",
     "red,why,G,one,team,7,7,0,we met,ann", ("one", "team", "ann", None, "we met", "why")),
    ("ATLAS.ti", "ID,Quotation Name,Text Content,Document,Density,Codes,Comment,Reference,Created by",
     "1:1,q1,we met,one,1,team,why,5-9,ann", ("one", "team", "ann", None, "we met", "why")),
    ("table", "File,Node,Reference,Coded Text,Coded By", "one,team,1,we met,ann", ("one", "team", "ann", None, "we met", "")),
    ("table", "fid,Source_Name,Code-Name,seltext,pos0,pos1,owner,memo", "1,one,team,we met,0,6,ann,why",
     ("one", "team", "ann", Span(0, 6), "we met", "why")),
)


@pytest.mark.parametrize(("tool", "header", "row", "coding"), HEADERS, ids=[row[1] for row in HEADERS])
def test_columns_are_found_by_name(tool, header, row, coding):
    project = read_table(f"{header}\r\n{row}\r\n".encode("utf-8-sig"), where="sheet.csv")
    found = project.codings[0]
    assert (found.source, found.code, found.coder, found.span, found.quote, found.memo) == coding
    assert (project.tool, len(project.codings), project.problems) == (tool, 1, ())
    assert [(source.name, source.text) for source in project.sources] == [("one", "")]


CELLS = (
    ("team; money", [("team", None), ("money", None)]),
    ('"team\nmoney"', [("team", None), ("money", None)]),
    ("work > team", [("work", None), ("team", "work")]),
    ("a/b", [("a/b", None)]),
    ("team;team", [("team", None)]),
)


@pytest.mark.parametrize(("cell", "codes"), CELLS)
def test_cells_of_several_codes(cell, codes):
    project = read_table(f"transcript,code,quote\none,{cell},words\n".encode(), where="sheet.csv")
    assert [(code.id, code.parent) for code in project.codebook] == codes


def test_rows_left_out_are_counted_by_their_rows():
    rows = ",team,w\none,,w\none,team,\none,none,w\none,team,w,x,9\none,team,w,9,3\none,team,w,1,2,maybe"
    project = read_table(f"transcript,code,quote,start,end,stance\n{rows}\n".encode(), where="sheet.csv")
    assert [(c.span, c.stance) for c in project.codings] == [(None, ""), (None, ""), (Span(1, 2), "")]
    assert {p.what: p.hint for p in project.problems} == {
        "1 rows name no transcript": "rows 2", "1 rows carry no code": "rows 3", "1 rows give neither words nor offsets": "rows 4",
        "1 rows say that nothing is coded and are left out": "rows 5",
        "2 rows have offsets that are no whole numbers in order": "rows 6, 7",
        "1 rows have a stance that is not known and is left empty": "rows 8",
    }


def test_guarded_cells_are_bare_again():
    project = read_table(b"transcript,code,quote\none,team,'=we met\none,team,'tis so\n", where="sheet.csv")
    assert [c.quote for c in project.codings] == ["=we met", "'tis so"]


def test_encodings():
    table = "transcript,code,quote\none,café,naïve\n"
    for encoding, problems in (("utf-8", 0), ("utf-16", 0), ("cp1252", 1)):
        project = read_table(table.encode(encoding), where="sheet.csv")
        assert (project.codings[0].code, project.codings[0].quote, len(project.problems)) == ("café", "naïve", problems)


def workbook(rows, sheets=1):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_excel_tables():
    data = workbook([["Document name", "Code", "Segment", "Start", "End"], ["one", "team", "we\nmet", 3, 9.0], [None] * 5], sheets=2)
    project = read_table(data, where="sheet.xlsx")
    assert [(c.source, c.code, c.span, c.quote) for c in project.codings] == [("one", "team", Span(3, 9), "we\nmet")]
    assert (project.tool, [p.what for p in project.problems]) == ("MAXQDA", ["1 further sheets are not read"])


def with_doctype(data):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, b'<!DOCTYPE x [<!ENTITY e "x">]>' + content if name.endswith("sheet1.xml") else content)
    return out.getvalue()


@pytest.mark.parametrize("data", [
    pytest.param(b"a,b\n1,2\n", id="no code"), pytest.param(b"code,quote\nx,y\n", id="no transcript"),
    pytest.param(b"transcript,code\none,x\n", id="no words"), pytest.param(b"\n\n", id="empty"),
    pytest.param(b"PK\x03\x04x", id="no archive"), pytest.param(b"\xd0\xcf\x11\xe0", id="old Excel"),
    pytest.param(b"transcript\0,code", id="nul"), pytest.param(b"code,description\n", id="codebook without a code"),
    pytest.param(with_doctype(workbook([["code"], ["x"]])), id="document type"),
    pytest.param(b'transcript,code,quote\none,team,"' + b"x" * 200_000 + b'"\n', id="a huge cell"),
])
def test_tables_that_cannot_be_read(data):
    with pytest.raises(ReadingError):
        read_table(data, where="sheet.csv")


def test_a_table_of_codes_is_a_codebook():
    for rows in ("tag,parent,description,number of highlights\nteam,work,talking,3\nwork,,,0\n", "Code;Parent;Definition\nteam;work;talking\nwork;;\n"):
        project = read_table(rows.encode(), where="codes.csv")
        assert [(c.id, c.parent, c.definition) for c in project.codebook] == [("team", "work", "talking"), ("work", None, "")]
        assert (project.sources, project.codings) == ((), ())


MARKS = (
    # text with marks, text without, (words, code), number of problems
    ("a (QCODE)b c(/QCODE){#x} d", "a b c d", [("b c", "x")], 0),
    ("(QCODE)a(/QCODE){#x}{#y}", "a", [("a", "x"), ("a", "y")], 0),
    ("(QCODE)a(/QCODE){#x, #y}", "a", [("a", "x"), ("a", "y")], 0),
    ("(QCODE)a (QCODE)b(/QCODE){#y}(/QCODE){#x}", "a b", [("a b", "x"), ("b", "y")], 0),
    ("(QCODE)😀 é(/QCODE){#x}\r\nb", "😀 é\nb", [("😀 é", "x")], 0),
    ("(QCODE)a(/QCODE) b", "(QCODE)a(/QCODE) b", [], 1),
    ("a(/QCODE){#x}", "a(/QCODE){#x}", [], 1),
    ("(QCODE)a", "(QCODE)a", [], 1),
    ("(QCODE)a (QCODE)b(/QCODE){#x}", "(QCODE)a b", [("b", "x")], 1),
    ("e(QCODE)\u0301 b(/QCODE){#x}", "é b", [("é b", "x")], 0),
)


@pytest.mark.parametrize(("marked", "text", "codings", "problems"), MARKS)
def test_marks(marked, text, codings, problems):
    project = read_text(marked.encode(), where="one.txt")
    assert project.sources[0].text == text
    assert [(c.quote, c.code) for c in project.codings] == codings
    assert all(c.span.of(text) == c.quote for c in project.codings)
    assert len(project.problems) == problems


def test_a_list_of_codes():
    project = read_text(b"work>>team\ttalking\r\nwork\tall of it\nwork>>daily>>round\nlast", where="codes.txt")
    assert [(c.id, c.parent, c.definition) for c in project.codebook] == [
        ("work", None, "all of it"), ("team", "work", "talking"), ("daily", "work", ""), ("round", "daily", ""), ("last", None, ""),
    ]
    with pytest.raises(ReadingError, match="no codes are marked"):
        read_text(b"Ann: We met.", where="talk.txt")


@pytest.mark.parametrize(("rows", "codes"), [
    ([(1, "a", None), (2, "b", 1)], [("a", None), ("b", "a")]),
    ([(1, "a", 2), (2, "b", None)], [("a", "b"), ("b", None)]),
    ([(1, "a", None), (2, "a", 1)], [("a", None), ("a/a", "a")]),
    ([(1, "a", None), (2, "a", None)], [("a", None), ("a (2)", None)]),
    ([(1, "a", 9)], [("a", None)]),
    ([(1, "a", 1)], [("a", None)]),
    ([(1, "a", 2), (2, "b", 1)], [("a", None), ("b", None)]),
    ([(1, "none", None), (2, "x;y", None), (3, " ", None)], [("none (code)", None), ("x,y", None), ("(code without a name)", None)]),
])
def test_codebooks_hold_no_circle_and_no_id_twice(rows, codes):
    made = CodeList()
    for key, name, parent in rows:
        made.add(key, name, parent=parent)
    assert [(c.id, c.parent) for c in made.codebook("x")] == codes


def marks_hold(pieces):
    marked = "".join(f"{before}(QCODE){words}(/QCODE){{#x}}" for before, words in pieces)
    project = read_text(marked.encode(), where="one.txt")
    assert project.sources[0].text == canonical("".join(before + words for before, words in pieces))
    assert len(project.codings) == len(pieces)
    assert project.problems == ()


PIECES = st.lists(st.tuples(*[st.text(st.sampled_from("ab é😀e\u0301\r\n#}"), max_size=6)] * 2), min_size=1, max_size=5)


@given(PIECES)
@settings(max_examples=50, deadline=None)
def test_marks_lose_nothing(pieces):
    marks_hold(pieces)


@pytest.mark.slow
@given(PIECES)
@settings(max_examples=10_000, deadline=None)
def test_marks_lose_nothing_in_many_cases(pieces):
    marks_hold(pieces)


REAL = (
    # file, tool, codes, sources, codings, coders
    ("rqda_test.rqda", "RQDA", 4, 3, 9, 1),
    ("qcoder_CoC_Example1_MU.txt", "qcoder", 6, 1, 7, 1),
    ("qcoder_codes.csv", "table", 6, 0, 0, 0),
    ("qualcoder_plain_codes_categories_for_import.txt", "QualCoder", 9, 0, 0, 0),
    ("qdapy_fragments_demo.csv", "table", 9, 8, 502, 2),
)


@pytest.mark.parametrize(("name", "tool", "codes", "sources", "codings", "coders"), REAL, ids=[row[0] for row in REAL])
def test_real_files(shared_data, name, tool, codes, sources, codings, coders):
    project = read_project(shared_data / "qda" / name, max_megabytes=50)
    found = (project.tool, len(project.codebook.codes), len(project.sources), len(project.codings), len({c.coder for c in project.codings}))
    assert found == (tool, codes, sources, codings, coders)
    assert not worth_a_look(project.problems)
    texts = {source.name: source.text for source in project.sources}
    assert all(c.span is not None for c in project.codings)
    assert all(c.span.of(texts[c.source]) == c.quote for c in project.codings if texts[c.source])
