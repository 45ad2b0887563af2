"""Search over the transcripts: exact places, who speaks, and what stands around them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import UsageError
from nptlens.study.find import find
from nptlens.study.folder import open_study
from nptlens.study.run.artefacts import Artefacts


def test_places_are_exact_and_in_order(ran):
    study = open_study(ran.root)
    texts = {each.id: each.text for each in Artefacts(study).reading.transcripts}
    found = find(study, "The Money")
    assert found and list(found) == sorted(found, key=lambda each: (each.transcript_id, int(each.place.split(":")[1].split("-")[0])))
    for each in found:
        start, end = map(int, each.place.split(":")[1].split("-"))
        assert texts[each.transcript_id][start:end] == each.words
        assert texts[each.transcript_id][start - len(each.before) : end + len(each.after)] == each.before + each.words + each.after
        assert not each.segment_id or int(each.segment_id.split(":")[1].split("-")[0]) <= start < int(each.segment_id.split("-")[-1])
    assert {bool(each.segment_id) for each in found} == {True, False}  # what interviewers say is in none
    number = sum(text.lower().count("the money") for text in texts.values())
    assert len(found) == number


def test_interviewers_can_be_left_out(ran):
    study = open_study(ran.root)
    everybody, people = find(study, "money"), find(study, "money", interviewers=False)
    assert {each.speaker for each in everybody} > {"interviewer"}
    assert people == tuple(each for each in everybody if each.speaker != "interviewer")


def test_no_word_is_refused(ran):
    with pytest.raises(UsageError, match="no word to look for"):
        find(open_study(ran.root), "?")


def test_the_verb(ran):
    result = CliRunner().invoke(app, ["find", "money", "--study", str(ran.root), "--json"])
    assert result.exit_code == 0
    assert {each["words"].lower() for each in json.loads(result.stdout)} == {"money"}
    result = CliRunner().invoke(app, ["find", "zebra", "--study", str(ran.root)])
    assert (result.exit_code, result.stdout.strip()) == (0, "places: 0, transcripts: 0")
    assert f"nptlens find zebra --part --study {ran.root}" in result.stderr
