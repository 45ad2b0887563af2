"""One tree of content, three writers: each says the same words in the same order, and none lets words become mark-up."""

from __future__ import annotations

import io

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from tests.injections import STRINGS

from nptlens.reporting import ReportInputs
from nptlens.reporting._docx import docx as word
from nptlens.reporting._html import html
from nptlens.reporting._index import build_index
from nptlens.reporting._markdown import markdown
from nptlens.reporting._view import build_view
from nptlens.reporting._wordxml import quotations
from nptlens.reporting.content import (
    Cell,
    Definitions,
    Document,
    Group,
    Heading,
    ItemList,
    NearestSeed,
    Paragraph,
    Quotation,
    Quotations,
    Reason,
    Row,
    Run,
    Section,
    Speech,
    Table,
    code_text,
    estimate,
    flat,
    place_in,
    plain,
)
from nptlens.reporting.sections import document

SAID = Speech("", "", "T1:3-9", "we met", segment=True)


def _document(*blocks, title="Study"):
    return Document(title, "Coded excerpts", "npt 1", "", (Section("one", "One", blocks),))


def _page(*blocks):
    return lxml_html.document_fromstring(html(_document(*blocks)))


def _main(*blocks):
    (main,) = _page(*blocks).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def _word(*blocks):
    return docx.Document(io.BytesIO(word(_document(*blocks), b"")))


ALL = (
    Heading(("Speaking against ", Run("CO", "id")), 4),
    Paragraph(("From ", Run("here", "link", "#one"), " on.")),
    ItemList(("first", "second")),
    Definitions((("transcripts", "12"),), "figures", "In figures"),
    Definitions((("Include", "what counts"),), "rules"),
    Table("Codes", "All of them.", ("Code", "n"), (Row("Coherence", (Cell("3", "0.1 to 0.2"),), "CO"),), foot=(Row("All", (Cell("4"),)),)),
    Group("details", (Paragraph("inside"),), "two cases"),
)


def test_the_three_writers_say_the_same_in_the_same_order():
    told = ["Speaking against", "CO", "From here on.", "first", "second", "transcripts", "12", "Include", "what counts", "Codes", "All of them.",
            "Coherence", "3", "0.1 to 0.2", "All", "4", "two cases", "inside"]  # fmt: skip
    made = _word(*ALL)
    body = " ".join("".join(node.text or "" for node in each.iter() if str(each.tag).endswith("}p") and str(node.tag).endswith("}t"))
                    for each in made.element.body.iter())  # fmt: skip
    for words in (_main(*ALL), body, markdown(_document(*ALL))):
        at = 0
        for each in told:
            at = words.find(each, at)
            assert at >= 0, (each, words)
            at += len(each)


def test_what_is_on_one_medium_is_not_on_the_other():
    blocks = (Paragraph("on the page", on="screen"), Paragraph("in the document", on="paper"))
    assert _main(*blocks) == "One on the page"
    assert "on the page" not in markdown(_document(*blocks)) and "in the document" in markdown(_document(*blocks))
    said = [each.text for each in _word(*blocks).paragraphs]
    assert "in the document" in said and "on the page" not in said


def test_a_quotation_stands_alone_in_its_element_and_names_its_place():
    why = (Reason("Probability", "0.912"), Reason("Nearest seeds", seeds=(NearestSeed("s1", 0.8, "words", "asserted", "T1:0-5"),)))
    before = Speech("turn before", "interviewer", "T1:0-2", "so", cut_before=True)
    block = Quotations((Quotation((SAID,), ("S01 · nurse",), (before,), (), why),))
    page = _page(block)
    marked = page.xpath("//*[@data-segment or @data-span]")
    assert [(each.get("class"), each.get("data-segment") or each.get("data-span"), each.text, len(each)) for each in marked] == [
        ("excerpt", "T1:3-9", "we met", 0), ("context", "T1:0-2", "so", 0), ("seed", "T1:0-5", "words", 0),
    ]  # fmt: skip
    made = _word(block)
    (held,) = quotations(made.element)
    assert (held.transcript, held.start, held.end, held.text) == ("T1", 3, 9, "we met")
    assert "S01 · nurse\nprobability 0.912 · nearest seeds s1" in [each.text for each in made.paragraphs]


def test_withheld_words_say_so_everywhere():
    block = Quotations((Quotation((Speech("", "", "T:3-9", "", segment=True),), ("S01",)),))
    for words in (_main(block), markdown(_document(block)).replace("\\", ""), "\n".join(each.text for each in _word(block).paragraphs)):
        assert words.count("[Withheld: the limit on words quoted of this participant is reached.]") == 1
    assert not _page(block).xpath("//blockquote") and not list(quotations(_word(block).element))


def test_two_coders_stand_side_by_side():
    sides = (("the machine", ((Run("CO", "id"), "Coherence"),)), ("A", ()))
    block = Quotations((Quotation((SAID,), ("S01",), sides=sides, remark="hardness 0.90"),), numbered=True)
    assert _main(block) == "One we met S01 the machine CO Coherence A not coded hardness 0.90"
    assert "S01\nthe machine: CO Coherence\nA: not coded\nhardness 0.90" in [each.text for each in _word(block).paragraphs]


def test_contents_list_sections_and_headings_with_an_anchor():
    blocks = (Group("code", (Heading((Run("CO", "id"), "Coherence"), 3, "code-1"), Heading("Minor", 4, minor=True))),)
    assert _page(*blocks).xpath("//nav//a/@href") == ["#one", "#code-1"]
    anchors = [each.text for each in _word(*blocks).paragraphs if each.style.name.startswith("toc ")]
    assert anchors == ["One", "CO Coherence"]


def test_a_wide_table_is_written_in_parts_that_repeat_the_heads():
    columns = ("Code", *(f"P{n:02d}" for n in range(1, 15)))
    wide = Table("Wide", "", columns, (Row("Coherence", tuple(Cell(str(n)) for n in range(1, 15)), "CO"),))
    tables = _word(wide).tables
    assert [len(each.columns) for each in tables] == [8, 8]
    assert [each.cell(1, 0).text for each in tables] == ["CO Coherence"] * 2
    assert [cell.text for each in tables for cell in each.rows[1].cells[1:]] == [str(n) for n in range(1, 15)]
    assert len(_page(wide).xpath("//table")) == 1


def test_a_cell_over_two_columns_keeps_the_row_as_wide_as_the_head():
    table = Table("Codes", "", ("Code", "A", "B"), (Row("Coherence", (Cell("not coded", span=2),)),))
    assert _page(table).xpath("//td/@colspan") == ["2"]
    assert [cell.text for cell in _word(table).tables[0].rows[1].cells] == ["Coherence", "not coded", "not coded"]
    assert "| Coherence | not coded |  |" in markdown(_document(table))


def _blocks(head, text, item, name, cell, below, who, code):
    return (
        Heading(head), Paragraph(text), ItemList((item,)), Definitions(((name, cell),), "rules"),
        Table(name, below, (head, name), (Row(head, (Cell(cell, below),), code),), label=who),
        Quotations((Quotation((Speech("", "", f"{code}:0-3", text, segment=True),), ((Run(who, "strong"), name),)),)),
        Group("details", (), head),
    )  # fmt: skip


def _shape(source):
    """The tags of a page in their order; line breaks and the small print that "; " parts are words' own."""
    kept = (each for each in lxml_html.document_fromstring(source.replace("\0", "")).iter() if each.tag not in ("br", "span"))
    return [each.tag for each in kept]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(STRINGS), min_size=9, max_size=9))
def test_words_never_become_mark_up(words):
    page = html(_document(*_blocks(*words[1:]), title=words[0]))
    assert _shape(page) == _shape(html(_document(*_blocks(*"abcdefgh"))))


def test_estimates_and_places():
    assert estimate(0.5, 0.25, 0.75, below="n = 3") == Cell("0.50", "0.25 to 0.75; n = 3")
    assert estimate(0.5, float("nan"), 0.75) == Cell("0.50")
    assert place_in("a:b:10-25") == ("a:b", 10, 25)
    assert plain((Run("CO", "id"), "Coherence")) == "CO Coherence"


@pytest.fixture
def whole(inputs: ReportInputs):
    return document(build_view(build_index(inputs)))


def test_every_quotation_of_the_page_stands_in_the_document_too(whole):
    places = [piece.data_span for section in whole.sections for block in flat(section.blocks) if isinstance(block, Quotations)
              for entry in block.entries for piece in entry.pieces]  # fmt: skip
    assert len(places) > 10
    page = lxml_html.document_fromstring(html(whole))
    assert [each.get("data-segment") or each.get("data-span") for each in page.xpath("//blockquote/span")] == places
    held = [f"{each.transcript}:{each.start}-{each.end}" for each in quotations(docx.Document(io.BytesIO(word(whole, b""))).element)]
    assert held == places
    assert markdown(whole).count("\n> ") >= len(places)


def test_a_code_whose_name_is_its_id_is_named_once():
    rows = (Row("Pay", (Cell("1"),), "Pay"), Row("Hours", (Cell("2"),), "HRS"))
    document = _document(Table("T", "", ("Code", "n"), rows), Heading(code_text("Pay", "Pay")))
    page = html(document)
    assert page.count("Pay") == 2 and page.count("Hours") == 1
    assert markdown(document).count("Pay") == 2
    told = docx.Document(io.BytesIO(word(document, b"")))
    assert [row.cells[0].text.strip() for row in told.tables[0].rows] == ["Code", "Pay", "HRS Hours"]
