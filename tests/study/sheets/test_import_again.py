"""A filled sheet, corrected and imported again: whose it is, how codes may be written, what takes the place of what, and what is kept."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from nptlens.core.errors import UsageError
from nptlens.exchange.manual import read_manual
from nptlens.schemas.records import Code, Codebook
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.sheets._cells import Spellings
from nptlens.study.sheets.adjudication import mismatch_sheet
from nptlens.study.sheets.blind import blind_sheet
from nptlens.study.sheets.filled import import_sheet
from nptlens.study.sheets.labelling import import_labels, suggest_labels

BOOK = Codebook("b", "1", (Code("TEAM", "Working as a team", ""), Code("Money", "Time, and money", ""), Code("A,B", "Both", ""), Code("X", "both", "")))


@pytest.fixture
def study(ran):
    return open_study(ran.root)


def drawn(study, coder="Ann", number=6):
    sheet = study.root / f"{coder.lower()}.csv"
    blind_sheet(study, coder, number=number, path=sheet)
    return sheet


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def fill(path, codes, *, order=lambda rows: rows):
    rows = rows_of(path)
    for row, code in zip(rows, codes, strict=False):
        row["codes"] = code
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(order(rows))


def coded(study, name="manual_ann.csv"):
    rows = rows_of(study.root / name)
    return sorted((row["transcript"], int(row["start"]), row["code"]) for row in rows)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("TEAM", ("TEAM",)),
        ("team", ("TEAM",)),
        (" Team ; MONEY", ("TEAM", "Money")),
        ("money, team", ("Money", "TEAM")),
        ("money | TEAM|team", ("Money", "TEAM")),
        ("money\r\nteam\n\n", ("Money", "TEAM")),
        ("None", ("none",)),
        ("NONE, team", ("none", "TEAM")),
        ("working as  a TEAM", ("TEAM",)),
        ("Time, and money; team", ("Money", "TEAM")),
        ("A,B", ("A,B",)),
        ("a,b;team", ("A,B", "TEAM")),
        ("both", ("both",)),  # the name of two codes names neither
        ("TAEM, money", ("TAEM", "Money")),
        ("", ()),
        (" , ;", ()),
    ],
)
def test_codes_as_people_write_them(cell, codes):
    assert Spellings(BOOK).codes_of(cell) == codes


def test_an_exact_id_goes_before_another_in_other_case():
    book = Codebook("b", "1", (Code("team", "one", ""), Code("TEAM", "two", "")))
    assert Spellings(book).codes_of("TEAM; team") == ("TEAM", "team")
    assert Spellings(book).codes_of("Team") == ("Team",)


def test_a_corrected_sheet_takes_the_place_of_what_it_was(study):
    sheet = drawn(study)
    fill(sheet, ["TAEM", "team, MONEY", "MONNEY", "none", "None", "Forms"])
    first = import_sheet(study, sheet)
    assert (first.coder, first.read, first.refused) == ("Ann", 4, 2)
    told = {each.where.split(" (")[0]: (each.what, each.hint) for each in first.problems if " row " in each.where}
    assert told["ann.csv row 2"] == ("names TAEM, which the codebook lacks", "did you mean TEAM?")
    assert told["ann.csv row 4"] == ("names MONNEY, which the codebook lacks", "did you mean MONEY?")
    fill(sheet, ["TEAM", "team, MONEY", "MONEY", "none", "None", "Forms"])
    second = import_sheet(study, sheet)
    assert (second.read, second.refused) == (6, 0)
    assert [each.what for each in second.problems] == ["replaces what an earlier import wrote: 2 units are new"]
    assert len(coded(study)) == 7
    assert [path.name for path in study.manual_files()] == ["manual_A.csv", "manual_B.csv", "manual_ann.csv"]


def test_what_changes_or_goes_is_replaced_on_request_alone(study):
    sheet = drawn(study)
    fill(sheet, ["TEAM"] * 6)
    import_sheet(study, sheet)
    before = coded(study)
    fill(sheet, ["MONEY", "", "TEAM", "TEAM", "TEAM", "TEAM"])
    with pytest.raises(UsageError, match="1 unit is coded otherwise, 1 unit is no longer there"):
        import_sheet(study, sheet)
    assert coded(study) == before
    found = import_sheet(study, sheet, replace=True)
    assert any("1 unit is coded otherwise, 1 unit is no longer there" in each.what for each in found.problems)
    assert [row[2] for row in coded(study)].count("MONEY") == 1
    assert found.read == 5


def test_what_a_person_changed_there_is_kept_and_not_read(study):
    sheet = drawn(study)
    fill(sheet, ["TEAM"] * 5)
    import_sheet(study, sheet)
    target = study.root / "manual_ann.csv"
    target.write_text(target.read_text(encoding="utf-8").replace("TEAM", "FORMS", 1), encoding="utf-8")
    by_hand = target.read_bytes()
    fill(sheet, ["TEAM"] * 6)
    with pytest.raises(UsageError, match="was written or changed by a person"):
        import_sheet(study, sheet)
    assert target.read_bytes() == by_hand
    found = import_sheet(study, sheet, replace=True)
    (kept,) = [path for path in study.root.glob("manual_ann (changed*.csv") if path.read_bytes() == by_hand]
    assert any(kept.name in each.what for each in found.problems)
    assert kept not in study.manual_files()
    manual = read_manual(study.manual_files(), Artefacts(study).reading.transcripts, study.codebook())
    assert (manual.codings["coder"] == "Ann").sum() == 6


def test_the_coder_comes_from_the_sheet(study):
    ann, ben = drawn(study), drawn(study, "Ben")
    assert {row["excerpt_id"] for row in rows_of(ann)} == {row["excerpt_id"] for row in rows_of(ben)}
    for sheet in (ann, ben):
        fill(sheet, ["TEAM"] * 6, order=lambda rows: rows[:2] + rows[3:])
    assert import_sheet(study, ben).coder == "Ben"
    assert import_sheet(study, ann).coder == "Ann"
    assert import_sheet(study, ann, coder="ANN").coder == "Ann"


def test_a_sheet_that_may_be_of_two_is_not_guessed(study):
    ann, _ = drawn(study), drawn(study, "Ben")
    fill(ann, ["TEAM"] * 6, order=lambda rows: sorted(rows, key=lambda row: row["excerpt_id"]))
    with pytest.raises(UsageError, match="whose coding is it") as caught:
        import_sheet(study, ann)
    assert caught.value.hint == "add: --coder Ann or --coder Ben"
    assert import_sheet(study, ann, coder="Ann").problems == ()


def test_a_sheet_under_the_name_of_another_is_told(study):
    ann, ben = drawn(study), drawn(study, "Ben")
    fill(ben, ["TEAM"] * 6)
    (told,) = import_sheet(study, ben, coder="Ann").problems
    assert "the order of the sheet that was written for Ben" in told.what
    assert told.hint.endswith("--coder Ben")
    assert rows_of(ann)


def test_a_sheet_of_another_study(study):
    sheet = drawn(study)
    fill(sheet, ["TEAM"] * 6, order=lambda rows: [row | {"excerpt_id": f"Q{row['excerpt_id']}"} for row in rows])
    with pytest.raises(UsageError, match="no sheet of this study has these excerpts") as caught:
        import_sheet(study, sheet)
    assert "Ann" in caught.value.hint


def test_decisions_and_blind_coding_are_told_apart(study):
    blind, decide = drawn(study), study.root / "decide.xlsx"
    mismatch_sheet(study, "A", "B", path=decide, coder="all of us")
    book = openpyxl.load_workbook(decide)
    page = book["excerpts"]
    page.cell(2, [cell.value for cell in page[1]].index("decision") + 1).value = "team|Forms"
    book.save(decide)
    fill(blind, ["TEAM"])
    assert import_sheet(study, decide).coder == "all of us"
    assert import_sheet(study, blind).coder == "Ann"


def test_labels_are_written_as_freely(study):
    sheet = study.root / "label.csv"
    suggest_labels(study, number=1, path=sheet)
    fill(sheet, ["Team, money"])
    found = import_labels(study, sheet)
    assert (found.added, found.problems) == (1, ())
    assert "TEAM;MONEY" in (study.root / "seeds_labelled.csv").read_text(encoding="utf-8")
