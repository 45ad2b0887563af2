"""The tiny study after a run, for Python programs."""

from __future__ import annotations

import shutil

import pytest

import nptlens

ENCODERS = ("nptlens.study.run.text_stages", "nptlens.study.run.fieldwork_stages", "nptlens.study.why", "nptlens.api.coder")


@pytest.fixture(scope="package")
def ran_once(make_tiny_study, word_encoder, tmp_path_factory):
    study = make_tiny_study(tmp_path_factory.mktemp("api") / "study")
    with pytest.MonkeyPatch.context() as patch:
        for module in ENCODERS:
            patch.setattr(f"{module}.load_encoder", lambda card, threads=0: word_encoder)
        nptlens.open_study(study.root).run()
    return study


@pytest.fixture
def ran(ran_once, tiny_study, no_model):
    """A copy of it."""
    shutil.rmtree(tiny_study.root)
    shutil.copytree(ran_once.root, tiny_study.root)
    return tiny_study
