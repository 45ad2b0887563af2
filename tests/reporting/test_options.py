"""What a reader may ask for: groups, codes, small counts hidden, a limit on quotation, excerpts that are typical and varied."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from openpyxl import load_workbook
from scipy.stats import binomtest

from nptlens.core.errors import UsageError
from nptlens.core.text import Span, count_words
from nptlens.reporting import ReportInputs, Sampling, report
from nptlens.reporting._checklists import OPEN
from nptlens.reporting._complementary_suppression import Hidden, hide_parts
from nptlens.reporting._excerpts import chosen
from nptlens.reporting._groups import groups, wilson
from nptlens.reporting._index import Coding, Segment, build_index
from nptlens.reporting._quotation_limit import withheld
from nptlens.reporting._view import build_view


def _with(inputs: ReportInputs, **settings: object) -> ReportInputs:
    return replace(inputs, settings=inputs.settings.model_copy(update=settings))


def _all_assigned(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, codings=inputs.codings.assign(decision="assigned"))


# ---- small counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "total", "least", "shown", "whole"),
    [
        ((9, 8, 7), 24, 5, ("9", "8", "7"), "24"),
        ((9, 2, 7), 18, 5, ("9", "<5", "not shown"), "18"),  # 2 would be 18 - 9 - 7
        ((9, 2, 3), 14, 5, ("9", "<5", "<5"), "14"),  # 2 and 3, or 1 and 4
        ((9, 0, 0), 9, 5, ("not shown", "<5", "<5"), "9"),  # nothing left over says 0 and 0
        ((9, 4, 4), 17, 5, ("not shown", "<5", "<5"), "17"),  # 8 is as much as two small ones can be
        ((2,), 2, 5, ("<5",), "<5"),
        ((9, 2), None, 5, ("9", "<5"), "None"),
        ((9, 2), 11, 0, ("9", "2"), "11"),
    ],
)
def test_small_parts_cannot_be_known(parts: tuple[int, ...], total: int | None, least: int, shown: tuple[str, ...], whole: str) -> None:
    found, all_together = hide_parts(parts, total, least)
    assert (tuple(map(str, found)), str(all_together)) == (shown, whole)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=4), st.integers(2, 6))
def test_more_than_one_list_of_parts_fits_what_is_shown(parts: list[int], least: int) -> None:
    """Oracle: go through all lists that show the same, and look at each small part's values."""
    found, total = hide_parts(parts, sum(parts), least)
    if not isinstance(total, int):
        return
    ranges = [
        range(part, part + 1) if not isinstance(each, Hidden) else range(least) if each.below else range(least, sum(parts) + 1)
        for part, each in zip(parts, found, strict=True)
    ]
    fitting = [each for each in itertools.product(*ranges) if sum(each) == total]
    for number, each in enumerate(found):
        if isinstance(each, Hidden) and each.below:
            assert len({one[number] for one in fitting}) > 1
        assert isinstance(each, Hidden) or parts[number] >= least


def test_small_counts_are_hidden_in_every_format(inputs: ReportInputs, tmp_path: Path) -> None:
    settings = {"smallest_cell": 5, "by": "role", "formats": ("html", "docx", "xlsx", "csv", "md")}
    report(_with(inputs, **settings), tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "report.html").read_bytes())
    figures = {each.findtext("dt"): each.findtext("dd") for each in page.xpath("//dl[@class='figures']/div")}
    assert figures["participants heard"] == figures["practices"] == "<5"
    assert "<5 participants · <5 practices" in page.text_content()
    assert "3 participants" not in page.text_content()
    sheet = load_workbook(tmp_path / "excerpts.xlsx")["Codes"]
    column = [cell.value for cell in sheet[1]].index("participants")
    assert {row[column] for row in sheet.iter_rows(min_row=2, values_only=True)} == {"<5"}
    assert "\\<5" in (tmp_path / "report.md").read_text(encoding="utf-8")


# ---- the limit on quotation ------------------------------------------------------------------------------------------


def _quoted_words(inputs: ReportInputs, lost: frozenset[str]) -> dict[str, int]:
    words: dict[str, int] = {}
    for row in inputs.segments.to_dict("records"):
        if row["segment_id"] not in lost:
            words[row["participant_id"]] = words.get(row["participant_id"], 0) + count_words(row["text"])
    return words


@pytest.mark.parametrize("most", [1, 10, 20, 10_000])
def test_nobody_is_quoted_beyond_the_limit(inputs: ReportInputs, tmp_path: Path, most: int) -> None:
    inputs = _with(_all_assigned(inputs), most_quoted_words=most, excerpts=99, formats=("html", "docx", "xlsx", "csv", "md", "jsonl"))
    index = build_index(inputs)
    lost = withheld(index, build_view(index))
    assert max(_quoted_words(inputs, lost).values(), default=0) <= most
    written = {path.name: path for path in report(inputs, tmp_path)}
    assert "annotated.docx" not in written
    texts = dict(zip(inputs.segments["segment_id"], inputs.segments["text"], strict=True))
    rows = [json.loads(line) for line in written["excerpts.jsonl"].read_text(encoding="utf-8").splitlines()]
    shown = {f"{row['transcript']}:{row['start']}-{row['end']}" for row in rows if row.get("text")}
    assert shown == set(texts) - lost
    page = lxml_html.document_fromstring(written["report.html"].read_bytes()).text_content()
    sheets = load_workbook(written["excerpts.xlsx"])
    cells = {cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row}
    for segment in lost & set(texts):
        assert texts[segment] not in page and texts[segment] not in cells
        assert texts[segment] not in written["codings.csv"].read_text(encoding="utf-8")
    assert ("withheld: at most" in page) == bool(lost)


# ---- groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "whole"), [(0, 7), (3, 7), (7, 7), (1, 1), (40, 90)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_wilson_is_scipys(part: int, whole: int, confidence: float) -> None:
    due = binomtest(part, whole).proportion_ci(confidence, method="wilson")
    assert wilson(part, whole, confidence) == pytest.approx((due.low, due.high))


def test_groups_count_what_a_plain_loop_counts(inputs: ReportInputs) -> None:
    inputs = _with(inputs, by="role")
    view = build_view(build_index(inputs))
    assigned = inputs.codings[inputs.codings["decision"] == "assigned"].merge(inputs.segments, on="segment_id")
    for code in view.codes:
        assert [group.name for group in code.groups] == ["GP", "coach", "nurse"]
        for group in code.groups:
            own = assigned[(assigned["code"] == code.id) & (assigned["role"] == group.name)]
            assert (group.assigned, group.participants) == (len(own), own["participant_id"].nunique())
            assert group.segments == (inputs.segments["role"] == group.name).sum()
            assert {each.segment_id for each in group.excerpts} <= set(own["segment_id"])


def test_intervals_are_those_of_drawn_clusters(make_inputs: Callable[..., ReportInputs]) -> None:
    from nptlens.core.resampling import cluster_draws

    words = "We chose the phones ourselves and nobody told us to."
    talk = {f"i{n}": [("Int", "So?"), *[("Ann Marsh", f"{words} {n} {k}") for k in range(1 + n % 3)]] for n in range(6)}
    inputs = _with(make_inputs(talk, sampling=Sampling(resamples=200, seed=3)), by="role")
    found = groups(build_index(inputs))
    assert found is not None
    codings = inputs.codings[(inputs.codings["decision"] == "assigned") & (inputs.codings["code"] == "F1")]
    coded = inputs.segments.assign(coded=inputs.segments["segment_id"].isin(codings["segment_id"]))
    sums = coded.groupby("transcript_id")["coded"].agg(["sum", "size"])
    shares = []
    for draw in cluster_draws(len(sums), resamples=200, seed=3):
        shares.append(sum(draw * sums["sum"]) / sum(draw * sums["size"]))
    assert found.intervals["F1", "nurse"] == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])))


def test_by_project_needs_a_register(inputs: ReportInputs) -> None:
    with pytest.raises(UsageError, match="project register"):
        build_view(build_index(_with(inputs, by="project")))
    known = replace(_with(inputs, by="project"), projects=(("P01", "process"), ("P02", "output")))
    names = [group.name for group in build_view(build_index(known)).codes[0].groups]
    assert names == ["output", "process", "several types"]


def test_only_the_codes_asked_for(inputs: ReportInputs, tmp_path: Path) -> None:
    inputs = _with(inputs, codes=("F1",), formats=("html", "jsonl"))
    report(inputs, tmp_path)
    page = lxml_html.document_fromstring((tmp_path / "report.html").read_bytes())
    assert page.xpath("//section[@class='code']/*[@id]/span/text()") == ["F1"]
    assert {json.loads(line)["code"] for line in (tmp_path / "excerpts.jsonl").read_text("utf-8").splitlines()} == {"F1"}
    with pytest.raises(UsageError, match="did you mean F1"):
        build_index(_with(inputs, codes=("F11",)))


# ---- typical and varied ----------------------------------------------------------------------------------------------


def _coding(number: int, participant: str, practice: str, probability: float) -> Coding:
    segment = Segment(f"t:{number}", "t", Span(number, number + 1), 0, participant, "", practice, None, number)
    return Coding(segment, "F1", probability, "assigned", 0.0, "", "", "machine")


def _unit(*rows: tuple[float, ...]) -> np.ndarray:
    made = np.array(rows, dtype=np.float64)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_the_centre_counts_beside_probability() -> None:
    codings = [_coding(0, "A", "P", 0.80), *(_coding(n, f"B{n}", "P", 0.79) for n in range(1, 5))]
    vectors = _unit((0, 0, 1), (1, 0.1, 0), (1, 0, 0.1), (1, -0.1, 0), (1, 0, -0.1))
    assert chosen(codings, 1)[0].segment.position == 0
    assert chosen(codings, 1, vectors)[0].segment.position != 0


def test_the_second_excerpt_is_unlike_the_first() -> None:
    codings = [_coding(0, "A", "P", 0.9), _coding(1, "B", "P", 0.9), _coding(2, "C", "P", 0.85)]
    vectors = _unit((1, 0.2, 0), (1, 0.2, 0.01), (1, -0.6, 0))
    assert [each.segment.position for each in chosen(codings, 2)] == [0, 1]
    first, second = (each.segment.position for each in chosen(codings, 2, vectors))
    assert first in (0, 1) and second == 2


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("PQR"), st.floats(0.3, 1)), min_size=1, max_size=25), st.randoms())
def test_everybody_comes_before_anybody_twice(rows: list[tuple[str, str, float]], chance: object) -> None:
    codings = [_coding(n, *row) for n, row in enumerate(rows)]
    vectors = _unit(*[(1.0, math.sin(n), math.cos(n)) for n in range(len(rows))])
    order = chosen(codings, len(codings), vectors)
    assert sorted(each.segment.position for each in order) == list(range(len(rows)))
    turns: dict[str, int] = {}
    seen = []
    for each in order:
        turns[each.segment.participant] = turns.get(each.segment.participant, 0) + 1
        seen.append(turns[each.segment.participant])
    assert seen == sorted(seen)
    shuffled = list(range(len(codings)))
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    again = chosen([codings[n] for n in shuffled], len(codings), vectors[shuffled])
    assert [each.segment.id for each in again] == [each.segment.id for each in order]


# ---- checklists ------------------------------------------------------------------------------------------------------


def test_checklists_are_whole_and_say_only_what_is_known(inputs: ReportInputs) -> None:
    coreq, srqr = build_view(build_index(inputs)).appendix.checklists
    assert [item.number for item in coreq.items] == [str(n) for n in range(1, 33)]
    assert [item.number for item in srqr.items] == [str(n) for n in range(1, 22)]
    answers = {item.number: item.answer for item in coreq.items}
    assert answers["24"].startswith("2 people (ann, ben) and a machine")
    assert answers["12"].startswith("3 participants heard in 2 transcripts")
    assert {answers[number] for number in ("1", "4", "13", "22", "23", "28")} == {OPEN}
    assert {item.answer for item in srqr.items if item.number in ("1", "9", "20", "21")} == {OPEN}
    names = {field.name for field in fields(coreq)}
    assert names == {"name", "source", "notice", "items"}
