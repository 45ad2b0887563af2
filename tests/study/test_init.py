from __future__ import annotations

import pytest

from nptlens.core.errors import UsageError
from nptlens.schemas.settings import default_settings
from nptlens.study.folder import open_study
from nptlens.study.init import init


@pytest.mark.parametrize("name", ["my-study", 'a "quoted" name', "back\\slash", "Ünïcode ✓", "deep/er"])
def test_a_new_study_opens_with_the_defaults(tmp_path, name):
    root = tmp_path / name
    made = init(root)
    assert [path.name for path in made] == ["study.toml", "participants.csv", "transcripts"]
    study = open_study(root)
    assert study.settings.study.name == root.name
    assert study.settings.model_copy(update={"study": default_settings().study}) == default_settings()
    assert study.source_files() == []
    assert study.participants_file() == study.root / "participants.csv"


def test_what_is_there_stays(tmp_path):
    (tmp_path / "participants.csv").write_text("participant\nP01\n")
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "P01.txt").write_text("P01: hello")
    assert [path.name for path in init(tmp_path)] == ["study.toml", "transcripts"]
    assert (tmp_path / "participants.csv").read_text() == "participant\nP01\n"
    assert len(open_study(tmp_path).source_files()) == 1


def test_a_study_is_not_made_twice(tmp_path):
    init(tmp_path)
    before = (tmp_path / "study.toml").read_bytes()
    with pytest.raises(UsageError):
        init(tmp_path)
    assert (tmp_path / "study.toml").read_bytes() == before


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "P01.txt").write_text("P01: hello")
    with pytest.raises(UsageError):
        init(tmp_path / "P01.txt")
