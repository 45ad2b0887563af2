"""PDF files, made here by hand: what is text, what the pages add, and what cannot be read."""

from __future__ import annotations

import io
from collections import Counter

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.reading.formats import _pdf
from nptlens.reading.formats._pdf import read_pdf, text_layer
from nptlens.reading.layouts._pages import pages_of
from nptlens.schemas.records import Transcript


def pdf(*pages: list[str]) -> bytes:
    """Return a PDF with a text line for each string."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, lines in enumerate(pages):
        shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
        content = ("BT /F1 11 Tf 14 TL 60 780 Td " + " ".join(f"({line}) Tj T*" for line in shown) + " ET").encode("cp1252")
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


@pytest.fixture(autouse=True)
def _unboxed(monkeypatch, request):
    """Most tests call the function that runs in the box without a box: it is quicker."""
    if "sandboxed" not in request.keywords and "in_the_box" not in request.node.name:
        monkeypatch.setattr(_pdf, "sandboxed", lambda name, data, *, where, cpu_s: text_layer(data))


def turns(data: bytes):
    shape = read_pdf(data, where="t.pdf")
    Transcript("t", "t.pdf", "", "pdf", shape.layout, shape.text, shape.utterances, shape.furniture).verify()
    said = [(u.speaker, u.span.of(shape.text)) for u in shape.utterances]
    return said, [(f.kind, f.span.of(shape.text)) for f in shape.furniture if f.kind not in ("space", "label", "time")], shape


TALK = ["INT: How was it?", "P1: It was a long", "day, with well-", "known people.", "INT: And then?", "P1: We went home."]
SAID = [("INT", "How was it?"), ("P1", "It was a long\nday, with well-\nknown people."), ("INT", "And then?"), ("P1", "We went home.")]


def test_lines_in_the_box():
    said, added, shape = turns(pdf(TALK))
    assert (said, added, shape.layout) == (SAID, [], "Name: text")


PAGES = {
    "plain": [TALK[:2], TALK[2:]],
    "numbers below": [[*TALK[:2], "1"], [*TALK[2:], "2"]],
    "numbers above": [["1", *TALK[:2]], ["2", *TALK[2:]]],
    "a word": [["Page 1", *TALK[:2]], ["Page 2", *TALK[2:]]],
    "of": [[*TALK[:2], "1 of 2"], [*TALK[2:], "2 of 2"]],
    "slash": [["1/2", *TALK[:2]], ["2/2", *TALK[2:]]],
    "dashes": [[*TALK[:2], "- 7 -"], [*TALK[2:], "- 8 -"]],
    "roman": [[*TALK[:2], "iv"], [*TALK[2:], "v"]],
    "heads": [["Study X, confidential", *TALK[:2], "p. 1"], ["Study X, confidential", *TALK[2:4], "p. 2"], ["Study X, confidential", *TALK[4:], "p. 3"]],
    "heads with numbers": [["Study X 1", *TALK[:2]], ["Study X 2", *TALK[2:4]], ["Study X 3", *TALK[4:]]],
    "lines in the margin": [[f"{i}  {line}" for i, line in enumerate(TALK[:3], 1)], [f"{i}  {line}" for i, line in enumerate(TALK[3:], 4)]],
    "a column of lines": [[*TALK, *(str(i) for i in range(1, 7))]],
    "a column beside pages": [["1/2", *TALK[:2], *(str(i) for i in range(1, 9))], ["2/2", *TALK[2:], *(str(i) for i in range(3, 9))]],
    "footnotes": [[*TALK[:3], " " * 40 + "1 See above", "and below."], TALK[3:]],
}


@pytest.mark.parametrize("case", PAGES)
def test_no_turn_is_cut_by_what_pages_add(case):
    said, added, shape = turns(pdf(*PAGES[case]))
    assert said == SAID
    assert {kind for kind, _ in added} == ({"foot-note"} if case == "footnotes" else set() if case == "plain" else {"page header"})
    whole = "".join(line for page in PAGES[case] for line in page)
    assert Counter("".join(shape.text.split())) == Counter("".join(whole.split()))
    assert len(shape.problems) == (case != "plain")


def test_answers_that_look_like_page_numbers_stay_answers():
    said, added, _ = turns(pdf(["INT: From one to ten?", "P1:", "7"], ["INT: And the mood?", "P1: The same."], ["INT: And now?", "P1:", "3"]))
    assert [words for _, words in said] == ["From one to ten?", "7", "And the mood?", "The same.", "And now?", "3"]
    assert added == []


def test_a_label_that_heads_many_pages_stays_a_label():
    pages = [["Ann Lee:", f"One thing {i}x.", "Bo Ek:", f"Another {i}x.", "Ann Lee:", f"More {i}x {'so ' * i}."] for i in range(4)]
    said, added, _ = turns(pdf(*pages))
    assert [speaker for speaker, _ in said] == ["Ann Lee", "Bo Ek", "Ann Lee"] * 4
    assert added == []


def test_front_matter_and_index_are_headers():
    front = ["AN INSTITUTE", "Interview with Ann Lee", "INTERVIEWER: Bo Ek"]
    back = ["[END OF INTERVIEW]", "INDEX", "day, 1"]
    said, added, _ = turns(pdf(front, TALK, back))
    assert said == SAID
    assert [kind for kind, _ in added] == ["header", "header", "header"]


def test_pages_without_text_are_counted():
    shape = read_pdf(pdf(TALK, []), where="t.pdf")
    assert "1 page of 2 without text" in shape.problems[0].what


def locked() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(TALK)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


BAD = {
    "scan": (pdf([]), "no text layer"),
    "nothing": (b"very secret words", "no PDF"),
    "locked": (locked(), "password"),
    "cut": (pdf(TALK)[:80], "damaged|no text"),
    "garbled": (pdf(["\x01\x02\x03\x04\x05"]), "stand for no letters"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_in_the_box(name):
    data, message = BAD[name]
    with pytest.raises(ReadingError, match=message) as caught:
        read_pdf(data, where="t.pdf")
    assert "secret" not in str(caught.value)


def test_ligatures_and_white_space():
    assert _pdf._clean("of\ufb01ce\x0c\x00\ud800") == "office\n\ufffd\ufffd"
    assert pages_of(["a\t\tb \xa0c\n \n"])[0].lines == ("a b c",)


LINE = st.text(st.sampled_from("abc 12357 .:iv/-"), max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(LINE, max_size=9).map("\n".join), max_size=6))
def test_pages_lose_nothing(raw):
    _lose_nothing(raw)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.lists(st.lists(LINE, max_size=9).map("\n".join), max_size=6))
def test_pages_lose_nothing_often(raw):
    _lose_nothing(raw)


def _lose_nothing(raw):
    for text, page in zip(raw, pages_of(raw), strict=True):
        assert Counter("".join(text.split())) == Counter("".join("".join((*page.lines, *page.added, *page.notes)).split()))


REAL = {
    "pdpilot_01.pdf": ({"Dan": 47, "Participant": 47}, "Name: text"),
    "scihist_05.pdf": ({"SCHNEIDER": 3, "GLUSKER": 11, "BOYTIM": 4}, "Name: text"),
    "scihist_06.pdf": ({"GRAYSON": 27, "MACFARLANE": 27}, "Name: text"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_in_the_box(shared_data, name):
    data = (shared_data / "formats" / name).read_bytes()
    said, _, shape = turns(data)
    assert (Counter(speaker for speaker, _ in said), shape.layout) == REAL[name]
    whole = "".join(_pdf._clean(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert Counter("".join(shape.text.split())) == Counter("".join(whole.split()))


def test_real_scan_in_the_box(shared_data):
    with pytest.raises(ReadingError, match="no text layer"):
        read_pdf((shared_data / "formats" / "scihist_07_scan.pdf").read_bytes(), where="s.pdf")
