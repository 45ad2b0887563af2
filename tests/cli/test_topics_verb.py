"""nptlens topics: what it prints for people and for programs."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture
def root(ran_with_topics):
    return ran_with_topics.root


def test_the_list(root, monkeypatch):
    told = json.loads(invoke("topics", "--study", root, "--json").stdout)
    assert {"topic", "name", "words", "size", "participants", "stability", "unstable", "merged"} <= set(told["topics"][0])
    result = invoke("topics", "--study", root)
    assert "adjusted Rand index over 3 resamples" in " ".join(result.stdout.split())
    assert "next: nptlens topics merge" in result.stderr
    monkeypatch.chdir(root)
    assert invoke("topics").stdout == result.stdout


def test_merge_and_rename(root):
    told = json.loads(invoke("topics", "rename", 1, "Time for huddles", "--study", root, "--json").stdout)
    assert told["names"][0]["name"] == "Time for huddles"
    result = invoke("topics", "merge", 1, 0, "--study", root)
    assert "topic_names.csv" in result.stdout
    assert result.stderr == f"next: nptlens run {root}\n"
    ran = json.loads(invoke("run", root, "--json").stdout)
    assert [stage["stage"] for stage in ran["stages"] if stage["reran"]] == ["name", "map", "report"]
    assert "Time for huddles" in invoke("topics", "--study", root).stdout


def test_options_before_the_verb_are_refused_not_forgotten(root):
    result = CliRunner().invoke(app, ["topics", "--study", str(root), "merge", "1", "0"])
    assert "stand after merge" in str(result.exception)
    assert not (root / "topic_names.csv").exists()


def test_help_of_the_list_has_two_examples(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = [line.strip() for line in invoke("topics", "--help").stdout.splitlines()]
    assert sum(line.startswith("nptlens topics") for line in lines) == 2
