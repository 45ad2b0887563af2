"""nptlens import and nptlens export: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nptlens.cli.export import Kind
from nptlens.cli.main import app
from nptlens.study.transfer.import_project import KINDS


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def test_kinds_are_those_of_the_study():
    assert tuple(kind.value for kind in Kind) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_export(tiny_study, kind):
    told = json.loads(invoke("export", tiny_study.root, "--to", kind, "--json").stdout)
    assert Path(told["path"]).is_file()
    assert told["manual"] == (0 if kind in ("qdc", "taguette-csv") else 18)
    result = invoke("export", tiny_study.root, "--to", kind, "--out", tiny_study.root / "my.file")
    assert (tiny_study.root / "my.file").read_bytes() == Path(told["path"]).read_bytes()
    assert "next: " in result.stderr


def test_export_and_import_back(tiny_study, tmp_path):
    invoke("export", tiny_study.root, "--to", "qdpx", "--out", tmp_path / "a.qdpx")
    told = json.loads(invoke("import", tmp_path / "a.qdpx", tiny_study.root, "--json").stdout)
    assert (told["same"], told["repeated"], told["not_found"], told["written"]) == (18, 18, 0, [])
    result = invoke("import", tmp_path / "a.qdpx", tiny_study.root)
    assert "same text" in result.stdout
    assert result.stderr.endswith(f"next: nptlens check {tiny_study.root}\n")
    tiny_study.edit("transcripts/P01.txt", "whole team", "entire group")
    for name in "AB":
        (tiny_study.root / f"manual_{name}.csv").unlink()
    words = invoke("import", tmp_path / "a.qdpx", tiny_study.root, code=1)
    assert "not_found_nptlens.csv" in words.stdout
    assert "whole team" not in words.output


def test_in_this_folder(tiny_study, monkeypatch):
    monkeypatch.chdir(tiny_study.root)
    invoke("export", "--to", "csv")
    assert (tiny_study.root / "results" / "export.csv").is_file()


def test_help_has_two_examples():
    for verb in ("import", "export"):
        assert invoke(verb, "--help").stdout.count(f"nptlens {verb} ") >= 2
