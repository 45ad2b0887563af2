"""Tables of coding as people and tools really write them: several columns of codes, yes and no, titles, languages, paths, odd cells."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from nptlens.core.errors import ReadingError
from nptlens.exchange._table import read_table
from nptlens.schemas.records import Code, Codebook, Severity

OWN = Codebook("o", "", (Code("team", "Team work", ""), Code("tea", "Time, lost", ""), Code("p", "Pay: late", "")))


NONE = Codebook("", "", ())


def read(text, *, own=NONE, encoding="utf-8"):
    return read_table(text.encode(encoding) if isinstance(text, str) else text, where="sheet.csv", own=own)


def codes(project):
    return [(code.name, code.parent) for code in project.codebook]


def coded(project):
    names = {code.id: code.name for code in project.codebook}
    return [(c.source, names[c.code], c.coder) for c in project.codings]


HEADERS = (
    "Dokumentname;Code;Segment;Anfang;Ende;Erstellt von", "Document;Kodes;Zitatinhalt;x;y;Bearbeitet von", "Datei;Kode;Textstelle;Anfang;Ende;Codierer",
    "Nom du document;Code;Segment;Début;Fin;Créé par", "Fichier;Codes;Citation;Début;Fin;Modifié par",
    "Nombre del documento;Código;Segmento;Inicio;Fin;Creado por", "Documento;Códigos;Contenido del texto;a;b;Modificado por",
    "DOCUMENT NAME;CODE;SEGMENT;BEGINNING;END;CREATED BY", "media_title;codes;excerpt_copy;a;b;excerpt_creator", "Transcript;Tag;Snippet;;;User",
)  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("mark", [";", "\t", ",", "|"])
def test_headings_in_four_languages(header, mark):
    rows = f"{header}\nW4;team;we met;2;2;ann\n".replace(";", mark)
    assert coded(read(rows)) == [("W4", "team", "ann")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("before", ["", "sep=;\r\n", "Project: Käfer\r\n\r\nReport of ann\r\n"])
def test_encodings_and_lines_above_the_header(encoding, before):
    found = read(f"{before}Dokument;Code;Zitat\r\nW4;Käfer;wir träfen uns\r\n", encoding=encoding)
    assert [(c.source, c.code, c.quote) for c in found.codings] == [("W4", "Käfer", "wir träfen uns")]


def test_columns_in_any_order_blank_ones_and_doubled_ones():
    found = read(",Code,,Quote,Code,Transcript\n,team,,we met,pay,W4\n,,,more,pay,W4\n")
    assert coded(found) == [("W4", "team", "sheet"), ("W4", "pay", "sheet"), ("W4", "pay", "sheet")]


@pytest.mark.parametrize("names", ["code 1,code 2,code 3", "Code1,Code2,Code3", "Codes,Code_2,Code 3", "Tag 1,Tag 2,Tag 3"])
def test_several_columns_of_codes(names):
    assert [code for _, code, _ in coded(read(f"transcript,quote,{names}\nW4,we met,team,,pay\n"))] == ["team", "pay"]


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("TRUE", "FALSE"), ("x", ""), ("Yes", "No"), ("true", "false"), ("X", "-"), ("WAHR", "FALSCH"), ("1.0", "0.0")])
def test_columns_of_yes_and_no(yes, no):
    found = read(f"transcript,quote,Team work,pay late\nW4,we met,{yes},{no}\nW4,we ate,{yes},{yes}\nW4,we left,{no},{no}\n")
    assert [(c.quote, c.code) for c in found.codings] == [("we met", "Team work"), ("we ate", "Team work"), ("we ate", "pay late")]
    assert [p.what for p in found.problems] == ["1 rows carry no code"]


def test_headings_of_codes_are_one_code_whatever_signs_they_hold():
    found = read('transcript,quote,"pay; late","a, b",Work > team\nW4,we met,1,1,1\nW4,we ate,1,0,0\n')
    assert codes(found) == [("pay; late", None), ("a, b", None), ("Work", None), ("team", "Work")]


def test_cells_that_say_neither_are_told_with_their_value():
    rows = "".join(f"W4,words {n},{cell}\n" for n, cell in enumerate("1 0 1 0 1 0 1 0 maybe".split()))
    found = read(f"transcript,quote,Team\n{rows}")
    assert len(found.codings) == 4
    assert [p.what for p in found.problems] == [
        'the column Team: 1 cells say neither 1 nor 0 and are left out: "maybe" (row 10)', "5 rows carry no code",
    ]  # fmt: skip


def test_which_transcripts_have_a_code_is_no_coding_of_words():
    with pytest.raises(ReadingError, match="not for which words") as refused:
        read("transcript,Team,Pay\nW4,1,0\nW5,0,1\n")
    assert "each excerpt" in refused.value.hint


def test_columns_applied_go_before_a_cell_of_all_codes():
    header = '"Media Title","Excerpt Copy","Excerpt Creator","Codes Applied Combined","Code: Time, lost Applied","Code: Pay Applied"'
    found = read(f'{header}\nW4.txt,we met,ann,"Time, lost,Pay",True,True\nW4.txt,we ate,ben,Pay,False,True\n')
    assert coded(found) == [("W4.txt", "Time, lost", "ann"), ("W4.txt", "Pay", "ann"), ("W4.txt", "Pay", "ben")]
    assert (found.tool, found.problems) == ("Dedoose", ())


def test_a_comma_parts_codes_of_the_study_and_nothing_else():
    table = 'transcript,code,quote\nW4,"Team work, Time, lost",a\nW4,"Time, lost",b\nW4,"team, p",c\n'
    found = read(table, own=OWN)
    assert [(c.quote, c.code) for c in found.codings] == [("a", "Team work, Time, lost"), ("b", "Time, lost"), ("c", "team"), ("c", "p")]
    assert [p.what.split(":")[0] for p in found.problems] == ["1 cells of codes hold a comma and are read as one code each"]
    assert '"Team work, Time, lost" (row 2)' in found.problems[0].what


PATHS = (
    ("Doing > Board", [("Doing", None), ("Board", "Doing")]),
    ("Doing\\Board", [("Doing", None), ("Board", "Doing")]),
    ("Nodes\\\\Doing\\\\Board", [("Doing", None), ("Board", "Doing")]),
    ("Doing>>Board", [("Doing", None), ("Board", "Doing")]),
    ("Doing; Doing: Board", [("Doing", None), ("Board", "Doing")]),
    ("Doing; Doing/Board", [("Doing", None), ("Board", "Doing")]),
    ("Doing: Board", [("Doing: Board", None)]),
    ("and/or", [("and/or", None)]),
    ("Pay: late", [("Pay: late", None)]),
    ("2024", [("2024", None)]),
)


@pytest.mark.parametrize(("cell", "expected"), PATHS)
def test_paths(cell, expected):
    assert codes(read(f"transcript,code,quote\nW4,{cell},words\n", own=OWN)) == expected


def test_groups_of_atlas_lead_to_their_codes():
    found = read("ID,Quotation Name,Text Content,Document,Codes\n1:1,q,a,W4,Doing: Board\n1:2,q,b,W4,Doing: Time\n1:3,q,c,W4,Late: alone\n")
    assert codes(found) == [("Doing", None), ("Board", "Doing"), ("Time", "Doing"), ("Late: alone", None)]


def test_case_is_one_code_and_told():
    found = read("transcript,code,quote\nW4,Team,a\nW4,TEAM,b\nW4,team ,c\n")
    assert codes(found) == [("Team", None)]
    assert [(p.severity, p.what) for p in found.problems] == [
        (Severity.NOTE, '2 codes differ from others in case or spaces only and are read as those: "TEAM" as "Team", "team" as "Team"'),
    ]  # fmt: skip


def test_columns_that_are_not_read_are_named():
    found = read("transcript,code,quote,Mood of the day,weight,empty\nW4,team,a,good,1,\n")
    assert [(p.severity, p.what) for p in found.problems] == [(Severity.NOTE, "1 columns are not read: Mood of the day")]


def test_rows_are_numbered_as_they_stand():
    found = read("\ntitle\n\ntranscript,code,quote\n\nW4,,a\n")
    assert [(p.what, p.hint) for p in found.problems if p.hint.startswith("rows")] == [("1 rows carry no code", "rows 6")]


def workbook(rows, merge=""):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_workbook_with_a_merged_title_and_numbers_as_codes():
    rows = [["Report of the ward", None, None], [None] * 3, ["Dokument", "Code", "Zitat"], [4, 12, "we met"], ["W5", 12.0, "we ate"], [None] * 3, ["W5", None, "x"]]
    found = read(workbook(rows, "A1:C1"))
    assert [(c.source, c.code, c.quote) for c in found.codings] == [("4", "12", "we met"), ("W5", "12", "we ate")]
    assert [(p.what, p.hint) for p in found.problems] == [("1 rows carry no code", "rows 7")]


def spreadsheet(rows, tail=""):
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    body = "".join(f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in rows)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        table = f'<table:table table:name="a">{body}{tail}</table:table><table:table table:name="b"/>'
        archive.writestr("content.xml", f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}"
                                        "</office:spreadsheet></office:body></office:document-content>")  # fmt: skip
    return buffer.getvalue()


def cell(*lines, times=1):
    return f'<table:table-cell table:number-columns-repeated="{times}">{"".join(f"<text:p>{line}</text:p>" for line in lines)}</table:table-cell>'


def test_opendocument_tables():
    rows = [
        [cell("transcript"), cell("quote"), cell(times=2), cell("code")],
        [cell("W4"), cell("we<text:s text:c=\"2\"/>met", "<text:span>there</text:span>"), cell(times=2), cell("team"), cell(times=1000)],
    ]
    found = read(spreadsheet(rows, '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'))
    assert [(c.source, c.code, c.quote) for c in found.codings] == [("W4", "team", "we  met\nthere")]
    assert [p.what for p in found.problems] == ["1 further sheets are not read"]


@pytest.mark.parametrize("data", [
    pytest.param(spreadsheet([])[:-30], id="cut"), pytest.param(spreadsheet([]), id="empty"),
    pytest.param(spreadsheet([[cell("x", times=9_999_999)]]), id="too wide"),
])
def test_opendocument_tables_that_cannot_be_read(data):
    with pytest.raises(ReadingError):
        read(data)
