"""Quotations of Word files: the content controls that hold them, and what stands outside of one."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from nptlens.core.errors import ReadingError
from nptlens.core.quotations import Fault, faults
from nptlens.reporting._wordxml import el, qn, quotation, run, text_runs
from nptlens.reporting.content import WITHHELD
from nptlens.reporting.verify import quotations

LONG = "interview of " + "a long afternoon " * 5
TEXTS = {"S01": "A \u202eturn\u202c\nof \x01 two lines,\tand caf\u00e9 \U0001f389 & <b>.", LONG: "Short.", "S02": "Another turn."}


def word(*paragraphs, style="Quote"):
    document = docx.Document()
    for content in paragraphs:
        paragraph = document.add_paragraph(style=style)
        for element in content:
            paragraph._p.append(element)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def slices(transcript, text=None, start=0, end=None):
    end = len(TEXTS[transcript]) if end is None else end
    return quotation(transcript, start, end, TEXTS[transcript][start:end] if text is None else text)


def wrong(data) -> list[Fault]:
    return list(faults(quotations(data, TEXTS, where="report.docx"), TEXTS, ()))


def test_what_was_written_holds():
    data = word([slices("S01")], [*text_runs("S02: ", bold=True), slices("S02")], [slices(LONG)], text_runs(WITHHELD), [slices("S01", start=3, end=9)])
    assert wrong(data) == []
    assert [each.place for each in quotations(data, TEXTS, where="x.docx")] == [
        f"S01:0-{len(TEXTS['S01'])}", "S02:0-13", f"{LONG}:0-6", "S01:3-9",
    ]  # fmt: skip


def test_two_that_changed_places_are_found():
    assert len(wrong(word([slices("S01", TEXTS["S02"])], [slices("S02", TEXTS["S01"])]))) == 2


@pytest.mark.parametrize("content", [text_runs("A turn."), [slices("S02"), *text_runs(" And more.")], text_runs(f"{WITHHELD} Not.")], ids=["words", "words after a control", "withheld and words"])
def test_words_outside_of_a_control_cannot_be_checked(content):
    (fault,) = wrong(word(content))
    assert fault.what == "it names no place, so it cannot be checked"


def test_a_style_that_a_template_calls_otherwise_is_known_by_its_name():
    document = docx.Document()
    document.styles["Quote"].element.set(el("x").tag.replace("}x", "}styleId"), "Citaat")
    document.add_paragraph(style="Quote")._p.append(run(*text_runs("A turn.")[0]))
    buffer = io.BytesIO()
    document.save(buffer)
    assert len(wrong(buffer.getvalue())) == 1


def test_other_paragraphs_hold_quotations_alone_or_none():
    assert wrong(word(text_runs("not a quotation"), style="Normal")) == []
    assert wrong(word([*text_runs("S01: ", bold=True), slices("S01", end=4), slices("S01", start=4)], style="Normal")) == []
    assert len(wrong(word([slices("S01", end=4), *text_runs(TEXTS["S01"][4:])], style="Normal"))) == 1


@pytest.mark.parametrize("tag", ["", "p_S02_0_13", "q_S02_0_", "q_S02_0_x", None])
@pytest.mark.parametrize("style", ["Quote", "Normal"])
def test_a_control_that_names_no_place_cannot_be_checked(tag, style):
    control = slices("S02")
    mark = control[0][0]
    control[0].remove(mark) if tag is None else mark.set(qn("val"), tag)
    assert [fault.what for fault in wrong(word([control], style=style))] == ["it names no place, so it cannot be checked"]


def test_a_field_of_the_document_is_no_quotation():
    title = el("sdt", el("sdtPr", el("dataBinding")), el("sdtContent", *text_runs("A title")))
    assert wrong(word([title], style="Normal")) == []


def test_a_damaged_file_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(ReadingError, match="damaged Word file"):
        quotations(buffer.getvalue(), (), where="report.docx")
