"""Word files: changes, comments, boxes, tables and the edges of pages."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.reading import read_file
from nptlens.reading.formats._docx import read_docx
from nptlens.schemas.records import Severity

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


@cache
def empty() -> bytes:
    """Return what the library writes for a document without words."""
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def package(body: str, **parts: str) -> bytes:
    """Return a Word file whose body is `body`; `parts` are others by name, as in ``comments``."""
    out = io.BytesIO()
    kinds = {name: name.rstrip("0123456789") for name in parts}
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    links = "".join(
        f'<Relationship Id="r{name}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{name}.xml"/>'
        for name, kind in kinds.items()
    )
    with zipfile.ZipFile(io.BytesIO(empty())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            data = old.read(member).decode("utf-8", "surrogateescape")
            if member == "word/document.xml":
                data = f"<w:document {NS}><w:body>{body}</w:body></w:document>"
            data = data.replace("</Types>", f"{types}</Types>") if member == "[Content_Types].xml" else data
            data = data.replace("</Relationships>", f"{links}</Relationships>") if member == "word/_rels/document.xml.rels" else data
            new.writestr(member, data.encode("utf-8", "surrogateescape"))
        for name, xml in parts.items():
            new.writestr(f"word/{name}.xml", xml)
    return out.getvalue()


def run(words: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{words}</w:{tag}></w:r>'


def par(*inner: str, mark: str = "") -> str:
    properties = f"<w:pPr><w:rPr>{mark}</w:rPr></w:pPr>" if mark else ""
    return f"<w:p>{properties}{''.join(inner)}</w:p>"


def ins(words: str) -> str:
    return f'<w:ins w:id="1" w:author="x">{run(words)}</w:ins>'


def gone(words: str) -> str:
    return f'<w:del w:id="2" w:author="x">{run(words, "delText")}</w:del>'


def cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(par(run(line)) for line in words.split('|'))}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(each if each.startswith('<') else cell(each) for each in cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def box(words: str, *, old: bool = True) -> str:
    content = f"<w:txbxContent>{par(run(words))}</w:txbxContent>"
    fallback = f"<mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>" if old else ""
    return f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx>{content}</wps:txbx></mc:Choice>{fallback}</mc:AlternateContent></w:r>'


def said(data: bytes):
    shape = read_docx(data, where="t.docx")
    return [(u.speaker, u.span.of(shape.text), u.start_s) for u in shape.utterances]


def told(data: bytes) -> list[str]:
    return [problem.what for problem in read_docx(data, where="t.docx").problems]


MARK = '<w:del w:id="3" w:author="x"/>'

BODIES = {
    "insertion in, deletion out": (par(run("INT: One "), ins("kept"), gone("gone"), run(".")), "INT: One kept."),
    "move": (
        par(f'<w:moveFrom w:id="1">{run("away")}</w:moveFrom>', run("a")) + par(f'<w:moveTo w:id="1">{run("here")}</w:moveTo>'),
        "a\nhere",
    ),
    "paragraph mark deleted": (par(run("One "), mark=MARK) + par(run("two.")) + par(run("Three.")), "One two.\nThree."),
    "paragraph deleted": (par(run("One.")) + par(gone("gone"), mark=MARK) + par(run("Two.")), "One.\nTwo."),
    "row deleted": (
        par(run("One.")) + table(row("a", "b"), row("x", "y", properties=MARK)) + par(run("Two.")),
        "One.\na\tb\nTwo.",
    ),
    "box once, after its paragraph": (par(run("One"), box("Box."), run(" two.")) + par(run("Three.")), "One two.\nBox.\nThree."),
    "content control": (f"<w:sdt><w:sdtContent>{par(run('One.'))}</w:sdtContent></w:sdt>", "One."),
    "link and field": (
        par(f"<w:hyperlink>{run('One')}</w:hyperlink>", f"<w:r><w:instrText>PAGE</w:instrText></w:r>{run(' two.')}"),
        "One two.",
    ),
    "tab, break, hyphen": (par("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>"), "a\tb\nc\u2011d"),
    "nested table": (table(row(f"<w:tc>{par(run('a'))}{table(row('b', 'c'))}{par(run('d'))}</w:tc>", "e")), "a\nb\tc\nd\te"),
}


@pytest.mark.parametrize("case", BODIES)
def test_text(case):
    body, text = BODIES[case]
    assert read_docx(package(body), where="t.docx").text == text


TURNS = {
    "two columns": (table(row("INT", "A."), row("P1", "B|C."), row("INT", "D.")), [("INT", "A.", None), ("P1", "B\nC.", None), ("INT", "D.", None)]),
    "named columns": (
        table(row("Speaker", "Text"), row("anna:", "So I said: no."), row("bo", "B.")),
        [("anna", "So I said: no.", None), ("bo", "B.", None)],
    ),
    "time, speaker, words": (
        table(row("Time", "Speaker", "Transcript"), row("00:01", "INT", "A."), row("[0:01:05]", "P1", "B.")),
        [("INT", "A.", 1), ("P1", "B.", 65)],
    ),
    "number, speaker, words": (table(row("1", "INT", "A b."), row("2", "P1", "B c."), row("3", "INT", "C d.")), [("INT", "A b.", None), ("P1", "B c.", None), ("INT", "C d.", None)]),
    "time in the speaker's cell": (table(row("INT|0:03", "A b c d e."), row("P1 0:09", "B c d.")), [("INT", "A b c d e.", 3), ("P1", "B c d.", 9)]),
    "merged downwards": (
        table(row(cell("INT", '<w:vMerge w:val="restart"/>'), "A b."), row(cell("", "<w:vMerge/>"), "B c."), row("P1", "C d."), row("P1", "E f.")),
        [("INT", "A b.", None), ("INT", "B c.", None), ("P1", "C d.", None), ("P1", "E f.", None)],
    ),
    "no speaker stays none": (
        table(row("INT", "A b."), row("", "B c."), row("INT", "C d.")),
        [("INT", "A b.", None), (None, "B c.", None), ("INT", "C d.", None)],
    ),
    "a table of facts is no talk": (
        table(row("Date", "7 May"), row("Place", "Leeds")) + par(run("INT: A b c?")) + par(run("P1: B c d e.")),
        [("INT", "A b c?", None), ("P1", "B c d e.", None)],
    ),
    "labels in boxes": (par(box("INT: A.")) + par(box("P1: B.")), [("INT", "A.", None), ("P1", "B.", None)]),
}


@pytest.mark.parametrize("case", TURNS)
def test_turns(case):
    body, turns = TURNS[case]
    assert said(package(body)) == turns


def test_what_is_told():
    note = '<w:footnote w:id="{}" {}>{}</w:footnote>'
    notes = note.format(0, 'w:type="separator"', par(run("x"))) + note.format(2, "", par(run("A remark.")))
    data = package(
        par(run("INT: One "), ins("kept"), ins("too"), gone("gone"), box("Box.")) + par(run("P1: Two.")),
        comments=f"<w:comments {NS}><w:comment w:id='1'>{par(run('secret remark'))}</w:comment><w:comment w:id='2'/></w:comments>",
        header1=f"<w:hdr {NS}>{par(run('Study X'))}</w:hdr>",
        header2=f"<w:hdr {NS}>{par(run('Study X'))}</w:hdr>",
        footer1=f"<w:ftr {NS}>{par(run('Page 1'))}</w:ftr>",
        footnotes=f"<w:footnotes {NS}>{notes}</w:footnotes>",
    )
    shape = read_docx(data, where="t.docx")
    assert shape.text == "INT: One kepttoo\nBox.\nP1: Two.\nStudy X\nPage 1\nA remark."
    assert [(f.kind, f.span.of(shape.text)) for f in shape.furniture][-5::2] == [
        ("page header", "Study X"), ("page header", "Page 1"), ("foot-note", "A remark."),
    ]
    assert told(data) == [
        "tracked changes: the accepted text is read (2 insertions in, 1 deletion out)",
        "2 comments kept out of the text",
        "1 text box read after the paragraph that each is anchored in",
        "1 header with 2 words set apart after the text, not coded",
        "1 footer with 2 words set apart after the text, not coded",
        "1 foot-note with 2 words set apart after the text, not coded",
    ]
    assert {problem.severity for problem in shape.problems} == {Severity.NOTE}


def test_what_a_table_leaves_is_told():
    rows = [row("INT", "A b.", "my remark"), row("", "C d.", ""), row("INT", "E f.", "")]
    assert told(package(table(*rows))) == ["1 rows of its table name no speaker", "2 words in other columns of its table are not read as speech: column 3"]


def test_an_embedded_document_is_told():
    assert told(package(par(run("One.")) + "<w:altChunk/>")) == ["1 embedded document not read"]


def test_problems_reach_the_reading(tmp_path):
    from nptlens.reading import read
    from nptlens.schemas.settings import ReadingSettings

    (tmp_path / "a.docx").write_bytes(package(par(run("INT: One "), ins("two."))))
    problems = read(tmp_path, settings=ReadingSettings(interviewers=("int",), max_megabytes=1)).problems
    assert [(p.where, p.severity) for p in problems] == [("a.docx", Severity.NOTE)]


def test_a_link_to_a_part_that_is_not_there():
    data = package(par(run("INT: One.")))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            link = b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="../NULL"/></Rel'
            content = old.read(member)
            new.writestr(member, content.replace(b"</Rel", link, 1) if member == "word/_rels/document.xml.rels" else content)
    assert said(out.getvalue()) == [("INT", "One.", None)]
    with pytest.raises(KeyError):
        docx.Document(io.BytesIO(out.getvalue()))


def test_strict_files():
    data = package(par(run("INT: One.")))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
            new.writestr(member, old.read(member).replace(b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", strict))
    assert said(out.getvalue()) == [("INT", "One.", None)]


def test_the_words_are_those_of_the_library(shared_data):
    """python-docx as the oracle, on a file without changes, boxes or tables."""
    path = shared_data / "formats" / "scihist_04.docx"
    words = "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    assert read_docx(path.read_bytes(), where="x").text.split() == words.split()


def test_another_archive_is_no_word_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("a.xml", "<a/>")
    with pytest.raises(ReadingError, match="no Word document"):
        read_docx(out.getvalue(), where="x")


LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30), min_size=1, max_size=8)


def lossless(lines, rows, path):
    def safe(words):
        return words.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;").replace("|", "/")

    body = "".join(par(run(safe(line))) for line in lines)
    body += table(*(row(cell(safe(a)), cell(safe(b))) for a, b in zip(rows, rows[1:], strict=False))) if len(rows) > 1 else ""
    path.write_bytes(package(body + par(run("An end."))))
    transcript = read_file(path, transcript_id="t", source="t.docx", max_megabytes=9)
    transcript.verify()
    joined = "".join(transcript.text.split())
    from nptlens.core.text import canonical

    for line in [*lines, *rows]:
        assert "".join(canonical(line.replace("|", "/")).split()) in joined or len(rows) == 1


@settings(max_examples=25, deadline=None)
@given(LINES, LINES)
def test_lossless(tmp_path_factory, lines, rows):
    lossless(lines, rows, tmp_path_factory.getbasetemp() / "t.docx")


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(LINES, LINES)
def test_lossless_many(tmp_path_factory, lines, rows):
    lossless(lines, rows, tmp_path_factory.getbasetemp() / "t.docx")
