"""The report's pictures and the framework matrix: every figure is a plain count of the inputs, every quotation holds."""

import io
import re
from collections import Counter
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from tests.reporting.conftest import build

from nptlens.reporting._complementary_suppression import Hidden
from nptlens.reporting._groups import groups_by
from nptlens.reporting._index import build_index
from nptlens.reporting._view import build_view
from nptlens.reporting.charts import charts, framework
from nptlens.reporting.charts._by_group import _parts
from nptlens.reporting.charts._draw import Bubble, plane
from nptlens.reporting.charts._timeline import _tenths
from nptlens.reporting.charts.tables import framework_sheet, pairs_sheet
from nptlens.reporting.content import Picture
from nptlens.reporting.drawing._panels import Panels, panels
from nptlens.reporting.drawing._plots import Point
from nptlens.reporting.drawing._svg import settings
from nptlens.reporting.verify import quotations
from nptlens.schemas.patterns import CO_OCCURRENCE, Patterns, TopicMap, TopicPoint, Validated, ValidationFigure
from nptlens.schemas.tables import checked
from nptlens.schemas.validation import SaturationSummary

NAN = float("nan")
PAIRS = checked(
    CO_OCCURRENCE,
    pd.DataFrame(
        [
            ("CODI", "F1", 5, 3, 2, 2, 0.66, 0.2, 0.9, 0.5, NAN, NAN),
            ("CODI", "B9", 5, 3, 0, 0, 0.0, NAN, NAN, NAN, NAN, NAN),
        ],
        columns=CO_OCCURRENCE.names(),
    ),
)
MAP = TopicMap((TopicPoint(0, 0.5, 0.0), TopicPoint(1, -0.5, 0.1)), (0.8, 0.2))
VALIDATED = Validated(
    "validation.html",
    (ValidationFigure("machine:0123456789ab", "ann", "mean_kappa", 0.41, 0.3, 0.52, 40),),
    (SaturationSummary("code", "ann", 2, 100, 4, 2, 0.05, 0.5, None, None, None),),
)


@pytest.fixture(scope="module")
def inputs():
    return build(patterns=Patterns(PAIRS, MAP, VALIDATED))


@pytest.fixture(scope="module")
def index(inputs):
    return build_index(inputs)


def test_each_section_is_there_with_caption_alternative_text_and_data(index):
    sections = {section.anchor: section for section in charts(index)}
    assert list(sections) == ["together", "by-group", "timeline", "topic-map", "validated"]
    pictures = [block for section in sections.values() for block in section.blocks if isinstance(block, Picture)]
    assert len(pictures) == 7
    for each in pictures:
        assert each.svg.startswith("<svg")
        assert 'role="img"' in each.svg
        assert each.alt
        assert each.caption
        assert each.data
        assert each.data[0].rows
    assert pictures[0].draw().startswith(b"\x89PNG")


def test_a_study_without_patterns_and_codings_has_no_such_section():
    bare = build()
    empty = replace(bare, codings=bare.codings.head(0), stances=bare.stances.head(0), topic_codes=bare.topic_codes.head(0))
    assert charts(build_index(empty)) == ()
    assert framework(build_index(empty)).cases == 3


def test_the_same_inputs_give_the_same_pictures(inputs, index):
    def drawn(one):
        return [block.svg for section in charts(one) for block in section.blocks if isinstance(block, Picture)]

    shuffled = replace(inputs, segments=inputs.segments.iloc[::-1], codings=inputs.codings.iloc[::-1])
    assert drawn(index) == drawn(build_index(shuffled))


def test_the_framework_counts_and_quotes_the_shortest(index):
    matrix = framework(index)
    assert (matrix.kind, matrix.cases) == ("participant", 3)
    for table in matrix.tables:
        for row in table.rows:
            for (code, _), cell in zip(table.codes, row.cells, strict=True):
                own = [c for c in index.assigned.get(code, ()) if c.segment.participant == row.case]
                assert cell.excerpts == len(own)
                if own:
                    texts = [index.text(coding.segment) for coding in own]
                    assert len(cell.quote.text.split()) == min(len(text.split()) for text in texts)
                    assert cell.quote.text in texts
                else:
                    assert cell.quote is None


def test_codes_with_codes_below_them_have_no_column(index):
    assert [code for table in framework(index).tables for code, _ in table.codes] == ["CODI", "F1", "B9"]


def test_too_many_cases_are_left_to_the_workbook(monkeypatch, index):
    monkeypatch.setattr("nptlens.reporting.charts._framework._CASES", 2)
    assert framework(index).kind == "practice"
    monkeypatch.setattr("nptlens.reporting.charts._framework._CASES", 1)
    assert framework(index).tables == ()
    assert framework_sheet(index).rows


def test_words_above_the_limit_are_withheld_from_the_matrix_too(inputs):
    from nptlens.reporting._quotation_limit import withheld

    held = replace(inputs, settings=inputs.settings.model_copy(update={"most_quoted_words": 12}))
    index = build_index(held)
    index = replace(index, withheld=withheld(index, build_view(index)))
    assert index.withheld
    for table in framework(index).tables:
        for row in table.rows:
            for cell in row.cells:
                if cell.quote is not None:
                    assert (cell.quote.text == "") == (cell.quote.segment_id in index.withheld)


def test_the_sheet_is_made_for_filling_in(index):
    sheet = framework_sheet(index)
    titles = [title for title, _ in sheet.columns]
    assert titles[-1] == "summary (yours)"
    leaves = ("CODI", "F1", "B9")
    held = {(c.segment.participant, code) for code in leaves for c in index.assigned.get(code, ())}
    assert {(row[0], row[titles.index("code")]) for row in sheet.rows} == held
    assert all(row[-1] == "" for row in sheet.rows)
    assert len(pairs_sheet(index).rows) == 1


def test_tenths_hold_every_excerpt_once(index):
    segments = list(index.segments.values())
    tenths = _tenths(index, segments)
    assert sum(tenths) == len(segments)
    at = Counter(
        int((s.span.start + s.span.end) / 2 / len(index.transcripts[s.transcript_id].text) * 10) for s in segments
    )
    assert tenths == tuple(at[n] for n in range(10))


def test_groups_are_counted_and_small_ones_hidden(inputs, index):
    dealt = groups_by(index, "role")
    parts = _parts(index, dealt, "F1")
    for name, part in zip(dealt.names, parts, strict=True):
        own = [c for c in index.assigned["F1"] if c.segment.role == name]
        assert (part.assigned, part.people) == (len(own), len({c.segment.participant for c in own}))
    few = build_index(replace(inputs, settings=inputs.settings.model_copy(update={"smallest_cell": 2})))
    assert all(isinstance(part.people, Hidden) for part in _parts(few, groups_by(few, "role"), "F1"))


def test_one_group_is_no_comparison(inputs):
    alone = build_index(replace(inputs, segments=inputs.segments.assign(role="nurse", practice="P01", adopter_category="laggard")))
    assert not any(section.anchor == "by-group" for section in charts(alone))


def test_orphans_are_told_by_shape_and_by_word(inputs):
    lifted = inputs.topic_codes.assign(low=[0.5 if topic == 0 else 0.1 for topic in inputs.topic_codes["topic"]])
    found = {section.anchor: section for section in charts(build_index(replace(inputs, topic_codes=lifted)))}
    places, constructs = (block for block in found["topic-map"].blocks if isinstance(block, Picture))
    assert [line.cells[3].text for line in places.data[0].rows] == ["no", "yes"]
    assert "Orphans: 1." in constructs.caption
    assert constructs.data[0].rows[1].cells[-1].text == "orphan"


def test_labels_on_the_plane_do_not_cover_each_other():
    bubbles = [Bubble(0.01 * n, 0.0, 90.0, f"topic {n}", False, n % 2 == 0) for n in range(4)]
    with settings():
        svg = plane(bubbles, "a", "b").svg("plane", "alternative")
    assert len(re.findall("topic [0-9]", svg)) == 4


def test_the_page_and_the_workbook_hold_quotations_that_verify(inputs, tmp_path):
    from nptlens.reporting import report

    told = replace(inputs, settings=inputs.settings.model_copy(update={"formats": ("html", "xlsx", "docx", "md")}))
    paths = {path.name: path for path in report(told, tmp_path)}
    page = paths["report.html"].read_text(encoding="utf-8")
    for anchor in ("framework", "together", "by-group", "timeline", "topic-map", "validated"):
        assert f'id="{anchor}"' in page
        assert f'href="#{anchor}"' in page
    texts = {transcript.id: transcript.text for transcript in told.transcripts}
    for name in ("report.html", "excerpts.xlsx", "report.docx"):
        for each in quotations(paths[name].read_bytes(), set(texts), where=name):
            if each.text is not None:
                transcript, _, span = each.place.rpartition(":")
                start, end = map(int, span.split("-"))
                assert texts[transcript][start:end] == each.text
    book = openpyxl.load_workbook(io.BytesIO(paths["excerpts.xlsx"].read_bytes()))
    assert {"Framework", "Codes together"} <= set(book.sheetnames)


def test_each_group_has_a_dot_per_code_and_a_line_where_the_interval_is_known():
    cells = ((Point(0, 0.2, 0.1, 0.4), Point(0, 0.05, NAN, NAN)), (Point(0, 0.0, 0.0, 0.0), None))
    with settings():
        svg = panels(Panels(("CO", "F1"), ("coach", "staff"), (1_200, 0), cells, 0.4)).svg("k", "alt")
    words = re.findall(r">([^<>]+)</text>", svg)
    assert [each for each in words if each in {"CO", "F1", "coach", "staff", "of 1,200", "of 0"}] == [
        "CO", "F1", "coach", "of 1,200", "staff", "of 0",
    ]  # fmt: skip
    assert {"20.0", "5.0", "0.0", "–", "40%"} <= set(words)
    intervals = re.findall(r"stroke-width:2(?:px)?[;\"]", svg)
    assert len(intervals) == 2


def test_groups_are_drawn_a_few_at_a_time_with_the_table_of_the_same_groups(inputs, index, monkeypatch):
    monkeypatch.setattr("nptlens.reporting.charts._by_group._WIDE", 1)
    section = next(each for each in charts(index) if each.anchor == "by-group")
    pictures = [block for block in section.blocks if isinstance(block, Picture)]
    names = [name for by in ("role", "practice", "adopter", "project") for name in _names(index, by)]
    assert [data.columns[1:] for each in pictures for data in each.data] == [(name,) for name in names]
    assert all(each.data[0].columns[1] in each.alt for each in pictures)
    ids = [name for each in pictures for name in re.findall(r' id="([^"]+)"', each.svg)]
    assert len(ids) == len(set(ids))


def _names(index, by):
    if by == "project" and not index.inputs.projects:
        return ()
    found = groups_by(index, by).names
    return found if len(found) > 1 else ()
