"""Wide tables of 0 and 1: who gave which code to which transcript and excerpt, and nothing else."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from nptlens.core.errors import UsageError
from nptlens.core.text import Span
from nptlens.exchange._write_wide import write_cases_csv, write_excerpts_csv, write_wide_xlsx
from nptlens.exchange.outgoing import Claim, OutgoingCoding, OutgoingProject, OutgoingSource
from nptlens.reporting.verify._tables import csv_quotations
from nptlens.schemas.records import Code, Codebook

BOOK = Codebook("b", "", (Code("A", "Above", ""), Code("A/B", "Below", "", parent="A"), Code("text", "Texting", ""), Code("=C", "Sum", "")))
SOURCES = (OutgoingSource("P1", "we met and =talked"), OutgoingSource("P2", "nothing here"), OutgoingSource("P3", "never read"))
MACHINE = Claim(0.8, "assigned", 0.1)
CODINGS = (
    OutgoingCoding("P1", Span(0, 6), "A/B", "ann", "contrary"),
    OutgoingCoding("P1", Span(0, 6), "text", "ann"),
    OutgoingCoding("P1", Span(0, 6), "A/B", "bo"),
    OutgoingCoding("P1", Span(11, 18), "=C", "ann"),
    OutgoingCoding("P2", Span(0, 7), "none", "ann"),
    OutgoingCoding("P1", Span(11, 18), "A", "machine:x", claim=MACHINE),
)
PROJECT = OutgoingProject("p", BOOK, SOURCES, CODINGS)


def rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_row_for_each_transcript_and_coder():
    assert rows(write_cases_csv(PROJECT)) == [
        ["transcript", "coder", "A", "A/B", "code: text", "'=C"],
        ["P1", "ann", "0", "1", "1", "1"],
        ["P1", "bo", "0", "1", "0", "0"],
        ["P1", "nptlens machine:x", "1", "0", "0", "0"],
        ["P2", "ann", "0", "0", "0", "0"],
        ["P2", "nptlens machine:x", "0", "0", "0", "0"],
        ["P3", "nptlens machine:x", "0", "0", "0", "0"],
    ]


def test_a_row_for_each_excerpt_and_coder():
    assert rows(write_excerpts_csv(PROJECT)) == [
        ["transcript", "start", "end", "coder", "text", "A", "A/B", "code: text", "'=C"],
        ["P1", "0", "6", "ann", "we met", "0", "1", "1", "0"],
        ["P1", "0", "6", "bo", "we met", "0", "1", "0", "0"],
        ["P1", "11", "18", "ann", "'=talked", "0", "0", "0", "1"],
        ["P1", "11", "18", "nptlens machine:x", "'=talked", "1", "0", "0", "0"],
    ]


def test_ones_are_as_many_as_codings():
    ones = sum(cell == "1" for row in rows(write_excerpts_csv(PROJECT))[1:] for cell in row[5:])
    assert ones == sum(coding.code != "none" for coding in CODINGS)


def test_the_workbook_holds_both_and_the_codebook():
    book = openpyxl.load_workbook(io.BytesIO(write_wide_xlsx(PROJECT)))
    assert book.sheetnames == ["excerpts", "transcripts", "codebook"]
    for name, table in (("excerpts", write_excerpts_csv(PROJECT)), ("transcripts", write_cases_csv(PROJECT))):
        assert [[str(cell) for cell in row] for row in book[name].iter_rows(values_only=True)] == rows(table)
    assert [cell.value for cell in book["codebook"]["A"]] == ["id", "A", "A/B", "text", "'=C"]


def test_withheld_words_are_left_out():
    held = OutgoingCoding("P1", Span(0, 6), "A", "ann", withheld=True)
    assert rows(write_excerpts_csv(OutgoingProject("p", BOOK, SOURCES, (held,))))[1][4] == ""


def test_places_and_words_can_be_verified():
    found = csv_quotations(write_excerpts_csv(PROJECT), where="x.csv")
    assert [(each.place, each.text, each.doubt) for each in found][:1] == [("P1:0-6", "we met", "")]
    assert {each.text for each in found} == {"we met", "=talked"}
    assert csv_quotations(write_cases_csv(PROJECT), where="x.csv") == ()


def test_too_many_codes_for_a_sheet_are_refused():
    many = Codebook("b", "", tuple(Code(f"c{n}", f"c{n}", "") for n in range(16_384)))
    with pytest.raises(UsageError):
        write_wide_xlsx(OutgoingProject("p", many, (), ()))


def test_a_study_without_codings_has_headings_only():
    empty = OutgoingProject("p", BOOK, SOURCES, ())
    assert [len(rows(write(empty))) for write in (write_cases_csv, write_excerpts_csv)] == [1, 1]
