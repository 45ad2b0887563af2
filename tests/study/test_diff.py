"""Two runs of the tiny study compared: what changed, for which excerpts, and why."""

import io
import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from nptlens.agreement.run_diff import causes, match_segments
from nptlens.cli.main import app
from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.ids import digest
from nptlens.reporting.changes import changes_file
from nptlens.schemas.run_comparison import RUN_SEGMENTS
from nptlens.schemas.tables import checked
from nptlens.store.files import write_table
from nptlens.study.diff import diff
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run
from nptlens.study.snapshots import current_run, keep, kept_names, kept_run


@pytest.fixture(scope="module")
def ran(make_tiny_study, word_encoder, tmp_path_factory):
    """The tiny study after a run that was kept as "first"."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nptlens.study.run.text_stages.load_encoder", lambda card, threads=0: word_encoder)
        study = make_tiny_study(tmp_path_factory.mktemp("ran"))
        run(open_study(study.root))
    keep(open_study(study.root), "first")
    return study


@pytest.fixture
def study(ran, tiny_study, no_model):
    shutil.copytree(ran.root, tiny_study.root, dirs_exist_ok=True)
    return tiny_study


def again(study):
    run(open_study(study.root))
    return diff(study.root, "first")


def segments(*rows):
    frame = pd.DataFrame(rows, columns=["transcript_id", "start", "text_digest"])
    ids = frame["transcript_id"] + ":" + frame["start"].astype(str)
    return checked(RUN_SEGMENTS, frame.assign(segment_id=ids, end=frame["start"] + 5))


def matched(before, after):
    pairs, edited = match_segments(before, after)
    ids = [(before["segment_id"][a], after["segment_id"][b]) for a, b in pairs]
    return [(*pair, bool(one)) for pair, one in zip(ids, edited, strict=True)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param([("A", 0, "x"), ("A", 9, "y")], [("A", 0, "x"), ("A", 9, "y")], [("A:0", "A:0", False), ("A:9", "A:9", False)], id="same"),
        pytest.param([("A", 0, "x"), ("A", 9, "y")], [("A", 3, "x"), ("A", 12, "y")], [("A:0", "A:3", False), ("A:9", "A:12", False)], id="moved"),
        pytest.param([("A", 0, "x"), ("A", 9, "y")], [("A", 0, "z"), ("A", 9, "y")], [("A:0", "A:0", True), ("A:9", "A:9", False)], id="edited"),
        pytest.param([("A", 0, "x"), ("A", 9, "y")], [("A", 9, "y")], [("A:9", "A:9", False)], id="gone"),
        pytest.param([("A", 0, "x")], [("A", 0, "p"), ("A", 9, "q")], [], id="split"),
        pytest.param([("A", 0, "x")], [("B", 0, "x")], [], id="another transcript"),
        pytest.param([], [("A", 0, "x")], [], id="nothing before"),
        pytest.param([("A", 9, "x"), ("A", 0, "x")], [("A", 0, "x"), ("A", 9, "x")], [("A:0", "A:0", False), ("A:9", "A:9", False)], id="same words twice"),
    ],
)
def test_excerpts_are_matched_by_words_then_by_place(before, after, found):
    assert matched(segments(*before), segments(*after)) == found


def test_a_run_that_changes_nothing_is_the_same(study):
    found = again(study)
    assert found.same()
    assert found.causes == ()
    assert found.excerpts.same == len(current_run(open_study(study.root), "").segments)
    assert (found.codes["kept"] == found.codes["before"]).all()
    assert (found.codes["most_moved"] == 0).all()


def test_a_changed_seed_is_told_with_the_excerpts_it_moved(study):
    study.edit("seeds.csv", "The forms were endless paper.", "The team listened in the weekly meeting.")
    found = again(study)
    assert not found.same()
    assert [(cause.kind, cause.name, cause.stages) for cause in found.causes] == [("seeds", "seeds.csv", ("embed", "code", "stance"))]
    before, after = (run.codings.set_index(["segment_id", "code"]) for run in (kept_run(open_study(study.root), "first"), current_run(open_study(study.root), "")))
    had, has = (frame["decision"] == "assigned" for frame in (before, after))
    gained = found.changes[found.changes["change"] == "gained"]
    assert set(zip(gained["segment_after"], gained["code"], strict=True)) == set((~had & has)[(~had & has)].index)
    assert found.codes["lost"].sum() == (had & ~has).sum()
    first = found.changes.iloc[0]
    assert first["probability_before"] == before.loc[(first["segment_before"], first["code"]), "probability"]
    assert first["probability_after"] == after.loc[(first["segment_after"], first["code"]), "probability"]


def test_a_changed_setting_is_told_with_its_values(study):
    study.edit("study.toml", "folds = 3", "folds = 3\nabstain_band = 0.49")
    found = again(study)
    assert [(cause.kind, cause.name, cause.after) for cause in found.causes] == [("setting", "settings coding.abstain_band", "0.49")]
    assert float(found.causes[0].before) != 0.49
    assert not found.same()
    assert set(found.changes["why"]) == {"threshold or settings"}
    assert (found.changes["decision_after"] == "abstained").all()


def test_an_edited_transcript_is_matched_around_the_edit(study):
    study.edit("transcripts/P01.txt", "P01: The money paid for the cover.", "P01: The forms paid for the paper.")
    found = again(study)
    assert [(cause.kind, cause.name) for cause in found.causes] == [("text", "transcripts/P01.txt")]
    assert found.excerpts.edited == 1
    assert found.excerpts.only_before == found.excerpts.only_after == 0
    assert set(found.changes["why"]) <= {"text edited"}
    assert set(found.changes["transcript_id"]) <= {"P01"}


def test_a_transcript_that_went_takes_its_codes_along(study):
    (study.root / "transcripts/P03.txt").unlink()
    (study.root / "participants.csv").write_text("participant,labels,role,practice\nP01,,nurse,A\nP02,,doctor,A\n", encoding="utf-8")
    found = again(study)
    assert {cause.kind for cause in found.causes} >= {"text", "participants sheet"}
    assert found.excerpts.only_before > 0
    gone = found.changes[found.changes["change"] == "gone"]
    assert len(gone) == found.codes["gone"].sum() > 0
    assert set(gone["why"]) == {"text only in one run"}
    assert set(gone["segment_after"]) == {""}


def test_manual_coding_that_teaches_is_a_cause(study):
    study.write("manual_A.csv", (study.root / "manual_A.csv").read_text(encoding="utf-8").replace("MONEY,asserted", "MONEY,contrary"))
    assert ("manual coding", "manual_A.csv") in {(cause.kind, cause.name) for cause in again(study).causes}


def test_two_folders_are_compared_too(study, ran):
    study.edit("seeds.csv", "The forms were endless paper.", "The team listened in the weekly meeting.")
    run(open_study(study.root))
    there, back = diff(ran.root, str(study.root)), diff(study.root, str(ran.root))
    assert there.codes["gained"].tolist() == back.codes["lost"].tolist()
    assert there.codes["after"].tolist() == back.codes["before"].tolist()


def test_a_setting_of_the_same_value_is_no_cause(study):
    """An earlier version made other digests of the same values."""
    before = kept_run(open_study(study.root), "first")
    stages = tuple(
        replace(stage, ingredients=tuple((name, digest(name) if name.startswith("settings ") else value) for name, value in stage.ingredients))
        for stage in before.stages
    )  # fmt: skip
    after = current_run(open_study(study.root), "now")
    assert ("settings agreement.overlap", "0.5") in after.settings
    told = {cause.name for cause in causes(replace(before, stages=stages), after)}
    assert not told & dict(after.settings).keys()
    other = tuple((name, "0.4" if name == "settings agreement.overlap" else value) for name, value in before.settings)
    (cause,) = (each for each in causes(replace(before, stages=stages, settings=other), after) if each.name == "settings agreement.overlap")
    assert (cause.before, cause.after) == ("0.4", "0.5")
    whole = tuple((name, "0.50" if name == "settings agreement.overlap" else value) for name, value in before.settings)
    assert "settings agreement.overlap" not in {each.name for each in causes(replace(before, stages=stages, settings=whole), after)}


def test_which_run_is_before_is_said_everywhere(study, tmp_path):
    study.edit("seeds.csv", "The forms were endless paper.", "The team listened in the weekly meeting.")
    run(open_study(study.root))
    kept = CliRunner().invoke(app, ["diff", str(study.root), "first", "--out", str(tmp_path / "changes.xlsx")])
    assert kept.stdout.splitlines()[0] == "before → after: first → the last run"
    copy = shutil.copytree(study.root, tmp_path / "copy" / study.root.name)
    found = diff(study.root, str(copy))
    assert (found.before, found.after) == (str(study.root), str(copy))  # of one name, so that the name does not tell
    assert load_workbook(tmp_path / "changes.xlsx").properties.title == "before → after: first → the last run"


def test_no_words_are_kept(study):
    folder = study.root / ".nptlens" / "runs" / "first"
    assert {path.name for path in folder.iterdir()} == {
        "segments.parquet", "codings.parquet", "stances.parquet", "heads.json", "stages.json", "settings.json", "salt.json", "digests.json",
    }  # fmt: skip
    assert list(pd.read_parquet(folder / "segments.parquet").columns) == RUN_SEGMENTS.names()


def test_digests_of_words_that_are_kept_cannot_be_guessed(study):
    held = kept_run(open_study(study.root), "first")
    texts = pd.read_parquet(study.root / ".nptlens" / "segments.parquet")["text"]
    assert not {digest(text) for text in texts} & set(held.segments["text_digest"])
    assert held.segments["text_digest"].nunique() == texts.nunique()
    copy = study.root.parent / "copy"
    shutil.copytree(study.root, copy, ignore=shutil.ignore_patterns("salt"))
    keep(open_study(copy), "second")
    assert not set(held.segments["text_digest"]) & set(kept_run(open_study(copy), "second").segments["text_digest"])


def test_a_run_kept_without_a_salt_can_be_compared(study):
    folder = study.root / ".nptlens" / "runs" / "first"
    now = current_run(open_study(study.root), "now")
    write_table(folder / "segments.parquet", RUN_SEGMENTS, now.segments)
    for later in ("salt.json", "digests.json"):  # an earlier version wrote neither
        (folder / later).unlink()
    assert diff(study.root, "first").excerpts.same == len(now.segments)


def test_a_run_kept_with_a_salt_that_is_gone_is_refused(study):
    (study.root / ".nptlens" / "salt").unlink()
    with pytest.raises(IntegrityError, match="salt is not the one"):
        diff(study.root, "first")


def test_what_cannot_be_compared_is_refused(study, tmp_path):
    opened = open_study(study.root)
    with pytest.raises(UsageError, match="already"):
        keep(opened, "first")
    for name in ("", "..", "a/b", "with space"):
        with pytest.raises(UsageError, match="no name"):
            keep(opened, name)
    with pytest.raises(UsageError, match="neither"):
        diff(study.root, "nowhere")
    with pytest.raises(UsageError, match="no run is kept"):
        kept_run(opened, "second")
    (study.root / ".nptlens" / "codings.parquet").write_bytes(b"altered")
    with pytest.raises(IntegrityError, match="codings"):
        diff(study.root, "first")
    (study.root / ".nptlens" / "ledger.sqlite").unlink()
    with pytest.raises(UsageError, match="never run"):
        diff(study.root, "first")
    assert kept_names(opened) == ("first",)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
def test_files_of_changes_are_the_same_bytes_and_hold_every_change(study, tmp_path, suffix):
    study.edit("seeds.csv", "The forms were endless paper.", "The team listened in the weekly meeting.")
    found = again(study)
    one, two = (changes_file(found, tmp_path / f"{name}{suffix}") for name in "ab")
    assert one == two
    if suffix == ".csv":
        assert len(pd.read_csv(io.BytesIO(one))) == len(found.changes)
    elif suffix == ".json":
        assert len(json.loads(one)["changes"]) == len(found.changes)
    else:
        assert len(pd.read_excel(io.BytesIO(one), sheet_name="Changes")) == len(found.changes)


def test_another_suffix_is_refused(study, tmp_path):
    with pytest.raises(UsageError, match="not written"):
        changes_file(diff(study.root, "first"), tmp_path / "changes.pdf")


def test_the_verb_exits_with_0_where_nothing_changed_and_1_where_something_did(study, tmp_path):
    runner = CliRunner()
    same = runner.invoke(app, ["diff", str(study.root), "first"])
    assert (same.exit_code, "changes: 0" in same.output) == (0, True)
    study.edit("seeds.csv", "The forms were endless paper.", "The team listened in the weekly meeting.")
    assert runner.invoke(app, ["run", str(study.root), "--keep", "first"]).exit_code != 0
    assert runner.invoke(app, ["run", str(study.root), "--keep", "second"]).exit_code == 0
    changed = runner.invoke(app, ["diff", str(study.root), "first", "--json", "--out", str(tmp_path / "changes.csv")])
    assert changed.exit_code == 1
    assert json.loads(changed.stdout)["same"] is False
    assert runner.invoke(app, ["diff", str(study.root), "second"]).exit_code == 0
