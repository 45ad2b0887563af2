"""Truth table: what changes, and exactly which stages are no longer up to date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nptlens.core.errors import SettingsError
from nptlens.study.folder import open_study
from nptlens.study.run import pipeline
from nptlens.study.run import plan as plan_module
from nptlens.study.run.plan import plan
from nptlens.study.run.runner import run
from nptlens.study.run.stage import always
from nptlens.study.run.states import status

STAGES = tuple(stage.name for stage in pipeline.STAGES if stage.wanted is always)
ALL = STAGES
AFTER_SEGMENT = tuple(stage for stage in STAGES if stage not in ("read", "manual"))
AFTER_ENCODER = STAGES[STAGES.index("embed") :]
AFTER_TOPICS = ("discover", "name", "map", "report")
AFTER_NAMES = ("name", "map", "report")
AFTER_SEEDS = ("embed", "code", "map", "compare", "stance", "report")
AFTER_CODING = ("code", "map", "compare", "stance", "report")
AFTER_CODEBOOK = ("manual", *AFTER_SEEDS)
AFTER_MANUAL = ("manual", "compare", "stance", "report")


def stale(before, after):
    """Return the stages into which something else goes, and all that read from these."""
    found = []
    for stage in STAGES:
        if before[stage].ingredients != after[stage].ingredients or set(after[stage].after) & set(found):
            found.append(stage)
    return tuple(found)


def plan_of(tiny):
    return plan(open_study(tiny.root))


def test_stages_have_one_order_everywhere(tiny_study):
    assert tuple(plan_of(tiny_study)) == STAGES


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("transcripts/P02.txt", "small money", "big money", ALL),
        ("participants.csv", "nurse", "coach", AFTER_SEGMENT),
        ("seeds.csv", "endless paper", "endless", AFTER_SEEDS),
        ("codebook.toml", "What is paid.", "What is not paid.", AFTER_CODEBOOK),
        ("encoder/modules.json", "[]", "[ ]", AFTER_ENCODER),
        ("manual_A.csv", "asserted", "contrary", AFTER_MANUAL),
        ("study.toml", "[segmenting]\n", '[reading]\ninterviewers = ["int"]\n[segmenting]\n', ALL),
        ("study.toml", "min_words = 8", "min_words = 9", AFTER_SEGMENT),
        ("study.toml", "min_topic_size = 3", "min_topic_size = 2", AFTER_TOPICS),
        ("study.toml", "[study]", "[study]\nseed = 1", STAGES[STAGES.index("discover") :]),
        ("study.toml", "folds = 3", "folds = 4", AFTER_CODING),
        ("study.toml", "resamples = 20", "resamples = 30", ("map", "compare", "stance", "report")),
        ("study.toml", "[study]", "[report]\nexcerpts = 1\n[study]", ("report",)),
        ("study.toml", "A tiny study", "Another name", ("report",)),
        ("study.toml", "[study]", "[study]\ninvented = true", ("report",)),
        ("study.toml", "[study]", '[study]\nmanual = ["manual_A.csv", "manual_B.csv"]', ("report",)),
        ("study.toml", "[study]", "[study]\nthreads = 3", ()),
        ("study.toml", "[study]", "# a remark\n[study]", ()),
    ],
)
def test_an_edit_makes_exactly_these_stages_stale(tiny_study, name, old, new, expected):
    before = plan_of(tiny_study)
    tiny_study.edit(name, old, new)
    assert stale(before, plan_of(tiny_study)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("transcripts/P04.txt", ALL),
        ("transcripts/deep/P01.txt", ALL),
        ("manual_C.csv", AFTER_MANUAL),
        ("topic_names.csv", AFTER_NAMES),
        ("transcripts/.hidden.txt", ()),
        ("transcripts/~$P01.docx", ()),
        ("results/report.html", ()),
        ("notes.txt", ()),
    ],
)
def test_a_new_file(tiny_study, name, expected):
    before = plan_of(tiny_study)
    tiny_study.write(name, "P01: one two three")
    assert stale(before, plan_of(tiny_study)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("transcripts/P03.txt", ALL), ("participants.csv", AFTER_SEGMENT), ("seeds.csv", AFTER_SEEDS), ("manual_B.csv", AFTER_MANUAL)],
)
def test_a_file_that_went(tiny_study, name, expected):
    before = plan_of(tiny_study)
    (tiny_study.root / name).unlink()
    assert stale(before, plan_of(tiny_study)) == expected


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("charset-normalizer", ALL),
        ("spacy", AFTER_SEGMENT),
        ("tokenizers", AFTER_ENCODER),
        ("umap-learn", AFTER_TOPICS),
        ("scipy", ("discover", "name", *AFTER_CODING)),
        ("markupsafe", ("report",)),
        ("pandas", ALL),
        ("pyarrow", ALL),
        ("matplotlib", ("report",)),
        ("safetensors", AFTER_CODING),
        ("pip", ()),
    ],
)
def test_another_version_of_a_library(tiny_study, monkeypatch, package, expected):
    before = plan_of(tiny_study)
    real = plan_module.installed
    monkeypatch.setattr(plan_module, "installed", lambda name: "999" if name == package else real(name))
    assert stale(before, plan_of(tiny_study)) == expected


def test_another_version_of_ours(tiny_study, monkeypatch):
    before = plan_of(tiny_study)
    monkeypatch.setattr(plan_module, "__version__", "999")
    assert stale(before, plan_of(tiny_study)) == ALL


def test_the_order_of_codebooks_matters(tiny_study):
    tiny_study.edit("study.toml", '["codebook.toml"]', '["codebook.toml", "microsystems"]')
    before = plan_of(tiny_study)
    tiny_study.edit("study.toml", '["codebook.toml", "microsystems"]', '["microsystems", "codebook.toml"]')
    assert stale(before, plan_of(tiny_study)) == AFTER_CODEBOOK


def test_two_links_to_files_of_one_name_stay_two(tiny_study):
    kept = tiny_study.root / "transcripts" / ".kept"
    for folder in ("a", "b"):
        (kept / folder).mkdir(parents=True)
        (kept / folder / "P09.txt").write_text(f"P09: said in {folder}")
        link = tiny_study.root / "transcripts" / folder / "P09.txt"
        link.parent.mkdir()
        link.symlink_to(kept / folder / "P09.txt")
    before = plan_of(tiny_study)
    for folder in ("a", "b"):
        (kept / folder / "P09.txt").write_text("P09: said something else")
        after = plan_of(tiny_study)
        assert stale(before, after) == ALL
        before = after


def test_transcripts_on_another_drive_are_watched_too(tiny_study, tmp_path):
    (tmp_path / "drive" / "deep").mkdir(parents=True)
    for folder in (tmp_path / "drive", tmp_path / "drive" / "deep"):
        (folder / "P09.txt").write_text("P09: said")
    tiny_study.edit("study.toml", "[study]", f"[study]\ntranscripts = '{tmp_path / 'drive'}'")
    before = plan_of(tiny_study)
    for folder in (tmp_path / "drive", tmp_path / "drive" / "deep"):
        (folder / "P09.txt").write_text("P09: said something else")
        after = plan_of(tiny_study)
        assert stale(before, after) == ALL
        before = after


def test_the_place_of_the_folder_does_not_matter(tiny_study, tmp_path):
    before = plan_of(tiny_study)
    moved = tiny_study.root.rename(tmp_path / "moved")
    assert plan(open_study(moved)) == before


def test_the_plan_holds_no_words(tiny_study):
    told = repr(plan_of(tiny_study))
    assert "juniors" not in told
    assert "endless" not in told


def test_status_names_the_file_that_changed(tiny_study, no_model):
    study = open_study(tiny_study.root)
    assert {each.why for each in status(study)} == {"never ran"}
    assert not study.store.exists()
    run(study)
    assert all(each.up_to_date and each.seconds is not None for each in status(study))
    tiny_study.edit("manual_A.csv", "asserted", "contrary")
    found = {each.stage: each for each in status(study)}
    assert [stage for stage in STAGES if not found[stage].up_to_date] == ["manual", "compare", "stance", "report"]
    assert found["manual"].why == "changed: manual_A.csv"
    assert {found[stage].why for stage in ("compare", "stance", "report")} == {"stage manual is not up to date"}


def test_an_encoder_that_is_not_there_is_told_before_anything_runs(tiny_study):
    study = open_study(tiny_study.root)
    settings = study.settings.model_copy(update={"embedding": study.settings.embedding.model_copy(update={"encoder": "gone"})})
    with pytest.raises(SettingsError, match="gone"):
        plan(replace(study, settings=settings))
