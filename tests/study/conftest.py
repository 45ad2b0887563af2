"""The tiny study after a run, run once for a module and copied for each test."""

from __future__ import annotations

import shutil

import pytest

from nptlens.study.folder import open_study
from nptlens.study.run import run


@pytest.fixture(scope="module")
def run_once(word_encoder):
    """Run a study with the word encoder in the place of the real one."""

    def made(study):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nptlens.study.stages.load_encoder", lambda card, threads=0: word_encoder)
            run(open_study(study.root))
        return study

    return made


@pytest.fixture(scope="module")
def after_a_run(make_tiny_study, run_once, tmp_path_factory):
    return run_once(make_tiny_study(tmp_path_factory.mktemp("ran") / "study"))


@pytest.fixture
def ran(after_a_run, tiny_study, no_model):
    """A copy of it."""
    shutil.rmtree(tiny_study.root)
    shutil.copytree(after_a_run.root, tiny_study.root)
    return tiny_study
