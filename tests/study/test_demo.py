from __future__ import annotations

import pytest

from nptlens.core.errors import UsageError
from nptlens.core.resources import resource
from nptlens.safety.paths import list_files
from nptlens.study import demo as demo_module
from nptlens.study.demo import prepare_demo

SHIPPED = {path.relative_to(resource("corpora", "demo")).as_posix() for path in list_files(resource("corpora", "demo"))}


def files(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_the_demo_is_copied_whole_and_opened(tmp_path):
    study = prepare_demo(tmp_path / "new" / "demo")
    assert files(study.root) == SHIPPED
    assert study.settings.study.invented
    assert len(study.source_files()) == 26


def test_what_is_there_stays_as_it_is(tmp_path):
    prepare_demo(tmp_path)
    (tmp_path / "participants.csv").write_text("participant\n")
    (tmp_path / "transcripts" / "C02.txt").unlink()
    prepare_demo(tmp_path)
    assert (tmp_path / "participants.csv").read_text() == "participant\n"
    assert files(tmp_path) == SHIPPED


def test_a_copy_that_was_interrupted_goes_on(tmp_path, monkeypatch):
    real, written = demo_module.write_bytes, []

    def interrupted(path, data):
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(path)
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(demo_module, "write_bytes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            prepare_demo(tmp_path)
    prepare_demo(tmp_path)
    assert files(tmp_path) == SHIPPED


@pytest.mark.parametrize("there", ["a file", "no study", "another study"])
def test_the_demo_keeps_out_of_what_is_not_its_own(tmp_path, there):
    target = tmp_path / "mine"
    if there == "a file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / ("study.toml" if there == "another study" else "mine.txt")).write_text("[study]\nname = 'mine'\n")
    before = files(tmp_path)
    with pytest.raises(UsageError):
        prepare_demo(target)
    assert files(tmp_path) == before
