"""RTF and OpenDocument files made here: words, tables, what is left out and what cannot be read."""

from __future__ import annotations

import io
import json
import zipfile

import odfdo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading.formats import _rtf
from nptlens.reading.formats._hidden import NotShown
from nptlens.reading.formats._odt import read_odt
from nptlens.reading.formats._rtf import read_rtf, words
from nptlens.schemas.records import Transcript

HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset204 Cyr\'e9;}}{\info{\title secret}}"


def partition(shape):
    Transcript("t", "t", "", "", shape.layout, shape.text, shape.utterances, shape.furniture).verify()
    return [(u.speaker, u.span.of(shape.text)) for u in shape.utterances]


def rtf_text(body: bytes, head: bytes = HEAD) -> str:
    return canonical(shown(head + body + b"}"))


def shown(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in _rtf._paragraphs(json.loads(words(data))["text"], NotShown()))


RTF = [
    ("code page", rb"caf\'e9", "café"),
    ("raw bytes", b"caf\xe9", "café"),
    ("unicode with its stand-in", rb"it\u8217\'92s \u233\'e9t\u233?", "it’s été"),
    ("unicode without stand-in", rb"\uc0\u8220 so\u8221 ", "“so”"),
    ("beyond the plane", rb"\u-10179?\u-8694? ok", "😊 ok"),
    ("a font's code page", rb"{\f1 \'c4\'e0}", "Да"),
    ("dashes and quotes", rb"\ldblquote a\rdblquote  \emdash  b\endash c", "“a” — b–c"),
    ("paragraphs", b"a\\par b\\line c\\\nd", "a\nb\nc\nd"),
    ("columns and breaks", rb"a\column b\lbr0 c", "a\n\nb\nc"),
    ("a table", rb"\trowd INT:\cell How?\cell\row\trowd P1:\cell Well.\cell\row", "INT:\tHow?\nP1:\tWell.\n"),
    ("a bar is a bar", rb"a | b", "a | b"),
    ("escaped", rb"\{a\} \\cell b", r"{a} \cell b"),
    ("a link", rb'{\field{\*\fldinst{HYPERLINK "http://a.b"}}{\fldrslt{the page}}} x', "the page x"),
    ("tracked changes", rb"{\revised in} {\deleted out}{\deleted0 kept}", "in kept"),
    ("optional hyphen", rb"co\-operate\_x\~y", "cooperate\u2011x\xa0y"),
    ("foot-notes and comments", rb"a{\footnote b}{\*\annotation c}", "a"),
]


@pytest.mark.parametrize(("case", "body", "text"), RTF, ids=[case for case, _, _ in RTF])
def test_rtf_words(case, body, text):
    assert rtf_text(body) == text


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (rb"{\rtf1\mac", rb"\'8e", "é"),
        (rb"{\rtf1\ansi\ansicpg10000", rb"\'8e", "é"),
        (rb"{\rtf1\ansi\ansicpg1251", rb"\'c4", "Д"),
        (rb"{\rtf1\ansi\ansicpg99999", rb"\'e9", "é"),
        (rb"{\rtf1\ansi", rb"\'81 a", "\ufffd a"),
        (rb"{\rtf1\pc", rb"\'82", "é"),
    ],
)
def test_rtf_code_pages(head, body, text):
    assert rtf_text(body, head) == text


def test_rtf_in_the_box():
    shape = read_rtf(HEAD + rb"INT: One.\par P1: Two.{\footnote x}{\deleted y}\par INT: Three. \'81}", where="t.rtf")
    assert partition(shape) == [("INT", "One."), ("P1", "Two."), ("INT", "Three. \ufffd")]
    assert [p.what for p in shape.problems][:2] == ["1 footnote left out", "1 tracked deletion left out"]


@pytest.mark.parametrize("data", [b"very secret words", b"{\\rt", b"PK\x03\x04"])
def test_no_rtf(data):
    with pytest.raises(ReadingError, match="no RTF") as caught:
        read_rtf(data, where="t.rtf")
    assert "secret" not in str(caught.value)


SAID = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\x85"), max_size=30)


def written(lines: list[str]) -> bytes:
    out = []
    for line in lines:
        units = line.encode("utf-16-le")
        codes = [int.from_bytes(units[i : i + 2], "little", signed=True) for i in range(0, len(units), 2)]
        out.append("".join(chr(c) if 32 <= c < 127 and chr(c) not in "\\{}" else f"\\u{c}?" for c in codes))
    return b"{\\rtf1\\ansi " + "\\par\n".join(out).encode("ascii") + b"}"


@settings(max_examples=60, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=5))
def test_rtf_comes_back(lines):
    assert json.loads(words(written(lines)))["text"] == "\n".join(lines)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=5))
def test_rtf_comes_back_often(lines):
    assert json.loads(words(written(lines)))["text"] == "\n".join(lines)


def odt(*blocks, kind: str = "text") -> bytes:
    document = odfdo.Document(kind)
    document.body.clear()
    for block in blocks:
        if isinstance(block, list):
            table = odfdo.Table("t", width=len(block[0]), height=len(block))
            table.set_values(block)
            document.body.append(table)
        else:
            document.body.append(odfdo.Paragraph(block) if isinstance(block, str) else block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            content = before.read(member)
            after.writestr(member.filename, content.replace(old, new, 1) if member.filename == name else content)
    return out.getvalue()


def without(data: bytes, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            if member.filename != name:
                after.writestr(member.filename, before.read(member))
    return out.getvalue()


def test_odt_paragraphs_tabs_and_spaces():
    shape = read_odt(odt("INT: One  two\tthree\nfour", "P1: Yes.", "INT: Good."), where="t.odt")
    assert partition(shape) == [("INT", "One  two\tthree\nfour"), ("P1", "Yes."), ("INT", "Good.")]
    assert shape.problems == ()


def test_odt_table_of_turns():
    shape = read_odt(odt([["INT", "How are you?"], ["P1", "Well, thanks."], ["INT", "Good then."]]), where="t.odt")
    assert partition(shape) == [("INT", "How are you?"), ("P1", "Well, thanks."), ("INT", "Good then.")]


def test_odt_notes_comments_and_changes():
    first = odfdo.Paragraph("INT: One two gone.")
    first.insert_note(after="One", note_id="n", citation="1", body="a note")
    first.insert_annotation(after="two", body="a remark", creator="x")
    data = odt(first, "P1: Yes.", "INT: Good.")
    tracked = (
        b'<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p>struck out</text:p></text:deletion>'
        b"</text:changed-region></text:tracked-changes><text:p"
    )
    shape = read_odt(changed(data, "content.xml", b"<text:p", tracked), where="t.odt")
    assert partition(shape) == [("INT", "One two gone."), ("P1", "Yes."), ("INT", "Good.")]
    assert shape.text.endswith("\na note")
    assert [f.kind for f in shape.furniture if f.span.end == len(shape.text)] == ["foot-note"]
    assert sorted(p.what.split()[1] for p in shape.problems) == ["comment", "foot-note", "tracked"]


def test_odt_without_styles_has_no_headers():
    shape = read_odt(without(odt("INT: One.", "P1: Two.", "INT: Good."), "styles.xml"), where="t.odt")
    assert partition(shape) == [("INT", "One."), ("P1", "Two."), ("INT", "Good.")]


ODT_BAD = {
    "no content": (without(odt("One."), "content.xml"), "holds no OpenDocument text"),
    "no archive": (b"very secret words", "not a readable archive"),
    "a sheet": (odt(kind="spreadsheet"), "no text document"),
    "a document type": (changed(odt("One."), "content.xml", b"<office:document-content", b'<!DOCTYPE x [<!ENTITY a "b">]><office:document-content'), "document type"),
    "locked": (changed(odt("One."), "META-INF/manifest.xml", b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>"), "password"),
}


@pytest.mark.parametrize("name", ODT_BAD)
def test_odt_that_cannot_be_read(name):
    data, message = ODT_BAD[name]
    with pytest.raises(ReadingError, match=message) as caught:
        read_odt(data, where="t.odt")
    assert "secret" not in str(caught.value)


PLAIN = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn"), blacklist_characters="\u2028\u2029\ufffe\uffff"), max_size=20)


@settings(max_examples=20, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=4))
def test_odt_comes_back(lines):
    _odt_comes_back(lines)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=4))
def test_odt_comes_back_often(lines):
    _odt_comes_back(lines)


def _odt_comes_back(lines):
    shape = read_odt(odt(*lines), where="t.odt")
    partition(shape)
    assert shape.text == canonical("\n".join(lines))


def test_the_box_is_used(monkeypatch):
    seen = []
    monkeypatch.setattr(_rtf, "sandboxed", lambda name, data, *, where: seen.append(name) or words(data))
    read_rtf(HEAD + b"a}", where="t")
    assert seen == ["nptlens.reading.formats._rtf:words"]
