"""The tiny study after a run, run once for a module and copied for each test."""

from __future__ import annotations

import shutil

import pytest
from tests.canaries import TEXT, plant

from nptlens.study.folder import open_study
from nptlens.study.partial_report import report_selected
from nptlens.study.run.runner import run
from nptlens.study.sheets.blind import blind_sheet
from nptlens.study.sheets.labelling import suggest_labels
from nptlens.study.snapshots import keep
from nptlens.study.transfer.export import export_study
from nptlens.study.validation.validate import validate


@pytest.fixture(scope="module")
def run_once(word_encoder):
    """Run a study with the word encoder in the place of the real one."""

    def made(study):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nptlens.study.run.text_stages.load_encoder", lambda card, threads=0: word_encoder)
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


_ENCODERS = ("nptlens.study.run.text_stages", "nptlens.study.run.fieldwork_stages", "nptlens.study.seeds", "nptlens.study.why", "nptlens.study.validation._baselines")


@pytest.fixture(scope="session")
def used_once(make_tiny_study, word_encoder, tmp_path_factory):
    """A study with a planted transcript after everything was done with it that leaves something behind."""
    study = make_tiny_study(tmp_path_factory.mktemp("used") / "study")
    plant(study)
    with pytest.MonkeyPatch.context() as patch:
        for module in _ENCODERS:
            patch.setattr(f"{module}.load_encoder", lambda card, threads=0: word_encoder)
        opened = open_study(study.root)
        run(opened)
        keep(opened, "first")
        validate(opened)
        blind_sheet(opened, "ann", number=30, path=study.root / "ann.csv")
        blind_sheet(opened, "ben", number=30, path=study.root / "ben.xlsx")
        suggest_labels(opened, number=8, path=study.root / "label.xlsx")
        for kind in ("qdpx", "csv", "xlsx"):
            export_study(opened, kind)
        report_selected(opened, {"formats": ["html", "docx", "md", "csv", "jsonl", "xlsx"]}, None)
        run(opened)
    study.write(".nptlens/.segments.parquet.123.tmp", TEXT)
    study.write(".report.html.123.tmp", TEXT)
    return study


@pytest.fixture
def used(used_once, tiny_study, no_model):
    """A copy of it."""
    shutil.rmtree(tiny_study.root)
    shutil.copytree(used_once.root, tiny_study.root)
    return tiny_study
