"""Exit codes of verbs that read what a run made: 2 where it is stale or never ran, 4 where a file was altered, 5 while a run goes on."""

from __future__ import annotations

import sys

import filelock
import pytest

from nptlens.cli import main as main_module
from nptlens.schemas.tables import CODINGS
from nptlens.store.files import read_table
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run

VERBS = {
    "why": ("why", "SEGMENT", "TEAM", "--study", "STUDY"),
    "find": ("find", "the", "--study", "STUDY"),
    "export": ("export", "STUDY", "--to", "csv"),
    "topics": ("topics", "--study", "STUDY"),
    "report": ("report", "STUDY"),
    "report selected": ("report", "STUDY", "--format", "csv"),
    "validate": ("validate", "STUDY"),
    "sheet": ("validate", "sheet", "STUDY", "--coder", "ann", "--out", "STUDY/ann.csv"),
    "suggest": ("seeds", "suggest", "STUDY"),
}


@pytest.fixture
def call(tiny_study, monkeypatch, capsys):
    """Run `main` on the study; return its exit code and stderr."""

    def called(verb):
        table = tiny_study.root / ".nptlens" / "codings.parquet"
        segment = str(read_table(table, CODINGS)["segment_id"].iloc[0]) if table.is_file() else "P01:1-2"
        words = [each.replace("STUDY", str(tiny_study.root)).replace("SEGMENT", segment) for each in VERBS[verb]]
        monkeypatch.setattr(sys, "argv", ["nptlens", *words])
        monkeypatch.delenv("NPTLENS_DEBUG", raising=False)
        with pytest.raises(SystemExit) as caught:
            main_module.main()
        return caught.value.code, capsys.readouterr().err

    return called


def test_exit_codes(tiny_study, no_model, call):
    for verb in sorted(set(VERBS) - {"export"}):  # an export of a study that never ran has its manual coding, and says so
        code, told = call(verb)
        assert code == 2, verb
        assert f"hint: run: nptlens run {tiny_study.root}" in told
    assert call("export")[0] == 0
    run(open_study(tiny_study.root))
    with filelock.FileLock(tiny_study.root / ".nptlens" / "lock"):
        assert {verb: call(verb)[0] for verb in VERBS} == dict.fromkeys(VERBS, 5)
    manual = tiny_study.root / ".nptlens" / "segments.parquet"
    whole = manual.read_bytes()
    manual.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    for verb in sorted(set(VERBS) - {"topics"}):  # topics are listed without their excerpts
        code, told = call(verb)
        assert code == 4, verb
        assert "error: segments.parquet is not what stage segment made" in told
        assert f"hint: run: nptlens run {tiny_study.root}" in told
    manual.write_bytes(whole)
    tiny_study.edit("transcripts/P02.txt", "small money", "big money")
    for verb in VERBS:
        code, told = call(verb)
        assert code == 2, verb
        assert "error: stage read is not up to date (changed: transcripts/P02.txt)" in told
