"""What the HTML report says, and that it can be read without eyes, colour or a mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from lxml import html as lxml_html

from nptlens.reporting import ReportInputs, report
from nptlens.tables import MANUAL_CODINGS, checked


@pytest.fixture
def page(inputs: ReportInputs, tmp_path: Path) -> lxml_html.HtmlElement:
    return _page(inputs, tmp_path)


def _page(inputs: ReportInputs, folder: Path) -> lxml_html.HtmlElement:
    report(inputs, folder)
    return lxml_html.document_fromstring((folder / "report.html").read_text("utf-8"))


def _code(page: lxml_html.HtmlElement, name: str) -> str:
    (section,) = page.xpath(f"//section[@class='code'][*[1][span='{name}']]")
    return " ".join(section.text_content().split())


def test_sections_stand_in_order(page: lxml_html.HtmlElement) -> None:
    assert page.xpath("//main//h2/@id") == [
        "what",
        "figures",
        "agreement",
        "codes",
        "practices",
        "topics",
        "readings",
        "abstentions",
        "aside",
        "problems",
        "made",
    ]


def test_structure_is_accessible(page: lxml_html.HtmlElement) -> None:
    assert page.get("lang") == "en"
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert [len(page.xpath(f"//{name}")) for name in ("h1", "header", "nav", "main", "footer")] == [1] * 5
    assert len(page.xpath("//table")) == len(page.xpath("//table[caption]"))
    assert not page.xpath("//th[not(@scope)]")
    assert not page.xpath("//svg[not(@role='img' and @aria-label)]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.xpath("//@href")} <= set(ids)
    levels = [int(element.tag[1]) for element in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_no_clock_is_read(page: lxml_html.HtmlElement) -> None:
    assert not page.xpath("//time")


def test_invented_data_are_named_so(page: lxml_html.HtmlElement) -> None:
    (notice,) = page.xpath("//*[@class='notice']")
    assert "Invented demonstration data: figures are an upper bound" in notice.text_content()


def test_contrary_excerpts_name_their_coders(page: lxml_html.HtmlElement) -> None:
    text = _code(page, "F1")
    assert "Contrary, marked by ann, ben · S02 · GP · P02" in text
    assert "Mixed, marked by ben" in text
    assert "No contrary excerpt" not in text


def test_a_manual_coding_over_two_turns_shows_no_label(page: lxml_html.HtmlElement) -> None:
    pieces = page.xpath("//span[@class='excerpt' and @data-span]")
    assert len(pieces) == 3  # the contrary stretch once, the mixed one turn by turn
    assert not [piece for piece in pieces if "Cat Wells" in piece.text_content()]


def test_silence_about_contrary_excerpts_is_stated(page: lxml_html.HtmlElement) -> None:
    words = (
        "No contrary excerpt was marked by a coder among 1 manual coding of this code; "
        "the machine does not judge stance."
    )
    assert words in _code(page, "CODI")
    assert "No manual coding of this code was given" in _code(page, "CO")


def test_a_code_without_head_says_so(page: lxml_html.HtmlElement) -> None:
    assert "not coded by the machine: too few seeds" in _code(page, "B9")


def test_why_names_seeds_with_their_words(page: lxml_html.HtmlElement) -> None:
    text = page.text_content()
    assert "Words of seed 1." in text
    assert "similarity 0.801, asserted" in text
    assert "machine:0123456789ab" in text


def test_weights_above_base_carry_a_mark(page: lxml_html.HtmlElement, inputs: ReportInputs) -> None:
    above = int((inputs.topic_codes["low"] > inputs.topic_codes["base"]).sum())
    assert above and len(page.xpath("//td[contains(., '▲')]")) == above


def test_the_ceiling_stands_beside_the_machine(page: lxml_html.HtmlElement) -> None:
    heads = [" ".join(each.text_content().split()) for each in page.xpath("//th[starts-with(., 'Kappa, ')]")]
    assert heads == ["Kappa, ann and ben"] * 2
    assert page.xpath("//section[h2/@id='agreement']//h3/text()") == [
        "machine:0123456789ab against ann",
        "machine:0123456789ab against ben",
    ]


def test_manual_codings_out_of_place_are_counted(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    rows = [
        ("gone", 0, 5, "F1", "contrary", "ann"),
        ("interview-1", 0, 10**6, "F1", "mixed", "ann"),
        ("interview-1", 0, 9, "ZZ", "", "ann"),
    ]
    manual = checked(MANUAL_CODINGS, pd.DataFrame(rows, columns=MANUAL_CODINGS.names()))
    page = _page(make_inputs(manual=manual), tmp_path)
    assert "not shown: 3 codings" in page.text_content()
