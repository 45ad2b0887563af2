"""The stability of topics is measured again where something that it hangs on changed, and nothing else is ever taken for it."""

from __future__ import annotations

import pytest

from nptlens import topics
from nptlens.study.folder import open_study
from nptlens.study.run import topic_stages
from nptlens.study.run.pipeline import STABILITY, STABILITY_BASIS
from nptlens.study.run.runner import run


@pytest.fixture
def measured(monkeypatch):
    """How often stability was measured."""
    calls = []

    def counting(*arguments, **options):
        calls.append(1)
        return topics.measure_stability(*arguments, **options)

    monkeypatch.setattr(topic_stages, "measure_stability", counting)
    return calls


def remove(study):
    (study.root / "transcripts" / "P02.txt").unlink()


def rename(study):
    (study.root / "transcripts" / "P01.txt").rename(study.root / "transcripts" / "P09.txt")


def interviewer(study):
    study.edit("transcripts/P01.txt", "the weekly meeting", "those many weekly meetings")


def participant(study):
    study.edit("transcripts/P01.txt", "an hour to talk", "those hours to talk")


def setting(study):
    study.edit("study.toml", "min_topic_size = 3", "min_topic_size = 3\nstability_resamples = 3")


def seed(study):
    study.edit("study.toml", 'name = "A tiny study"', 'name = "A tiny study"\nseed = 77')


CHANGES = [(interviewer, 0), (participant, 1), (remove, 1), (rename, 1), (setting, 1), (seed, 1)]


@pytest.mark.parametrize(("change", "times"), CHANGES, ids=lambda each: getattr(each, "__name__", ""))
def test_a_changed_study_is_as_a_fresh_one(ran, make_tiny_study, no_model, tmp_path, measured, change, times):
    change(ran)
    run(open_study(ran.root))
    assert len(measured) == times
    fresh = make_tiny_study(tmp_path / "fresh")
    change(fresh)
    run(open_study(fresh.root))
    assert fresh.made() == ran.made()


@pytest.mark.parametrize("name", ["__version__", "installed"])
def test_another_version_measures_again(ran, measured, monkeypatch, name):
    monkeypatch.setattr(topic_stages, name, "0.0" if name == "__version__" else lambda package: "0.0")
    run(open_study(ran.root), again=("discover",))
    assert measured


@pytest.mark.parametrize("damage", ["[]", '["a", "b"]', "{", None])
@pytest.mark.parametrize("name", [STABILITY.file, STABILITY_BASIS.file])
def test_files_that_were_touched_are_not_believed(ran, measured, name, damage):
    path = ran.root / ".nptlens" / name
    before = ran.made()
    path.unlink() if damage is None else path.write_text(damage, encoding="utf-8")
    run(open_study(ran.root))
    assert measured
    assert ran.made() == before


def test_a_kept_picture_is_the_picture(ran, make_tiny_study, no_model, tmp_path):
    """Without the cache of pictures the report is the same to the byte."""
    interviewer(ran)
    run(open_study(ran.root))
    made = ran.made()
    (ran.root / ".nptlens" / "pictures.sqlite").unlink()
    run(open_study(ran.root), again=("report",))
    assert ran.made() == made
