"""What is written for other tools: valid against the standard's schemas, the same bytes each time, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from nptlens.core.text import Span, canonical
from nptlens.exchange._notes import description, note, split_description, split_note
from nptlens.exchange._refi import read_qdpx
from nptlens.exchange._write_taguette import tags
from nptlens.exchange.match import match_codes
from nptlens.exchange.outgoing import Claim, OutgoingCoding, OutgoingProject, OutgoingSource, is_machine
from nptlens.exchange.read import read_project
from nptlens.exchange.write import WRITERS, cut_cells, write_qdc, write_qdpx
from nptlens.schemas.records import Code, Codebook

CODES = Codebook(
    "a book",
    "1",
    (
        Code("A", "Above", "What is above.", include="all\nof it", exclude="=1+1", source="Somebody (2020)"),
        Code("B", "Below & <beside>", "", parent="A"),
        Code("C", "Café 🎉", "With an accent."),
    ),
)
TEXT = "Ana: A 🎉 party\nBo: =cmd and cafe\u0301s, I said.\n"
CANON = canonical(TEXT)
MACHINE = Claim(0.83127, "assigned", 0.2, "C", "A-1=0.900")


def project(*codings: OutgoingCoding) -> OutgoingProject:
    return OutgoingProject("A study", CODES, (OutgoingSource("P2", "other\ntext", "a memo\nof two lines"), OutgoingSource("P1", CANON)), codings)


CODINGS = (
    OutgoingCoding("P1", Span(5, 14), "B", "ann", "contrary", "a memo\n\nof hers"),
    OutgoingCoding("P1", Span(5, 14), "A", "ann"),
    OutgoingCoding("P1", Span(5, 14), "A", "machine:abc", claim=MACHINE),
    OutgoingCoding("P1", Span(5, 14), "B", "machine:abc", claim=MACHINE),
    OutgoingCoding("P1", Span(19, len(CANON)), "C", "bob"),
    OutgoingCoding("P2", Span(0, 5), "none", "bob"),
)
FULL = project(*CODINGS)


@pytest.fixture(scope="module")
def schema(shared_data):
    return etree.XMLSchema(etree.parse(shared_data / "qda" / "schemas" / "Project.xsd"))


@pytest.fixture(scope="module")
def codebook_schema(shared_data):
    """The schema of codebooks stands in the specification only; its text there is taken out of the page layout."""
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(shared_data / "qda" / "schemas" / "REFI-QDA-1-5.pdf")
    text = "\n".join(page.extract_text() for page in reader.pages)
    found = next(part for part in re.findall(r"<xsd:schema xmlns.*?</xsd:schema>", text, re.DOTALL) if "codebook:1.0" in part)
    found = re.sub(r"\nCode\n- GUID.*?REFI-QDA \n12 \n", "\n", found, flags=re.DOTALL)  # a figure and a page's edge
    found = re.sub(r'(<xsd:pattern value=")(.*?)("/>)', lambda m: m[1] + re.sub(r"\s", "", m[2]) + m[3], found, flags=re.DOTALL)
    return etree.XMLSchema(etree.fromstring(found))


def qde(data: bytes) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("project.qde"))


@pytest.mark.parametrize("made", [FULL, project(), OutgoingProject("empty", Codebook("", "", ()), (), ())], ids=["full", "uncoded", "empty"])
def test_projects_are_valid(schema, made):
    schema.assertValid(qde(write_qdpx(made)))


def test_codebooks_are_valid(codebook_schema):
    codebook_schema.assertValid(etree.fromstring(write_qdc(CODES)))


@pytest.mark.parametrize("kind", WRITERS)
def test_same_bytes_whatever_the_order(kind):
    turned = OutgoingProject(FULL.name, CODES, FULL.sources[::-1], FULL.codings[::-1])
    assert WRITERS[kind][1](FULL) == WRITERS[kind][1](turned)


def test_archive_holds_texts_by_id_and_no_clock():
    archive = zipfile.ZipFile(io.BytesIO(write_qdpx(FULL)))
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    root = etree.fromstring(archive.read("project.qde"))
    paths = {e.get("name"): e.get("plainTextPath") for e in root.iter("{*}TextSource")}
    assert archive.read(paths["P1"].replace("internal://", "sources/")).decode("utf-8") == CANON


def test_the_machine_has_a_user_and_selections_of_its_own():
    root = qde(write_qdpx(FULL))
    users = {e.get("guid"): e.get("name") for e in root.iter("{*}User")}
    assert sorted(users.values()) == ["ann", "bob", "nptlens machine:abc"]
    selections = [(users[e.get("creatingUser")], {users[c.get("creatingUser")] for c in e.iter("{*}Coding")}) for e in root.iter("{*}PlainTextSelection")]
    assert all(by == {user} for user, by in selections)
    notes = [e.findtext("{*}PlainTextContent") for e in root.iter("{*}Note") if "machine" in (e.get("name") or "")]
    assert notes == ["probability: 0.8313\ndecision: assigned\nmargin: 0.2000\nrunner-up: C\nnearest seeds: A-1=0.900"] * 2


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "a.qdpx"
    path.write_bytes(write_qdpx(FULL))
    found = read_project(path, max_megabytes=1)
    assert {(s.name, s.text, s.memo) for s in found.sources} == {(s.id, s.text, s.memo) for s in FULL.sources}
    ids, new, orphans = match_codes(found.codebook, CODES)
    assert (new.codes, orphans) == ((), 0)
    mine = {(c.source, c.span, ids[c.code], c.coder, *split_note(c.memo)) for c in found.codings if not is_machine(c.coder)}
    assert mine == {(c.transcript, c.span, c.code, c.coder, c.memo, c.stance) for c in CODINGS if c.claim is None and c.code != "none"}
    assert sum(is_machine(c.coder) for c in found.codings) == 2
    _, own, _ = match_codes(found.codebook, Codebook("", "", ()))
    assert [(c.name, c.definition, c.include, c.exclude, c.source) for c in own][0] == tuple(
        getattr(CODES.codes[0], field) for field in ("name", "definition", "include", "exclude", "source")
    )


def test_selections_are_named_by_their_words():
    root = qde(write_qdpx(FULL))
    quotes = {e.get("name"): (int(e.get("startPosition")), int(e.get("endPosition"))) for e in root.iter("{*}PlainTextSelection")}
    assert all(name == " ".join(CANON[start:end].split()) for name, (start, end) in quotes.items())


_ANY = st.text(max_size=40)


@given(text=_ANY, memo=_ANY, name=_ANY, coder=_ANY, data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_valid_project(schema_cached, text, memo, name, coder, data):
    text = canonical(text)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    book = Codebook(name, "", (Code("x", name, memo), Code("y", "y", name, parent="x")))
    claim = data.draw(st.sampled_from([None, MACHINE]))
    made = OutgoingProject(name, book, (OutgoingSource("s", text, memo),), (OutgoingCoding("s", span, "y", coder, "", memo, claim),))
    root = qde(write_qdpx(made))
    schema_cached.assertValid(root)
    assert [(int(e.get("startPosition")), int(e.get("endPosition"))) for e in root.iter("{*}PlainTextSelection")] == [(span.start, span.end)]
    for _, write in WRITERS.values():
        assert write(made)


@pytest.fixture(scope="module")
def schema_cached(schema):
    return schema


def test_tables_are_guarded():
    coding = OutgoingCoding("P1", Span(19, 30), "C", "=bob", memo="+1")
    row = next(csv.DictReader(io.StringIO(WRITERS["csv"][1](project(coding)).decode())))
    assert (row["coder"], row["text"], row["memo"]) == ("'=bob", f"'{CANON[19:30]}" if CANON[19] == "=" else CANON[19:30], "'+1")
    line = json.loads(WRITERS["jsonl"][1](project(coding)))
    assert (line["coder"], line["text"], line["memo"]) == ("=bob", CANON[19:30], "+1")


def test_xlsx_holds_text_as_text():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(WRITERS["xlsx"][1](FULL)))
    assert book.sheetnames == ["codings", "codebook", "transcripts"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert book["codings"].max_row == len(CODINGS) + 1
    assert "'=1+1" in [cell.value for cell in cells]


def test_cut_cells_are_counted():
    long = OutgoingProject("x", CODES, (OutgoingSource("P", "a" * 40_000),), (OutgoingCoding("P", Span(0, 40_000), "A", "ann"),))
    assert (cut_cells(long), cut_cells(FULL)) == (1, 0)


def test_taguette_gets_a_codebook_that_it_can_import():
    data = WRITERS["taguette-csv"][1](FULL)
    assert data.startswith(b"\xef\xbb\xbf")  # without it Taguette guesses the encoding wrong where there is an emoji
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert list(rows[0]) == ["tag", "description"]
    assert {"Above", "Above.Below & <beside>", "Café 🎉"} <= {row["tag"] for row in rows}


def test_tags_of_taguette_keep_their_names_on_the_way_back():
    names = (("a", "work", None), ("b", "work.rhythm", "a"), ("c", "work.rhythm.daily", "b"), ("d", "calm", "b"), ("e", "time.lost", None))
    book = Codebook("b", "", tuple(Code(key, name, "", parent=parent) for key, name, parent in names))
    assert list(tags(book).values()) == ["work", "work.rhythm", "work.rhythm.daily", "work.rhythm.calm", "time.lost"]


def test_memos_are_descriptions_too_and_do_not_double():
    span = Span(0, 5)
    codings = (OutgoingCoding("P", span, "A", "ann", memo="one\ntwo"), OutgoingCoding("P", span, "B", "ann", memo="three"),
               OutgoingCoding("P", span, "A", "ben"))  # fmt: skip
    book = Codebook("b", "", (Code("A", "A", ""), Code("B", "B", "")))
    data = write_qdpx(OutgoingProject("x", book, (OutgoingSource("P", "words of all"),), codings))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("project.qde"))
    found = {each.findtext("{*}Description"): [ref.get("targetGUID") for ref in each.iter("{*}CodeRef")] for each in root.iter("{*}PlainTextSelection")}
    assert set(found) == {"one\ntwo", "three", None}
    assert len({each.get("guid") for each in root.iter("{*}PlainTextSelection")}) == 3
    assert sorted((c.code, c.coder, c.memo) for c in read_qdpx(data, where="x").codings) == [
        ("A", "ann", "one\ntwo"), ("A", "ben", ""), ("B", "ann", "three"),
    ]  # fmt: skip


def test_a_category_stays_one_unless_it_carries_codings():
    book = Codebook("b", "", (Code("A", "A", "", source="not codable"), Code("B", "B", "", source="not codable")))
    data = write_qdpx(OutgoingProject("x", book, (OutgoingSource("P", "words"),), (OutgoingCoding("P", Span(0, 5), "B", "ann"),)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("project.qde"))
    assert [code.get("isCodable") for code in root.iter("{*}Code")] == ["false", "true"]


@pytest.mark.parametrize(
    ("memo", "stance"), [("", ""), ("a", ""), ("", "mixed"), ("a\nb", "contrary"), ("stance: odd", ""), ("a\n\nb\n", "asserted")]
)
def test_notes_give_back_memo_and_stance(memo, stance):
    assert split_note(note(OutgoingCoding("P1", Span(0, 1), "A", "ann", stance, memo))) == (memo, stance)


def test_descriptions_give_back_the_rules():
    for code in CODES:
        bare = Code(code.id, code.name, description(code))
        again = split_description(bare)
        assert (again.definition, again.include, again.exclude, again.source) == (code.definition, code.include, code.exclude, code.source)


def test_codes_match_by_guid_then_id_then_name():
    found = Codebook("f", "", (Code("x/Above", "above", ""), Code("C", "renamed", ""), Code("x/Above/new", "new", "", parent="x/Above")))
    ids, new, orphans = match_codes(found, CODES)
    assert ids == {"x/Above": "A", "C": "C", "x/Above/new": "x/Above/new"}
    assert ([code.parent for code in new], orphans) == ([None], 1)


@pytest.mark.parametrize("fault", [OutgoingCoding("P9", Span(0, 1), "A", "a"), OutgoingCoding("P1", Span(0, 1), "Z", "a")])
def test_what_is_not_in_the_project_is_refused(fault):
    with pytest.raises(KeyError):
        write_qdpx(project(fault))
