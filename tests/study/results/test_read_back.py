"""What people write into results/ comes back into the study, once, and nothing of it is lost or invented."""

from __future__ import annotations

import csv
import io

import docx
import pytest
from openpyxl import load_workbook

from nptlens.core.errors import UsageError
from nptlens.store.outputs import kept_outputs
from nptlens.study.folder import open_study
from nptlens.study.partial_report import report_selected
from nptlens.study.run.runner import run
from nptlens.study.run.states import status

WORDS = "- talk is work, = they said\n'so' + more"


def workbook(tiny, folder="results"):
    return tiny.root / folder / "excerpts.xlsx"


def fill(path, cells, *, columns=("case", "code"), column="summary (yours)"):
    """Write cells, by what tells their row, into the framework of a workbook and save it."""
    book = load_workbook(path)
    sheet = book["Framework"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        key = tuple(row[header.index(name)].value for name in columns)
        if key in cells:
            row[header.index(column)].value = cells[key]
    book.save(path)


def held(path):
    """Return the summaries of a workbook, as another library reads them."""
    sheet = load_workbook(path)["Framework"]
    header = [cell.value for cell in sheet[1]]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    found = {(row[0], row[header.index("code")]): row[header.index("summary (yours)")] or "" for row in rows}
    return {key: text for key, text in found.items() if text}


def table(tiny, name):
    text = (tiny.root / name).read_text(encoding="utf-8-sig")
    return [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))][1:]


def again(tiny):
    return run(open_study(tiny.root)).told


def told_of(told, severity):
    return [each for each in told if each.severity == severity]


def test_summaries_come_back_and_stand_in_the_next_workbook(ran):
    fill(workbook(ran), {("P01", "TEAM"): WORDS, ("P02", "MONEY"): 5})
    told = again(ran)
    assert [each.what for each in told_of(told, "note")] == ["2 summaries read back into summaries.csv"]
    assert [each.where for each in told_of(told, "warning")] == ["results/excerpts.xlsx"]  # and the file itself is kept
    assert held(workbook(ran)) == {("P01", "TEAM"): WORDS, ("P02", "MONEY"): "5"}
    assert table(ran, "summaries.csv") == [("P01", "TEAM", "'" + WORDS), ("P02", "MONEY", "5")]
    page = (ran.root / "results" / "report.html").read_text()
    assert "talk is work, = they said<br>" in page
    assert again(ran) == ()


def test_a_workbook_saved_again_by_another_program_loses_and_invents_nothing(ran):
    fill(workbook(ran), {("P01", "TEAM"): WORDS})
    again(ran)
    before = (ran.root / "summaries.csv").read_bytes()
    book = load_workbook(workbook(ran))
    book["Framework"].auto_filter.ref = "A1:C3"
    book["Framework"].move_range("A2:M3", rows=40)  # as after sorting: other rows first, empty ones between
    book.save(workbook(ran))
    told = again(ran)
    assert told_of(told, "note") == [] and len(told) == 1
    assert (ran.root / "summaries.csv").read_bytes() == before and held(workbook(ran)) == {("P01", "TEAM"): WORDS}


def test_edits_and_deletions_in_either_place_count(ran):
    fill(workbook(ran), {("P01", "TEAM"): "one", ("P01", "MONEY"): "two", ("P01", "FORMS"): "three", ("P02", "TEAM"): "four"})
    again(ran)
    fill(workbook(ran), {("P01", "TEAM"): "one, edited", ("P01", "MONEY"): None})
    rows = [("P01", "TEAM", "one"), ("P01", "MONEY", "two"), ("P01", "FORMS", "three, edited")]  # P02's is deleted
    ran.write("summaries.csv", "".join(f'{",".join(row[:2])},"{row[2]}",my note\n' for row in [("case", "code", "summary"), *rows]))
    told = again(ran)
    assert [each.what for each in told_of(told, "note")] == ["2 summaries read back into summaries.csv"]
    due = {("P01", "TEAM"): "one, edited", ("P01", "FORMS"): "three, edited"}
    assert held(workbook(ran)) == due
    assert table(ran, "summaries.csv") == [(*key, text, "my note") for key, text in due.items()]


def test_what_both_places_say_differently_is_kept_in_both_and_told_once(ran):
    fill(workbook(ran), {("P01", "TEAM"): "one"})
    again(ran)
    fill(workbook(ran), {("P01", "TEAM"): "of the workbook"})
    ran.write("summaries.csv", "case,code,summary\nP01,TEAM,of the table\n")
    told = again(ran)
    (conflict,) = [each for each in told if "says something else" in each.what]
    assert conflict.where == "results/excerpts.xlsx" and conflict.what.endswith("P01 TEAM") and "of the" not in conflict.what
    assert held(workbook(ran)) == {("P01", "TEAM"): "of the table"}
    kept = [ran.root / name for name in kept_outputs(ran.root / ".nptlens")]
    assert {("P01", "TEAM"): "of the workbook"} in [held(path) for path in kept]
    assert again(ran) == ()


def test_a_formula_without_a_result_is_told_and_deletes_nothing(ran):
    fill(workbook(ran), {("P01", "TEAM"): "one"})
    again(ran)
    fill(workbook(ran), {("P01", "TEAM"): '=CONCATENATE("a","b")'})
    told = again(ran)
    assert any("1 cell of it cannot be read" in each.what and each.what.endswith("P01 TEAM") for each in told)
    assert held(workbook(ran)) == {("P01", "TEAM"): "one"}


def test_a_summary_longer_than_a_cell_stays_whole(ran):
    long = ("word " * 8_000).strip()
    ran.write("summaries.csv", f"case,code,summary\nP01,TEAM,{long}\n")
    again(ran)
    fill(workbook(ran), {("P02", "TEAM"): "short"})
    again(ran)
    assert {row[:2]: row[2] for row in table(ran, "summaries.csv")} == {("P01", "TEAM"): long, ("P02", "TEAM"): "short"}


def test_a_workbook_that_cannot_be_read_is_kept_and_told(ran):
    workbook(ran).write_bytes(b"PK\x03\x04 broken")
    told = again(ran)
    assert any("nothing was read back from it" in each.what for each in told)
    assert [(ran.root / name).read_bytes() for name in kept_outputs(ran.root / ".nptlens")] == [b"PK\x03\x04 broken"]


def test_summaries_of_a_study_whose_store_was_deleted_come_back(ran):
    import shutil

    fill(workbook(ran), {("P01", "TEAM"): "one"})
    shutil.rmtree(ran.root / ".nptlens")
    again(ran)
    assert held(workbook(ran)) == {("P01", "TEAM"): "one"}


def test_a_selected_report_is_read_back_by_the_run_and_once(ran):
    study = open_study(ran.root)
    report_selected(study, {"by": "role"}, None)
    fill(workbook(ran, "results/selected/by-role"), {("P03", "TEAM"): "one"})
    assert [each.what for each in again(ran)] == ["1 summary read back into summaries.csv"]
    ran.write("summaries.csv", "case,code,summary\nP03,TEAM,other\n")
    assert again(ran) == () and held(workbook(ran)) == {("P03", "TEAM"): "other"}
    fill(workbook(ran, "results/selected/by-role"), {("P02", "TEAM"): "two"})
    told = report_selected(study, {"by": "role"}, None).problems
    assert [each.severity for each in told] == ["note", "warning"]
    assert held(workbook(ran, "results/selected/by-role")) == {("P03", "TEAM"): "other", ("P02", "TEAM"): "two"}


def test_summaries_are_an_input_of_the_report_alone(ran):
    ran.write("summaries.csv", "case,code,summary\nP01,TEAM,one\n")
    assert {each.stage for each in status(open_study(ran.root)) if not each.up_to_date} == {"report"}


def test_a_table_of_summaries_without_its_columns_is_refused(ran):
    ran.write("summaries.csv", "person,words\nP01,one\n")
    with pytest.raises(UsageError, match="lacks the columns") as told:
        again(ran)
    assert "case,code,summary" in told.value.hint


@pytest.fixture
def with_word(ran):
    """The study after a run that wrote a Word report."""
    ran.write("study.toml", (ran.root / "study.toml").read_text() + '\n[report]\nformats = ["html", "docx"]\nlength = "full"\n')
    again(ran)
    return ran


def answer(tiny, number, text, name="Interviewer"):
    path = tiny.root / "results" / "report.docx"
    document = docx.Document(str(path))
    for grid in document.tables:
        for row in grid.rows:
            if len(row.cells) == 4 and row.cells[0].text == number and row.cells[1].text == name:
                row.cells[3].text = text
    document.save(str(path))


def answered(tiny, name):
    document = docx.Document(str(tiny.root / "results" / "report.docx"))
    return next(row.cells[3].text for grid in document.tables for row in grid.rows if len(row.cells) == 4 and row.cells[1].text == name)


def test_answers_to_a_checklist_come_back_and_stand_in_the_next_report(with_word):
    answer(with_word, "1", "We did.\nBoth of us.")
    told = again(with_word)
    assert [each.what for each in told_of(told, "note")] == ["1 answer read back into checklist_answers.csv"]
    assert table(with_word, "checklist_answers.csv") == [("COREQ", "1", "We did.\nBoth of us.")]
    assert answered(with_word, "Interviewer") == "We did.\nBoth of us."
    assert "We did.<br>Both of us." in (with_word.root / "results" / "report.html").read_text()
    assert again(with_word) == ()
    answer(with_word, "1", "to be completed by the researcher")
    again(with_word)
    assert table(with_word, "checklist_answers.csv") == [] and answered(with_word, "Interviewer") == "to be completed by the researcher"


def test_what_the_software_knows_stands_below_an_answer_and_is_no_part_of_it(with_word):
    answer(with_word, "12", "Three, as planned.", "Sample size")
    again(with_word)
    shown = answered(with_word, "Sample size")
    assert shown.startswith("Three, as planned.\n[nptlens: 3 participants heard in 3 transcripts")
    answer(with_word, "12", shown.replace("planned", "hoped"), "Sample size")
    again(with_word)
    assert table(with_word, "checklist_answers.csv") == [("COREQ", "12", "Three, as hoped.")]


def test_answers_cannot_be_told_where_the_record_is_gone(with_word):
    import shutil

    answer(with_word, "1", "We did.")
    shutil.rmtree(with_word.root / ".nptlens")
    told = again(with_word)
    assert any("the record of what nptlens wrote is gone" in each.what for each in told)
    assert not (with_word.root / "checklist_answers.csv").exists()
