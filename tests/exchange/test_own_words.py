"""Each mark of another tool is placed by its own words: units that mix, line ends, names that were cut, words that stand nowhere."""

from __future__ import annotations

import contextlib
import io
import zipfile
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.exchange._offsets import UNITS, Ruler, Unit
from nptlens.exchange._places import Places
from nptlens.exchange._refi import read_qdpx
from nptlens.exchange.read import read_project

TEXT = "Vera: The kiosk 🎈 shut.\r\nOle: Why 🎈🎈 so early, so early?\r\nVera: “Rain”, they said — rain all week.\r\n"
CODE, USER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def project(marks, *, text=TEXT, tool="QualCoder 4.0", folder="", extra=()):
    """A project with one source; `marks` are (start, end, name)."""
    selections = "".join(
        f'<PlainTextSelection guid="{USER}" startPosition="{start}" endPosition="{end}"{"" if name is None else f" name={quoteattr(name)}"}>'
        f'<Coding guid="{USER}" creatingUser="{USER}"><CodeRef targetGUID="{CODE}"/></Coding></PlainTextSelection>'
        for start, end, name in marks
    )
    xml = (
        f'<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="{tool}"><Users><User guid="{USER}" name="kim"/></Users><CodeBook><Codes>'
        f'<Code guid="{CODE}" name="weather" isCodable="true"/></Codes></CodeBook><Sources><TextSource guid="{CODE}" name="one" '
        f'plainTextPath="internal://one.txt">{selections}</TextSource></Sources></Project>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in extra:
            archive.writestr(name, data)
        archive.writestr(f"{folder}project.qde", xml)
        archive.writestr(f"{folder}sources/one.txt", text.encode())
    return read_qdpx(buffer.getvalue(), where="p.qdpx")


def offsets(unit, words, text=TEXT, at=0):
    """Where the n-th of the words stands in a text, counted in a unit."""
    start = -1
    for _ in range(at + 1):
        start = text.index(words, start + 1)
    ends = [0, *Ruler(text, unit).ends.tolist()]
    return ends[start], ends[start + len(words)]


def quoted(found):
    return [coding.span.of(found.sources[0].text) if coding.span else None for coding in found.codings]


def told(found):
    return " | ".join(f"{problem.severity}: {problem.what} ({problem.hint})" for problem in found.problems)


def test_marks_of_one_file_may_count_different_units():
    wanted = (("kiosk 🎈 shut", UNITS[0]), ("so early", Unit(utf16=True)), ("“Rain”", Unit(utf16=True)), ("all week", UNITS[0]),
              ("they said", Unit(line_end="as one")), ("rain all", Unit(utf16=True, line_end="as one")))  # fmt: skip
    found = project([(*offsets(unit, words), words) for words, unit in wanted])
    assert quoted(found) == [words for words, _ in wanted]
    assert "different units" in told(found)
    assert "warning" not in told(found)


@pytest.mark.parametrize("unit", UNITS, ids=Unit.words)
@pytest.mark.parametrize("words", ["The kiosk 🎈", "shut.\r\nOle: Why", "so early?", "“Rain”, they", "week."])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_unit_is_known_by_the_words(unit, words, mark):
    text = mark + TEXT
    found = project([(*offsets(unit, words, text), " ".join(words.split()))], text=text)
    assert quoted(found) == [canonical(words)]


def test_of_equal_words_the_offsets_choose():
    found = project([(*offsets(Unit(utf16=True), "so early", at=1), "so early"), (*offsets(UNITS[0], "rain"), "rain")])
    assert [coding.span.start for coding in found.codings] == [canonical(TEXT).rindex("so early"), canonical(TEXT).index("rain")]


def test_blanks_are_compared_before_they_are_forgiven():
    start, end = offsets(Unit(utf16=True), "kiosk 🎈")
    assert quoted(project([(start, end, "kiosk 🎈")])) == ["kiosk 🎈"]


def test_words_elsewhere_are_found_near_the_place_and_told():
    found = project([(3, 12, "so early?"), (0, 5, 'Rain", they')])
    assert quoted(found)[0] == "so early?"
    assert "2 marked stretches stand elsewhere" in told(found)
    assert quoted(found)[1] == "Rain”, they"


def test_words_that_stand_nowhere_are_told_with_their_place_and_not_taken():
    found = project([(*offsets(UNITS[0], "kiosk"), "kiosk"), (2, 9, "a harbour")])
    assert quoted(found) == ["kiosk", None]
    assert found.codings[1].quote == "a harbour"
    assert "at 2–9" in told(found)
    assert "harbour" not in told(found)


def test_names_that_are_labels_leave_the_offsets():
    marks = [(*offsets(Unit(utf16=True), words), f"1:{number}") for number, words in enumerate(("so early", "Rain", "they said"))]
    found = project(marks, tool="ATLAS.ti")
    assert quoted(found) == ["so early", "Rain", "they said"]
    assert "3 marked stretches have names that are not their words" in told(found)


def test_marks_without_words_go_with_the_others_of_their_source():
    named = [(*offsets(Unit(utf16=True), words), words) for words in ("Rain", "they said", "all week")]
    found = project([*named, (*offsets(Unit(utf16=True), "so early", at=1), None)])
    assert quoted(found)[-1] == "so early"


def test_an_open_unit_is_told():
    named = [(*offsets(Unit(utf16=True), "Rain"), "Rain"), (*offsets(UNITS[0], "all week"), "all week")]
    assert "can be read in several ways" in told(project([*named, (*offsets(UNITS[0], "they"), None)]))


@pytest.mark.parametrize("name", ["Vera: The kiosk", "Vera: The kios…"])
def test_a_name_may_be_the_beginning_of_the_words(name):
    found = project([(0, 20, name)], tool="NVivo")
    assert quoted(found) == [canonical(TEXT)[:20]]


def test_a_project_zipped_with_its_folder():
    junk = (("__MACOSX/Kiosk/._project.qde", b"\0\5\26\7"), ("__MACOSX/._Kiosk", b"x"))
    assert quoted(project([(*offsets(UNITS[0], "kiosk"), "kiosk")], folder="Kiosk/", extra=junk)) == ["kiosk"]


LETTERS = st.text(alphabet="ab 🎈é“\n.", min_size=1, max_size=40)


@settings(max_examples=150)
@given(LETTERS, st.data())
def test_words_at_their_place_are_always_those(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    unit = data.draw(st.sampled_from([UNITS[0], Unit(utf16=True)]))
    ends = [0, *Ruler(text, unit).ends.tolist()]
    found = Places(text).locate(ends[start], ends[end], text[start:end])
    if text[start:end].strip():
        assert found.span is not None
        assert found.span.of(canonical(text)).split() == canonical(text[start:end]).split()


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_project_is_read_or_refused(data):
    """Bytes of the project's own XML and of its archive are changed."""
    buffer = io.BytesIO()
    xml = (
        f'<Project origin="QualCoder"><Users><User guid="{USER}" name="kim"/></Users><CodeBook><Codes><Code guid="{CODE}" name="c"/></Codes>'
        f'</CodeBook><Sources><TextSource guid="{CODE}" name="o" plainTextPath="internal://o.txt"><PlainTextSelection guid="{USER}" '
        f'startPosition="1" endPosition="4" name="abc"><Coding><CodeRef targetGUID="{CODE}"/></Coding></PlainTextSelection></TextSource>'
        f'</Sources><Cases><Case guid="{USER}" name="k"><VariableValue><VariableRef targetGUID="{CODE}"/><TextValue>v</TextValue>'
        f'</VariableValue><SourceRef targetGUID="{CODE}"/></Case></Cases></Project>'
    ).encode()
    inner = bytearray(xml)
    for _ in range(data.draw(st.integers(0, 4))):
        inner[data.draw(st.integers(0, len(inner) - 1))] = data.draw(st.integers(0, 255))
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.qde", bytes(inner))
        archive.writestr("sources/o.txt", data.draw(st.binary(max_size=30)))
    outer = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 3))):
        outer[data.draw(st.integers(0, len(outer) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ReadingError):
        read_qdpx(bytes(outer), where="x")


MADE = (
    # file, codings, how many sources
    ("qualcoder/made.qdpx", 17), ("qualcoder/made_folder.zip", 17), ("qualcoder/back_and_forth.qdpx", 20), ("qualcoder/nptlens_export.qdpx", 17),
    ("taguette/project.sqlite3", 30), ("taguette/highlights.csv", 30), ("taguette/highlights.xlsx", 30), ("libreqda/highlights.csv", 4),
    ("aqda/made.qdpx", 5), ("aqda/made.csv", 5),
)  # fmt: skip


@pytest.mark.parametrize(("name", "codings"), MADE, ids=[name for name, _ in MADE])
def test_files_that_the_tools_made_come_in_whole(shared_data, name, codings):
    found = read_project(shared_data / "qda" / "made" / name, max_megabytes=10)
    assert len(found.codings) == codings
    assert all(coding.span is not None or coding.quote.strip() for coding in found.codings)


def test_every_way_in_gives_the_same_codes(shared_data):
    made = shared_data / "qda" / "made"
    ways = [
        ("qualcoder/made.qdpx", "qualcoder/made_folder.zip", "qualcoder/Codebook-made.qdc"),
        ("taguette/project.sqlite3", "taguette/codebook.csv", "taguette/codebook.xlsx", "taguette/codebook.qdc"),
    ]
    for names in ways:
        ids = {frozenset(read_project(made / name, max_megabytes=10).codebook.ids()) for name in names}
        assert len(ids) == 1, names
    books = [read_project(made / name, max_megabytes=10).codebook for name in ways[0]]
    assert len({frozenset((code.id, code.parent, "not codable" in code.source) for code in book) for book in books}) == 1


def test_words_of_qualcoder_are_those_that_people_marked(shared_data):
    import json

    made = shared_data / "qda" / "made" / "qualcoder"
    expected = sorted(
        (each["file"], each["coder"], each["code"], canonical(each["words"]).strip()) for each in json.loads((made / "expected.json").read_bytes())["codings"]
    )
    for name in ("made.qdpx", "made_folder.zip"):
        found = read_project(made / name, max_megabytes=10)
        texts = {source.name: source.text for source in found.sources}
        assert sorted((c.source, c.coder, c.code, c.span.of(texts[c.source]).strip()) for c in found.codings) == expected
