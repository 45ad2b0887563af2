"""All excerpts of the codes are in the page: each once, exact, the most probable where not all fit, none that is withheld."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from nptlens.core.quotations import faults
from nptlens.core.text import Span
from nptlens.reporting import ReportInputs, _packed, report
from nptlens.reporting._index import Coding, Index, Segment, build_index
from nptlens.reporting._packed import Packed, pack, places
from nptlens.reporting._truncation import kept
from nptlens.reporting._view import build_view
from nptlens.reporting.verify import quotations


def _many(make_inputs: Callable[..., ReportInputs], **settings: object) -> ReportInputs:
    """Sixteen turns, each with every code; one excerpt of each code is shown."""
    turns = [turn for n in range(8) for turn in (("Int", "And?"), ("Ann Marsh", f"Number {n} & <b>we</b> did it"), ("Bob Tanner", f"No, {n} was theirs"))]
    inputs = make_inputs({"interview-1": turns})
    update = {"excerpts": 1, "formats": ("html",), **settings}
    return replace(inputs, codings=inputs.codings.assign(decision="assigned"), settings=inputs.settings.model_copy(update=update))


def _pack(inputs: ReportInputs) -> tuple[Index, Packed]:
    index = build_index(inputs)
    return index, pack(index, build_view(index).codes)


def test_every_excerpt_is_shown_or_packed(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    inputs = _many(make_inputs)
    index, found = _pack(inputs)
    texts = dict(zip(inputs.segments["segment_id"], inputs.segments["text"], strict=True))
    own = dict(places(found.block))
    assert own == {name: texts[name] for name in own}
    view = build_view(index)
    for code in view.codes:
        assert len(code.quoted()) + found.others[code.anchor] == code.assigned
    assert found.held == found.others
    report(inputs, tmp_path)
    page = (tmp_path / "report.html").read_bytes()
    read = quotations(page, {"interview-1"}, where="report.html")
    assert {each.place: each.text for each in read if each.kind == "packed excerpt"} == own
    assert list(faults(read, {each.id: each.text for each in inputs.transcripts}, set(texts))) == []
    assert "<b>we</b>" not in page.decode()


def test_without_scripts_the_pointer_remains(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    report(_many(make_inputs, formats=("html", "csv", "xlsx")), tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "report.html").read_text("utf-8"))
    notes = [" ".join(each.text_content().split()) for each in page.xpath("//*[@class='rest']")]
    assert len(notes) == 3
    assert all("where scripts are off, they stay closed. codings.csv and excerpts.xlsx list every excerpt." in each for each in notes)


def test_packing_can_be_turned_off(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    report(_many(make_inputs, all_excerpts=False), tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "report.html").read_text("utf-8"))
    assert not page.xpath("//script")
    assert not [each for each in page.xpath("//meta/@content") if "script-src" in each]


def test_what_does_not_fit_is_told(make_inputs: Callable[..., ReportInputs], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = _many(make_inputs)
    monkeypatch.setattr(_packed, "_MOST_CHARACTERS", len(_pack(inputs)[1].block) - 200)
    found = _pack(inputs)[1]
    assert 0 < sum(found.held.values()) < sum(found.others.values())
    report(inputs, tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "report.html").read_text("utf-8"))
    told = [" ".join(each.text_content().split()) for each in page.xpath("//*[@class='rest']/p")]
    kept_here, in_all = sum(found.held.values()), sum(found.others.values())
    numbers = [re.match(r"(\d+) more excerpts of this code, (?:all|of which the (\d+) most probable) in this page", each) for each in told]
    assert sum(int(each[1]) for each in numbers) == in_all
    assert sum(int(each[2] or each[1]) for each in numbers) == kept_here


def test_withheld_words_are_not_packed(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    inputs = _many(make_inputs, most_quoted_words=12)
    report(inputs, tmp_path)
    page = (tmp_path / "report.html").read_bytes()
    read = [each for each in quotations(page, {"interview-1"}, where="report.html") if each.kind.startswith("packed")]
    held = [each for each in read if each.withheld]
    assert held and all(each.text is None for each in held)
    texts = {each.id: each.text for each in inputs.transcripts}
    assert list(faults(read, texts, set(inputs.segments["segment_id"]), limited=True)) == []


@pytest.mark.parametrize("block", ["", "[]", "{}", '{"names": 1}', '{"names": "eA==", "blocks": []}', '{"names": "eJyrrgUAAXUA+Q==", "blocks": []}'])
def test_a_block_that_is_none_is_refused(block: str) -> None:
    with pytest.raises(ValueError, match=r"excerpts|base64|JSON|Expecting|padding"):
        list(places(block))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1), st.booleans()), max_size=40), st.integers(0, 45))
def test_what_is_kept_is_the_top_of_each_code(rows: list[tuple[str, float, bool]], most: int) -> None:
    codings = [
        Coding(Segment(str(n), "t", Span(n, n + 1), n, "", "", "", None, n), code, p, "assigned" if yes else "abstained", 0.0, "", "", "m")
        for n, (code, p, yes) in enumerate(rows)
    ]
    found = list(kept(codings, most))
    assert len(found) == len(codings) if len(codings) <= most else most - 3 < len(found) <= most
    assert [each for each in codings if each in found] == found
    numbers = {}
    for code in "abc":
        own = sorted((each for each in codings if each.code == code), key=lambda e: (e.decision != "assigned", -e.probability, e.segment.position))
        held = [each for each in own if each in found]
        assert held == own[: len(held)]
        numbers[code] = (len(held), len(own))
    full = max(number for number, _ in numbers.values())
    assert all(number == min(full, whole) for number, whole in numbers.values())
