"""Workbooks and OpenDocument spreadsheets: what is hidden, struck out, merged, computed or wrong in them; openpyxl as the oracle."""

from __future__ import annotations

import datetime
import io
import unicodedata
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from nptlens.core.errors import ReadingError
from nptlens.reading.formats._ods import read_ods
from nptlens.reading.formats._sheets import address
from nptlens.reading.formats._xlsx import read_xlsx
from nptlens.schemas.records import Severity, Transcript

ASK, SAY, MORE = "How did the morning go?", "We stood around the board.", "And each of us said one thing."
ROWS = [("Time", "Speaker", "Text"), (0.5, "INT", ASK), (4, "P1", SAY), (9, "INT", "Who kept the time?"), (12, "P1", MORE)]


def read(data, reader=read_xlsx):
    shape = reader(data, where="t")
    Transcript("t", "t", "", "t", shape.layout, shape.text, shape.utterances, shape.furniture).verify()
    return shape


def said(shape):
    return [(turn.speaker, turn.span.of(shape.text)) for turn in shape.utterances]


def told(shape, severity=Severity.WARNING):
    return " / ".join(problem.what for problem in shape.problems if problem.severity is severity)


def book(change=None, rows=ROWS) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = "Talk"
    for row in rows:
        made.active.append(row)
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def hidden_row(made):
    made.active.row_dimensions[3].hidden = True


def hidden_column(made):
    made.active.column_dimensions["D"].hidden = True
    made.active["D1"], made.active["D3"] = "Real name", "Mary Jones"


def struck_cell(made):
    made.active["C3"].font = Font(strike=True)


def struck_words(made):
    made.active["C3"] = CellRichText("We stood ", TextBlock(InlineFont(strike=True), "with Mary "), TextBlock(InlineFont(b=True), "there."))


def invisible(made):
    made.active["C3"].number_format = ";;;"


REST = [("INT", ASK), ("INT", "Who kept the time?"), ("P1", MORE)]


@pytest.mark.parametrize(
    ("change", "turns", "what"),
    [
        (hidden_row, REST, "6 words in 1 hidden rows are not read"),
        (hidden_column, None, "4 words in 1 hidden columns are not read"),
        (struck_cell, REST, "5 struck-out words are not read"),
        (struck_words, [("INT", ASK), ("P1", "We stood there."), *REST[1:]], "2 struck-out words are not read"),
        (invisible, REST, "5 words in hidden cells are not read"),
    ],
)
def test_hidden_and_struck_out(change, turns, what):
    shape = read(book(change))
    assert said(shape) == (turns or [row[1:] for row in ROWS[1:]])
    assert told(shape) == what


def test_what_a_filter_leaves_out_is_hidden():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.autofilter("A1:C5")
        sheet.filter_column("B", "x == P1")
        for number in (1, 3):
            sheet.set_row(number, options={"hidden": True})
    shape = read(out.getvalue())
    assert said(shape) == [("P1", SAY), ("P1", MORE)]
    assert told(shape) == "11 words in 2 hidden rows are not read"


def test_hidden_sheets_and_further_interviews():
    def change(made):
        for name, state in (("W2", "visible"), ("Names", "veryHidden"), ("Notes", "visible")):
            sheet = made.create_sheet(name)
            sheet.sheet_state = state
            for row in ROWS if name == "W2" else [("P1 is Mary Jones",)]:
                sheet.append(row)

    shape = read(book(change))
    assert said(shape) == [row[1:] for row in ROWS[1:]]
    assert told(shape).startswith("1 more sheets with a column of words are left out") and told(shape).endswith("W2")
    assert told(shape, Severity.NOTE) == "1 other sheets are not read, with 4 words: Notes / 1 hidden sheets are not read, with 4 words"
    everything = book(lambda made: [made.create_sheet("x"), setattr(made["Talk"], "sheet_state", "hidden")])
    with pytest.raises(ReadingError, match="no column"):
        read(everything)


def test_formulas_errors_and_values():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("Talk")
        day = made.add_format({"num_format": "d mmm yyyy"})
        share = made.add_format({"num_format": "0%"})
        sheet.write_row(0, 0, ("Speaker", "Text"))
        for number in range(1, 9):
            sheet.write(number, 0, "P1" if number % 2 else "P2")
        sheet.write_formula("B2", '="So " & "it was"', None, "So it was")
        sheet.write_formula("B3", "=A99&B99", None, "#REF!")
        sheet.write_datetime("B4", datetime.datetime(2026, 5, 1), day)
        sheet.write_number("B5", 0.25, share)
        sheet.write_boolean("B6", True)
        sheet.write_number("B7", 12)
        sheet.write_string("B8", "Well.\rThen no. _x0041_ is said")
    shape = read(out.getvalue())
    assert said(shape) == [("P1", "So it was"), ("P1", "2026-05-01"), ("P2", "25%"), ("P1", "TRUE"), ("P2", "12"), ("P1", "Well.\nThen no. _x0041_ is said")]
    assert told(shape) == "error values in sheet Talk are not read as words: B3"
    assert told(shape, Severity.NOTE).startswith("3 cells of words hold a number")
    without = read(book(lambda made: made.active.__setitem__("C3", "=-well, so and so")))
    assert told(without) == "formulas without a stored value in sheet Talk, so that words may be lost: C3"


def test_merged_speakers_and_titles():
    rows = [("Interview 4",), (), ("Sprecher", "Text"), ("INT", ASK), ("P1", SAY), (None, MORE), (None, "So it was."), ("INT", "And then?")]
    shape = read(book(lambda made: made.active.merge_cells("A5:A7"), rows))
    assert said(shape) == [("INT", ASK), ("P1", SAY), ("P1", MORE), ("P1", "So it was."), ("INT", "And then?")]
    assert told(shape, Severity.NOTE) == "1 rows above the header row are left out / 2 rows below the top of a merged cell have its speaker"
    assert not told(shape)


def test_durations_and_pronunciation():
    def change(made):
        made.active["A2"], made.active["A3"] = datetime.timedelta(hours=25, seconds=1), datetime.time(0, 1, 2)

    assert [turn.start_s for turn in read(book(change)).utterances] == [90001, 62, 9, 12]
    with zipfile.ZipFile(io.BytesIO(book())) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    name = next(name for name, part in parts.items() if b"stood around" in part)
    plain, spoken = parts[name], b'</t><rPh sb="0" eb="1"><t>spoken so</t></rPh>'
    parts[name] = plain.replace(b"</t></is>", spoken + b"</is>").replace(b"</t></si>", spoken + b"</si>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as after:
        for path, part in parts.items():
            after.writestr(path, part)
    assert parts[name] != plain
    assert said(read(out.getvalue())) == [row[1:] for row in ROWS[1:]]


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Co", "Cn"], exclude_characters="_"), max_size=20).map(lambda text: f"a{text}b")


@given(st.lists(st.tuples(st.sampled_from(["INT", "P1"]), WORDS), min_size=1, max_size=6))
def test_openpyxl_reads_the_same_words(turns):
    data = book(rows=[("Speaker", "Text"), *turns])
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    plain = list(sheet.iter_rows(min_row=2, values_only=True))
    assert said(read(data)) == [(who, unicodedata.normalize("NFC", text)) for who, text in plain]


def test_addresses():
    assert [address(0, 0), address(9, 25), address(0, 26), address(1, 701), address(0, 702)] == ["A1", "Z10", "AA1", "ZZ2", "AAA1"]


OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)
STYLES = (
    '<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="T2" style:family="text" style:parent-style-name="T1"/>'
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
)


def cell(text="", extra=""):
    return f'<table:table-cell office:value-type="string" {extra}><text:p>{text}</text:p></table:table-cell>' if text else "<table:table-cell/>"


def line(*cells, extra=""):
    return f"<table:table-row {extra}>{''.join(each if each.startswith('<') else cell(each) for each in cells)}</table:table-row>"


def ods(*tables, styles=STYLES) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        body = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        archive.writestr("content.xml", f"<office:document-content {OFFICE}>{body}</office:document-content>")
    return out.getvalue()


def sheet(*rows, name="Talk", extra=""):
    return f'<table:table table:name="{name}" {extra}>{"".join(rows)}</table:table>'


HEAD = line("Zeit", "Spreker", "Tekst")


def test_a_spreadsheet():
    time = '<table:table-cell office:value-type="time" office:time-value="PT00H01M02.5S"><text:p>01:02</text:p></table:table-cell>'
    rows = [line(time, "INT", "How<text:s text:c=\"2\"/>did it<text:line-break/>go?"), line("", cell("P1", 'table:number-rows-spanned="2"'), SAY), line("", "<table:covered-table-cell/>", MORE)]
    rows += ['<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>']
    shape = read(ods(sheet(line("Interview 4"), HEAD, *rows)), read_ods)
    assert said(shape) == [("INT", "How  did it\ngo?"), ("P1", SAY), ("P1", MORE)]
    assert [turn.start_s for turn in shape.utterances] == [62.5, None, None]
    assert told(shape, Severity.NOTE).endswith("1 rows below the top of a merged cell have its speaker") and not told(shape)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (line("", "P1", "Mary Jones said", extra='table:visibility="collapse"'), "4 words in 1 hidden rows are not read"),
        (line("", "P1", "Mary Jones said", extra='table:visibility="filter"'), "4 words in 1 hidden rows are not read"),
        (line("", "P1", cell('<text:span text:style-name="T2">Mary Jones</text:span>')), "2 struck-out words are not read"),
        (line("", "P1", cell("Mary Jones", 'table:style-name="T1"')), "2 struck-out words are not read"),
        (line("", "P1", cell("#REF!", 'table:formula="of:=A9"')), "error values in sheet Talk are not read as words: C4"),
        (line("", "P1", '<table:table-cell table:formula="of:=A9"/>'), "formulas without a stored value in sheet Talk, so that words may be lost: C4"),
    ],
)
def test_what_a_spreadsheet_does_not_give(row, what):
    shape = read(ods(sheet(HEAD, line("", "INT", ASK), line("", "P1", SAY), row, line("", "INT", "And then?"))), read_ods)
    assert said(shape) == [("INT", ASK), ("P1", SAY), ("INT", "And then?")]
    assert told(shape) == what


def test_hidden_columns_and_sheets_of_a_spreadsheet():
    columns = '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
    rows = (line("Zeit", "Spreker", "Tekst", "Name"), line("", "INT", ASK, "Eve Hill"), line("", "P1", SAY, "Mary Jones"))
    secret = sheet(line("P1 is Mary Jones"), name="Names", extra='table:style-name="ta2"')
    shape = read(ods(sheet(columns, *rows), secret), read_ods)
    assert said(shape) == [("INT", ASK), ("P1", SAY)]
    assert told(shape) == "5 words in 1 hidden columns are not read"
    assert told(shape, Severity.NOTE) == "1 hidden sheets are not read, with 4 words"


@pytest.mark.parametrize(("data", "what"), [(b"PK\x03\x04", "archive"), (ods(), "no column"), (ods(sheet(line("x", "y"))), "no column"), (book(), "no OpenDocument")])
def test_what_is_no_spreadsheet(data, what):
    with pytest.raises(ReadingError, match=what):
        read_ods(data, where="t")
