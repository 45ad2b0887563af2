"""What the three files of a validation say; that they are stable, ask nobody for anything and cannot be led astray by names."""

from __future__ import annotations

import io
import json
import math
import re
import threading
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from lxml import html as lxml_html

from nptlens.core.errors import IntegrityError
from nptlens.reporting import Provenance
from nptlens.reporting.drawing._plots import Scale, Series, curves, dots, heat, steps_to
from nptlens.reporting.validation import write_validation
from nptlens.reporting.validation._ceiling import Beside, sentence
from nptlens.reporting.validation._shelf import TABLES, shelf_of
from nptlens.schemas.settings import ReportSettings

SETTINGS = ReportSettings(excerpts=3, mismatches=3, formats=("html", "csv", "xlsx"))
MADE = (Provenance("nptlens", "9.9.9"), Provenance("random seed", "42"))


@pytest.fixture(scope="module")
def written(rich, segments, codebook, tmp_path_factory):
    folder = tmp_path_factory.mktemp("validation")
    paths = write_validation(rich, segments, codebook, SETTINGS, folder, provenance=MADE)
    assert [path.name for path in paths] == ["validation.html", "validation.json", "validation.xlsx"]
    return folder


@pytest.fixture(scope="module")
def page(written):
    return lxml_html.document_fromstring((written / "validation.html").read_text("utf-8"))


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def section(page, anchor):
    (found,) = page.xpath(f"//section[@aria-labelledby='{anchor}']")
    return found


def test_sections_stand_in_order(page):
    assert page.xpath("//main//h2/@id") == [
        "compared", "ceiling", "where", "which", "case", "baselines", "confusion", "calibration", "learning", "prevalence", "saturation",
        "mismatches", "problems", "methods", "made",
    ]  # fmt: skip


@pytest.mark.parametrize("which", ["rich", "hostile", "nothing"])
def test_structure_is_accessible(which, page, hostile, segments, codebook, tmp_path):
    if which != "rich":
        from dataclasses import fields

        validation, codes = hostile if which == "hostile" else (_nothing(hostile[0]), codebook)
        assert fields(validation)
        write_validation(validation, segments, codes, SETTINGS, tmp_path)
        page = lxml_html.document_fromstring((tmp_path / "validation.html").read_text("utf-8"))
    assert page.get("lang") == "en"
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    assert [len(page.xpath(f"//{name}")) for name in ("h1", "header", "nav", "main", "footer")] == [1] * 5
    assert len(page.xpath("//table")) == len(page.xpath("//table[caption]"))
    assert not page.xpath("//th[not(@scope)]")
    assert not page.xpath("//svg[not(@role='img' and string-length(@aria-label) > 20)]")
    regions = page.xpath("//*[@role='region']/@aria-label")
    assert len(regions) == len(set(regions)) > 0
    assert len(page.xpath("//figure")) == len(page.xpath("//figure[.//svg and figcaption and .//table]"))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.xpath("//@href")} <= set(ids)
    levels = [int(element.tag[1]) for element in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    for row in page.xpath("//tbody/tr[not(td/@colspan)]"):
        assert len(row.xpath("th|td")) == len(row.xpath("ancestor::table/thead/tr/th"))


def _nothing(like):
    return replace(
        like, coders=(), trained=(), transcripts=0, saturation_summaries=(), problems=(), invented=False,
        **{each.name: getattr(like, each.name).iloc[:0] for each in TABLES},
    )  # fmt: skip


def test_nothing_is_asked_of_any_host(written, page):
    text = (written / "validation.html").read_text("utf-8")
    assert "http:" not in text
    assert "https:" not in text
    assert not page.xpath("//script|//link|//img|//iframe|//image|//svg//style|//metadata")
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_an_empty_validation_says_so(rich, segments, codebook, tmp_path):
    write_validation(_nothing(rich), segments, codebook, SETTINGS, tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "validation.html").read_text("utf-8"))
    assert page.xpath("//main//h2/@id") == ["compared", "ceiling", "problems", "methods", "made"]
    assert "there is nothing to compare" in words(section(page, "compared"))
    assert "Fewer than two people coded" in words(section(page, "ceiling"))
    assert "nothing to report" in words(section(page, "methods"))
    assert not page.xpath("//*[@class='notice']")


def test_without_a_ceiling_agreement_by_code_is_still_drawn(rich, segments, codebook, tmp_path):
    write_validation(replace(rich, ceiling=rich.ceiling.iloc[:0]), segments, codebook, SETTINGS, tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "validation.html").read_text("utf-8"))
    assert "No machine was compared with two people" in words(section(page, "ceiling"))
    assert len(section(page, "ceiling").xpath(".//svg")) == 2


def test_frames_are_told_with_every_comparison(page):
    text = words(section(page, "compared"))
    assert "all segments, uncoded ones included 540 210 38.9% 14" in text
    assert "segments that at least one of them coded 330 0" in text
    assert "the machine † machine:0123456789ab" in text
    assert "annomi; ml_quality" in text
    assert "each transcript while it was coded 14 folds" in text


def test_invented_data_are_named_so(page):
    (notice,) = page.xpath("//*[@class='notice']")
    assert "Invented demonstration data" in words(notice)


def test_codes_stand_in_the_order_of_the_codebook_with_both_frames(page, codebook):
    (first, *_) = section(page, "which").xpath(".//table[contains(caption, 'By code')]")
    assert [words(each) for each in first.xpath(".//tbody//span[@class='id']")] == list(codebook.ids())
    assert "Cohen’s kappa, uncoded left out" in [words(each) for each in first.xpath("./thead//th")]
    assert "n = 330" in words(first)
    row = next(words(each) for each in first.xpath("./tbody/tr") if "RMRE" in words(each))
    assert "n/d" in row
    assert "nan" not in row


def test_words_that_are_never_used(written):
    text = (written / "validation.html").read_text("utf-8").lower()
    for never in (
        "saturation reached",
        "substantial",
        "almost perfect",
        "moderate agreement",
        "fair agreement",
        "equivalen",
        "landis",
        "nan ",
    ):
        assert never not in text


def _row(**changes):
    plain = {
        "coder": "A", "against": "B", "machine": "machine:0123456789ab", "frame": "all", "scope": "overall", "code": "",
        "statistic": "mean_kappa", "n": 540, "human": 0.6, "human_low": 0.5, "human_high": 0.7, "machine_value": 0.5, "machine_low": 0.4,
        "machine_high": 0.6,
    }  # fmt: skip
    return Beside(**{**plain, **changes})


@pytest.mark.parametrize(
    ("difference", "low", "high", "says"),
    [
        (-0.1, -0.2, -0.01, "lies below 0: the machine † agrees with B less than A does"),
        (0.1, 0.01, 0.2, "lies above 0: the machine † agrees with B more than A does, which is agreement with one person"),
        (-0.1, -0.2, 0.05, "holds 0, so these data do not tell which agrees more with B; they do not show that both agree equally"),
        (0.0, 0.0, 0.0, "The interval holds 0"),
        (-0.1, math.nan, math.nan, "give no interval for it"),
        (math.nan, math.nan, math.nan, "not determined by these data"),
    ],
)
def test_the_headline_says_what_the_interval_says(rich, codebook, difference, low, high, says):
    told = sentence(shelf_of(rich, codebook), _row(difference=difference, difference_low=low, difference_high=high))
    assert told.startswith(
        "On the same 540 units (all segments, uncoded ones included), the machine † and B reach a mean kappa over codes of 0.50"
    )
    assert says in told


def test_the_methods_paragraph_names_numbers_and_sources(page):
    text = words(section(page, "methods"))
    for part in (
        "540 units in 14 transcripts, 210 of them coded by neither", "95% bias-corrected and accelerated (BCa) bootstrap intervals (Efron 1987) from 1,000",
        "whole transcripts were held out, in 14 folds", "Angelopoulos et al. 2023", "Cohen 1960", "Gwet 2008", "Byrt, Bishop & Carlin 1993", "Passonneau 2006", "Krippendorff et al. 2016",
        "base 4, run 2, threshold 5%", "Educational and Psychological Measurement 1960;20:37–46",
    ):  # fmt: skip
        assert part in text
    assert "Métivier" not in text  # gamma was not computed


def test_mismatches_are_exact_hardest_first_and_limited(page, written, rich, segments):
    texts = dict(zip(segments["segment_id"], segments["text"], strict=True))
    excerpts = section(page, "mismatches").xpath(".//span[@class='excerpt']")
    assert len(excerpts) == 2 * SETTINGS.mismatches
    assert all(each.text_content() == texts[each.get("data-segment")] for each in excerpts)
    hard = [float(value) for value in re.findall(r"hardness ([0-9.]+)", words(section(page, "mismatches")))]
    assert hard[:3] == sorted(hard[:3], reverse=True)
    assert "The first 3 are shown; validation.xlsx holds all." in words(section(page, "mismatches"))
    sheet = openpyxl.load_workbook(written / "validation.xlsx")["Mismatches"]
    assert sheet.max_row - 1 == len(rich.mismatches)
    assert {row[6].value for row in sheet.iter_rows(min_row=2)} == set(texts.values())


def test_a_mismatch_of_an_unknown_segment_is_refused(rich, segments, codebook, tmp_path):
    with pytest.raises(IntegrityError, match="10 mismatches of a segment that is not there"):
        write_validation(rich, segments.iloc[:0], codebook, SETTINGS, tmp_path)
    assert not list(tmp_path.iterdir())


def test_json_holds_every_row_and_no_words_of_a_transcript(written, rich, segments):
    text = (written / "validation.json").read_text("utf-8")
    content = json.loads(text, parse_constant=pytest.fail)
    assert {name: len(rows) for name, rows in content["tables"].items()} == {each.name: len(getattr(rich, each.name)) for each in TABLES}
    assert set(content["explained"]["tables"]) == {each.name for each in TABLES}
    assert set(content["explained"]["frames"]) >= {row["frame"] for row in content["tables"]["figures"]}
    assert any(row["value"] is None for row in content["tables"]["figures"] if row["code"] == "RMRE")
    assert list(content) == sorted(content)
    assert content["settings"]["resamples"] == 1000
    assert not any(each in text for each in segments["text"])


def test_the_workbook_has_a_sheet_per_table_and_no_formula(written, rich):
    book = openpyxl.load_workbook(written / "validation.xlsx")
    assert book.sheetnames == [
        "Verdicts", "Codes", "Figures", "Human ceiling", "Baselines", "Beside baselines", "Confusion", "Stances", "Stance confusion", "Calibration", "Learning", "Advice", "Prevalence", "Saturation", "Mismatches", "About",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref or sheet.max_row == 1  # nothing to filter
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" or cell.hyperlink]
    assert book["Figures"].max_row - 1 == len(rich.figures)


def test_hostile_names_stay_words(hostile, segments, tmp_path):
    validation, codebook = hostile
    write_validation(validation, segments, codebook, SETTINGS, tmp_path)
    text = (tmp_path / "validation.html").read_text("utf-8")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "⟨U+202E⟩" in text
    page = lxml_html.document_fromstring(text)
    assert any(each.text_content() == "⟨U+202E⟩gnita…" for each in page.xpath("//svg//text"))
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "validation.xlsx").read_bytes()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == '=HYPERLINK("http://x","y")' for cell in cells)
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def test_same_bytes_in_any_order_of_rows_and_on_any_thread(rich, shuffled, segments, codebook, written, tmp_path):
    def write(name, validation, table):
        write_validation(validation, table, codebook, SETTINGS, tmp_path / name, provenance=MADE)

    turned = shuffled(rich), segments.iloc[::-1].reset_index(drop=True)
    threads = [threading.Thread(target=write, args=(f"t{number}", *turned)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in ("validation.html", "validation.json", "validation.xlsx"):
        first = (written / name).read_bytes()
        assert [(tmp_path / f"t{number}" / name).read_bytes() == first for number in range(2)] == [True, True]


def test_formats_are_those_of_the_settings(rich, segments, codebook, tmp_path: Path):
    only = SETTINGS.model_copy(update={"formats": ("csv",)})
    assert [path.name for path in write_validation(rich, segments, codebook, only, tmp_path)] == ["validation.json"]


def test_pictures_leave_the_settings_of_matplotlib_alone_and_stand_nothing_to_draw():
    import matplotlib

    before = matplotlib.rcParams["svg.fonttype"]
    scale = Scale("x", (0.0, 1.0), 1)
    drawn = [
        dots([], [], "kappa", "a", "nothing"),
        heat([""], [[0.0]], "x", "y", "b", "nothing"),
        curves((Series("s", ()),), scale, scale, "c", "no"),
    ]
    assert all(each.startswith("<svg ") and "#0001" not in each and "font-family" not in each for each in drawn)
    assert matplotlib.rcParams["svg.fonttype"] == before


@pytest.mark.parametrize(
    ("most", "steps"), [(0, (0, 1)), (1, (0, 1)), (7, (0, 2, 4, 6, 8)), (12, (0, 2, 4, 6, 8, 10, 12)), (27, (0, 5, 10, 15, 20, 25, 30))]
)
def test_scales_of_counts_have_whole_steps(most, steps):
    assert steps_to(most) == steps
