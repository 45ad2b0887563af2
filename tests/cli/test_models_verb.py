"""nptlens models: what it prints for people and for programs."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import UsageError


@pytest.fixture(autouse=True)
def shelf(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, appauthor: tmp_path / "shelf" / name)


def invoke(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_it_lists_what_is_here_and_how_to_get_the_rest():
    result = invoke("models")
    assert result.exit_code == 0
    assert "all-mpnet-base-v2" in result.stdout
    assert "next: in study.toml" in result.stderr
    told = {each["name"]: each for each in json.loads(invoke("models", "--json").stdout)}
    assert told["all-MiniLM-L6-v2"]["folder"]
    assert told["all-MiniLM-L6-v2"]["get"] == ""
    assert "nptlens models add" in told["all-mpnet-base-v2"]["get"]


def test_what_cannot_be_added_is_told(tmp_path):
    (tmp_path / "words.txt").write_text("words")
    assert isinstance(invoke("models", "add", tmp_path / "words.txt").exception, UsageError)
    assert isinstance(invoke("models", "--json", "add", tmp_path).exception, UsageError)


def test_an_added_one_is_named(tmp_path, monkeypatch):
    from nptlens.embedding.model_store import KnownEncoder

    added = KnownEncoder("mine", "/shelf/mine", "MIT", 8, 16, "nowhere", "", "")
    monkeypatch.setattr("nptlens.embedding.model_store.add_encoder", lambda paths: added)
    assert "/shelf/mine" in invoke("models", "add", tmp_path).stdout
    assert 'encoder = "mine"' in invoke("models", "add", tmp_path).stderr
    assert json.loads(invoke("models", "add", tmp_path, "--json").stdout)["dimension"] == 8
