"""Opening a study: what is named, what is found by its usual name, what must not leave the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nptlens.core.errors import CodebookError, SettingsError, UsageError
from nptlens.study.folder import is_study, loose_study, open_study


def test_an_empty_study_toml_has_a_default_for_everything(tmp_path):
    (tmp_path / "study.toml").write_text("")
    study = open_study(tmp_path)
    assert study.transcript_root() == tmp_path.resolve() / "transcripts"
    assert study.participants_file() is None
    assert [path.name for path in study.codebook_files()] == ["npt.toml", "microsystems.toml"]
    assert [path.name for path in study.seed_files()] == ["npt.csv", "microsystems.csv", "none.csv"]
    assert study.manual_files() == []
    assert (study.store.name, study.results.name) == (".nptlens", "results")


def test_usual_names_are_found(tmp_path):
    for name in ("study.toml", "participants.csv", "seeds.csv", "manual_B.csv", "manual_A.csv", "manual.csv"):
        (tmp_path / name).write_text("")
    study = open_study(tmp_path)
    assert study.participants_file() == tmp_path.resolve() / "participants.csv"
    assert [path.name for path in study.seed_files()] == ["seeds.csv"]
    assert [path.name for path in study.manual_files()] == ["manual.csv", "manual_A.csv", "manual_B.csv"]


def test_named_files_win_over_usual_ones(tmp_path):
    (tmp_path / "study.toml").write_text('[study]\nparticipants = "who.csv"\nseeds = ["s2.csv", "s1.csv"]\nmanual = ["m.csv"]\n')
    for name in ("who.csv", "s1.csv", "s2.csv", "m.csv", "participants.csv", "seeds.csv", "manual_A.csv"):
        (tmp_path / name).write_text("")
    study = open_study(tmp_path)
    assert study.participants_file() == tmp_path.resolve() / "who.csv"
    assert [path.name for path in study.seed_files()] == ["s2.csv", "s1.csv"]
    assert [path.name for path in study.manual_files()] == ["m.csv"]


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        ('participants = "gone.csv"', "participants_file"),
        ('seeds = ["gone.csv"]', "seed_files"),
        ('manual = ["gone.csv"]', "manual_files"),
        ('participants = "../who.csv"', "participants_file"),
        ('seeds = ["../s.csv"]', "seed_files"),
        ('manual = ["/nowhere/m.csv"]', "manual_files"),
        ('transcripts = ".."', "transcript_root"),
        ('transcripts = "transcripts/../../x"', "transcript_root"),
    ],
)
def test_a_named_part_must_be_there_and_inside(tmp_path, line, ask):
    root = tmp_path / "study"
    root.mkdir()
    for name in ("who.csv", "s.csv"):
        (tmp_path / name).write_text("")
    (root / "study.toml").write_text(f"[study]\n{line}\n")
    with pytest.raises(UsageError):
        getattr(open_study(root), ask)()


def test_a_full_path_may_lead_elsewhere(tiny_study, tmp_path):
    """Transcripts may have to stay on a protected drive."""
    tiny_study.root.joinpath("transcripts").rename(tmp_path / "drive")
    tiny_study.edit("study.toml", "[study]", f"[study]\ntranscripts = '{tmp_path / 'drive'}'")
    assert [path.name for path in open_study(tiny_study.root).source_files()] == ["P01.txt", "P02.txt", "P03.txt"]


def test_own_codebook_beside_a_shipped_one_brings_the_shipped_seeds(tmp_path):
    (tmp_path / "study.toml").write_text('[study]\ncodebooks = ["own.csv", "microsystems"]\n')
    (tmp_path / "own.csv").write_text("id,name,definition\nX,Ex,An x.\n")
    study = open_study(tmp_path)
    assert study.codebook().ids()[0] == "X"
    assert "F1" in study.codebook()
    assert [path.name for path in study.seed_files()] == ["microsystems.csv", "none.csv"]


def test_own_codebook_alone_has_no_shipped_seeds(tiny_study):
    (tiny_study.root / "seeds.csv").unlink()
    assert open_study(tiny_study.root).seed_files() == []


def test_unknown_codebook(tmp_path):
    (tmp_path / "study.toml").write_text('[study]\ncodebooks = ["ntp"]\n')
    with pytest.raises(CodebookError, match="ntp"):
        open_study(tmp_path).codebook_files()


def test_no_study_toml(tmp_path):
    with pytest.raises(SettingsError) as caught:
        open_study(tmp_path)
    assert caught.value.hint.endswith(f"make one there: nptlens init {tmp_path}")


def test_loose_folder_and_loose_file(tmp_path):
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text("P: hello there")
    assert [path.name for path in loose_study(tmp_path).source_files()] == ["a.txt", "b.txt"]
    assert [path.name for path in loose_study(tmp_path / "b.txt").source_files()] == ["b.txt"]


def test_a_loose_study_never_reads_its_own_results(tmp_path):
    for name in ("a.txt", "results/codings.csv", ".nptlens/x.txt", "~$a.docx", ".hidden.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("P: hello")
    assert [path.name for path in loose_study(tmp_path).source_files()] == ["a.txt"]


def test_a_path_that_is_no_text(tmp_path):
    root = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"caf\xe9"))  # noqa: PTH118 - the name is what is tested
    os.mkdir(root)  # noqa: PTH102
    with pytest.raises(UsageError, match="no text") as caught:
        open_study(Path(root))
    assert caught.value.where.endswith(r"caf\udce9")


def test_links_to_plain_files_are_files(tmp_path):
    (tmp_path / "study.toml").write_text("")
    (tmp_path / "kept.csv").write_text("")
    for name in ("participants.csv", "seeds.csv", "manual_A.csv"):
        (tmp_path / name).symlink_to("kept.csv")
    study = open_study(tmp_path)
    assert study.participants_file() == study.root / "participants.csv"
    assert study.seed_files() == [study.root / "seeds.csv"]
    assert study.manual_files() == [study.root / "manual_A.csv"]


def test_the_table_of_transcripts_is_none_where_it_lies_among_them(tmp_path):
    (tmp_path / "study.toml").write_text("")
    (tmp_path / "transcripts.csv").write_text("file,transcript\n")
    assert open_study(tmp_path).transcript_ids_file() == tmp_path.resolve() / "transcripts.csv"
    (tmp_path / "study.toml").write_text('[study]\ntranscripts = "."\n')
    assert open_study(tmp_path).transcript_ids_file() is None


def test_what_is_a_study(tmp_path):
    assert not is_study(tmp_path)
    (tmp_path / "study.toml").symlink_to("gone")
    with pytest.raises(UsageError, match="a link to nothing"):
        is_study(tmp_path)
