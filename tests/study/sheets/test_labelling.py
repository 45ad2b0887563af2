"""Suggest, fill in, import, run: the whole way round."""

from __future__ import annotations

import csv
import io

import openpyxl
import pandas as pd
import pytest

from nptlens.core.errors import LockedError, ReadingError, UsageError
from nptlens.store.lock import study_lock
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run
from nptlens.study.sheets.labelling import import_labels, suggest_labels


@pytest.fixture(scope="module")
def after_a_run(make_tiny_study, run_once, tmp_path_factory):
    """The tiny study after a run; nobody coded P03."""
    study = make_tiny_study(tmp_path_factory.mktemp("ran") / "study")
    for coder in "AB":
        path = study.root / f"manual_{coder}.csv"
        study.write(path.name, "".join(line for line in path.read_text().splitlines(keepends=True) if "P03" not in line))
    return run_once(study)


def fill(path, labels):
    """Write codes and stance into a CSV sheet, by its rows in order."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for row, label in zip(rows, labels, strict=False):
        row |= label
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def seeds_of(tiny):
    return (tiny.root / "seeds_labelled.csv").read_text(encoding="utf-8-sig")


def test_suggestions(ran):
    study = open_study(ran.root)
    found = suggest_labels(study, number=2)
    segments = pd.read_parquet(ran.root / ".nptlens" / "segments.parquet").set_index("segment_id")
    assert len(found.suggestions) == 2
    assert found.problems == ()
    for each in found.suggestions:
        assert each.transcript_id == "P03"  # the others hold manual coding
        assert each.text == segments.loc[each.segment_id, "text"]
        assert each.participant_id == "P03"
        assert "Tell me" not in each.text
    assert suggest_labels(study, number=2) == found


def test_where_unread_transcripts_cannot_give_enough(ran):
    found = suggest_labels(open_study(ran.root), number=50)
    coded = pd.read_parquet(ran.root / ".nptlens" / "manual.parquet")
    assert {each.transcript_id for each in found.suggestions} <= {"P01", "P02", "P03"}
    if {each.transcript_id for each in found.suggestions} != {"P03"}:
        assert "nobody coded" in found.problems[0].what
    for each in found.suggestions:
        start, end = map(int, each.segment_id.split(":")[1].split("-"))
        own = coded[coded["transcript_id"] == each.transcript_id]
        shared = own["end"].clip(upper=end) - own["start"].clip(lower=start)
        assert not (shared >= 0.5 * (own["end"] - own["start"]).clip(upper=end - start)).any()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_round_trip(ran, kind):
    study = open_study(ran.root)
    sheet = ran.root / f"label.{kind}"
    found = suggest_labels(study, number=3, path=sheet).suggestions
    labels = [{"codes": "TEAM", "stance": "contrary"}, {"codes": "MONEY; FORMS", "stance": ""}, {"codes": "none"}][: len(found)]
    if kind == "csv":
        fill(sheet, labels)
    else:
        book = openpyxl.load_workbook(sheet)
        for line, label in enumerate(labels, start=2):
            book["excerpts"].cell(line, 8).value, book["excerpts"].cell(line, 9).value = label["codes"], label.get("stance")
        book.save(sheet)
    result = import_labels(study, sheet)
    assert (result.added, result.here_already, result.empty, result.problems) == (len(found), 0, 0, ())
    rows = list(csv.DictReader(io.StringIO(seeds_of(ran), newline="")))
    assert [(row["seed_id"], row["text"], row["group"]) for row in rows] == [
        (each.segment_id, each.text, each.transcript_id) for each in found
    ]
    assert [row["codes"] for row in rows] == ["TEAM", "MONEY;FORMS", "none"][: len(found)]
    before = seeds_of(ran)
    again = import_labels(study, sheet)
    assert (again.added, again.here_already) == (0, len(found))
    assert seeds_of(ran) == before
    reports = {stage.stage: stage.reran for stage in run(open_study(ran.root)).stages}
    assert (reports["segment"], reports["embed"], reports["code"]) == (False, True, True)
    assert not any(stage.reran for stage in run(open_study(ran.root)).stages)
    assert not {each.segment_id for each in found} & {each.segment_id for each in suggest_labels(open_study(ran.root), number=9).suggestions}


def test_what_became_a_seed_is_left_out_of_the_machines_figures_and_of_nobody_elses(ran):
    study = open_study(ran.root)
    sheet = ran.root / "label.csv"
    found = suggest_labels(study, number=50, path=sheet).suggestions
    inside = [each for each in found if each.transcript_id != "P03"]
    assert inside  # of transcripts that people coded
    fill(sheet, [{"codes": "TEAM"}] * len(found))
    before = {(each.coder[:7], each.against): each.units for each in Artefacts(study).summaries}
    import_labels(study, sheet)
    result = run(open_study(ran.root))
    after = {(each.coder[:7], each.against): each.units for each in result.agreement}
    assert {pair: before[pair] - units for pair, units in after.items()} == {
        pair: len(inside) if pair[0] == "machine" else 0 for pair in before
    }
    artefacts = Artefacts(open_study(ran.root))
    assert artefacts.taught.sum() == len(found)
    assert set(artefacts.verdicts["excerpts"]) == {after["machine", "A"]}
    note, _ = [problem for problem in result.problems if problem.where == "agreement"]  # the other: seeds of no transcript, as before
    assert note.what.startswith(f"{len(found)} segments are seeds now")


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ({"codes": "TAEM"}, "names TAEM"),
        ({"codes": "none;TEAM"}, "none beside other codes"),
        ({"codes": "TEAM", "stance": "angry"}, "has the stance angry"),
        ({"codes": "TEAM", "excerpt_id": "P09:1-2"}, "excerpt that the study lacks"),
        ({"codes": "TEAM", "excerpt": "retyped"}, "other words than the transcript"),
        ({"codes": "", "stance": "mixed"}, "a stance but no code"),
    ],
)
def test_a_refused_row(ran, label, what):
    study, sheet = open_study(ran.root), ran.root / "label.csv"
    found = suggest_labels(study, number=2, path=sheet).suggestions
    fill(sheet, [label, {"codes": "TEAM", "stance": "Asserted "}])
    result = import_labels(study, sheet)
    assert [(problem.where.split(" (")[0], what in problem.what) for problem in result.problems] == [("label.csv row 2", True)]
    assert result.needs_a_look()
    assert result.added == len(found) - 1
    assert "angry" not in seeds_of(ran)
    assert all(word not in f"{problem.what} {problem.hint}" for problem in result.problems for word in ("retyped", "paper"))


def test_another_label_later_overwrites_nothing(ran):
    study, sheet = open_study(ran.root), ran.root / "label.csv"
    suggest_labels(study, number=1, path=sheet)
    fill(sheet, [{"codes": "TEAM"}])
    import_labels(study, sheet)
    before = seeds_of(ran)
    fill(sheet, [{"codes": "MONEY"}])
    result = import_labels(study, sheet)
    assert seeds_of(ran) == before
    assert "labelled otherwise before" in result.problems[0].what


def test_rows_that_stand_in_the_file_stay_byte_by_byte(ran):
    study, sheet = open_study(ran.root), ran.root / "label.csv"
    own = "seed_id,text,codes,stance,note,group\nmine,My own words,TEAM,,,"
    ran.write("seeds_labelled.csv", own)  # without a line end
    run(study)
    suggest_labels(study, number=1, path=sheet)
    fill(sheet, [{"codes": "TEAM"}])
    assert import_labels(study, sheet).added == 1
    assert seeds_of(ran).startswith(f"{own}\nP0")


def test_empty_rows_write_nothing(ran):
    study, sheet = open_study(ran.root), ran.root / "label.csv"
    found = suggest_labels(study, number=2, path=sheet).suggestions
    result = import_labels(study, sheet)
    assert (result.added, result.empty) == (0, len(found))
    assert not (ran.root / "seeds_labelled.csv").exists()


def test_a_sheet_that_nobody_touched_is_written_again(ran):
    study, sheet = open_study(ran.root), ran.root / "label.csv"
    suggest_labels(study, number=2, path=sheet)
    first = sheet.read_bytes()
    suggest_labels(study, number=2, path=sheet)  # as after an interruption between the sheet and what comes behind it
    assert sheet.read_bytes() == first
    sheet.write_bytes(first + b"\n")
    with pytest.raises(UsageError, match="there already"):
        suggest_labels(study, number=2, path=sheet)


def test_wrong_use(ran, tmp_path):
    study = open_study(ran.root)
    with pytest.raises(UsageError, match="cannot write"):
        suggest_labels(study, number=1, path=tmp_path / "label.docx")
    there = ran.write("label.csv", "labels")
    with pytest.raises(UsageError, match="there already"):
        suggest_labels(study, number=1, path=there)
    with pytest.raises(ReadingError):
        import_labels(study, tmp_path / "absent.csv")
    ran.edit("seeds.csv", "MONEY-1,", "X-1,Some words,MONEY,asserted\nMONEY-1,")
    with pytest.raises(UsageError, match="not up to date"):
        suggest_labels(study, number=1)


def test_before_any_run(tiny_study):
    study = open_study(tiny_study.root)
    with pytest.raises(UsageError) as caught:
        suggest_labels(study, number=1)
    assert "nptlens run" in caught.value.hint
    sheet = tiny_study.write("label.csv", "excerpt_id,excerpt,codes\nP01:1-2,said,TEAM\n")
    with pytest.raises(UsageError, match="never run"):
        import_labels(study, sheet)


def test_a_run_holds_the_study(ran):
    sheet = ran.write("label.csv", "excerpt_id,excerpt,codes\nP01:1-2,said,TEAM\n")
    with study_lock(ran.root / ".nptlens"), pytest.raises(LockedError):
        import_labels(open_study(ran.root), sheet)
