"""Comments of Word documents into a study: annotated.docx comes back as it was written, documents of coders find their transcripts."""

from __future__ import annotations

import csv

import docx
import pytest

from nptlens.study.folder import open_study
from nptlens.study.run.runner import run
from nptlens.study.transfer.import_project import import_file

_KEY = ("transcript", "start", "end", "code", "coder", "stance")


def rows(*paths):
    found = set()
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                row.setdefault("stance", "")
                row["coder"] = row.get("coder") or path.stem.removeprefix("manual_")
                found.add(tuple(row[name] or "" for name in _KEY))
    return {row for row in found if row[3] != "none"}


@pytest.fixture
def with_comments(tiny_study, no_model):
    toml = tiny_study.root / "study.toml"
    text = toml.read_text(encoding="utf-8")
    assert "[report]" not in text
    talk = (tiny_study.root / "transcripts" / "P01.txt").read_text(encoding="utf-8")
    over = talk.index("an hour to talk"), talk.index("for the cover.")  # over the border of two turns and the label between them
    sheet = tiny_study.root / "manual_A.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8") + f"P01,{over[0]},{over[1]},FORMS,mixed,A\n", encoding="utf-8")
    toml.write_text(text + '\n[report]\nformats = ["docx"]\n', encoding="utf-8")
    run(open_study(tiny_study.root))
    return tiny_study


def test_annotated_documents_come_back(with_comments, tmp_path):
    root = with_comments.root
    manual = [root / f"manual_{name}.csv" for name in "AB"]
    before = rows(*manual)
    assert len(before) > 5
    (root / "results" / "annotated.docx").rename(tmp_path / "annotated.docx")
    again = import_file(open_study(root), tmp_path / "annotated.docx")
    assert (again.not_found, again.new_codes, again.repeated, again.written) == (0, 0, len(before), ())
    assert again.machine > 0
    for path in manual:
        path.unlink()
    result = import_file(open_study(root), tmp_path / "annotated.docx")
    assert (result.not_found, result.tolerant, result.problems) == (0, 0, ())
    assert rows(root / "manual_word_comments.csv") == before


def test_a_coders_document_finds_its_transcript(tiny_study, tmp_path):
    text = (tiny_study.root / "transcripts" / "P01.txt").read_text(encoding="utf-8")
    made = docx.Document()
    made.add_paragraph("Coded by ann, in March")  # the document is no exact copy, and has a name of its own
    for line in text.splitlines():
        paragraph = made.add_paragraph()
        before, _, after = line.partition("The money paid for the cover.")
        if after:
            paragraph.add_run(before)
            made.add_comment([paragraph.add_run("The money paid for the cover.")], text=CODE + ": at last", author="ann")
            paragraph.add_run(after)
        else:
            paragraph.add_run(line)
    made.save(tmp_path / "from_ann.docx")
    files = sorted(path.name for path in (tiny_study.root / "transcripts").iterdir())
    result = import_file(open_study(tiny_study.root), tmp_path / "from_ann.docx")
    assert [(each.transcript, each.how, each.codings, each.found) for each in result.sources] == [("P01", "most of its lines", 1, 1)]
    assert sorted(path.name for path in (tiny_study.root / "transcripts").iterdir()) == files
    with (tiny_study.root / "manual_word_comments.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["code"], row["coder"], row["text"], row["memo"]) == (CODE, "ann", "The money paid for the cover.", "at last")


CODE = "MONEY"


def test_names_that_fit_nothing_are_told_with_the_nearest(tiny_study, tmp_path):
    quote = "The money paid for the cover."
    rows = [f"P01,Money,{quote}", f"Files\\\\P1,FORMS,{quote}", f"Quux,TEAM,{quote}", f"1 P01,Moneys,{quote}", f"P01,TEAM,{quote}", f"P01,TEAM,{quote}"]
    (tmp_path / "sheet.csv").write_text("\n".join(["document,code,quote", *rows]) + "\n", encoding="utf-8")
    result = import_file(open_study(tiny_study.root), tmp_path / "sheet.csv")
    told = {(problem.where, problem.hint) for problem in result.problems if "no transcript" in problem.what}
    assert told == {("Files\\\\P1", "did you mean P01?"), ("Quux", "put its transcript into the study, then import again")}
    assert [problem.what for problem in result.problems if "nearly the study" in problem.what] == [
        'the new code "Moneys" is nearly the study\'s "Money"',
    ]  # fmt: skip
    assert (result.exact, result.not_found, result.repeated, result.new_codes) == (4, 2, 1, 1)
    assert result.needs_a_look()
