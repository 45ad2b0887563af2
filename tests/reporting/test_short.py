"""A short report: what was found and how far to trust it comes first, and what it leaves out is said with how to have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import html as lxml_html

from nptlens.reporting import ReportInputs, report
from nptlens.schemas.settings import default_settings
from nptlens.schemas.tables import AGREEMENT, MANUAL_CODINGS, STANCE_AGREEMENT, VERDICTS, empty


def _page(inputs: ReportInputs, folder: Path, **changes: Any) -> lxml_html.HtmlElement:
    settings = inputs.settings.model_copy(update={"formats": ("html", "docx"), "length": "short"} | changes)
    report(replace(inputs, settings=settings), folder)
    return lxml_html.parse(str(folder / "report.html")).getroot()


@pytest.fixture
def page(inputs: ReportInputs, tmp_path: Path) -> lxml_html.HtmlElement:
    return _page(inputs, tmp_path)


def test_reports_are_short_by_default() -> None:
    assert default_settings().report.is_short()
    assert default_settings().report.quoted() == 2


def test_it_begins_with_one_row_a_code(page: lxml_html.HtmlElement, inputs: ReportInputs) -> None:
    assert page.xpath("//main//h2/@id")[:2] == ["findings", "codes"]
    (table,) = page.xpath("//section[h2/@id='findings']//table")
    heads = [each.text_content() for each in table.xpath("thead//th")]
    assert heads == ["Code", "Share", "Excerpts", "Participants", "Practices", "Contrary", "How far to be trusted"]
    rows = {row.xpath("string(th/descendant::span[@class='id'])"): row for row in table.xpath("tbody/tr")}
    assert set(rows) == set(inputs.codebook.ids())
    given = inputs.codings[inputs.codings["decision"] == "assigned"].groupby("code").size()
    told = {code: row.xpath("string(td[2])") for code, row in rows.items() if len(row.xpath("td")) == 6}
    assert told and all(int(told[code]) == given.get(code, 0) for code in told)


def test_codes_have_two_quotations_and_are_exact(page: lxml_html.HtmlElement, inputs: ReportInputs) -> None:
    texts = {each.id: each.text for each in inputs.transcripts}
    codes = page.xpath("//section[h2/@id='codes']//section[@class='code']")
    assert codes
    for code in codes:
        quoted = code.xpath("ol[@class='excerpts']//span[@class='excerpt']")
        assert len(quoted) <= 2
        for each in quoted:
            name, _, offsets = each.get("data-segment").rpartition(":")
            start, end = map(int, offsets.split("-"))
            assert each.text == texts[name][start:end]


def test_what_is_left_out_is_named_with_the_command(page: lxml_html.HtmlElement, inputs: ReportInputs, tmp_path: Path) -> None:
    more = page.xpath("string(//section[h2/@id='more'])")
    full = _page(inputs, tmp_path / "full", length="full")
    shown = set(page.xpath("//main//h2/@id"))
    left = [each.text for each in full.xpath("//main//h2") if each.get("id") not in shown]
    assert "Methods appendix" in left and all(title in more for title in left)
    assert "nptlens report STUDY --full" in more and "codings.csv" not in left


def test_without_coding_by_hand_it_is_said_once(inputs: ReportInputs, tmp_path: Path) -> None:
    bare = replace(
        inputs, manual=empty(MANUAL_CODINGS), agreement=empty(AGREEMENT), agreement_summaries=(), verdicts=empty(VERDICTS),
        stance_agreement=empty(STANCE_AGREEMENT),
    )  # fmt: skip
    page = _page(bare, tmp_path)
    assert page.xpath("string(//section[h2/@id='findings'])").count("nobody coded by hand") == 1
    assert "How far to be trusted" not in page.xpath("string(//section[h2/@id='findings']//thead)")
    assert "so no person has looked" not in page.text_content()


def test_more_excerpts_can_be_asked_for(make_inputs: Callable[..., ReportInputs], inputs: ReportInputs, tmp_path: Path) -> None:
    few, many = (_page(inputs, tmp_path / str(number), short_excerpts=number) for number in (1, 3))
    assert len(few.xpath("//span[@class='excerpt']")) < len(many.xpath("//span[@class='excerpt']"))


def test_the_contents_in_word_name_sections_alone(inputs: ReportInputs, tmp_path: Path) -> None:
    _page(inputs, tmp_path)
    document = docx.Document(str(tmp_path / "report.docx"))
    contents = [each.text for each in document.paragraphs if each.style.name.startswith("toc")]
    assert contents == [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
