from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import permutations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.close_names import shown
from nptlens.core.text import Span
from nptlens.exchange import read_manual
from nptlens.exchange.manual import _fault, text_digest
from nptlens.safety.cells import guarded
from nptlens.schemas.records import Code, Codebook, Severity, Transcript, Utterance
from nptlens.schemas.tables import MANUAL_CODINGS, checked

TEXT = 'C: It "worked", sort of.\nC: Caf\u00e9 \U0001f600 time.  \n-- \u2018cause I said so'
BOOK = Codebook("b", "1", (Code("CODI", "d", "."), Code("F1", "f", ".")))
TRANSCRIPTS = [Transcript(name, f"{name}.txt", "0" * 64, "txt", "labelled", TEXT, (Utterance(Span(0, len(TEXT))),)) for name in ("C01", "C02")]
HEAD = "transcript,start,end,code"


@pytest.fixture
def load(tmp_path):
    def load_(data: str | bytes, name: str = "manual_A.csv"):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_manual([path], TRANSCRIPTS, BOOK)

    return load_


def rows(frame: pd.DataFrame) -> list[tuple]:
    return list(frame[MANUAL_CODINGS.names()[:6]].itertuples(index=False, name=None))


def quoted(*cells: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


def test_good_rows(load):
    found = load(f"{HEAD},stance,coder\nC02,3,14,F1,Contrary,B\n C01 , 3 , 14 ,CODI,,\n")
    assert found.problems == ()
    assert rows(found.codings) == [("C01", 3, 14, "CODI", "", "A"), ("C02", 3, 14, "F1", "contrary", "B")]
    pd.testing.assert_frame_equal(checked(MANUAL_CODINGS, found.codings), found.codings)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("C01,0,5,CODI,", ""),
        ("C01,0,5,none,", ""),
        ("C01,0,0,none,", ""),
        (f"C01,0,{len(TEXT)},CODI,", ""),
        ("C01,0,5,CODI,asserted", ""),
        ("C01,0,5,CODI,CONTRARY", ""),
        ("C01,0,5,CODI,mixed", ""),
        ("C01,0,5,CODI,hypothetical", ""),
        ("C09,0,5,CODI,", "no such transcript"),
        ("c01,0,5,CODI,", "no such transcript"),
        (",0,5,CODI,", "no such transcript"),
        ("C01,0,5,ZZZZ,", "no such code"),
        ("C01,0,5,codi,", "no such code"),
        ("C01,0,5,,", "no such code"),
        ("C01,0,5,None,", "no such code"),
        ("C01,0,5,CODI,sure", "no such stance"),
        (f"C01,0,{len(TEXT) + 1},CODI,", "offsets"),
        (f"C01,{len(TEXT) + 1},{len(TEXT) + 2},none,", "offsets"),
        ("C01,-1,5,CODI,", "offsets"),
        ("C01,5,4,CODI,", "offsets"),
        ("C01,,5,CODI,", "offsets"),
        ("C01,,,none,", "offsets"),
        ("C01,0,5.0,CODI,", "offsets"),
        ("C01,zero,5,CODI,", "offsets"),
        (f"C01,0,{'9' * 30},CODI,", "offsets"),
        (f"C01,0,{'9' * 5000},CODI,", "offsets"),
        ("C01,4,4,CODI,", "marks no words"),
        ("C01,5,6,CODI,", "marks no words"),
        ("C01,0", "no such code"),
    ],
)
def test_rows(load, row, fault):
    """The first good row is there so that a fault costs its own row only."""
    found = load(f"{HEAD},stance\nC02,0,2,F1,\n{row}\n")
    assert len(found.codings) == (1 if fault else 2)
    if not fault:
        assert found.problems == ()
        return
    (problem,) = found.problems
    assert fault in problem.what
    assert (problem.where, problem.severity) == ("manual_A.csv line 3", Severity.WARNING)


START, END = TEXT.index("It"), TEXT.index(" time")
SLICE = TEXT[START:END]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (SLICE, True),
        ("", True),
        (SLICE.replace("\n", "\r\n"), True),
        (SLICE.replace("\u00e9", "e\u0301"), True),
        (f" {SLICE}", False),
        (f"{SLICE} ", False),
        (SLICE[:-1], False),
        (SLICE.lower(), False),
        (SLICE.replace('"', "\u201c"), False),
        (f"'{SLICE}", False),
    ],
)
def test_text_must_be_the_slice(load, text, fits):
    found = load(f"{HEAD},text\r\n" + quoted("C01", START, END, "CODI", text))
    assert len(found.codings) == int(fits)
    assert [problem.what for problem in found.problems] == ([] if fits else ["its text is not the text at its offsets"])


def test_text_keeps_its_white_space_under_any_spelling_of_the_column(load):
    start = TEXT.index(" time")
    for column in ("text", "Text", " TEXT "):
        found = load(f"{HEAD},{column}\r\n" + quoted("C01", start, start + 8, "CODI", TEXT[start : start + 8]))
        assert (len(found.codings), found.problems) == (1, ())


def test_text_may_be_guarded_as_our_own_files_guard_it(load):
    start = TEXT.index("--")
    for text, fits in ((TEXT[start:], True), (guarded(TEXT[start:]), True), (f"'{guarded(TEXT[start:])}", False)):
        assert len(load(f"{HEAD},text\r\n" + quoted("C01", start, len(TEXT), "F1", text)).codings) == int(fits)


@pytest.mark.parametrize(
    ("row", "what", "hint"),
    [
        ("C1,0,5,CODI,", "no such transcript: 'C1'", "did you mean C01?"),
        ("C01,0,5,codi,", "no such code: 'codi'", "did you mean CODI?"),
        ("C01,0,5,F11,", "no such code: 'F11'", "did you mean F1?"),
        ("C01,0,5,CODI,contary", "no such stance: 'contary'", "did you mean contrary?"),
        ("C01,0,5,CODI,?", "no such stance: '?'", "stances are asserted"),
        ("C01,0,99999,CODI,", f"its offsets '0' to '99999' are not in the text of {len(TEXT)} characters", ""),
    ],
)
def test_a_fault_names_the_value_and_its_nearest_neighbour(load, row, what, hint):
    (problem,) = load(f"{HEAD},stance\n{row}\n").problems
    assert (problem.where, problem.what) == ("manual_A.csv line 2", what)
    assert hint in problem.hint
    assert "left out" in problem.hint


def test_no_word_of_the_transcript_is_in_a_problem(load):
    secret = "the secret words that somebody said"  # in the wrong column too
    found = load(f"{HEAD},text\nC01,0,5,CODI,{secret}\n{secret},0,5,CODI,\nC01,{secret},5,CODI,\nC01,0,5,{secret},\n")
    assert len(found.problems) == 4
    assert "secret" not in "".join(f"{problem.where}{problem.what}{problem.hint}" for problem in found.problems)


@given(st.integers(-2, len(TEXT) + 2), st.integers(-2, len(TEXT) + 2), st.sampled_from(["CODI", "none"]), st.booleans())
def test_a_row_is_kept_exactly_where_its_offsets_hold_words(start, end, code, with_text):
    row = {"transcript": "C01", "start": str(start), "end": str(end), "code": code}
    if with_text:
        row["text"] = TEXT[max(start, 0) : max(end, 0)]
    inside = 0 <= start <= end <= len(TEXT)
    kept = inside and (code == "none" or bool(TEXT[start:end].strip()))
    assert (_fault(row, {"C01": TRANSCRIPTS[0]}, BOOK) is None) is kept


def test_none_rows_say_that_a_transcript_was_read(load):
    found = load(f"{HEAD}\nC01,0,0,none\nC02,0,9,none\n")
    assert [(row[0], row[3]) for row in rows(found.codings)] == [("C01", "none"), ("C02", "none")]
    assert found.problems == ()


def test_duplicates_are_counted_and_the_first_kept(load):
    found = load(f"{HEAD},stance,coder\n" + "C01,3,14,CODI,asserted,A\n" + "C01,3,14,CODI,contrary,A\n" * 2 + "C01,3,14,CODI,mixed,B\n")
    assert [(row[4], row[5]) for row in rows(found.codings)] == [("asserted", "A"), ("mixed", "B")]
    (problem,) = found.problems
    assert problem.what == "2 codings stand twice"


@pytest.mark.parametrize(
    ("name", "coder"),
    [
        ("manual_A.csv", "A"),
        ("manual-B b.csv", "B b"),
        ("manual.csv", "manual"),
        ("manual_.csv", "manual_"),
        ("Ann.csv", "Ann"),
        ("manualA.csv", "A"),
        ("A_manual.csv", "A_manual"),
    ],
)
def test_the_coder_is_the_column_else_the_file_name(load, name, coder):
    found = load(f"{HEAD},coder\nC01,3,14,CODI,\nC01,3,14,F1,Zoe\n", name)
    assert [row[5] for row in rows(found.codings)] == sorted([coder, "Zoe"])
    assert {row[5] for row in rows(found.codings) if row[3] == "F1"} == {"Zoe"}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "lacks the columns transcript, start, end, code"),
        (b"start,end\n1,2\n", "lacks the columns transcript, code"),
        (b"transcript~start~end~code\nC01~0~5~CODI\n", "lacks the columns"),
        (b"transcript,start,end,code\nC01,0,5,\0\n", "this is not text"),
        (b'transcript,start,end,code\nC01,0,5,"CODI\n', "not a readable table: line 2: a quotation mark is not closed"),
        (b"PK\x03\x04\xff\xfe", "lacks the columns"),
    ],
)
def test_files_that_cannot_be_used(load, data, what):
    found = load(data)
    assert rows(found.codings) == []
    (problem,) = found.problems
    assert what in problem.what
    assert (problem.where, problem.severity) == ("manual_A.csv", Severity.ERROR)


def test_a_bad_file_costs_no_other_file(tmp_path):
    (tmp_path / "manual_A.csv").write_text("words")
    (tmp_path / "manual_B.csv").write_text(f"{HEAD}\nC01,0,5,CODI\n")
    found = read_manual([tmp_path / f"manual_{name}.csv" for name in "ABC"], TRANSCRIPTS, BOOK)
    assert [row[5] for row in rows(found.codings)] == ["B"]
    assert [problem.where for problem in found.problems] == ["manual_A.csv", "manual_C.csv"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_as_a_spreadsheet_saves_it(load, end):
    data = end.join([" Code ,TRANSCRIPT,End,Start,provenance", "CODI,C01,5,0,invented", "", "F1,C01,5,0,invented", ""])
    assert [row[:4] for row in rows(load(b"\xef\xbb\xbf" + data.encode()).codings)] == [("C01", 0, 5, "CODI"), ("C01", 0, 5, "F1")]


def test_the_order_of_files_does_not_matter(tmp_path):
    paths = []
    for name, stance in (("A", "asserted"), ("B", "contrary"), ("C", "mixed")):
        paths.append(tmp_path / f"manual_{name}.csv")
        paths[-1].write_text(f"{HEAD},stance,coder\nC02,0,5,CODI,{stance},X\nC01,0,{ord(name)},F1,,X\nbad,0,1,F1,,\n")
    first, *others = [read_manual(order, TRANSCRIPTS, BOOK) for order in permutations(paths)]
    for other in others:
        pd.testing.assert_frame_equal(other.codings, first.codings)
        assert other.problems == first.problems
    assert [row[4] for row in rows(first.codings) if row[3] == "CODI"] == ["asserted"]


def test_a_row_of_empty_cells_is_no_row(load):
    assert load(f"{HEAD},stance\n,,,,\n").problems == ()


def test_no_files():
    found = read_manual([], TRANSCRIPTS, BOOK)
    assert rows(found.codings) == []
    assert found.problems == ()


@pytest.mark.parametrize(("weight", "read"), [("", 0.0), ("2.5", 2.5), ("1", 1.0)])
def test_a_weight(load, weight, read):
    found = load(f"{HEAD},weight\nC01,3,14,CODI,{weight}\n")
    assert found.problems == ()
    assert found.codings["weight"].tolist() == [read]


@pytest.mark.parametrize("weight", ["0", "-1", "many", "nan", "inf"])
def test_what_is_no_weight(load, weight):
    found = load(f"{HEAD},weight\nC01,3,14,CODI,{weight}\n")
    assert found.codings.empty
    assert [problem.what for problem in found.problems] == [f"its weight '{weight}' is no number above 0"]


def moved(transcript: Transcript, text: str) -> Transcript:
    return replace(transcript, text=text, utterances=(Utterance(Span(0, len(text))),))


def test_rows_of_another_text_are_not_applied_to_this_one(tmp_path):
    """The text column shows what still holds; what has none is left out, and everything is told."""
    path = tmp_path / "manual_A.csv"
    old, new = TRANSCRIPTS[0], moved(TRANSCRIPTS[0], TEXT + "\nC: And more.")
    sha = text_digest(old.text)
    marked = quoted("C01", START, END, "CODI", SLICE, sha)
    lines = [f"{HEAD},text,text_sha256", marked, f"C01,0,5,F1,,{sha}", f"C01,0,0,none,,{sha}", "C01,0,5,CODI,,"]
    path.write_text("\r\n".join(line.strip() for line in lines), encoding="utf-8", newline="")
    same = read_manual([path], [old], BOOK)
    assert (len(same.codings), same.problems) == (4, ())
    found = read_manual([path], [new], BOOK)
    assert [row[1:4] for row in rows(found.codings)] == [(0, 5, "CODI"), (START, END, "CODI")]
    assert [(each.where, each.what) for each in found.problems if each.severity is Severity.WARNING] == [
        (f"manual_A.csv line {line}", "its transcript has another text now than when it was coded") for line in (4, 5)
    ]
    (note,) = [each for each in found.problems if each.severity is Severity.NOTE]
    assert note.what == "the text of C01 has changed since it was coded; 1 of its rows still mark the same words and are used"
    elsewhere = read_manual([path], [moved(old, f"x{TEXT}")], BOOK)
    assert [row[1:4] for row in rows(elsewhere.codings)] == [(0, 5, "CODI")]


@pytest.mark.parametrize("cell", ["abc", "0" * 65, "g" * 16])
def test_what_is_no_digest(load, cell):
    assert [each.what for each in load(f"{HEAD},text_sha256\nC01,0,5,CODI,{cell}\n").problems] == [f"its text_sha256 {shown(cell)} is no digest"]


def test_names_of_transcripts_in_decomposed_form(tmp_path):
    """Zips from macOS hold names and tables in it."""
    transcript = replace(TRANSCRIPTS[0], id="Ren\u00e9 1")
    path = tmp_path / "manual_Zoe\u0301.csv"
    path.write_text(f"{HEAD}\nRene\u0301 1,0,5,CODI\nRen\u00e9 1,0,5,F1\n", encoding="utf-8")
    found = read_manual([path], [transcript], BOOK)
    assert found.problems == ()
    assert [(row[0], row[5]) for row in rows(found.codings)] == [("Ren\u00e9 1", "Zo\u00e9")] * 2


@pytest.mark.parametrize(("encoding", "notes"), [("utf-8-sig", 0), ("utf-16", 0), ("cp1252", 1)])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_as_spreadsheets_of_many_countries_save_it(load, encoding, notes, separator):
    lines = [f"{HEAD},coder,memo", "C01,0,5,CODI,Zo\u00e9,caf\u00e9", ""]
    found = load("\r\n".join(lines).replace(",", separator).encode(encoding))
    assert [row[5] for row in rows(found.codings)] == ["Zo\u00e9"]
    assert list(found.memos.values()) == ["caf\u00e9"]
    assert [(each.what, each.severity) for each in found.problems] == [("read as cp1252, because it is no UTF-8", Severity.NOTE)] * notes
