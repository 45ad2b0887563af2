"""The demo's report.html: each quote is the exact slice that it says it is, and nothing is fetched from anywhere."""

from __future__ import annotations

import re

import pytest
from lxml import html

from nptlens.reading import read
from nptlens.schemas.settings import default_settings

pytestmark = [pytest.mark.slow, pytest.mark.model]
_PLACE = re.compile(r"(?P<transcript>.+):(?P<start>\d+)-(?P<end>\d+)")
_FETCHES = {"src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data", "background", "cite", "ping", "manifest", "style"}


@pytest.fixture(scope="module")
def page(demo):
    return html.document_fromstring((demo / "results" / "report.html").read_bytes().decode("utf-8"))


def test_every_quote_is_a_slice_of_its_source(demo, page):
    texts = {transcript.id: transcript.text for transcript in read(demo / "transcripts", settings=default_settings().reading).transcripts}
    quotes = page.xpath("//*[contains(concat(' ', @class, ' '), ' excerpt ') or contains(concat(' ', @class, ' '), ' context ')]")
    assert sum("excerpt" in quote.get("class").split() for quote in quotes) > 100
    for quote in quotes:
        place = _PLACE.fullmatch(quote.get("data-segment") or quote.get("data-span"))
        assert len(quote) == 0
        assert quote.text == texts[place["transcript"]][int(place["start"]) : int(place["end"])]


def test_nothing_is_fetched(page):
    asked = [(e.tag, name, value) for e in page.iter() if isinstance(e.tag, str) for name, value in e.attrib.items() if name in _FETCHES]
    assert [each for each in asked if re.search(r"//|^\s*(https?|ftp|file|javascript):|url\(\s*['\"]?(?!#|data:)", each[2])] == []
    assert page.xpath("//script[@src] | //iframe | //object | //embed | //link | //base | //meta[@http-equiv='refresh']") == []
    scripts = [each.text for each in page.xpath("//script[not(@type)]")]
    assert len(scripts) == 1  # it unpacks the excerpts that the page holds
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\b|importScripts|\.src\b|https?:", scripts[0])
    for style in page.xpath("//style"):
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", style.text)


def test_the_invented_study_says_so(page):
    assert "invented" in page.text_content()


def test_every_link_inside_the_page_leads_somewhere(page):
    ids = set(page.xpath("//@id"))
    inside = [link[1:] for link in page.xpath("//@href") if link.startswith("#")]
    assert inside
    assert set(inside) <= ids
