"""report.docx and annotated.docx: exact words, named styles, comments on the excerpt, the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import SettingsError
from nptlens.reporting import ReportInputs, report
from nptlens.reporting._docx import Page
from nptlens.reporting._docx_file import open_document
from nptlens.reporting._docx_table import LONGEST, widths
from nptlens.reporting._wordxml import el, known_as, qn, quotation, quotations, text_of, text_runs
from nptlens.reporting.content import Cell, Picture, Row, Table
from nptlens.schemas.records import Participant
from nptlens.schemas.tables import MANUAL_CODINGS, checked, empty

HOSTILE = (
    "<script>alert(1)</script> and <w:t>not mark-up</w:t> said aloud",
    '=HYPERLINK("http://evil.example";"click") is what they typed',
    "then \u202ereversed and never closed",
    "bell \x07, null \x00, vertical tab \x0b and a literal ⟨U+000B⟩ beside it",
    "x" * 10_000,
    "  two\ttabs\t and  spaces \n\n next paragraph _x0041_ &amp; {{ view.title }}  ",
)


def _with(inputs: ReportInputs, **settings: object) -> ReportInputs:
    return replace(inputs, settings=inputs.settings.model_copy(update={"formats": ("docx",), **settings}))


def _hostile(make_inputs: Callable[..., ReportInputs]) -> ReportInputs:
    talk = {"interview_<1>": [turn for words in HOSTILE for turn in (("Int", "Go on?"), ("Ann Marsh", words.strip()))]}
    people = {"Int": Participant("INT", interviewer=True), "Ann Marsh": Participant('=S"><b>\x07', (), "@GP\u202e", "+P<i>")}
    inputs = make_inputs(talk, people=people, study_name="=Study <b>\x00\u202e")
    return _with(replace(inputs, manual=empty(MANUAL_CODINGS), codings=inputs.codings.assign(decision="assigned")), excerpts=99)


def _exact(path: Path, inputs: ReportInputs) -> int:
    texts = {known_as(each.id, 0, 99_999): each.text for each in inputs.transcripts}
    found = list(quotations(docx.Document(str(path)).element))
    assert [one for one in found if one.text != texts[one.transcript][one.start : one.end]] == []
    return len(found)


@given(st.text(st.characters(), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    from lxml import etree

    held = el("p", *text_runs(text))
    assert text_of(etree.fromstring(etree.tostring(held))) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80), st.integers(0, 10**6), st.integers(0, 10**4))
def test_any_transcript_has_a_tag_that_word_keeps(name: str, start: int, length: int) -> None:
    control = quotation(name, start, start + length, "words")
    assert len(control.find(f".//{qn('tag')}").get(qn("val"))) <= 64
    (found,) = quotations(el("p", control))
    assert (found.start, found.end, found.text) == (start, start + length, "words")
    assert found.transcript == known_as(name, start, start + length)


def test_quotations_are_slices(inputs: ReportInputs, tmp_path: Path) -> None:
    written = report(_with(inputs), tmp_path)
    assert [path.name for path in written] == ["report.docx", "annotated.docx"]
    assert _exact(written[0], inputs) > 10
    spoken = sum(len(each.utterances) for each in inputs.transcripts)
    assert _exact(written[1], inputs) >= spoken


def test_the_annotated_file_holds_all_that_was_said(inputs: ReportInputs, tmp_path: Path) -> None:
    report(_with(inputs), tmp_path)
    found = list(quotations(docx.Document(str(tmp_path / "annotated.docx")).element))
    for transcript in inputs.transcripts:
        said = "".join(transcript.quote(each.span) for each in transcript.utterances)
        assert "".join(one.text for one in found if one.transcript == transcript.id) == said


def test_hostile_text_stays_text(make_inputs: Callable[..., ReportInputs], tmp_path: Path) -> None:
    inputs = _hostile(make_inputs)
    for path in report(inputs, tmp_path):
        assert _exact(path, inputs) >= len(HOSTILE)
        document = docx.Document(str(path))
        assert {each.text for each in quotations(document.element)} >= {words.strip() for words in HOSTILE}
        outside = "".join(each.text for each in document.paragraphs)
        assert "⟨U+202E⟩" in outside and "\u202e" not in outside
        targets = [rel for rel in document.part.rels.values() if rel.is_external]
        assert targets == []


def test_codes_are_comments_on_the_excerpt_by_their_coder(inputs: ReportInputs, tmp_path: Path) -> None:
    report(_with(inputs), tmp_path)
    document = docx.Document(str(tmp_path / "annotated.docx"))
    assigned = inputs.codings[inputs.codings["decision"] == "assigned"]
    notes = list(document.comments)
    assert {note.author for note in notes} == {"machine:0123456789ab", "ann", "ben"}
    assert len([note for note in notes if note.author.startswith("machine")]) == assigned["segment_id"].nunique()
    assert any("F1 Feeling in control, contrary" in note.text for note in notes if note.author == "ben")
    marks = [each.tag.rpartition("}")[2] for each in document.element.body.iter() if "comment" in str(each.tag)]
    assert marks.count("commentRangeStart") == marks.count("commentRangeEnd") == marks.count("commentReference") == len(notes)
    span = _annotated(document, next(note for note in notes if note.author.startswith("machine")).comment_id)
    assert span in set(inputs.segments["text"])


def _annotated(document: docx.document.Document, number: int) -> str:
    inside, words = False, ""
    for each in document.element.body.iter():
        name = str(each.tag).rpartition("}")[2]
        if name in ("commentRangeStart", "commentRangeEnd") and each.get(qn("id")) == str(number):
            inside = name == "commentRangeStart"
        elif name == "sdt" and inside:
            words += text_of(each)
    return words


def test_speakers_of_the_source_are_not_shown(inputs: ReportInputs, tmp_path: Path) -> None:
    for path in report(_with(inputs), tmp_path):
        with zipfile.ZipFile(path) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
        assert not [name for name in ("Ann Marsh", "Bob Tanner", "Cat Wells") if name in everything]


def test_same_inputs_same_bytes(inputs: ReportInputs, tmp_path: Path) -> None:
    shuffled = replace(
        inputs,
        transcripts=inputs.transcripts[::-1],
        codings=inputs.codings.iloc[::-1].reset_index(drop=True),
        manual=inputs.manual.iloc[::-1].reset_index(drop=True),
        segments=inputs.segments.iloc[::-1].reset_index(drop=True),
    )
    first, again = report(_with(inputs), tmp_path / "a"), report(_with(shuffled), tmp_path / "b")
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
        times = {member.date_time for member in zipfile.ZipFile(one).infolist()}
        assert times == {(1980, 1, 1, 0, 0, 0)}


def test_order_styles_and_tables(inputs: ReportInputs, tmp_path: Path) -> None:
    report(_with(inputs), tmp_path)
    document = docx.Document(str(tmp_path / "report.docx"))
    tops = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert tops[:5] == ["Findings", "Codes", "Codes by practice", "Agreement", "What the machine may decide alone"]
    assert tops[-1] == "Methods appendix"
    assert {"Title", "Heading 2", "Heading 3", "Quote", "Excerpt source", "Caption"} <= {each.style.name for each in document.paragraphs}
    assert {table.style.name for table in document.tables} == {"Table Grid"}
    assert all(table._tbl.find(f".//{qn('tblHeader')}") is not None for table in document.tables)
    assert "".join(each.text or "" for each in document.element.iter(qn("instrText"))).strip().startswith("TOC")
    anchors = {each.get(qn("anchor")) for each in document.element.iter(qn("hyperlink"))}
    assert anchors == {each.get(qn("name")) for each in document.element.iter(qn("bookmarkStart"))}
    pictures = [each for each in document.element.iter() if str(each.tag).endswith("}docPr")]
    assert pictures and all(len(each.get("descr")) > 20 for each in pictures)
    assert any("kappa" in each.get("descr").lower() for each in pictures)


def test_a_template_gives_its_styles(inputs: ReportInputs, tmp_path: Path) -> None:
    template = docx.Document()
    template.styles["Quote"].font.name = "Garamond"
    template.styles.element.remove(template.styles["Caption"].element)
    template.add_paragraph("What the template says")
    template.sections[0].header.paragraphs[0].text = "A university"
    raw = io.BytesIO()
    template.save(raw)
    report(_with(replace(inputs, template=raw.getvalue())), tmp_path)
    document = docx.Document(str(tmp_path / "report.docx"))
    assert document.styles["Quote"].font.name == "Garamond"
    assert document.sections[0].header.paragraphs[0].text == "A university"
    assert "What the template says" not in [each.text for each in document.paragraphs]
    assert "Caption" in {style.name for style in document.styles}
    assert _exact(tmp_path / "report.docx", inputs) > 10


@pytest.mark.parametrize("template", [b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_template_that_is_none_is_refused(inputs: ReportInputs, tmp_path: Path, template: bytes) -> None:
    with pytest.raises(SettingsError, match="template"):
        report(_with(replace(inputs, template=template)), tmp_path)
    assert list(tmp_path.glob("*.docx")) == []


def test_a_note_over_several_turns_opens_in_one_and_closes_in_another(inputs: ReportInputs, tmp_path: Path) -> None:
    second = inputs.transcripts[-1]
    rows = {"transcript_id": second.id, "start": 0, "end": len(second.text), "code": "F1", "coder": "ann", "stance": "mixed"}
    manual = checked(MANUAL_CODINGS, inputs.manual.iloc[:1].assign(**rows))
    report(_with(replace(inputs, manual=manual, codings=inputs.codings.iloc[:0])), tmp_path)
    document = docx.Document(str(tmp_path / "annotated.docx"))
    (note,) = document.comments
    said = "".join(second.quote(each.span) for each in second.utterances)
    assert (note.author, _annotated(document, note.comment_id)) == ("ann", said)


def _grid(cells: tuple[str, ...], *, below: str = "", rows: int = 1, folded: bool = False) -> Table:
    lines = tuple(Row("Coherence", tuple(Cell(text, below) for text in cells), "CO") for _ in range(rows))
    return Table("A table", "What it shows.", ("Code", *(f"Column {n}" for n in range(len(cells)))), lines, frozenset({1}), folded)


@given(
    st.lists(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=90), min_size=1, max_size=14), st.integers(2_000, 20_000)
)
def test_columns_fill_the_room_and_none_is_without_any(cells: list[str], room: int) -> None:
    grid = _grid(tuple(cells), below="0.12 to 0.34; 3 of 8")
    found = widths(grid.columns, grid.rows, grid.words, room)
    assert sum(found) == room
    assert min(found) > 0


def test_an_interval_stands_on_one_line_where_there_is_room_and_words_get_the_rest() -> None:
    grid = _grid(("a long sentence about what was decided and why it was decided like that", "0.41"), below="\N{MINUS SIGN}0.12 to 0.34")
    code, words, figure = widths(grid.columns, grid.rows, grid.words, 9_400)
    assert figure >= 13 * 92
    assert words > code > 0
    assert words > figure
    empty_words = widths(("Case", "Summary", "F1"), (Row("C01", (Cell(""), Cell("3"))),), frozenset({1}), 9_400)
    assert empty_words[1] > sum(empty_words) / 2


def test_a_long_folded_table_is_cut_and_says_so() -> None:
    page = Page(open_document(b""))
    page.block(_grid(("words", "1"), rows=LONGEST + 5, folded=True))
    page.block(_grid(("words", "1"), rows=LONGEST + 5))
    assert [len(table.rows) for table in page.document.tables] == [1 + LONGEST, 1 + LONGEST + 5]
    said = [each.text for each in page.document.paragraphs]
    assert [each for each in said if each.startswith("The first")] == [f"The first {LONGEST} rows of 45; a report in HTML holds them all."]


def test_a_cell_has_a_line_for_each_part_below_it() -> None:
    page = Page(open_document(b""))
    page.block(_grid(("words", "1"), below="0.1 to 0.2; 3 of 8"))
    assert page.document.tables[0].cell(1, 2).text == "1\n0.1 to 0.2\n3 of 8"


def _drawn(width: float, height: float) -> bytes:
    from nptlens.reporting.drawing._svg import Canvas, settings

    with settings():
        return Canvas(width, height).png(72)


@pytest.mark.parametrize(("width", "height"), [(640, 200), (640, 2_400), (2_400, 640)])
def test_a_picture_leaves_room_for_its_heading_and_caption(width: float, height: float) -> None:
    page = Page(open_document(b""))
    page.block(Picture("<svg/>", "Title", "Caption.", (), lambda: _drawn(width, height), "What it shows."))
    (picture,) = page.document.inline_shapes
    section = page.document.sections[0]
    assert picture.width <= section.page_width - section.left_margin - section.right_margin
    assert picture.height <= 0.8 * (section.page_height - section.top_margin - section.bottom_margin)
    assert picture.width / picture.height == pytest.approx(width / height, rel=0.02)
    assert page.document.paragraphs[-2].paragraph_format.keep_with_next
