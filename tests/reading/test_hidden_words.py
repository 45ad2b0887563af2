"""Words that a document hides or strikes out are not read, counted and told, in every format that knows such a thing."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from openpyxl.styles import Font

from nptlens.reading.formats import READERS
from nptlens.reading.formats._html import read_html
from nptlens.schemas.records import Severity

SAID = "INT: How was it?\nP1: It was fine."
HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
    '<office:automatic-styles><style:style style:name="base" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="hid" style:family="text" style:parent-style-name="base"/>'
    '<style:style style:name="out" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style></office:automatic-styles><office:body>'
)


def archive(content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("content.xml", f"{HEAD}{content}</office:body></office:document-content>")
    return out.getvalue()


def odt() -> bytes:
    return archive(
        "<office:text><text:p>INT: How was it?</text:p><text:p>P1: It was <text:span text:style-name='hid'>said by Anna </text:span>"
        "<text:span text:style-name='out'>bad </text:span>fine.</text:p></office:text>"
    )


def ods() -> bytes:
    def row(*cells: str, more: str = "") -> str:
        return f"<table:table-row {more}>" + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells) + "</table:table-row>"

    rows = [row("speaker", "text"), row("INT", "How was it?"), row("P1", "said by Anna", more='table:visibility="collapse"'), row("P1", "It was fine.")]
    struck = "<table:table-row><table:table-cell/><table:table-cell table:style-name='out'><text:p>bad</text:p></table:table-cell></table:table-row>"
    return archive(f"<office:spreadsheet><table:table table:name='a'>{''.join(rows)}{struck}</table:table></office:spreadsheet>")


def word() -> bytes:
    document = docx.Document()
    style = document.styles.add_style("secret", WD_STYLE_TYPE.CHARACTER)
    style.font.hidden = True
    document.add_paragraph("INT: How was it?")
    paragraph = document.add_paragraph("P1: It was ")
    paragraph.add_run("said ", style="secret")
    paragraph.add_run("by Anna ").font.hidden = True
    paragraph.add_run("bad ").font.double_strike = True
    paragraph.add_run("fine.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rtf() -> bytes:
    return (
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\pard INT: How was it?\par P1: It was {\v said }\v by Anna \v0 {\strike bad }\striked1\striked0 fine.\par}"
    )


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("speaker", "text", "text 2"), ("INT", "How was it?", None), ("P1", "said by", "Anna"), ("P1", "It was fine.", None), ("P1", "bad", None)):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet["B5"].font = Font(strike=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("suffix", "make", "hidden"), [(".odt", odt, 3), (".ods", ods, 4), (".docx", word, 3), (".rtf", rtf, 3), (".xlsx", workbook, 4)])
def test_hidden_and_struck_out_words(suffix, make, hidden):
    shape = READERS[suffix](make(), where="t")
    words = [(u.speaker, " ".join(u.span.of(shape.text).split())) for u in shape.utterances]
    assert words == [("INT", "How was it?"), ("P1", "It was fine.")]
    assert "Anna" not in shape.text and "bad" not in shape.text
    told = [problem.what for problem in shape.problems if problem.severity is Severity.WARNING]
    assert any(str(hidden) in what and "hidden" in what for what in told) and any("1" in what and "struck" in what for what in told), told


def test_a_style_that_shows_what_its_paragraph_hides():
    document = docx.Document()
    hidden = document.styles.add_style("hidden", WD_STYLE_TYPE.PARAGRAPH)
    hidden.font.hidden = True
    document.add_paragraph("INT: So?")
    paragraph = document.add_paragraph("", style="hidden")
    paragraph.add_run("P1: Well. ").font.hidden = False
    paragraph.add_run("secret")
    out = io.BytesIO()
    document.save(out)
    shape = READERS[".docx"](out.getvalue(), where="t")
    assert [u.span.of(shape.text) for u in shape.utterances] == ["So?", "Well."]


@pytest.mark.parametrize(
    ("sheet", "shown", "told"),
    [
        (".h{display:none}", "It was there.", "1 hidden words"),
        ("/* x */ div p span.b.h , .y { visibility : hidden }", "It was there.", "1 hidden words"),
        ("@media screen { #m { display: none !important } }", "It was there.", "1 hidden words"),
        (".h{text-decoration: line-through}", "It was there.", "1 struck-out words"),
        ("@media print { .h {display:none} } .h:hover{display:none} section .h{display:none} .other{display:none}", "It was Mary there.", ""),
        (".h{display:none", "It was Mary there.", ""),  # a rule that is not closed
    ],
)
def test_words_that_a_style_sheet_hides(sheet, shown, told):
    page = f"<style>{sheet}</style><div><p>INT: So?</p><p>Jo: It was <span class='b h' id='m'>Mary</span> there.</p></div>"
    shaped = read_html(page.encode(), where="t")
    assert [shaped.text[turn.span.start : turn.span.end] for turn in shaped.utterances] == ["So?", shown]
    assert [each.what.partition(" words")[0] + " words" for each in shaped.problems] == ([told] if told else [])
