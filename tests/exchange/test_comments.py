"""Comments in Word documents as coding: which words, which codes, whose; what names no code is told and kept."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span
from nptlens.exchange._code_names import CodeNames
from nptlens.exchange.read import read_project
from nptlens.schemas.records import Code, Codebook

BOOK = Codebook(
    "b", "",
    (
        Code("CO", "Coherence", ""), Code("CO1", "Making sense", "", parent="CO"), Code("T", "Time, lost", ""),
        Code("W", "Work load", ""), Code("D", "Ward: daily", ""),
    ),
)  # fmt: skip
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
W15 = 'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'


def r(words, look=""):
    return f'<w:r>{f"<w:rPr>{look}</w:rPr>" if look else ""}<w:t xml:space="preserve">{words}</w:t></w:r>'


def start(number):
    return f'<w:commentRangeStart w:id="{number}"/>'


def end(number):
    return f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'


def comment(number, author, *lines):
    paragraphs = "".join(f'<w:p w14:paraId="{number:04d}{index:04d}">{r(line)}</w:p>' for index, line in enumerate(lines))
    return f'<w:comment w:id="{number}" w:author="{author}">{paragraphs}</w:comment>'


def document(body, *comments, answers=(), part="document.xml"):
    """A Word document; `answers` are (comment, the comment that it answers), both by the id of their last paragraph."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"word/{part}", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        if comments:
            archive.writestr("word/comments.xml", f"<w:comments {W}>{''.join(comments)}</w:comments>")
        if answers:
            rows = "".join(f'<w15:commentEx w15:paraId="{one}" w15:paraIdParent="{other}"/>' for one, other in answers)
            archive.writestr("word/commentsExtended.xml", f"<w15:commentsEx {W15}>{rows}</w15:commentsEx>")
    return buffer.getvalue()


def read(tmp_path, data, own=BOOK, name="W4.docx"):
    (tmp_path / name).write_bytes(data)
    return read_project(tmp_path / name, max_megabytes=5, own=own)


def codings(project):
    return [(c.source, c.quote, c.code, c.coder, c.memo) for c in project.codings]


def test_words_codes_and_coders(tmp_path):
    body = (
        f"<w:p>{r('INT: Why?')}</w:p><w:p>{r('NUR: ')}{start(0)}{r('We met ')}{start(1)}{r('each day.')}{end(0)}</w:p>"
        f"<w:p>{r('NUR: It ')}{r('took long.')}{end(1)}</w:p>"
    )
    found = read(tmp_path, document(body, comment(0, "ann", "Coherence"), comment(1, "ben", "W: so they say")))
    text = "INT: Why?\nNUR: We met each day.\nNUR: It took long.\n"
    assert [(source.name, source.text) for source in found.sources] == [("W4", text)]
    assert codings(found) == [
        ("W4", "We met each day.", "CO", "ann", ""), ("W4", "each day.\nNUR: It took long.", "W", "ben", "so they say"),
    ]  # fmt: skip
    assert all(c.span.of(text) == c.quote for c in found.codings)
    assert found.problems == ()
    assert found.codebook.ids() == ("CO", "W")


LINES = (
    # what a comment says, codes with memo and stance, parts that name none
    ("Coherence", [("CO", "", "")], []),
    ("  coherence ", [("CO", "", "")], []),
    ("co", [("CO", "", "")], []),
    ("CO Coherence", [("CO", "", "")], []),
    ("Coherence > Making sense", [("CO1", "", "")], []),
    ("Coherence\\Making sense", [("CO1", "", "")], []),
    ("Coherence: Making sense", [("CO1", "", "")], []),
    ("Time, lost", [("T", "", "")], []),
    ("Ward: daily", [("D", "", "")], []),
    ("Ward: daily: each of them", [("D", "each of them", "")], []),
    ("CO: why: she asks", [("CO", "why: she asks", "")], []),
    ("CO - she asks", [("CO", "she asks", "")], []),
    ("CO; W", [("CO", "", ""), ("W", "", "")], []),
    ("CO | W", [("CO", "", ""), ("W", "", "")], []),
    ("CO, W", [("CO", "", ""), ("W", "", "")], []),
    ("CO, Time, lost, W: all", [("CO", "all", ""), ("T", "all", ""), ("W", "all", "")], []),
    ("CO Coherence, contrary", [("CO", "", "contrary")], []),
    ("CO Coherence, mixed, probability 0.83", [("CO", "", "mixed")], []),
    ("CO: first; then more", [("CO", "first; then more", "")], []),
    ("CO; Wrok load", [("CO", "", "")], ["Wrok load"]),
    ("#Burn out", [(None, "", "")], []),
    ("#CO", [("CO", "", "")], []),
    ("Code: Work load", [("W", "", "")], []),
    ("#Burn out #W", [(None, "", ""), ("W", "", "")], []),
    ("I wonder about this", [], []),
    ("Coherent", [], []),
    ("", [], []),
)


@pytest.mark.parametrize(("line", "named", "rest"), LINES)
def test_what_a_line_names(line, named, rest):
    found, left = CodeNames(BOOK).named(line)
    assert [(each.code.id if each.code else None, each.memo, each.stance) for each in found] == named
    assert left == rest


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_any_line_names_codes_of_the_study_or_none(line):
    found, _ = CodeNames(BOOK).named(line)
    assert all(each.code is None or each.code in BOOK.codes for each in found)
    assert all(each.code is not None or "#" in line or ":" in line for each in found)


def test_several_lines_and_memos(tmp_path):
    body = f"<w:p>{start(0)}{r('We met.')}{end(0)}</w:p>"
    found = read(tmp_path, document(body, comment(0, "ann", "Coherence", "W: heavy", "I am not sure yet")))
    assert [(code, memo) for _, _, code, _, memo in codings(found)] == [("CO", "I am not sure yet"), ("W", "heavy\nI am not sure yet")]


def test_a_comment_without_a_code_is_told_and_kept(tmp_path):
    body = f"<w:p>{start(0)}{r('We met.')}{end(0)}{start(1)}{r(' A while.')}{end(1)}</w:p>"
    long = "This is what I would like to come back to when all of them have been read."
    found = read(tmp_path, document(body, comment(0, "ann", "Coherense"), comment(1, "ben", long)))
    assert found.codings == ()
    assert found.sources[0].memo == f"ann: Coherense (beside “We met.”)\n\nben: {long} (beside “A while.”)"
    assert [(p.where, p.what, p.hint.split("?")[0], p.severity.value) for p in found.problems] == [
        ("W4.docx, comment 1", '"Coherense" is no code of the study', "did you mean Coherence", "warning"),
        ("W4.docx", "1 comments name no code and are kept as memos of their transcripts", "", "note"),
    ]


def test_new_codes_are_marked(tmp_path):
    body = f"<w:p>{start(0)}{r('We met.')}{end(0)}{start(1)}{r('Then')}{end(1)}</w:p>"
    found = read(tmp_path, document(body, comment(0, "ann", "#Burn out"), comment(1, "ann", "#burn out; CO")))
    assert [(code.id, code.name) for code in found.codebook] == [("CO", "Coherence"), ("Burn out", "Burn out")]
    assert [code for _, _, code, _, _ in codings(found)] == ["Burn out", "Burn out", "CO"]


def test_answers(tmp_path):
    body = f"<w:p>{start(0)}{start(1)}{start(2)}{r('We met.')}{end(0)}{end(1)}{end(2)}</w:p>"
    data = document(
        body, comment(0, "ann", "Coherence"), comment(1, "ben", "I would say: no"), comment(2, "cleo", "W"),
        answers=(("00010000", "00000000"), ("00020000", "00000000")),
    )  # fmt: skip
    assert codings(read(tmp_path, data)) == [
        ("W4", "We met.", "CO", "ann", "ben: I would say: no"), ("W4", "We met.", "W", "cleo", "ben: I would say: no"),
    ]  # fmt: skip


def test_changes_are_accepted_and_hidden_words_left_out(tmp_path):
    body = (
        f"<w:p>{start(0)}{r('We ')}<w:ins>{r('all ')}</w:ins><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        f"{r('secret ', '<w:vanish/>')}{r('met', '<w:vanish w:val=&quot;0&quot;/>'.replace('&quot;', chr(34)))}{end(0)}</w:p>"
    )
    assert codings(read(tmp_path, document(body, comment(0, "ann", "CO"))))[0][1] == "We all met"


def test_comments_in_tables_and_boxes(tmp_path):
    box = f"<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:Choice><w:txbxContent><w:p>{start(1)}{r('boxed')}{end(1)}</w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p>{r('boxed')}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>"
    body = (
        f"<w:tbl><w:tr><w:tc><w:p>{r('NUR')}</w:p></w:tc><w:tc><w:p>{start(0)}{r('We met.')}{end(0)}</w:p></w:tc></w:tr></w:tbl>"
        f"<w:p>{r('after ')}<w:r>{box}</w:r>{r('wards')}</w:p>"
    )
    found = read(tmp_path, document(body, comment(0, "ann", "CO"), comment(1, "ann", "W")))
    assert found.sources[0].text == "NUR\tWe met.\nafter wards\nboxed\n"
    assert [quote for _, quote, *_ in codings(found)] == ["We met.", "boxed"]


def test_comments_beside_nothing_are_told(tmp_path):
    body = f"<w:p>{r('We met.')}{start(0)}{end(0)}</w:p>"
    found = read(tmp_path, document(body, comment(0, "ann", "CO"), comment(9, "ann", "W")))
    assert found.codings == ()
    assert [(p.what, p.hint) for p in found.problems] == [
        ("2 comments stand beside no words of a transcript", "comments 1, 2 code nothing"),
    ]  # fmt: skip
    assert found.sources[0].memo == "ann: CO\n\nann: W"


def test_python_docx_writes_what_is_read(tmp_path):
    made = docx.Document()
    paragraph = made.add_paragraph("NUR: ")
    run = paragraph.add_run("We met each day.")
    made.add_comment([run], text="Coherence", author="ann")
    made.save(tmp_path / "W4.docx")
    assert codings(read_project(tmp_path / "W4.docx", max_megabytes=5, own=BOOK)) == [("W4", "We met each day.", "CO", "ann", "")]


def test_places_in_our_own_document_are_kept_to_the_character(tmp_path):
    def control(at, words):
        tag = f"q_P01_{at}_{at + len(words)}"
        return f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>{words and r(words)}</w:sdtContent></w:sdt>'

    body = f"<w:p>{r('P01: ')}{control(100, 'We ')}{start(0)}{control(103, 'met each')}{end(0)}{control(111, ' day.')}</w:p>"
    inner = control(103, "met each").replace(r("met each"), f"{r('met ')}{start(1)}{r('each')}")
    body += f"<w:p>{r('P02: ')}{inner}{end(1)}</w:p>"
    found = read(tmp_path, document(body, comment(0, "ann", "CO Coherence, mixed"), comment(1, "ben", "W")))
    assert [(c.source, c.span, c.quote, c.code, c.stance) for c in found.codings] == [
        ("P01", Span(103, 111), "met each", "CO", "mixed"), ("P01", Span(107, 111), "each", "W", ""),
    ]  # fmt: skip
    assert [(s.name, s.text) for s in found.sources] == [("P01", "")]


@pytest.mark.parametrize("data", [
    pytest.param(b"no archive", id="no archive"), pytest.param(b"\xd0\xcf\x11\xe0", id="old Word"),
    pytest.param(document("<w:p/>", part="other.xml"), id="no document"), pytest.param(document(f"<w:p>{r('words')}</w:p>"), id="no comments"),
])
def test_documents_that_cannot_be_read(tmp_path, data):
    with pytest.raises(ReadingError):
        read(tmp_path, data)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_document_is_read_or_refused(tmp_path_factory, data):
    body = f"<w:p>{start(0)}{r('We met.')}{end(0)}</w:p>"
    held = bytearray(document(body, comment(0, "ann", "CO"), answers=(("00000000", "00000000"),)))
    for _ in range(data.draw(st.integers(1, 4))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(tmp_path_factory.mktemp("damaged"), bytes(held))
    except ReadingError:
        return
    assert all(c.span.of(found.sources[0].text) == c.quote for c in found.codings)
