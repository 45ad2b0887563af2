"""forget and inventory as people and programs call them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import UsageError


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def test_nothing_goes_where_nobody_is_asked(tiny_study):
    for more in ([], ["--json"]):
        result = CliRunner().invoke(app, ["forget", str(tiny_study.root), "P03", *more])
        assert isinstance(result.exception, UsageError)
        assert "--dry-run" in result.exception.hint
    assert (tiny_study.root / "transcripts" / "P03.txt").is_file()


def test_a_dry_run_names_what_would_go_and_the_command_for_it(tiny_study):
    result = invoke("forget", tiny_study.root, "P03", "--dry-run")
    assert "Would be forgotten: P03" in result.stdout
    assert "transcripts/P03.txt" in result.stdout
    assert "manual_A.csv" in result.stdout
    assert "- files that people copied" in result.stdout
    assert f"next: nptlens forget {tiny_study.root} P03 --yes" in result.stderr
    assert (tiny_study.root / "transcripts" / "P03.txt").is_file()


def test_forget(tiny_study):
    told = json.loads(invoke("forget", tiny_study.root, "P03", "--yes", "--json").stdout)
    assert (told["transcripts"], told["participants"], told["left"], told["dry_run"]) == (["P03"], ["P03"], [], False)
    assert {"path": "manual_A.csv", "what": "rows", "number": 3} in told["removed"]
    assert len(told["unknown"]) == 5
    result = invoke("forget", tiny_study.root, "P02", "--yes")
    assert "Forgotten: P02" in result.stdout
    assert "next: nptlens run" in result.stderr
    assert [path.name for path in (tiny_study.root / "transcripts").iterdir()] == ["P01.txt"]


def test_what_must_be_looked_at_is_told(tiny_study):
    tiny_study.write("letter.txt", "Dear P03")
    result = invoke("forget", tiny_study.root, "P03", "--yes", code=1)
    assert "look: letter.txt: holds its name or its words" in result.stderr


@pytest.mark.parametrize(("answer", "stays"), [("n\n", True), ("y\n", False)])
def test_a_person_is_asked_on_a_terminal(tiny_study, monkeypatch, answer, stays):
    from nptlens.cli import forget as verb

    monkeypatch.setattr(verb, "_is_asked", lambda: True)
    result = CliRunner().invoke(app, ["forget", str(tiny_study.root), "P03"], input=answer)
    assert "Would be forgotten: P03" in result.stdout
    assert "It cannot be undone" in result.stderr
    assert (tiny_study.root / "transcripts" / "P03.txt").is_file() is stays


def test_inventory(tiny_study):
    told = json.loads(invoke("inventory", tiny_study.root, "--json", code=1).stdout)
    places = {place["path"]: place["holds"] for place in told["places"]}
    assert places["transcripts/P01.txt"] == ["words", "names"]
    assert told["unknown"] == ["encoder/modules.json"]
    result = invoke("inventory", tiny_study.root, code=1)
    assert "transcripts/P01.txt" in result.stdout
    assert "not made by nptlens; look yourself" in result.stdout
    assert "nptlens forget" in result.stderr
