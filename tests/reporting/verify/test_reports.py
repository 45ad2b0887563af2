"""Quotations of HTML, CSV, XLSX and Word reports: what was written holds, whatever was said; one wrong character does not."""

from __future__ import annotations

import csv
import html
import io
import json
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from lxml import etree

from nptlens.core.errors import ReadingError, UsageError
from nptlens.core.quotations import Fault, Quotation, faults
from nptlens.core.text import canonical
from nptlens.reporting import ReportInputs, report
from nptlens.reporting.verify import quotations

SAID = (
    "<script>alert(1)</script> said plainly &amp; <img src=x onerror=alert(1)> </span></blockquote>",
    '=HYPERLINK("http://evil.example";"click") is what they typed',
    "@SUM(1+1) was the answer to it, she said",
    "-3 was the change and +44 the number",
    "'quoted' at the start, ''twice'' and _x0041_ and _x005F_ and x005F_ inside",
    "then \u202ereversed\u202c and \u2066isolated words of theirs",
    "cafe\u0301 a\u0323\u0307 \u1112\u1161\u11ab and other marks to combine here",
    "🎉 astral 𝒜 points 👩\u200d🔬 stand in the talk of people",
    "two lines\r\nof it\r\n\r\nand a\ttab, \u2028 another and  two  spaces",
    "x" * 10_000 + " is a word of theirs",
    "<r><t>not mark-up at all</t></r>",
    "a \x01 control \x0b or \x0c two \x1f and \ufffe not a character",
    "{{ view.title }} and {% raw %} and --> and ]]> and <!-- of theirs",
)
TALK = {f"interview {n}": [turn for words in SAID[n::2] for turn in (("Int", "Go on?"), ("Ann Marsh", words))] for n in (0, 1)}
POOL = "aZ9 é🎉Ω.,'’\u00a0\u200b\n<&=@"


@dataclass(frozen=True)
class Made:
    """The files of a report and the study that they must fit."""

    files: dict[str, bytes]
    texts: dict[str, str]
    segments: frozenset[str]

    def faults(self, name: str, data: bytes | str | None = None) -> list[Fault]:
        """Return what does not hold in a file, or in what stands in its place."""
        data = self.files[name] if data is None else data
        return list(faults(self.read(name, data.encode() if isinstance(data, str) else data), self.texts, self.segments))

    def read(self, name: str, data: bytes | None = None) -> tuple[Quotation, ...]:
        """Return the quotations of a file."""
        return quotations(self.files[name] if data is None else data, self.texts, where=name)


@pytest.fixture(scope="module")
def made(make_inputs: Callable[..., ReportInputs], tmp_path_factory: pytest.TempPathFactory) -> Made:
    inputs = make_inputs({name: [(who, canonical(said)) for who, said in turns] for name, turns in TALK.items()})
    return _made(inputs, tmp_path_factory.mktemp("made"), excerpts=99, formats=("html", "csv", "xlsx"))


def _made(inputs: ReportInputs, folder: Path, **settings: object) -> Made:
    everything = inputs.codings.assign(decision="assigned")
    report(replace(inputs, codings=everything, settings=inputs.settings.model_copy(update=settings)), folder)
    texts = {each.id: each.text for each in inputs.transcripts}
    return Made({path.name: path.read_bytes() for path in folder.iterdir()}, texts, frozenset(inputs.segments["segment_id"]))


def tampered(dice: random.Random, text: str) -> str:
    """Return `text` with one character replaced, left out or put in."""
    while True:
        at, new = dice.randrange(len(text)), dice.choice(POOL)
        found = dice.choice((text[:at] + new + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + new + text[at:]))
        if found != text:
            return found


@pytest.mark.parametrize("name", ["report.html", "codings.csv", "excerpts.xlsx"])
def test_what_was_written_holds_whatever_was_said(made: Made, name: str) -> None:
    assert made.faults(name) == []
    shown = [each.text for each in made.read(name)]
    for said in SAID:
        assert canonical(said) in shown


@pytest.mark.parametrize("name", ["report.docx", "annotated.docx", "excerpts.jsonl"])
def test_further_formats_hold_whatever_was_said(make_inputs: Callable[..., ReportInputs], tmp_path: Path, name: str) -> None:
    talk = {name: [(who, canonical(said)) for who, said in turns] for name, turns in TALK.items()}
    made = _made(make_inputs(talk), tmp_path, excerpts=99, formats=("docx", "jsonl"))
    assert made.faults(name) == []
    shown = "".join(each.text or "" for each in made.read(name))
    assert not [said for said in SAID if canonical(said) not in shown]


@pytest.mark.parametrize("name", ["report.html", "report.docx", "codings.csv", "excerpts.jsonl", "excerpts.xlsx"])
def test_withheld_words_are_told_apart(make_inputs: Callable[..., ReportInputs], tmp_path: Path, name: str) -> None:
    made = _made(make_inputs(), tmp_path, most_quoted_words=20, formats=("html", "csv", "docx", "jsonl", "xlsx"))
    found = made.read(name)
    assert list(faults(found, made.texts, made.segments, limited=True)) == []
    assert name.startswith("report") or {each.kind for each in found if each.withheld} & {"row, withheld", "line, withheld", "Excerpts, withheld"}


def test_every_kind_is_counted(made: Made) -> None:
    assert set(Counter(each.kind for each in made.read("report.html"))) == {"excerpt", "context"}
    assert set(Counter(each.kind for each in made.read("excerpts.xlsx"))) >= {"Excerpts", "Three readings"}
    assert {each.kind for each in made.read("codings.csv")} == {"row"}


_QUOTE = re.compile(r'(<span class="(?:excerpt|context)" data-(?:segment|span)=")([^"]*)("[^>]*>)(.*?)(</span>)', re.DOTALL)


def _quotes(made: Made) -> str:
    """Return a page of the report's quotations, each once."""
    page = made.files["report.html"].decode()
    return f"<!DOCTYPE html><p>{' '.join(dict.fromkeys(mark[0] for mark in _QUOTE.finditer(page)))}</p>"


def test_one_wrong_character_of_a_mark_is_found(made: Made) -> None:
    page, dice = _quotes(made), random.Random(2)
    marks = list(_QUOTE.finditer(page))
    for _ in range(50):
        mark = dice.choice(marks)
        wrong = html.escape(tampered(dice, html.unescape(mark[2])))
        assert made.faults("report.html", page[: mark.start(2)] + wrong + page[mark.end(2) :])


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (r' data-segment="[^"]*"', "", "it names no place, so it cannot be checked"),
        (r' data-span="[^"]*"', "", "it names no place, so it cannot be checked"),
        (r'<span class="excerpt" data-segment="[^"]*" dir="auto">(.*?)</span>', r"\1", "it names no place, so it cannot be checked"),
        (r"(data-segment=[^>]*>..)", r"\1<b></b>", "there is mark-up inside the quotation"),
        (r"(data-segment=[^>]*>..)", r"\1<br>", "there is mark-up inside the quotation"),
        (r"(data-segment=[^>]*>..)", r"\1<!-- -->", "there is mark-up inside the quotation"),
        (r"(data-segment=[^>]*>..)", r"\1<?x?>", "there is mark-up inside the quotation"),
        (r'(data-segment="[^"]*")', r'\1 data-span="interview 0:0-1"', "it names two places"),
        (r"<blockquote>", "<blockquote>so they said: ", "it names no place, so it cannot be checked"),
        (r"</main>", "<q>made up</q></main>", "it names no place, so it cannot be checked"),
        (r"</main>", "<p class='more excerpt'>made up</p></main>", "it names no place, so it cannot be checked"),
        (r"data-segment=", "data-span=", ""),
        (r'data-span="', 'data-segment="', "the study has no such segment"),
        (r"</main>", "<blockquote data-span='interview 0:0-3'>Int</blockquote></main>", ""),
        (r"</main>", "<q><i data-span='interview 0:0-3'>Int</i></q></main>", ""),
    ],
)
def test_marks_of_html(made: Made, old: str, new: str, what: str) -> None:
    page, times = re.subn(old, new, made.files["report.html"].decode(), count=1, flags=re.DOTALL)
    assert times == 1
    assert [fault.what for fault in made.faults("report.html", page)] == ([what] if what else [])


def test_two_quotations_that_changed_places_are_found(made: Made) -> None:
    page = made.files["report.html"].decode()
    first = next(_QUOTE.finditer(page))
    second = next(mark for mark in _QUOTE.finditer(page) if mark[2] != first[2] and mark[4] != first[4] and mark.start() > first.end())
    swapped = page[: first.start(4)] + second[4] + page[first.end(4) : second.start(4)] + first[4] + page[second.end(4) :]
    assert {fault.place for fault in made.faults("report.html", swapped)} == {html.unescape(first[2]), html.unescape(second[2])}


def _rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def test_one_wrong_character_in_csv_is_found(made: Made) -> None:
    dice = random.Random(3)
    rows = _rows(made.files["codings.csv"])
    for _ in range(200):
        number, column = dice.randrange(1, len(rows)), rows[0].index(dice.choice(("excerpt", "excerpt", "excerpt", "segment_id", "start", "end")))
        wrong = [list(row) for row in rows]
        wrong[number][column] = tampered(dice, wrong[number][column])
        assert [fault.at for fault in made.faults("codings.csv", _csv(wrong))] == [f"row {number + 1}"]


def test_rows_whose_words_changed_places_are_found(made: Made) -> None:
    rows = _rows(made.files["codings.csv"])
    other = next(number for number, row in enumerate(rows) if number > 1 and row[-1] != rows[1][-1])
    rows[1][-1], rows[other][-1] = rows[other][-1], rows[1][-1]
    assert len(made.faults("codings.csv", _csv(rows))) == 2


@pytest.mark.parametrize("dropped", ["start", "transcript"])
def test_a_table_without_places_is_refused_row_by_row(made: Made, dropped: str) -> None:
    rows = _rows(made.files["codings.csv"])
    column = rows[0].index(dropped)
    found = made.faults("codings.csv", _csv([[*row[:column], *row[column + 1 :]] for row in rows]))
    assert [fault.what for fault in found] == ["it names no place, so it cannot be checked"] * (len(rows) - 1)


def test_a_guard_that_is_gone_is_found(made: Made) -> None:
    rows = _rows(made.files["codings.csv"])
    number = next(number for number, row in enumerate(rows) if row[-1].startswith("'="))
    rows[number][-1] = rows[number][-1][1:]
    (fault,) = made.faults("codings.csv", _csv(rows))
    assert "not guarded" in fault.what


def test_words_that_are_gone_are_found(made: Made) -> None:
    rows = _rows(made.files["codings.csv"])
    rows[1][-1] = ""
    (fault,) = made.faults("codings.csv", _csv(rows))
    assert "sets no limit" in fault.what
    assert not list(faults(made.read("codings.csv", _csv(rows).encode()), made.texts, made.segments, limited=True))


_T = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _repacked(data: bytes, name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for member in source.namelist():
            target.writestr(member, content if member == name else source.read(member))
    return buffer.getvalue()


def test_a_wrong_place_in_a_workbook_is_found(made: Made) -> None:
    book, name = made.files["excerpts.xlsx"], "xl/worksheets/sheet1.xml"
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(book)).read(name))
    (start,) = [cell for cell in root.iter(f"{_T}c") if cell.get("r") == "C2"]
    start[0].text = str(int(start[0].text) + 1)
    (fault,) = made.faults("excerpts.xlsx", _repacked(book, name, etree.tostring(root)))
    assert fault.at == "Excerpts, row 2"
    assert fault.what == "its place and the id of its segment differ"


_RECORD = {"transcript": "A", "start": 0, "end": 3}


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"text": "One"}, None),
        ({"text": "one"}, "its words differ"),
        ({"text": "'One"}, "its words differ"),
        ({"text": None}, "it has no words, and the study sets no limit to what is quoted"),
        ({"text": "One", "start": None}, "its place is not of the form TRANSCRIPT:start-end"),
        ({"turns": [{"place": "A:0-3", "text": "One"}]}, None),
        ({"turns": [{"place": "A:0-2", "text": "On"}, {"place": "A:2-3", "text": "E"}]}, "its words differ"),
        ({"turns": [{"place": "A:0-4", "text": "One "}]}, "its place is not within that of the coding"),
        ({"turns": ["One"]}, "its place is not within that of the coding"),
    ],
)
def test_json_lines(more: dict[str, object], fault: str | None) -> None:
    data = (json.dumps(_RECORD | more) + "\n").encode()
    found = list(faults(quotations(data, {"A"}, where="x.jsonl"), {"A": "One two"}, ()))
    assert [each.what for each in found] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("report.txt", b"", UsageError),
        ("report", b"", UsageError),
        ("report.html", b"\xff", ReadingError),
        ("codings.csv", b"\xff", ReadingError),
        ("codings.csv", b'a,"b', ReadingError),
        ("codings.jsonl", b"[]", ReadingError),
        ("codings.jsonl", b"{", ReadingError),
        ("excerpts.xlsx", b"PK", ReadingError),
        ("report.docx", b"PK", ReadingError),
    ],
)
def test_what_cannot_be_read(name: str, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        quotations(data, (), where=name)


@pytest.mark.parametrize("member", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_a_document_type_is_refused(made: Made, member: str) -> None:
    book = made.files["excerpts.xlsx"]
    content = zipfile.ZipFile(io.BytesIO(book)).read(member)
    head, _, rest = content.partition(b"?>")
    evil = _repacked(book, member, head + b'?><!DOCTYPE x [<!ENTITY e "boom">]>' + rest)
    with pytest.raises(ReadingError, match="document type"):
        made.read("excerpts.xlsx", evil)


def test_a_table_without_quotations_has_none() -> None:
    assert quotations(b"topic,name,excerpts\n1,a,3\n", (), where="topics.csv") == ()
    assert quotations(b"", (), where="topics.csv") == ()
