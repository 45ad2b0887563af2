"""Draw, fill in, import, run: blind sheets and decisions the whole way round."""

from __future__ import annotations

import csv
import hashlib
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nptlens.agreement import manual_frame
from nptlens.core.errors import IntegrityError, LockedError, ReadingError, StorageError, UsageError
from nptlens.store.lock import study_lock
from nptlens.store.outputs import Outputs
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run
from nptlens.study.sheets.adjudication import mismatch_sheet
from nptlens.study.sheets.blind import blind_sheet
from nptlens.study.sheets.filled import import_sheet
from nptlens.study.transfer.export import export_study


@pytest.fixture
def study(ran):
    return open_study(ran.root)


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def fill(path, labels):
    """Write into a CSV sheet, by its rows in order; None leaves a row as it is."""
    rows = rows_of(path)
    for row, label in zip(rows, labels, strict=False):
        row |= label or {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def drawn(study, number=6, **options):
    sheet = study.root / "ann.csv"
    return sheet, blind_sheet(study, "Ann", number=number, path=sheet, **options)


def frame_of(study, coder):
    artefacts = Artefacts(study)
    codes = artefacts.codebook.ids()
    return manual_frame(coder, artefacts.manual, artefacts.segments, codes, artefacts.codebook, overlap=study.settings.agreement.overlap)


def test_a_blind_sheet(study):
    sheet, result = drawn(study)
    rows = rows_of(sheet)
    segments = Artefacts(study).segments.set_index("segment_id")
    assert list(rows[0]) == ["excerpt_id", "transcript", "before it (context: do not code)", "excerpt", "after it (context: do not code)", "codes", "stance", "note"]
    assert len(rows) == result.units == 6
    assert sum(each.units for each in result.strata) == 6
    assert sum(each.population for each in result.strata) == len(segments)
    for row in rows:
        assert row["excerpt"] == segments.loc[row["excerpt_id"], "text"]
        assert row["transcript"] == segments.loc[row["excerpt_id"], "transcript_id"]
        assert (row["codes"], row["stance"], row["note"]) == ("", "", "")
    design = pd.read_csv(result.design)
    assert result.design == study.root / "sheets" / "ann.design.csv"
    assert list(design.sort_values("order")["segment_id"]) == [row["excerpt_id"] for row in rows]
    assert set(design["coder"]) == {"Ann"}
    words = {word for text in segments["text"] for word in text.lower().split() if len(word) > 5}
    assert not words & set(result.design.read_text(encoding="utf-8").lower().replace(",", " ").split())


def test_what_was_said_before_is_there_with_the_question_and_ids(study):
    sheet, _ = drawn(study, number=500)
    before = {row["excerpt"]: row["before it (context: do not code)"] for row in rows_of(sheet)}
    forms = next(text for excerpt, text in before.items() if excerpt.startswith("The forms were endless"))
    assert forms == "[interviewer] And the forms?"
    money = next(text for excerpt, text in before.items() if excerpt.startswith("Money was paid"))
    assert money == "[interviewer] Tell me about the money."
    later = next(text for excerpt, text in before.items() if excerpt.startswith("The money paid for the cover"))
    assert later.startswith("[interviewer] What did you think")
    assert "\n[P01] The meeting gave" in later


def test_what_was_said_after_is_there(study):
    sheet, _ = drawn(study, number=500)
    after = {row["excerpt"]: row["after it (context: do not code)"] for row in rows_of(sheet)}
    texts = {each.id: each for each in Artefacts(study).reading.transcripts}
    segments = Artefacts(study).segments.set_index("text")
    for excerpt, told in after.items():
        place = segments.loc[excerpt]
        rest = texts[place["transcript_id"]].text[place["end"] :]
        said = [line.split("] ", 1)[1] for line in told.splitlines()]
        assert all(line.removesuffix(" …") in rest for line in said)
    assert any(told.startswith("[interviewer] ") for told in after.values())
    assert any(told == "" for told in after.values())  # the last words of a transcript


def test_the_same_seed_gives_the_same_bytes_and_every_coder_the_same_units(ran, study):
    sheet, result = drawn(study)
    first, kept = sheet.read_bytes(), result.design.read_bytes()
    other = blind_sheet(study, "Ben", number=6, path=ran.root / "ben.csv")
    assert {row["excerpt_id"] for row in rows_of(other.path)} == {row["excerpt_id"] for row in rows_of(sheet)}
    sheet.unlink()
    result.design.unlink()
    assert drawn(study)[1].design.read_bytes() == kept
    assert sheet.read_bytes() == first
    assert blind_sheet(study, "Cy", number=6, path=ran.root / "cy.csv", seed=99).design.read_bytes() != kept


def test_only_the_transcripts_that_are_named(study):
    sheet, _ = drawn(study, number=3, transcripts=("P03",))
    assert {row["transcript"] for row in rows_of(sheet)} == {"P03"}
    with pytest.raises(UsageError, match="no transcript P04") as caught:
        blind_sheet(study, "Ben", number=3, path=study.root / "b.csv", transcripts=("P04",))
    assert caught.value.hint.startswith("did you mean P0")


def test_neighbours_come_too(study):
    sheet, result = drawn(study, number=3, neighbours=1)
    assert result.units > 3
    assert len(rows_of(sheet)) == result.units


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_round_trip(study, kind):
    sheet = study.root / f"ann.{kind}"
    units = blind_sheet(study, "Ann", number=6, path=sheet).units
    labels = [("TEAM", "contrary", "a note"), ("MONEY; FORMS", "", ""), ("none", "", ""), ("", "", ""), ("TEAM\nMONEY", "", ""), ("none", "", "")]
    if kind == "csv":
        fill(sheet, [dict(zip(("codes", "stance", "note"), label, strict=True)) for label in labels])
        order = [row["excerpt_id"] for row in rows_of(sheet)]
    else:
        book = openpyxl.load_workbook(sheet)
        page = book["excerpts"]
        for line, label in enumerate(labels, start=2):
            for column, cell in enumerate(label, start=6):
                page.cell(line, column).value = cell or None
        order = [cell.value for cell in page["A"][1:]]
        book.save(sheet)
    result = import_sheet(study, sheet, coder="Ann")
    assert (result.read, result.coded, result.agreed, result.empty, result.refused) == (units - 1, 3, 0, 1, 0)
    assert not result.needs_a_look() or any("none of its" in problem.what for problem in result.problems)
    assert import_sheet(study, sheet, coder="Ann") == result  # the same once more
    rows = rows_of(study.root / "manual_ann.csv")
    assert {(row["coder"], row["how"]) for row in rows} == {("Ann", "sheet")}
    texts = {each.id: each.text for each in Artefacts(study).reading.transcripts}
    assert all(row["text_sha256"] == hashlib.sha256(texts[row["transcript"]].encode()).hexdigest()[:16] for row in rows)
    codes = {unit: sorted(row["code"] for row in rows if f"{row['transcript']}:{row['start']}-{row['end']}" == unit) for unit in order}
    assert [codes[unit] for unit in order] == [["TEAM"], ["FORMS", "MONEY"], ["none"], [], ["MONEY", "TEAM"], ["none"]]
    assert [(row["stance"], row["memo"]) for row in rows if row["memo"]] == [("contrary", "a note")]
    run(study)
    assert any("drawn units only" in problem.what for problem in export_study(study, "csv", study.root / "out.csv").problems)
    frame, ids = frame_of(study, "Ann"), list(Artefacts(study).segments["segment_id"])
    assert {ids[i] for i in np.flatnonzero(frame.read)} == {unit for unit in order if codes[unit]}
    assert [Artefacts(study).codebook.ids()[k] for k in np.flatnonzero(frame.coded[ids.index(order[1])])] == ["MONEY", "FORMS"]
    compared = {each.coder[:7]: each.units for each in Artefacts(study).summaries if each.against == "Ann"}
    held = {leak.segment_id for leak in Artefacts(study).leaks}  # seeds' own words: the machine is not compared there
    assert compared["machine"] == sum(bool(codes[unit]) and unit not in held for unit in order)


def test_weights_stand_for_all_units(study):
    sheet, result = drawn(study, number=7)
    fill(sheet, [{"codes": "none"}] * 7)
    imported = import_sheet(study, sheet, coder="Ann")
    assert imported.problems == ()
    run(study)
    frame = frame_of(study, "Ann")
    assert frame.weight[frame.read].sum() == pytest.approx(len(frame.read))
    assert (frame.weight[~frame.read] == 1).all()
    assert (frame_of(study, "A").weight == 1).all()
    design = pd.read_csv(result.design)
    np.testing.assert_allclose(sorted(frame.weight[frame.read]), sorted(1 / design["probability"]))


@pytest.mark.parametrize(
    ("label", "what", "hint"),
    [
        ({"codes": "TAEM"}, "names TAEM", "did you mean TEAM?"),
        ({"codes": "none;TEAM"}, "none beside other codes", "decide"),
        ({"codes": "TEAM", "stance": "angry"}, "has the stance angry", "write one of: asserted"),
        ({"codes": "TEAM", "stance": "contrairy"}, "has the stance contrairy", "did you mean contrary?"),
        ({"codes": "quite another word"}, "names quite another word", "use a code of the codebook: TEAM, MONEY, FORMS"),
        ({"codes": "TEAM", "excerpt_id": "P09:1-2"}, "excerpt that the study lacks", "another study"),
        ({"codes": "TEAM", "excerpt": "retyped"}, "other words than the transcript", "leave"),
        ({"codes": "", "stance": "mixed"}, "a stance but no code", "write a code"),
    ],
)
def test_a_refused_row_costs_nothing_else(study, label, what, hint):
    sheet, result = drawn(study)
    fill(sheet, [label, *[{"codes": "TEAM"}] * 5])
    found = import_sheet(study, sheet, coder="Ann")
    (problem,) = [each for each in found.problems if " row " in each.where]
    assert problem.where.startswith("ann.csv row 2 (")
    assert what in problem.what
    assert hint in problem.hint
    assert (found.refused, found.read) == (1, result.units - 1)
    assert found.needs_a_look()


def test_a_unit_twice_a_unit_of_another_sheet(study):
    sheet, _ = drawn(study)
    rows = rows_of(sheet)
    mine = {row["excerpt_id"] for row in rows}
    stranger = next(row for row in Artefacts(study).segments.itertuples() if row.segment_id not in mine)
    labels = [{"codes": "TEAM"}, rows[0] | {"codes": "MONEY"}, {"codes": "none", "excerpt_id": stranger.segment_id, "excerpt": stranger.text}]
    fill(sheet, [*labels, *[{"codes": "none"}] * 3])
    found = import_sheet(study, sheet, coder="Ann")
    told = {each.where.split(" (")[0]: each.what for each in found.problems if " row " in each.where}
    assert {where: what.split(",")[0] for where, what in told.items()} == {
        "ann.csv row 2": "is filled in 2 times for the same excerpt",
        "ann.csv row 3": "is filled in 2 times for the same excerpt",
        "ann.csv row 4": "names an excerpt that is not on the sheet of Ann",
    }
    assert found.read == 3


def test_nothing_filled_in_writes_nothing(study):
    sheet, _ = drawn(study)
    found = import_sheet(study, sheet, coder="Ann")
    assert (found.path, found.read) == (None, 0)
    assert found.needs_a_look()
    assert not (study.root / "manual_ann.csv").exists()


def test_an_interrupted_command_can_be_repeated_and_changes_nothing(study, monkeypatch):
    path, calls = study.root / "ann.csv", []
    settled = Outputs._settle

    def broken(self, *given):
        calls.append(given)
        settled(self, *given)
        if len(calls) == 2:  # both files stand, and the record of the second cannot be closed
            raise StorageError("input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Outputs, "_settle", broken)
        with pytest.raises(StorageError):
            blind_sheet(study, "Ann", number=3, path=path)
    held = {each: each.read_bytes() for each in (path, study.root / "sheets" / "ann.design.csv")}
    found = blind_sheet(study, "Ann", number=3, path=path)
    assert (found.units, {each: each.read_bytes() for each in held}) == (3, held)
    with pytest.raises(UsageError, match="Ann has a sheet already"):
        blind_sheet(study, "Ann", number=4, path=path)
    fill(path, [{"codes": "TEAM"}])
    with pytest.raises(UsageError, match="there already, and may hold labels"):
        blind_sheet(study, "Ann", number=3, path=path)


def test_the_same_coder_twice(study):
    with pytest.raises(UsageError, match="A has coded already, in manual_A"):
        blind_sheet(study, "A", number=3, path=study.root / "a.csv")
    sheet, _ = drawn(study)
    with pytest.raises(UsageError, match="Ann has a sheet already"):
        blind_sheet(study, "Ann", number=3, path=study.root / "b.csv")
    fill(sheet, [{"codes": "TEAM"}] * 6)
    import_sheet(study, sheet, coder="Ann")
    before = (study.root / "manual_ann.csv").read_bytes()
    fill(sheet, [{"codes": "MONEY"}])
    with pytest.raises(UsageError, match="1 unit is coded otherwise") as caught:
        import_sheet(study, sheet, coder="Ann")
    assert "--replace" in caught.value.hint
    assert (study.root / "manual_ann.csv").read_bytes() == before
    (study.root / "manual_ann.csv").rename(study.root / "manual_other.csv")
    with pytest.raises(UsageError, match="Ann has coded already, in manual_other"):
        import_sheet(study, sheet, coder="Ann")


def test_what_cannot_be_imported(study):
    sheet, result = drawn(study)
    with pytest.raises(UsageError, match="no sheet was written for An ") as caught:
        import_sheet(study, sheet, coder="An")
    assert caught.value.hint == "did you mean ann?"
    with pytest.raises(ReadingError, match="cannot be opened"):
        import_sheet(study, study.root / "gone.csv", coder="Ann")
    with pytest.raises(ReadingError, match="lacks the columns excerpt_id"):
        import_sheet(study, study.root / "participants.csv", coder="Ann")
    with study_lock(study.store), pytest.raises(LockedError):
        import_sheet(study, sheet, coder="Ann")
    result.design.write_text(result.design.read_text().replace("0.", "x.", 1))
    with pytest.raises(IntegrityError, match="cannot be read"):
        import_sheet(study, sheet, coder="Ann")


@pytest.mark.parametrize("name", ["", " Ann", "***", "machine", "machine:1", "x" * 61, "a\nb", "'a"])
def test_what_is_no_name(study, name):
    with pytest.raises(UsageError):
        blind_sheet(study, name, number=3, path=study.root / "a.csv")
    assert not (study.root / "a.csv").exists()


def test_what_cannot_be_drawn(ran, study):
    with pytest.raises(UsageError, match="cannot write"):
        blind_sheet(study, "Ann", number=3, path=ran.root / "a.docx")
    with pytest.raises(UsageError, match="among the transcripts"):
        blind_sheet(study, "Ann", number=3, path=ran.root / "transcripts" / "a.csv")
    ran.edit("codebook.toml", "Talking as a team.", "Talking as one team.")
    with pytest.raises(UsageError, match="not up to date"):
        blind_sheet(open_study(ran.root), "Ann", number=3, path=ran.root / "a.csv")


def test_segments_that_changed_are_told(ran, study, no_model):
    sheet, _ = drawn(study)
    fill(sheet, [{"codes": "TEAM"}] * 6)
    ran.write("transcripts/P04.txt", "Interviewer: And you?\nP04: Nobody asked the team about the forms or about the money in that year.\n")
    run(study)
    found = import_sheet(study, sheet, coder="Ann")
    assert any("segments have changed" in problem.what for problem in found.problems)
    assert found.read == 6


def test_decisions_on_mismatches_make_a_third_coder(ran, study):
    sheet = study.root / "decide.csv"
    result = mismatch_sheet(study, "A", "B", path=sheet)
    rows = rows_of(sheet)
    assert result.units == len(rows) >= 2
    assert {"codes of A", "codes of B", "why", "decision"} <= set(rows[0])
    assert all(row["codes of A"] != row["codes of B"] for row in rows)
    assert all(row["why"].startswith("A: ") for row in rows)
    fill(sheet, [{"decision": "FORMS"}, {"decision": "none"}, *[{"decision": "TEAM; FORMS", "stance": "mixed"}] * (len(rows) - 2)])
    found = import_sheet(study, sheet)
    assert (found.coder, found.refused, found.empty) == ("adjudicated", 0, 0)
    n = len(Artefacts(study).segments)
    assert found.agreed == n - len(rows)
    assert found.read == n
    run(study)
    a, b, decided = (frame_of(study, name) for name in ("A", "B", "adjudicated"))
    assert decided.read.all()
    assert (decided.weight == 1).all()
    agree = (a.coded == b.coded).all(axis=1)
    assert (decided.coded[agree] == a.coded[agree]).all()
    ids = list(Artefacts(study).segments["segment_id"])
    assert decided.coded[ids.index(rows[1]["excerpt_id"])].sum() == 0
    assert decided.coded[ids.index(rows[0]["excerpt_id"])].tolist() == [False, False, True]


def test_what_is_not_decided_is_missing(study):
    sheet = study.root / "decide.xlsx"
    units = mismatch_sheet(study, "B", "machine", path=sheet, coder="both of us").units
    book = openpyxl.load_workbook(sheet)
    page = book["excerpts"]
    head = [cell.value for cell in page[1]]
    assert head[5:9] == ["codes of B", "codes of machine", "why", "decision"]
    assert "the machine gives" in page.cell(2, 8).value
    page.cell(2, 9).value = "TEAM"
    book.save(sheet)
    found = import_sheet(study, sheet, coder="both of us")
    assert (found.empty, found.read) == (units - 1, found.agreed + 1)
    assert (units == 1) == (not found.problems)


def test_what_cannot_be_decided(study):
    sheet = study.root / "decide.csv"
    for pair, what in ((("A", "A"), "named twice"), (("A", "Eve"), "no manual coding by Eve")):
        with pytest.raises(UsageError, match=what):
            mismatch_sheet(study, *pair, path=sheet)
    mismatch_sheet(study, "A", "B", path=sheet)
    blind, _ = drawn(study)
    with pytest.raises(UsageError, match="not the sheet that was written for Ann"):
        import_sheet(study, sheet, coder="Ann")
    with pytest.raises(UsageError, match="not the sheet"):
        import_sheet(study, blind, coder="adjudicated")
    ran = study.root / "manual_B.csv"
    ran.write_text((study.root / "manual_A.csv").read_text().replace(",A\n", ",B\n"))
    run(study)
    with pytest.raises(UsageError, match="differ nowhere"):
        mismatch_sheet(study, "A", "B", path=study.root / "x.csv", coder="third")
