"""The main job: resuming, tampering, the lock, and what a run does with a study that lacks something."""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import filelock
import numpy as np
import pandas as pd
import pytest
from safetensors import safe_open

from nptlens.core.errors import CodebookError, IntegrityError, LockedError, NoInputError, SeedError, SettingsError, UsageError
from nptlens.schemas.records import Embedded, Severity
from nptlens.store.files import write_bytes
from nptlens.study.folder import open_study
from nptlens.study.run import pipeline
from nptlens.study.run.pipeline import stage_named
from nptlens.study.run.runner import run
from nptlens.study.run.stage import always
from nptlens.study.run.states import status

STAGES = tuple(stage.name for stage in pipeline.STAGES if stage.wanted is always)
ARTEFACTS = {
    "read": "transcripts.json",
    "segment": "segments.parquet",
    "manual": "manual.parquet",
    "embed": "vectors.npy",
    "discover": "topics_found.parquet",
    "name": "topics.parquet",
    "code": "codings.parquet",
    "map": "topic_codes.parquet",
    "compare": "agreement.parquet",
    "stance": "stances.parquet",
    "report": "../results/report.html",
}


class Stop(KeyboardInterrupt):
    """An interruption that no test could mistake for a real one."""


def reran(result):
    return tuple(stage.stage for stage in result.stages if stage.reran)


def run_in(tiny, **options):
    return run(open_study(tiny.root), **options)


@pytest.fixture(scope="module")
def uninterrupted(make_tiny_study, word_encoder, tmp_path_factory):
    """The tiny study after an uninterrupted run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nptlens.study.run.text_stages.load_encoder", lambda card, threads=0: word_encoder)
        study = make_tiny_study(tmp_path_factory.mktemp("uninterrupted"))
        run_in(study)
    return study


@pytest.fixture
def wanted(uninterrupted, no_model):
    """What an uninterrupted run makes."""
    return uninterrupted.made()


@pytest.fixture
def done(tiny_study, uninterrupted, wanted):
    """A copy of the tiny study after its run."""
    shutil.copytree(uninterrupted.root, tiny_study.root, dirs_exist_ok=True)
    assert tiny_study.made() == wanted
    return tiny_study


def table(tiny, name):
    return pd.read_parquet(tiny.root / ".nptlens" / f"{name}.parquet")


def test_a_run_makes_everything_and_a_second_run_nothing(tiny_study, no_model):
    first = run_in(tiny_study)
    assert reran(first) == STAGES
    assert {stage.why for stage in first.stages} == {"never ran"}
    assert [path.name for path in first.outputs] == ["codings.csv", "excerpts.xlsx", "report.html", "topics.csv"]
    assert all(path.is_file() for path in first.outputs)
    assert not first.needs_a_look()
    assert [(each.coder.split(":")[0], each.against) for each in first.agreement] == [("machine", "A"), ("machine", "B"), ("B", "A")]
    made = tiny_study.made()
    second = run_in(tiny_study)
    assert reran(second) == ()
    assert second.outputs == first.outputs
    assert second.agreement == first.agreement
    assert tiny_study.made() == made


def test_the_tiny_study_is_read_as_written(done, no_model):
    segments, codings = table(done, "segments"), table(done, "codings")
    assert sorted(segments["participant_id"].unique()) == ["P01", "P02", "P03"]
    for row in segments.itertuples():
        source = (done.root / "transcripts" / f"{row.transcript_id}.txt").read_text(encoding="utf-8")
        assert source[row.start : row.end] == row.text
    assert not segments["text"].str.contains("What did you think").any()
    assert len(codings) == 3 * len(segments)
    best = codings.loc[codings.groupby("segment_id")["probability"].idxmax()].merge(segments, on="segment_id")
    words = {"TEAM": "team", "MONEY": "money", "FORMS": "forms"}
    assert all(words[row.code] in row.text.lower() for row in best.itertuples())


def test_two_studies_of_the_same_files_are_the_same_bytes(tiny_study, wanted):
    run_in(tiny_study)
    assert tiny_study.made() == wanted


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_interrupted_stage_is_done_again_and_no_other(tiny_study, wanted, monkeypatch, stage, when):
    real = stage_named(stage).function()

    def interrupted(artefacts, progress):
        if when == "after":
            real(artefacts, progress)
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(stage_named(stage).run.replace(":", "."), interrupted)
        with pytest.raises(Stop):
            run_in(tiny_study)
    assert reran(run_in(tiny_study)) == STAGES[STAGES.index(stage) :]
    assert tiny_study.made() == wanted


def test_an_interruption_at_any_word_of_progress_loses_nothing(tiny_study, wanted):
    """Whatever is told of the progress is answered by an interruption once; each time the run is taken up again."""
    told = set()

    def interrupting(*progress):
        if progress not in told:
            told.add(progress)
            raise Stop

    times = 0
    for _ in range(500):
        with suppress(Stop):
            run_in(tiny_study, progress=interrupting)
            break
        times += 1
    assert times == len(told)
    assert {stage.partition(":")[0] for stage, _, _ in told} == set(STAGES)
    assert tiny_study.made() == wanted


def test_an_interruption_at_any_write_loses_nothing(tiny_study, wanted, monkeypatch):
    """Each file of the run fails to be written once; each time the run is taken up again."""
    real = os.replace
    failed = set()

    def replace(path, target):
        if Path(target).name not in failed:
            failed.add(Path(target).name)
            raise Stop
        return real(path, target)

    monkeypatch.setattr(os, "replace", replace)
    while True:
        with suppress(Stop):
            run_in(tiny_study)
            break
        assert not list(tiny_study.root.rglob("*.tmp"))
    record = {"outputs.json", "outputs.pending.json", "outputs.cells.json", "INCOMPLETE.txt", "salt"}
    assert failed == {Path(name).name for name in wanted} | record
    assert tiny_study.made() == wanted


def test_an_interrupted_change_is_noticed_when_it_is_taken_back(done, wanted, monkeypatch):
    done.edit("transcripts/P02.txt", "small money", "big money")
    with monkeypatch.context() as patch:
        real = stage_named("segment").function()

        def interrupted(artefacts, progress):
            real(artefacts, progress)
            raise Stop

        patch.setattr("nptlens.study.run.text_stages.cut_segments", interrupted)
        with pytest.raises(Stop):
            run_in(done)
    done.edit("transcripts/P02.txt", "big money", "small money")
    run_in(done)
    assert done.made() == wanted


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("deed", ["altered", "missing"])
def test_a_tampered_artefact_is_made_again(done, wanted, stage, deed):
    path = done.root / ".nptlens" / ARTEFACTS[stage]
    if deed == "altered":
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()
    result = run_in(done)
    assert reran(result) == (stage,)
    assert next(each.why for each in result.stages if each.reran) == f"{deed}: {ARTEFACTS[stage]}"
    kept = {name for name in done.made() if " (changed " in name}  # a result that is not as it was written may be a person's
    assert len(kept) == (stage == "report" and deed == "altered")
    assert {name: sha256 for name, sha256 in done.made().items() if name not in kept} == wanted


@pytest.mark.parametrize("stage", STAGES)
def test_again_runs_the_stage_that_was_asked_for_and_changes_nothing(done, wanted, stage):
    result = run_in(done, again=(stage,))
    assert reran(result) == (stage,)
    assert done.made() == wanted


def test_an_edit_reruns_to_what_a_fresh_study_gives(done, tmp_path, no_model):
    fresh = type(done)(tmp_path / "fresh")
    for each in (done, fresh):
        each.edit("seeds.csv", "endless paper", "endless")
        each.edit("manual_B.csv", "asserted", "contrary")
        each.edit("transcripts/P03.txt", "in March", "in May")
    assert reran(run_in(done)) == STAGES
    run_in(fresh)
    assert done.made() == fresh.made()


def test_new_seeds_leave_the_topics_as_they_are(done, no_model):
    done.edit("seeds.csv", "endless paper", "endless")
    assert reran(run_in(done)) == ("embed", "code", "map", "compare", "stance", "report")


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_are_as_many_as_asked_for_and_change_no_byte(tiny_study, wanted, no_model, monkeypatch, threads):
    workers = sys.modules["nptlens.coding._workers"]
    pools, loaded = [], []
    monkeypatch.setattr(workers, "ThreadPoolExecutor", lambda number: pools.append(number) or ThreadPoolExecutor(number))
    monkeypatch.setattr("nptlens.study.run.text_stages.load_encoder", lambda card, threads=0: loaded.append(threads) or no_model)
    monkeypatch.setattr("nptlens.study.run.text_stages.remarks", lambda card, threads=0: loaded.append(threads) or ())
    tiny_study.edit("study.toml", "[study]", f"[study]\nthreads = {threads}")
    run_in(tiny_study)
    assert len(pools) >= 2  # heads, and stances
    assert set(pools) == {threads}
    assert loaded == [threads, threads]
    assert tiny_study.made() == wanted


def test_no_pool_is_made_that_does_not_know_how_many_threads_are_asked_for():
    root = Path(sys.modules["nptlens.coding._workers"].__file__).parents[1]
    made = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if re.search(r"\b(Thread|Process)PoolExecutor\(", path.read_text("utf-8"))}
    assert made == {"coding/_workers.py", "embedding/_onnx.py", "embedding/_sentence_transformers.py", "reading/_on_all_cores.py"}


def test_files_in_another_order_change_no_byte(tiny_study, wanted, monkeypatch):
    real = Path.rglob
    monkeypatch.setattr(Path, "rglob", lambda path, pattern: reversed(list(real(path, pattern))))
    run_in(tiny_study)
    assert tiny_study.made() == wanted


def test_known_texts_are_not_embedded_again(done, no_model, monkeypatch):
    asked = []
    monkeypatch.setattr(no_model, "encode", lambda texts: asked.extend(texts) or type(no_model).encode(no_model, texts))
    done.edit("transcripts/P03.txt", "in March", "in May")
    run_in(done)
    assert len(asked) == 1
    assert "in May" in asked[0]


def test_the_vectors_stand_beside_their_segments(done, no_model):
    made = {path.stem: np.load(path, allow_pickle=False) for path in (done.root / ".nptlens").glob("*.npy")}
    assert np.array_equal(made["vectors"], no_model.encode(table(done, "segments")["text"].tolist()).vectors)
    with (done.root / "seeds.csv").open(encoding="utf-8", newline="") as file:
        seeds = {row["seed_id"]: row["text"] for row in csv.DictReader(file)}
    assert np.array_equal(made["seed_vectors"], no_model.encode([seeds[name] for name in sorted(seeds)]).vectors)
    book = ["Team. Talking as a team.", "Money. What is paid.", "Forms. What must be filled in."]
    assert np.array_equal(made["code_vectors"], no_model.encode(book).vectors)
    assert {name: len(array) for name, array in made.items() if array.size == 0} == {
        "layers": len(made["vectors"]), "seed_layers": len(seeds)
    }  # fmt: skip


def test_an_encoder_with_layers_gives_the_heads_one_view_more(done, no_model, monkeypatch):
    """The views' names stand in the heads' file."""
    assert heads_of(done) == ["meaning", "letters", "definition"]
    shutil.rmtree(done.root / ".nptlens")

    def layered(texts):
        bare = type(no_model).encode(no_model, texts)
        return Embedded(bare.vectors, np.hstack([bare.vectors, bare.vectors[:, ::-1], bare.vectors**2]))

    monkeypatch.setattr(no_model, "encode", layered)
    run_in(done)
    assert np.load(done.root / ".nptlens" / "layers.npy", allow_pickle=False).shape[1] == 3 * 64
    assert heads_of(done) == ["meaning", "layers", "letters", "definition"]


def heads_of(study) -> list[str]:
    with safe_open(study.root / ".nptlens" / "heads.safetensors", framework="numpy") as heads:
        return heads.metadata()["columns"].split("\n\n")[1].split("\n")


@pytest.mark.parametrize("held", [True, False])
def test_one_run_at_a_time(tiny_study, no_model, held):
    lock = filelock.FileLock(tiny_study.root / ".nptlens" / "lock")
    (tiny_study.root / ".nptlens").mkdir()
    lock.acquire()
    if not held:
        lock.release()
        assert reran(run_in(tiny_study)) == STAGES
        return
    with pytest.raises(LockedError):
        run_in(tiny_study)
    assert tiny_study.made() == {}
    lock.release()


def test_the_lock_is_let_go_after_a_failure(tiny_study, no_model, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("nptlens.study.run.text_stages.embed_texts", lambda artefacts, progress: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_in(tiny_study)
    assert reran(run_in(tiny_study)) == STAGES[STAGES.index("embed") :]


def test_without_seeds_there_are_topics_only_and_a_problem(done, no_model):
    topics = done.made()[".nptlens/topics.parquet"]
    (done.root / "seeds.csv").unlink()
    result = run_in(done)
    assert done.made()[".nptlens/topics.parquet"] == topics
    assert table(done, "codings").empty
    assert table(done, "topic_codes").empty
    assert result.needs_a_look()
    assert any(problem.where == "seeds" for problem in result.problems)
    assert [(each.coder, each.against) for each in result.agreement] == [("B", "A")]


def test_without_manual_coding_there_is_no_agreement(tiny_study, no_model):
    for name in ("manual_A.csv", "manual_B.csv"):
        (tiny_study.root / name).unlink()
    result = run_in(tiny_study)
    assert result.agreement == ()
    assert not result.needs_a_look()


def test_without_a_sheet_labels_are_participants(tiny_study, no_model):
    (tiny_study.root / "participants.csv").unlink()
    run_in(tiny_study)
    assert sorted(table(tiny_study, "segments")["participant_id"].unique()) == ["P01", "P02", "P03"]


def test_topics_can_be_off(tiny_study, no_model):
    tiny_study.edit("study.toml", 'method = "small"', 'method = "off"')
    run_in(tiny_study)
    assert set(table(tiny_study, "topics")["topic"]) == {-1}


@pytest.mark.parametrize(
    ("name", "data"),
    [("A00.docx", b"PK no archive"), ("Z99.txt", b""), ("M.vtt", b"no caption at all"), ("P09.docx", b"\0" * 64), ("N.pdf", b"%PDF-1.7")],
)
def test_one_broken_source_leaves_the_others_as_they_are(tiny_study, wanted, name, data):
    (tiny_study.root / "transcripts" / name).write_bytes(data)
    result = run_in(tiny_study)
    assert result.needs_a_look()
    assert [problem.where for problem in result.problems if problem.severity is not Severity.NOTE] == [name]
    made = tiny_study.made()
    changed = {file for file in made if made[file] != wanted.get(file)}
    assert changed == {".nptlens/problems_read.json", "results/report.html", "results/excerpts.xlsx"}
    assert name in (tiny_study.root / "results" / "report.html").read_text(encoding="utf-8")


def test_a_speaker_who_is_not_in_the_sheet_is_told(tiny_study, no_model):
    tiny_study.edit("participants.csv", "P03,,manager,B\n", "")
    result = run_in(tiny_study)
    # Seeds hold the words of segments that people coded; all are asserted, so nothing of stance can be learned.
    assert [problem.where for problem in result.problems] == ["P03", "agreement", "stance"]
    assert result.needs_a_look()


@pytest.mark.parametrize("left", ["nothing", "broken", "interviewer only"])
def test_nothing_to_read(tiny_study, no_model, left):
    for path in (tiny_study.root / "transcripts").iterdir():
        path.unlink()
    if left == "broken":
        tiny_study.write("transcripts/P01.txt", "")
    if left == "interviewer only":
        tiny_study.write("transcripts/P01.txt", "Interviewer: One two three four five?\n\nInterviewer: Six seven eight nine ten?\n")
    with pytest.raises(NoInputError) as caught:
        run_in(tiny_study)
    assert "nptlens check" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("seeds.csv", "seed_id,text\n1,x\n", SeedError),
        ("codebook.toml", "", CodebookError),
        ("participants.csv", "who\nP01\n", SettingsError),
        ("study.toml", "[study]\nnmae = 'x'\n", SettingsError),
        ("study.toml", "[study]\ntranscripts = 'nowhere'\n[embedding]\nencoder = 'encoder'\n", UsageError),
    ],
)
def test_what_the_study_folder_says_wrongly(tiny_study, no_model, name, text, kind):
    tiny_study.write(name, text)
    with pytest.raises(kind):
        run_in(tiny_study)


def test_a_damaged_ledger(tiny_study, no_model):
    write_bytes(tiny_study.root / ".nptlens" / "ledger.sqlite", b"this is no database, not at all" * 100)
    with pytest.raises(IntegrityError):
        run_in(tiny_study)
    with pytest.raises(IntegrityError):
        status(open_study(tiny_study.root))


def test_progress_names_the_stages_in_order(tiny_study, no_model):
    seen = []
    run_in(tiny_study, progress=lambda stage, done, total: seen.append((stage, done, total)))
    assert tuple(dict.fromkeys(stage.partition(":")[0] for stage, _, _ in seen)) == STAGES
    assert ("embed", 28, 28) in seen  # 10 segments, 15 seeds and 3 definitions
    assert {("read", 3, 3), ("segment", 14, 14), ("code", 5, 10), ("code", 10, 10), ("compare", 3, 3), ("report", 4, 4)} <= set(seen)
    assert all(0 <= done <= total for _, done, total in seen)


def test_a_run_tells_a_name_in_the_name_of_a_file(tiny_study, no_model):
    (tiny_study.root / "transcripts" / "P03.txt").rename(tiny_study.root / "transcripts" / "Jane_Smith.txt")
    result = run(open_study(tiny_study.root))
    assert [each.where for each in result.problems if "looks like a person's name" in each.what] == ["Jane_Smith.txt"]
    assert result.needs_a_look()
