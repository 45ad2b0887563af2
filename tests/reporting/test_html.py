"""What the HTML report says, and that it can be read without eyes, colour or a mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from lxml import html as lxml_html

from nptlens.reporting import ReportInputs, report
from nptlens.schemas.records import TopicStability
from nptlens.schemas.tables import MANUAL_CODINGS, checked


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
        "findings", "codes", "practices", "agreement", "verdicts", "topics", "readings", "framework", "by-group", "timeline", "topic-map",
        "what", "figures", "abstentions", "aside", "problems", "made", "appendix",
    ]  # fmt: skip


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
    assert "No contrary excerpt was marked by a coder among 1 manual coding of this code." in _code(page, "CODI")
    assert "No manual coding of this code was given" in _code(page, "CO")


def test_the_machine_shows_what_it_judged_contrary_or_says_there_is_none(page: lxml_html.HtmlElement) -> None:
    assert "Judged contrary by the machine" in _code(page, "F1")
    assert "Contrary (0.62, by the machine)" in _code(page, "F1")
    assert "Judged contrary by the machine" not in _code(page, "CODI")
    assert "The machine found no contrary excerpt among the" in _code(page, "CODI")
    assert "The machine gave no excerpt this code, so it judged no stance." in _code(page, "B9")


def test_a_code_without_head_says_so(page: lxml_html.HtmlElement) -> None:
    assert "not coded by the machine: too few seeds" in _code(page, "B9")


def test_why_names_seeds_with_their_words(page: lxml_html.HtmlElement) -> None:
    text = page.text_content()
    assert "Words of seed 1." in text
    assert "similarity 0.801, asserted" in text
    assert "machine:0123456789ab" in text


def test_weights_above_base_carry_a_mark(page: lxml_html.HtmlElement, inputs: ReportInputs) -> None:
    above = int((inputs.topic_codes["low"] > inputs.topic_codes["base"]).sum())
    assert above and len(page.xpath("//section[h2/@id='topics']//td[contains(., '▲')]")) == above


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
    manual = checked(MANUAL_CODINGS, pd.DataFrame(rows, columns=MANUAL_CODINGS.names()[:6]))
    page = _page(make_inputs(manual=manual), tmp_path)
    assert "not shown: 3 codings" in page.text_content()


def test_topics_say_how_stable_they_are(page: lxml_html.HtmlElement) -> None:
    cards = [" ".join(card.text_content().split()) for card in page.xpath("//article[@class='card']")]
    assert "Stability: 0.81, stable" in cards[0]
    assert cards[1].startswith("Topic 1: Time for letters")
    assert "Stability: 0.42, unstable" in cards[1]
    assert "adjusted Rand index 0.61 over those draws; the method leaves nothing to chance" in " ".join(page.text_content().split())


def test_three_readings(page: lxml_html.HtmlElement) -> None:
    (section,) = page.xpath("//section[@aria-labelledby='readings']")
    text = " ".join(section.text_content().split())
    assert [h.text for h in section.xpath(".//h3")] == ["Constructs", "Themes"]
    assert "Topics that speak of no construct: 1." in text
    assert "1: Time for letters (unstable)" in text
    assert "phones, letters, word0 (unstable)" not in text
    assert "Every construct has a topic that speaks of it." in text
    assert "Themes that no topic speaks of: F1, B9." in text
    assert "0.70 0.60 to 0.80" in " ".join(" ".join(section.xpath(".//td[@class='n']//text()")).split())


def test_segments_that_two_readings_argue_over_are_listed(inputs: ReportInputs, tmp_path: Path) -> None:
    argued = inputs.readings.assign(topic_code="CO", direct_codes="F1", reading="differ")
    page = _page(replace(inputs, readings=argued), tmp_path)
    (first, _) = page.xpath("//section[@aria-labelledby='readings']//details")
    assert first.xpath("./summary")[0].text == "4 segments where the two differ"
    items = [" ".join(item.text_content().split()) for item in first.xpath(".//li")]
    assert len(items) == inputs.settings.excerpts == 3
    assert all(item.endswith("speaks of CO; coded directly: F1") for item in items)
    quotes = [(quote.get("data-segment"), quote.text) for quote in first.xpath(".//*[@class='excerpt']")]
    texts = dict(zip(inputs.segments["segment_id"], inputs.segments["text"], strict=True))
    assert quotes == [(segment, texts[segment]) for segment, _ in quotes]
    assert len(quotes) == 3


def test_stability_that_was_not_measured(inputs: ReportInputs, tmp_path: Path) -> None:
    cards = tuple(replace(card, stability=None) for card in inputs.topic_cards)
    nothing = TopicStability((None, None), 0, None, 0, None)
    text = " ".join(_page(replace(inputs, topic_cards=cards, topic_stability=nothing), tmp_path).text_content().split())
    assert "How stable the topics are was not measured." in text
    assert text.count("Stability: not measured") == 2


def test_verdicts_are_told_with_their_reasons(page: lxml_html.HtmlElement) -> None:
    (section,) = page.xpath("//section[@aria-labelledby='verdicts']")
    rows = [[" ".join(cell.text_content().split()) for cell in row.xpath("td")] for row in section.xpath(".//tbody/tr")]
    assert {row[0] for row in rows} >= {"automate", "assist", "not enough evidence"}
    first = next(row for row in rows if row[0] == "automate")
    assert first == ["automate", "most of it is right", "9", "0.600", "0.100", "90%", "0.850.81 to 0.90", "–"]
    last = next(row for row in rows if row[0] == "not enough evidence")
    assert last[1:] == ["too few <excerpts> were coded", "9", "n/d", "n/d", "0%", "0.850.81 to 0.90", "1,200"]
