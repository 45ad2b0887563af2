"""Truth table: each verb that reads what a run made, on a study that is fresh, stale, damaged, locked or was never run."""

from __future__ import annotations

import shutil

import filelock
import pytest

from nptlens.core.errors import IntegrityError, LockedError, UsageError
from nptlens.schemas.tables import SEGMENTS
from nptlens.store.files import read_table
from nptlens.study.diff import diff
from nptlens.study.find import find
from nptlens.study.folder import open_study
from nptlens.study.partial_report import report_selected
from nptlens.study.run import last_run as made_module
from nptlens.study.run.pipeline import stage_named
from nptlens.study.run.runner import run
from nptlens.study.run.states import status
from nptlens.study.sheets.adjudication import mismatch_sheet
from nptlens.study.sheets.blind import blind_sheet
from nptlens.study.sheets.labelling import import_labels, suggest_labels
from nptlens.study.snapshots import current_run, keep
from nptlens.study.topics import list_topics, merge_topics, rename_topic
from nptlens.study.transfer.export import export_study
from nptlens.study.validation.validate import validate
from nptlens.study.verify import verify
from nptlens.study.why import why

LABELS = "excerpt_id,excerpt,codes,stance,note\n"


def first_segment(study):
    return str(read_table(study.store / "segments.parquet", SEGMENTS)["segment_id"].iloc[0])


VERBS = {
    "why": lambda study, out: why(study, first_segment(study), "TEAM"),
    "find": lambda study, out: find(study, "the"),
    "export": lambda study, out: export_study(study, "csv", out / "export.csv"),
    "topics": lambda study, out: list_topics(study),
    "topics rename": lambda study, out: rename_topic(study, 0, "A name"),
    "topics merge": lambda study, out: merge_topics(study, 1, 0),
    "report": lambda study, out: run(study, again=("report",), only=("report",)),
    "report selected": lambda study, out: report_selected(study, {"formats": ("csv",)}, out / "selected"),
    "validate": lambda study, out: validate(study, out=out / "validation"),
    "sheet": lambda study, out: blind_sheet(study, "Ann", number=3, path=out / "ann.csv"),
    "mismatches": lambda study, out: mismatch_sheet(study, "A", "B", path=out / "mismatches.csv"),
    "seeds suggest": lambda study, out: suggest_labels(study, number=2, path=out / "label.csv"),
    "seeds import": lambda study, out: import_labels(study, out / "filled.csv"),
    "verify": lambda study, out: verify(study.results),
    "keep": lambda study, out: keep(study, "kept"),
    "diff": lambda study, out: current_run(study, "last"),
}
OF_ANY_RUN = {"verify", "keep", "diff"}
"""Verbs that tell of the last run, whatever was changed since."""
READS = {
    "why": "seed_vectors.npy",
    "find": "segments.parquet",
    "export": "codings.parquet",
    "topics": "topic_stability.json",
    "topics rename": "topic_cards_found.json",
    "topics merge": "topics_found.parquet",
    "report": "manual.parquet",
    "report selected": "verdicts.parquet",
    "validate": "manual.parquet",
    "sheet": "segments.parquet",
    "mismatches": "manual.parquet",
    "seeds suggest": "seed_vectors.npy",
    "seeds import": "segments.parquet",
    "verify": "transcripts.json",
    "keep": "stances.parquet",
    "diff": "heads.json",
}


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "filled.csv").write_text(LABELS, encoding="utf-8")
    return folder


def ask(verb, tiny, out):
    return VERBS[verb](open_study(tiny.root), out)


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def left(tiny, out):
    """Return all files that are there, but the ledger, caches and the lock."""
    files = [path for folder in (tiny.root, out) for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if "sqlite" not in path.name and path.name != "lock"}


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"export", "why"}))
def test_of_a_study_that_was_never_run(tiny_study, out, verb):
    tiny_study.write("results/report.html", "<p>nothing</p>")
    with pytest.raises(UsageError, match="the study was never run") as caught:
        ask(verb, tiny_study, out)
    assert caught.value.hint == f"run: nptlens run {tiny_study.root.resolve()}"
    assert not (tiny_study.root / ".nptlens").exists()


def test_why_of_a_study_that_was_never_run(tiny_study):
    with pytest.raises(UsageError, match="the study was never run"):
        why(open_study(tiny_study.root), "P01:0-9")


def test_an_export_of_a_study_that_was_never_run_says_so(tiny_study, out):
    result = ask("export", tiny_study, out)
    assert (result.machine, result.manual) == (0, 18)
    assert [problem.what for problem in result.problems] == ["the study never ran: only manual codings are in it"]


@pytest.mark.parametrize("verb", VERBS)
def test_while_a_run_holds_the_study(ran, out, verb):
    before = left(ran, out)
    with filelock.FileLock(ran.root / ".nptlens" / "lock"), pytest.raises(LockedError):
        ask(verb, ran, out)
    assert left(ran, out) == before


@pytest.mark.parametrize("verb", sorted(set(VERBS) - OF_ANY_RUN))
@pytest.mark.parametrize(
    ("name", "old", "new", "why_stale"),
    [
        ("transcripts/P02.txt", "small money", "big money", "changed: transcripts/P02.txt"),
        ("study.toml", "min_words = 8", "min_words = 9", "changed: settings segmenting.min_words"),
    ],
    ids=["input", "setting"],
)
def test_of_a_stale_study(ran, out, verb, name, old, new, why_stale):
    ran.edit(name, old, new)
    before = left(ran, out)
    with pytest.raises(UsageError, match="is not up to date") as caught:
        ask(verb, ran, out)
    assert why_stale in caught.value.what
    assert caught.value.hint == f"run: nptlens run {ran.root.resolve()}"
    assert left(ran, out) == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("deed", [flip, lambda path: path.unlink()], ids=["altered", "missing"])
def test_of_a_damaged_study(ran, out, verb, deed):
    deed(ran.root / ".nptlens" / READS[verb])
    before = left(ran, out)
    with pytest.raises(IntegrityError, match=f"{READS[verb]} is not what stage [a-z]+ made") as caught:
        ask(verb, ran, out)
    assert caught.value.hint == f"run: nptlens run {ran.root.resolve()}"
    assert left(ran, out) == before


@pytest.mark.parametrize("verb", ["why", "export", "topics", "sheet", "seeds suggest", "verify", "keep"])
def test_every_file_that_is_read_is_held_against_its_digest_and_nothing_else_is_read(ran, out, verb, monkeypatch, tmp_path):
    asked = set()
    real = made_module.CheckedFiles.path
    monkeypatch.setattr(made_module.CheckedFiles, "path", lambda held, name: asked.add(name) or real(held, name))
    store, kept = ran.root / ".nptlens", tmp_path / "store"
    shutil.copytree(store, kept)
    wanted = {name.name for name in store.iterdir() if "sqlite" not in name.name and name.name != "lock"}
    ask(verb, ran, out)
    assert asked and asked <= wanted
    for name in sorted(asked):
        for path in [*out.glob("ann.csv"), *out.glob("label.csv"), ran.root / "sheets/ann.design.csv"]:
            path.unlink(missing_ok=True)
        shutil.rmtree(store)
        shutil.copytree(kept, store)
        study = open_study(ran.root)
        segment = first_segment(study)
        flip(store / name)
        with pytest.raises(IntegrityError, match=f"{name} is not what stage"):
            why(study, segment, "TEAM") if verb == "why" else ask(verb, ran, out)
    shutil.rmtree(store)
    shutil.copytree(kept, store)
    for path in (store / name for name in wanted - asked):
        path.unlink()
    ask(verb, ran, out)


def test_seeds_that_went_are_no_fault(ran):
    study = open_study(ran.root)
    segment = first_segment(study)
    (ran.root / "seeds.csv").unlink()
    with pytest.raises(UsageError, match=r"stage embed is not up to date \(changed: seeds.csv\)"):
        why(study, segment, "TEAM")


def test_new_seeds_leave_the_topics_to_be_seen(ran):
    ran.edit("seeds.csv", "endless paper", "endless")
    assert list_topics(open_study(ran.root)).topics


@pytest.mark.parametrize("stage", ["embed", "code"])
def test_a_run_that_was_interrupted_between_two_stages_is_told(ran, out, monkeypatch, stage):
    def interrupted(artefacts, progress):
        raise KeyboardInterrupt

    ran.edit("seeds.csv", "endless paper", "endless")
    monkeypatch.setattr(stage_named(stage).run.replace(":", "."), interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(open_study(ran.root))
    for verb in ("why", "export", "sheet"):
        with pytest.raises(UsageError, match=f"stage {stage} is not up to date"):
            ask(verb, ran, out)
    if stage == "code":
        with pytest.raises(UsageError, match="stage code is of an earlier run than stage embed"):
            ask("keep", ran, out)


def test_a_run_of_two_versions_of_a_file_is_told_though_what_was_made_of_it_is_the_same(ran, out, monkeypatch):
    """The codes of a seed go into the codings, not into its vector."""

    def interrupted(artefacts, progress):
        raise KeyboardInterrupt

    ran.write("seeds.csv", (ran.root / "seeds.csv").read_text(encoding="utf-8").replace('endless paper.",FORMS', 'endless paper.",TEAM'))
    monkeypatch.setattr(stage_named("code").run.replace(":", "."), interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(open_study(ran.root))
    with pytest.raises(UsageError, match="stage code is of an earlier run than stage embed"):
        ask("keep", ran, out)


def test_names_that_were_just_written_can_be_changed_again(ran, out):
    study = open_study(ran.root)
    rename_topic(study, 0, "One")
    assert rename_topic(study, 0, "Other").names[0].name == "Other"
    with pytest.raises(UsageError, match=r"stage name is not up to date \(changed: topic_names.csv\)"):
        list_topics(study)


def test_a_damaged_file_of_a_kept_run_is_no_answer(ran, tmp_path):
    folder = keep(open_study(ran.root), "kept")
    shutil.copytree(folder, tmp_path / "kept")
    for path in sorted((tmp_path / "kept").iterdir()):
        flip(folder / path.name)
        with pytest.raises(IntegrityError):
            diff(ran.root, "kept")
        shutil.copy(path, folder / path.name)
    assert diff(ran.root, "kept").same()


def test_a_comparison_says_that_the_study_has_changed_since(ran):
    keep(open_study(ran.root), "kept")
    assert diff(ran.root, "kept").notes == ()
    ran.edit("seeds.csv", "endless paper", "endless")
    assert diff(ran.root, "kept").notes == (f"{ran.root.name} has changed since its last run: stage embed (changed: seeds.csv)",)


def test_status_answers_while_a_run_holds_the_study(ran):
    with filelock.FileLock(ran.root / ".nptlens" / "lock"):
        assert all(each.up_to_date for each in status(open_study(ran.root)))


def test_status_survives_a_file_that_goes_while_it_looks(ran, monkeypatch):
    def gone(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr("nptlens.store.ledger.digest_file", gone)
    assert all(each.why.startswith("missing: ") or "not up to date" in each.why for each in status(open_study(ran.root)))
