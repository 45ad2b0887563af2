"""The three files together: what is quoted is what was said, and what is hostile stays text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from lxml import html as lxml_html
from openpyxl import load_workbook

from nptlens.core.errors import IntegrityError
from nptlens.reporting import ReportInputs, report
from nptlens.safety.cells import bare
from nptlens.schemas.records import Codebook, Participant
from nptlens.schemas.tables import (
    AGREEMENT,
    CODINGS,
    MANUAL_CODINGS,
    READINGS,
    SEGMENTS,
    SET_ASIDE,
    TOPIC_CODES,
    TOPIC_READINGS,
    TOPICS,
    VERDICTS,
    empty,
)

HOSTILE = (
    "<script>alert(1)</script> said plainly, and <img src=http://evil.example/x.png onerror=alert(1)>",
    '=HYPERLINK("http://evil.example";"click") is what they typed',
    "@SUM(1+1) was the answer to it",
    "+44 was the number and -3 the change",
    "then \u202ereversed and never closed",
    "x" * 10_000,
    "<r><t>not mark-up at all</t></r>",
    "http://evil.example/page is where we looked",
    "  'quoted' and _x0041_ and {{ view.title }} & more\n\nnext paragraph",
)


def _page(folder: Path) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(
        (folder / "report.html").read_bytes(), parser=lxml_html.HTMLParser(encoding="utf-8")
    )


def _rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "codings.csv").read_text(encoding="utf-8-sig"), newline="")))


def _check_slices(page: lxml_html.HtmlElement, inputs: ReportInputs) -> int:
    texts = {transcript.id: transcript.text for transcript in inputs.transcripts}
    found = page.xpath("//*[@data-segment or @data-span]")
    for element in found:
        place = element.get("data-segment") or element.get("data-span")
        transcript, start, end = re.fullmatch(r"(.+):(\d+)-(\d+)", place).groups()
        assert element.text_content() == texts[transcript][int(start) : int(end)]
        assert element.get("class") in {"excerpt", "context"}
    assert not [e for e in page.xpath("//*[@class='excerpt' or @class='context']") if e not in found]
    return len(found)


def _hostile(make_inputs: Callable[..., ReportInputs]) -> ReportInputs:
    evil = '"><script>alert(2)</script>'
    people = {
        "Int": Participant("INT", interviewer=True),
        "Ann Marsh": Participant(f"=S{evil}", (), f"@GP{evil}", f"+P{evil}"),
    }
    talk = {"interview-1": [turn for words in HOSTILE for turn in (("Int", "Go on?"), ("Ann Marsh", words))]}
    inputs = make_inputs(talk, people=people, study_name=f"=Study {evil}")
    book = inputs.codebook
    codes = tuple(replace(code, name=f"={code.name}{evil}", definition=f"@{evil}") for code in book)
    everything = inputs.codings.assign(decision="assigned")
    return replace(
        inputs,
        codebook=Codebook(book.name, evil, codes),
        codings=everything,
        settings=inputs.settings.model_copy(update={"excerpts": 99}),
    )


def test_quotes_are_slices(inputs: ReportInputs, tmp_path: Path) -> None:
    report(inputs, tmp_path)
    assert _check_slices(_page(tmp_path), inputs) > 20


def test_names_and_labels_are_never_shown(inputs: ReportInputs, tmp_path: Path) -> None:
    report(inputs, tmp_path)
    book = load_workbook(tmp_path / "excerpts.xlsx")
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    written = (
        (tmp_path / "report.html").read_text("utf-8") + (tmp_path / "codings.csv").read_text("utf-8") + " ".join(cells)
    )
    for name in ("Ann Marsh", "Bob Tanner", "Cat Wells"):
        assert name not in written
    assert "S01" in written


def test_hostile_text_stays_text(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    inputs = _hostile(make_inputs)
    report(inputs, tmp_path)
    page = _page(tmp_path)
    _check_slices(page, inputs)
    assert not page.xpath("//script | //img | //iframe | //@onerror")
    assert "evil.example" in page.text_content()

    rows = _rows(tmp_path)
    assert {bare(row["excerpt"]) for row in rows} == set(HOSTILE)
    assert not [
        value
        for row in rows
        for key, value in row.items()
        if key != "margin" and value.startswith(("=", "+", "-", "@"))
    ]

    book = load_workbook(tmp_path / "excerpts.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert not [cell for cell in cells if cell.hyperlink]
    column = [cell.value for cell in book["Excerpts"][1]].index("excerpt")
    assert {row[column] for row in book["Excerpts"].iter_rows(min_row=2, values_only=True)} == set(HOSTILE)


def test_nothing_is_loaded(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    report(_hostile(make_inputs), tmp_path)
    page = _page(tmp_path)
    for address in page.xpath("//@src | //@href | //@data | //@action | //@srcset | //@*[name()='xlink:href']"):
        assert address.startswith("#")
    styles = "".join(page.xpath("//style/text()"))
    assert "@import" not in styles and "url(" not in styles and "http" not in styles
    assert not page.xpath("//link | //object | //embed | //form | //base | //*[not(ancestor-or-self::svg)]/@style")
    assert not any("url(" in style for style in page.xpath("//@style"))


def test_same_inputs_same_bytes(inputs: ReportInputs, tmp_path: Path) -> None:
    shuffled = replace(
        inputs,
        transcripts=inputs.transcripts[::-1],
        speakers=inputs.speakers[::-1],
        problems=inputs.problems[::-1],
        agreement_summaries=inputs.agreement_summaries[::-1],
        codings=inputs.codings.iloc[::-1].reset_index(drop=True),
        manual=inputs.manual.iloc[::-1].reset_index(drop=True),
        segments=inputs.segments.iloc[::-1].reset_index(drop=True),
        agreement=inputs.agreement.iloc[::-1].reset_index(drop=True),
        topic_codes=inputs.topic_codes.iloc[::-1].reset_index(drop=True),
        topic_readings=inputs.topic_readings.iloc[::-1].reset_index(drop=True),
        readings=inputs.readings.iloc[::-1].reset_index(drop=True),
    )
    first = report(inputs, tmp_path / "a")
    again = report(shuffled, tmp_path / "b")
    assert [path.name for path in first] == ["report.html", "codings.csv", "topics.csv", "excerpts.xlsx"]
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_formats_are_obeyed(inputs: ReportInputs, tmp_path: Path) -> None:
    settings = inputs.settings.model_copy(update={"formats": ("csv",)})
    assert report(replace(inputs, settings=settings), tmp_path) == (tmp_path / "codings.csv", tmp_path / "topics.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["codings.csv", "topics.csv"]


def test_nothing_compared_no_topics(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    inputs = make_inputs(
        invented=False,
        manual=empty(MANUAL_CODINGS),
        agreement=empty(AGREEMENT),
        agreement_summaries=(),
        verdicts=empty(VERDICTS),
        topics=empty(TOPICS),
        topic_cards=(),
        topic_codes=empty(TOPIC_CODES),
        topic_readings=empty(TOPIC_READINGS),
        readings=empty(READINGS),
        topic_method="off",
        problems=(),
        provenance=(),
    )
    report(inputs, tmp_path)
    text = " ".join(_page(tmp_path).text_content().split())
    assert "Invented" not in text.replace("Invented 2000", "")
    assert "No manual coding was compared" in text
    assert "No topics were sought" in text
    assert "No manual coding of this code was given" in text


def test_an_empty_study(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    inputs = make_inputs(
        transcripts=(),
        speakers=(),
        participants=(),
        seeds=(),
        heads=(),
        segments=empty(SEGMENTS),
        set_aside=empty(SET_ASIDE),
        topics=empty(TOPICS),
        topic_cards=(),
        topic_codes=empty(TOPIC_CODES),
        topic_readings=empty(TOPIC_READINGS),
        readings=empty(READINGS),
        codings=empty(CODINGS),
        manual=empty(MANUAL_CODINGS),
        agreement=empty(AGREEMENT),
        agreement_summaries=(),
        verdicts=empty(VERDICTS),
    )
    report(inputs, tmp_path)
    assert _rows(tmp_path) == []
    assert "There is no segment to count." in _page(tmp_path).text_content()


def test_a_coding_without_its_segment_is_refused(inputs: ReportInputs, tmp_path: Path) -> None:
    stray = pd.DataFrame([{**inputs.codings.iloc[0].to_dict(), "segment_id": "gone:0-1", "decision": "assigned"}])
    with pytest.raises(IntegrityError, match="not there"):
        report(replace(inputs, codings=pd.concat([inputs.codings, stray])), tmp_path)
    assert not list(tmp_path.iterdir())


def test_topics_csv_names_the_excerpts_of_each_card(inputs, tmp_path):
    settings = inputs.settings.model_copy(update={"formats": ("csv",)})
    report(replace(inputs, settings=settings), tmp_path)
    with (tmp_path / "topics.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    held = set(inputs.segments["segment_id"])
    assert rows
    assert all(row["examples"] and set(row["examples"].split("; ")) <= held for row in rows)


@pytest.mark.parametrize(("method", "told"), [("small", "Ward's tree"), ("large", "over a sample"), ("bertopic", "by BERTopic")])
def test_how_topics_were_found_is_told_in_words(inputs, tmp_path, method, told):
    report(replace(inputs, topic_method=method), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert told in lxml_html.document_fromstring(page).text_content()
    assert f"method: {method}" not in page
