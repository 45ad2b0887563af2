"""Hidden and struck-out words in documents: left out, counted, and nowhere to be found."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.reading.test_reading_docx import NS, package, par, row, run, table
from tests.reading.test_reading_rtf_odt import HEAD, changed, odt, partition, without

from nptlens.reading.formats._docx import read_docx
from nptlens.reading.formats._odt import read_odt
from nptlens.reading.formats._rtf import read_rtf, words
from nptlens.schemas.records import Severity

ODF = "urn:oasis:names:tc:opendocument:xmlns:"


@pytest.fixture(autouse=True)
def _no_box(monkeypatch):
    from nptlens.reading.formats import _rtf

    monkeypatch.setattr(_rtf, "sandboxed", lambda name, data, *, where: words(data))


def looks(text: str, *properties: str) -> str:
    return f'<w:r><w:rPr>{"".join(properties)}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


STYLES = f"""<w:styles {NS}><w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"/>
<w:style w:type="paragraph" w:styleId="Away"><w:basedOn w:val="Normal"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="FarAway"><w:basedOn w:val="Away"/></w:style>
<w:style w:type="paragraph" w:styleId="Back"><w:basedOn w:val="Away"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Mask"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Line"><w:rPr><w:strike/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Ring"><w:basedOn w:val="Ring"/></w:style></w:styles>"""


def styled(name: str, *inner: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr>{"".join(inner)}</w:p>'


def docx(body: str) -> bytes:
    """Return a Word file with the styles above in place of those that the library writes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package(body))) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, STYLES if member == "word/styles.xml" else old.read(member))
    return out.getvalue()


START, END = par(run("INT: And?")), par(run("P1: Well.")) + par(run("INT: Good."))
WORD = {
    "a hidden run": (par(run("P1: So "), looks("Zed Quill ", "<w:vanish/>"), run("it was.")), "P1: So it was.", (2, 0)),
    "hidden across runs": (par(run("P1: So."), looks(" Ze", "<w:vanish/>"), looks("d", '<w:vanish w:val="true"/>')), "P1: So.", (1, 0)),
    "shown again": (par(run("P1: So"), looks(" it was.", '<w:vanish w:val="0"/>')), "P1: So it was.", (0, 0)),
    "struck out": (par(run("P1: So "), looks("Zed ", "<w:strike/>"), looks("Quill ", "<w:dstrike/>"), run("it was.")), "P1: So it was.", (0, 2)),
    "hidden for the web only": (par(looks("P1: So it was.", "<w:webHidden/>")), "P1: So it was.", (0, 0)),
    "a character style": (par(run("P1: So"), looks(" Zed", '<w:rStyle w:val="Mask"/>'), looks(" Quill", '<w:rStyle w:val="Line"/>')), "P1: So", (1, 1)),
    "a paragraph style": (styled("Away", run("Zed Quill")) + par(run("P1: So.")), "\nP1: So.", (2, 0)),
    "a style based on it": (styled("FarAway", run("Zed Quill")) + par(run("P1: So.")), "\nP1: So.", (2, 0)),
    "a style that shows it": (styled("Back", run("P1: So.")), "P1: So.", (0, 0)),
    "both styles turn it on": (styled("Away", looks("P1: So.", '<w:rStyle w:val="Mask"/>')), "P1: So.", (0, 0)),
    "a style based on itself": (styled("Ring", run("P1: So.")), "P1: So.", (0, 0)),
    "a hidden paragraph": (par(looks("Zed", "<w:vanish/>"), mark="<w:vanish/>") + par(run("P1: So.")), "P1: So.", (1, 0)),
    "a hidden row": (table(row("a", "b"), row("Zed", "Quill", properties="<w:hidden/>")) + par(run("P1: So.")), "a\tb\nP1: So.", (2, 0)),
    "in a link": (par(run("P1: So."), f"<w:hyperlink>{looks(' Zed', '<w:vanish/>')}</w:hyperlink>"), "P1: So.", (1, 0)),
    "a box in a hidden run": (
        par(run("P1: So."), f"<w:r><w:rPr><w:vanish/></w:rPr><w:pict><w:txbxContent>{par(run('Zed'))}</w:txbxContent></w:pict></w:r>"),
        "P1: So.",
        (1, 0),
    ),
}


def counts(shape) -> tuple[int, int]:
    """Return how many hidden and struck-out words are told; each telling is a warning that names none of them."""
    found = {"hidden": 0, "struck": 0}
    for problem in shape.problems:
        assert "Zed" not in repr(problem) and "Quill" not in repr(problem)
        for what in found:
            if what in problem.what and "left out" in problem.what:
                assert problem.severity is Severity.WARNING
                found[what] = int(problem.what.split()[0])
    return found["hidden"], found["struck"]


@pytest.mark.parametrize("case", WORD)
def test_word(case):
    body, text, told = WORD[case]
    shape = read_docx(docx(START + body + END), where="t.docx")
    partition(shape)
    assert shape.text == f"INT: And?\n{text}\nP1: Well.\nINT: Good."
    assert counts(shape) == told


def test_hidden_words_in_a_header_are_left_out_too():
    data = package(START + END, header1=f"<w:hdr {NS}>{par(run('Study'), looks(' Zed', '<w:vanish/>'))}</w:hdr>")
    shape = read_docx(data, where="t.docx")
    assert shape.text.endswith("\nStudy")
    assert counts(shape) == (1, 0)


RTF = {
    "a group": (rb"P1: So {\v Zed Quill }it was.", "P1: So it was.", (2, 0)),
    "switched on and off": (rb"P1: So \v Zed\v0  it was.", "P1: So  it was.", (1, 0)),
    "plain again": (rb"P1: So \v Zed\plain  it was.", "P1: So  it was.", (1, 0)),
    "the end of an outer group": (rb"P1: So {\v{\b Zed} Quill} it was.", "P1: So  it was.", (2, 0)),
    "struck out": (rb"P1: So {\strike Zed} {\strikedl Quill}{\striked1 Zed}it was.", "P1: So  it was.", (0, 2)),
    "struck off": (rb"P1: So \strike Zed\strike0  it was.", "P1: So  it was.", (0, 1)),
    "double off": (rb"P1: So \striked1 Zed\striked0  it was.", "P1: So  it was.", (0, 1)),
    "other words that begin alike": (rb"\viewkind4\vertalc P1: So\brdrt\intbl  it was.", "P1: So it was.", (0, 0)),
    "other letters": (rb"P1: {\v Z\u233?d \'e9}So.", "P1: So.", (2, 0)),
    "a hidden line": (rb"{\v Zed Quill\par }P1: So.", "\nP1: So.", (2, 0)),
    "hidden and deleted": (rb"P1: {\v\deleted Zed}So.", "P1: So.", (0, 0)),
    "its own marks": (rb"P1: So \u-559? \u64977? it was.", "P1: So \ufffd \ufffd it was.", (0, 0)),
    "a style sheet": (rb"{\stylesheet{\s1\v Zed;}}P1: So.", "P1: So.", (0, 0)),
}


@pytest.mark.parametrize("case", RTF)
def test_rtf(case):
    body, text, told = RTF[case]
    shape = read_rtf(HEAD + rb"INT: And?\par " + body + rb"\par P1: Well.\par INT: Good.}", where="t.rtf")
    partition(shape)
    assert shape.text == f"INT: And?\n{text}\nP1: Well.\nINT: Good."
    assert counts(shape) == told


AUTOMATIC = f"""<office:automatic-styles xmlns:style="{ODF}style:1.0" xmlns:fo="{ODF}xsl-fo-compatible:1.0" xmlns:text="{ODF}text:1.0">
<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="H2" style:family="text" style:parent-style-name="H"/>
<style:style style:name="S" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="N" style:family="text"><style:text-properties style:text-line-through-style="none" text:display="true"/></style:style>
<style:style style:name="PH" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
</office:automatic-styles>"""
ODT = {
    "a hidden span": ('<text:p>P1: So <text:span text:style-name="H">Zed Quill </text:span>it was.</text:p>', "P1: So it was.", (2, 0)),
    "a style based on it": ('<text:p>P1: So <text:span text:style-name="H2">Zed </text:span>it was.</text:p>', "P1: So it was.", (1, 0)),
    "struck out": ('<text:p>P1: So <text:span text:style-name="S">Zed </text:span>it was.</text:p>', "P1: So it was.", (0, 1)),
    "neither": ('<text:p>P1: So <text:span text:style-name="N">it</text:span> was.</text:p>', "P1: So it was.", (0, 0)),
    "shown within hidden": ('<text:p text:style-name="PH">Zed<text:span text:style-name="N">P1: So.</text:span></text:p>', "P1: So.", (1, 0)),
    "a hidden paragraph": ('<text:p text:style-name="PH">Zed Quill</text:p><text:p>P1: So.</text:p>', "\nP1: So.", (2, 0)),
    "a field that hides": ('<text:p><text:hidden-paragraph text:is-hidden="true"/>Zed Quill</text:p><text:p>P1: So.</text:p>', "\nP1: So.", (2, 0)),
    "a field that does not": ('<text:p><text:hidden-paragraph text:is-hidden="false"/>P1: So.</text:p>', "P1: So.", (0, 0)),
    "hidden text": ('<text:p>P1: So.<text:hidden-text text:is-hidden="true" text:string-value="Zed"/></text:p>', "P1: So.", (1, 0)),
    "a hidden section": ('<text:section text:display="none"><text:p>Zed</text:p></text:section><text:p>P1: So.</text:p>', "P1: So.", (1, 0)),
}


@pytest.mark.parametrize("case", ODT)
def test_odt(case):
    body, text, told = ODT[case]
    data = odt("INT: And?", "MIDDLE", "P1: Well.", "INT: Good.")
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml")
    old = content[content.index(b"<text:p>MIDDLE") : content.index(b"MIDDLE</text:p>") + len(b"MIDDLE</text:p>")]
    data = changed(changed(data, "content.xml", old, body.encode()), "content.xml", b"<office:body>", AUTOMATIC.encode() + b"<office:body>")
    shape = read_odt(without(data, "styles.xml"), where="t.odt")
    partition(shape)
    assert shape.text == f"INT: And?\n{text}\nP1: Well.\nINT: Good."
    assert counts(shape) == told
