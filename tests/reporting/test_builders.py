"""The builders behind the report."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import html as lxml_html
from tests.code_rows import code_row

from nptlens.core.text import Span
from nptlens.reporting import ReportInputs
from nptlens.reporting._agreement import Line, Pair, agreement
from nptlens.reporting._excerpts import chosen, nearest
from nptlens.reporting._figures import aside_rows, figures
from nptlens.reporting._index import Coding, Segment, build_index
from nptlens.reporting._matrix import matrix
from nptlens.reporting._places import context
from nptlens.reporting._view import build_view
from nptlens.reporting._words import clock, counted, decimal, percent, practice_column
from nptlens.reporting.sections._kappa_plot import kappa_svg
from nptlens.schemas.code_figures import CodeFigures
from nptlens.schemas.records import Participant


def _coding(number: int, participant: str, practice: str, probability: float) -> Coding:
    segment = Segment(f"t:{number}", "t", Span(number, number + 1), 0, participant, "", practice, None, number)
    return Coding(segment, "F1", probability, "assigned", 0.0, "", "", "machine")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.125, "0.12"), (-0.5, "\N{MINUS SIGN}0.50"), (-0.001, "0.00"), (math.nan, "n/d"), (None, "n/d")],
)
def test_decimals(value: float | None, words: str) -> None:
    assert decimal(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (math.nan, ""), (0, "0:00"), (61.9, "1:01"), (3723, "1:02:03")]
)
def test_clock(seconds: float | None, words: str) -> None:
    assert clock(seconds) == words


def test_words_for_counts() -> None:
    assert [counted(1, "excerpt"), counted(1200, "excerpt"), counted(2, "study", "studies")] == [
        "1 excerpt",
        "1,200 excerpts",
        "2 studies",
    ]
    assert [percent(1, 8), percent(0, 0)] == ["12.5%", "n/d"]
    assert [practice_column(cell) for cell in ("P01", "P01;P02", " ; ")] == [
        "P01",
        "several practices",
        "practice not stated",
    ]


def test_excerpts_take_turns_over_participants_then_practices() -> None:
    codings = [
        _coding(0, "S01", "P01", 0.99),
        _coding(1, "S01", "P01", 0.98),
        _coding(2, "S02", "P01", 0.97),
        _coding(3, "S03", "P02", 0.60),
        _coding(4, "S01", "P01", 0.96),
    ]
    assert [coding.segment.position for coding in chosen(codings, 4)] == [0, 3, 2, 1]
    assert [coding.segment.position for coding in chosen(codings[::-1], 99)] == [0, 3, 2, 1, 4]


def test_nearest_seeds_are_read(inputs: ReportInputs) -> None:
    index = build_index(inputs)
    first, second, third = nearest(index, "seed-0=0.812; odd=name=-0.100; bare")
    assert (first.id, first.similarity, first.text, first.stance) == ("seed-0", 0.812, "Words of seed 0.", "asserted")
    assert (second.id, second.similarity, second.text) == ("odd=name", -0.1, "")
    assert (third.id, third.similarity) == ("bare", None)
    assert nearest(index, "") == ()


def test_context_is_cut_at_its_limit(make_inputs: Callable[..., ReportInputs]) -> None:
    inputs = make_inputs(
        {"interview-1": [("Int", "w " * 2000), ("Ann Marsh", "a " * 30 + "HERE " + "b " * 30), ("Int", "q " * 2000)]}
    )
    transcript = inputs.transcripts[0]
    start = transcript.text.index("HERE")
    before, after = context(build_index(inputs), transcript, Span(start, start + 4))
    assert [(each.relation, each.speaker) for each in (*before, *after)] == [
        ("turn before", "interviewer"),
        ("earlier in this turn", "S01"),
        ("later in this turn", "S01"),
        ("turn after", "interviewer"),
    ]
    assert before[0].cut_before and after[1].cut_after and not before[1].cut_before
    assert 1400 < len(before[0].text) <= 1500


def test_figures_add_up(inputs: ReportInputs) -> None:
    counts = figures(build_index(inputs))
    assert (counts.transcripts, counts.participants, counts.practices, counts.segments) == (2, 3, 2, 4)
    assert counts.coded + counts.undecided + counts.uncoded == counts.segments
    assert [(tally.name, tally.count) for tally in counts.set_aside] == [("interviewer", 3), ("too short", 1)]
    assert counts.segment_words <= counts.words
    rows = aside_rows(build_index(inputs))
    assert [(row.transcript, row.counts, row.total) for row in rows] == [
        ("interview-1", (2, 1), 3),
        ("interview-2", (1, 0), 1),
    ]


def test_matrix_totals(inputs: ReportInputs) -> None:
    table = matrix(build_index(inputs))
    assert table.practices == ("P01", "P02", "several practices")
    assigned = int((inputs.codings["decision"] == "assigned").sum())
    assert sum(row.total for row in table.rows) == sum(table.totals) == table.total == assigned
    assert sum(table.segments) == len(inputs.segments)
    assert max(shade for row in table.rows for shade in row.shades) == 5


def test_people_alone_are_shown_without_a_machine(inputs: ReportInputs) -> None:
    people = inputs.agreement[inputs.agreement["coder"] == "ann"]
    view = agreement(build_index(replace(inputs, agreement=people)))
    assert [(pair.coder, pair.against, pair.ceilings) for pair in view.pairs] == [("ann", "ben", ())]


def _agreement_row(code: str, kappa: float, low: float, high: float) -> CodeFigures:
    return code_row(coder="machine", code=code, kappa=(kappa, low, high))


def test_the_scale_of_kappa_reaches_below_zero() -> None:
    rows = (_agreement_row("A", 0.5, 0.2, 0.9), _agreement_row("B" * 20, -0.3, -0.5, 0.1), _agreement_row("C", *[math.nan] * 3))
    people = (None, _agreement_row("B", 0.4, 0.3, 0.5), None)
    lines = tuple(Line(row, (other,)) for row, other in zip(rows, people, strict=True))
    drawn = lxml_html.fragment_fromstring(kappa_svg(Pair("machine", "ann", lines, (("ann", "ben"),)), "Kappa"))
    words = drawn.xpath("./text/text()")
    assert words[0] == "\N{MINUS SIGN}0.6"
    assert "1.0" in words and "B" * 13 + "…" in words and words.count("not determined") == 1
    assert len(drawn.xpath("./circle")) == 2 and len(drawn.xpath("./path")) == 1
    (dot, _), (line, _) = drawn.xpath("./circle"), drawn.xpath("./line[@class='line']")
    assert float(line.get("x1")) < float(dot.get("cx")) < float(line.get("x2"))


def test_building_grows_with_the_segments(make_inputs: Callable[..., ReportInputs]) -> None:
    people = {"Int": Participant("INT", interviewer=True), "Ann Marsh": Participant("S01", (), "nurse", "P01")}

    def seconds(turns: int) -> float:
        inputs = make_inputs({"long": [("Ann Marsh", f"word number {n} of it") for n in range(turns)]}, people=people)
        best = math.inf
        for _ in range(3):
            start = time.perf_counter()
            build_view(build_index(inputs))
            best = min(best, time.perf_counter() - start)
        return best

    assert seconds(4000) < 10 * seconds(1000) + 0.2  # quadratic growth would be sixteenfold
