"""A study in Python: what the verbs do, and tables that are refused where the verbs refuse."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import nptlens
from nptlens.schemas.tables import AGREEMENT, CODINGS, SEGMENTS, TOPICS
from nptlens.store.files import read_table
from nptlens.store.lock import study_lock

TABLES = {
    "segments": ("segments.parquet", SEGMENTS),
    "codings": ("codings.parquet", CODINGS),
    "topics": ("topics.parquet", TOPICS),
    "agreement": ("agreement.parquet", AGREEMENT),
}


@pytest.fixture
def study(ran):
    return nptlens.open_study(ran.root)


def test_a_folder_without_a_study_is_refused(tmp_path):
    with pytest.raises(nptlens.SettingsError, match="nptlens init"):
        nptlens.open_study(tmp_path)


def test_a_study_that_was_never_run_has_no_tables(tiny_study):
    with pytest.raises(nptlens.UsageError, match="never run"):
        _ = nptlens.open_study(tiny_study.root).segments


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_those_of_the_run(study, name):
    file, table = TABLES[name]
    found = getattr(study, name)
    assert len(found)
    pd.testing.assert_frame_equal(found, read_table(study.folder / ".nptlens" / file, table))


@pytest.mark.parametrize("name", TABLES)
def test_a_damaged_table_is_refused(study, name):
    path = study.folder / ".nptlens" / TABLES[name][0]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(nptlens.IntegrityError, match="nptlens run"):
        getattr(study, name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_refused_after_an_edit_of_a_transcript(ran, study, name):
    ran.edit("transcripts/P01.txt", "weekly", "monthly")
    with pytest.raises(nptlens.UsageError, match="not up to date"):
        getattr(study, name)


def test_settings_are_those_of_the_file_as_it_is_now(ran, study):
    assert study.settings.coding.nearest == 3
    ran.edit("study.toml", "folds = 3", "folds = 3\nnearest = 1")
    assert study.settings.coding.nearest == 1
    assert len(study.topics)
    with pytest.raises(nptlens.UsageError, match="nearest"):
        _ = study.codings
    done = {stage.stage for stage in study.run().stages if stage.reran}
    assert "code" in done
    assert "discover" not in done
    assert (~study.codings["nearest_seeds"].str.contains(";")).all()


def test_what_was_asked_for_before_does_not_hold_the_study(study):
    assert len(study.segments)
    assert study.run().stages


def test_progress_is_told_and_status_is_what_a_run_leaves(tiny_study, no_model):
    study = nptlens.open_study(str(tiny_study.root))
    assert {stage.why for stage in study.status()} == {"never ran"}
    told = []
    result = study.run(progress=lambda stage, done, total: told.append(stage))
    assert {stage.stage for stage in result.stages} <= set(told)
    assert [path.name for path in result.outputs if path.name == "report.html"]
    assert all(stage.up_to_date for stage in study.status())
    assert not any(stage.reran for stage in study.run().stages)


def test_a_stage_runs_again_and_an_unknown_one_is_refused(study):
    assert [stage.stage for stage in study.run(again=["name"]).stages if stage.why == "asked for"] == ["name"]
    with pytest.raises(nptlens.UsageError, match=r"no stage 'cod'.*code"):
        study.run(again=["cod"])


def test_a_study_in_use_is_refused(study):
    with study_lock(study.folder / ".nptlens"), pytest.raises(nptlens.LockedError):
        _ = study.codings


def test_inputs_can_be_read(study):
    assert study.codebook.ids() == ("TEAM", "MONEY", "FORMS")
    assert len(study.seeds) == 15
    assert [card.topic for card in study.topic_cards] == sorted(set(study.topics["topic"]) - {-1})


def test_a_report_again_and_another_beside_it(study):
    first = study.report()
    assert study.folder / "results" / "report.html" in first.outputs
    part = study.report(formats=["md", "md"], codes=["TEAM"], by="role", excerpts=2, out=study.folder.parent / "part")
    assert [path.name for path in part.outputs] == ["report.md"]
    assert part.outputs[0].parent == study.folder.parent / "part"
    with pytest.raises(nptlens.SettingsError, match=r"report\.excerpts"):
        study.report(excerpts=0)
    with pytest.raises(nptlens.UsageError):
        study.report(codes=["NONE"])


def test_validation_is_that_of_the_verb(study, tmp_path):
    found = study.validate(coder="A", against="B", out=tmp_path / "out")
    assert {(each.coder, each.against) for each in found.headlines} == {("A", "B")}
    assert json.loads((tmp_path / "out" / "validation.json").read_text())["study"] == "A tiny study"
    with pytest.raises(nptlens.UsageError):
        study.validate(coder="nobody")


def test_why_gives_the_decision_of_the_table(study):
    row = study.codings.iloc[0]
    found = study.why(row["segment_id"], row["code"])
    assert (found.decision, found.probability) == (row["decision"], row["probability"])
    with pytest.raises(nptlens.UsageError, match="no segment"):
        study.why("P01:0-1")


def test_reading_a_study_a_folder_and_a_file_gives_the_same_transcript(tiny_study):
    folder = tiny_study.root / "transcripts"
    read = [nptlens.read(path).transcripts for path in (tiny_study.root, str(folder), folder / "P02.txt")]
    assert [[each.id for each in found] for found in read] == [["P01", "P02", "P03"], ["P01", "P02", "P03"], ["P02"]]
    assert read[0][1] == read[1][1]
    assert {found[-1].text for found in read[:2]} == {(folder / "P03.txt").read_text()}


def test_what_cannot_be_read_is_a_problem_and_no_folder_is_an_error(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"no pdf")
    (tmp_path / "b.txt").write_text("I: Why?\nP: We met on Monday.\n")
    found = nptlens.read(tmp_path)
    assert [each.id for each in found.transcripts] == ["b"]
    assert [each.where for each in found.problems] == ["a.pdf"]
    with pytest.raises(nptlens.UsageError):
        nptlens.read(tmp_path / "nowhere")


def test_a_codebook_from_a_file_or_by_its_name(tiny_study):
    assert nptlens.read_codebook(tiny_study.root / "codebook.toml").get("TEAM") == nptlens.Code("TEAM", "Team", "Talking as a team.")
    assert nptlens.read_codebook("npt").name
    with pytest.raises(nptlens.CodebookError, match="no codebook 'ntp'"):
        nptlens.read_codebook("ntp")


def test_an_error_of_the_disk_is_one_of_ours(tiny_study, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device", str(tiny_study.root))

    monkeypatch.setattr("nptlens.api.study.run", full)
    with pytest.raises(nptlens.StorageError, match="no space left"):
        nptlens.open_study(tiny_study.root).run()
