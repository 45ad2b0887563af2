"""Each verb: what it prints for people and for programs, and that no words of a transcript get where they must not."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import UsageError
from nptlens.study.run.pipeline import STAGES as EVERY
from nptlens.study.run.stage import always

STAGES = tuple(stage.name for stage in EVERY if stage.wanted is always)

MARKER, ASKED = "xylotomous", "quomodocunquizing"


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def answer(*arguments, code=0):
    """Return what stdout holds as JSON; nothing else may stand there."""
    result = invoke(*arguments, "--json", code=code)
    return json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_init(tmp_path):
    made = answer("init", tmp_path / "new")
    assert [Path(path).name for path in made] == ["study.toml", "participants.csv", "transcripts"]
    assert all(Path(path).exists() for path in made)
    result = invoke("init", tmp_path / "other")
    assert result.stdout.splitlines() == [str(tmp_path / "other" / name) for name in ("study.toml", "participants.csv", "transcripts")]
    assert "nptlens check" in result.stderr


def test_check(tiny_study):
    told = answer("check", tiny_study.root)
    assert [file["transcript"] for file in told["files"]] == ["P01", "P02", "P03"]
    assert {speaker["role"] for file in told["files"] for speaker in file["speakers"]} == {"interviewer", "participant"}
    result = invoke("check", tiny_study.root)
    assert "Interviewer (interviewer, 2), P01 (participant, 4)" in result.stdout
    assert result.stderr == f"next: nptlens run {tiny_study.root}\n"


def test_check_of_a_broken_source(tiny_study):
    tiny_study.write("transcripts/A.txt", "")
    assert answer("check", tiny_study.root, code=1)["problems"][0]["severity"] == "error"
    assert "error: A.txt: the file is empty" in invoke("check", tiny_study.root, code=1).stderr


def test_run(tiny_study, no_model):
    told = answer("run", tiny_study.root)
    assert [stage["stage"] for stage in told["stages"]] == list(STAGES)
    assert all(stage["reran"] for stage in told["stages"])
    assert all(Path(path).is_file() for path in told["outputs"])
    assert told["agreement"][2]["macro_ap"] is None
    assert not any(stage["reran"] for stage in answer("run", tiny_study.root)["stages"])
    again = answer("run", tiny_study.root, "--again", "discover", "--again", "report")
    assert [stage["stage"] for stage in again["stages"] if stage["reran"]] == ["discover", "report"]
    result = invoke("run", tiny_study.root)
    assert result.stdout.count("up to date") == len(STAGES)
    assert "report.html" in result.stdout
    assert "next: " in result.stderr


def test_run_in_this_folder(tiny_study, no_model, monkeypatch):
    monkeypatch.chdir(tiny_study.root)
    assert len(answer("run")["stages"]) == len(STAGES)


def test_figures_that_are_not_determined_are_null(tiny_study, no_model):
    """One transcript, all of it coded alike by both: kappa is 0/0."""
    for name in ("P02", "P03"):
        (tiny_study.root / "transcripts" / f"{name}.txt").unlink()
    end = len((tiny_study.root / "transcripts" / "P01.txt").read_text(encoding="utf-8"))
    for coder in "AB":
        tiny_study.write(f"manual_{coder}.csv", f"transcript,start,end,code,coder\nP01,0,{end},TEAM,{coder}\n")
    (tiny_study.root / "seeds.csv").unlink()
    told = answer("run", tiny_study.root, code=1)
    assert [each["mean_kappa"]["value"] for each in told["agreement"]] == [None]


def test_status(tiny_study, no_model):
    assert {stage["why"] for stage in answer("status", tiny_study.root)} == {"never ran"}
    assert "nptlens run" in invoke("status", tiny_study.root).stderr
    invoke("run", tiny_study.root)
    assert all(stage["up_to_date"] for stage in answer("status", tiny_study.root))
    assert "results/report.html" in invoke("status", tiny_study.root).stderr


def test_why(ran):
    from nptlens.study.folder import open_study
    from nptlens.study.run.artefacts import Artefacts
    from nptlens.study.why import why

    claimed = Artefacts(open_study(ran.root)).codings.query("decision == 'assigned'").iloc[0]
    told = answer("why", claimed["segment_id"], claimed["code"], "--study", ran.root)
    assert told["why"]["code"] == claimed["code"]
    assert told["probability"] == claimed["probability"]
    assert {each["word"] for each in told["why"]["words"]} <= set(re.findall(r"[\w'’-]+", told["text"]))
    assert [name for name, _ in told["why"]["views"]] == ["meaning", "letters", "definition"]
    result = invoke("why", claimed["segment_id"], "--study", ran.root)
    assert "probability lost without it" in result.stdout
    for segment, code, hint in ((claimed["segment_id"], "NOCODE", "codes with a head"), (claimed["segment_id"][:-1], "", "did you mean")):
        with pytest.raises(UsageError) as caught:
            why(open_study(ran.root), segment, code)
        assert hint in caught.value.hint


def test_report(ran):
    made = ran.made()
    (ran.root / "results" / "report.html").unlink()
    assert [Path(path).name for path in answer("report", ran.root)] == ["codings.csv", "excerpts.xlsx", "report.html", "topics.csv"]
    assert ran.made() == made
    assert len(invoke("report", ran.root).stdout.splitlines()) == 4


def test_report_of_a_selection(ran, tmp_path):
    made = ran.made()
    code = load_settings_codes(ran)[0]
    options = ("--format", "docx", "--format", "md", "--format", "jsonl", "--codes", code, "--by", "role", "--max-excerpts", "1")
    assert [Path(path).name for path in answer("report", ran.root, *options, "--out", tmp_path / "out")] == [
        "report.docx", "annotated.docx", "report.md", "excerpts.jsonl"
    ]
    lines = [json.loads(line) for line in (tmp_path / "out" / "excerpts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {line["code"] for line in lines} <= {code}
    assert ran.made() == made
    assert Path(answer("report", ran.root, "--format", "csv")[0]).parent.name == "selected"
    assert all(stage["up_to_date"] for stage in answer("status", ran.root))
    wrong = CliRunner().invoke(app, ["report", str(ran.root), "--codes", f"{code}x"])
    assert isinstance(wrong.exception, UsageError)


def load_settings_codes(study):
    from nptlens.study.folder import open_study

    return open_study(study.root).codebook().ids()


def test_demo(tiny_study, no_model, monkeypatch, tmp_path):
    """The verb runs the folder that `prepare_demo` gives; the demo itself is run in tests/e2e."""
    from nptlens.study.folder import open_study

    monkeypatch.setattr("nptlens.study.demo.prepare_demo", lambda folder: open_study(tiny_study.root))
    assert len(answer("demo", tmp_path / "demo")["stages"]) == len(STAGES)


def test_doctor():
    assert all(finding["well"] for finding in answer("doctor"))
    result = invoke("doctor")
    assert "NO" not in result.stdout.split()
    assert result.stderr == "next: nptlens demo\n"


def test_seeds_doctor(tiny_study, no_model):
    told = answer("seeds", "doctor", tiny_study.root)
    assert [each["code"] for each in told["findings"]] == ["TEAM", "MONEY", "FORMS"]
    assert "FORMS" in invoke("seeds", "doctor", tiny_study.root).stdout


def _texts_of_database(path):
    with sqlite3.connect(path) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(str(row) for name in names for row in db.execute(f"SELECT * FROM {name}"))


def _text_of(path):
    """Return all that a file holds, unpacked where it is packed."""
    raw = path.read_bytes().decode("latin-1")
    if path.suffix == ".parquet":
        return raw + pd.read_parquet(path).to_csv()
    return raw + (_texts_of_database(path) if path.suffix == ".sqlite" else "")


def test_no_words_of_a_transcript_get_out(tiny_study, no_model):
    """Logs, caches and ledgers hold ids and digests; words are in the segments, on the topic cards and in the results only."""
    tiny_study.edit("transcripts/P02.txt", "drawer", MARKER)
    tiny_study.edit("transcripts/P02.txt", "How was", f"{ASKED}, how was")
    tiny_study.write("transcripts/P08.docx", f"{MARKER}: this is no archive")
    tiny_study.write("transcripts/P09.csv", f'speaker,text\nP09,"{MARKER} without an end\n')
    tiny_study.write("manual_C.csv", f"transcript,start,end,code,coder,text\nP02,0,9,TEAM,C,{MARKER}\n")
    tiny_study.edit("study.toml", "[coding]", '[report]\nlength = "full"\n[coding]')
    told = [invoke(verb, tiny_study.root, code=1) for verb in ("check", "run")]
    told += [invoke("status", tiny_study.root), invoke("report", tiny_study.root)]
    for result in told:
        assert MARKER not in result.output
        assert ASKED not in result.output
    store = tiny_study.root / ".nptlens"
    names = {path.name for path in store.iterdir()}
    assert {"ledger.sqlite", "vectors.sqlite", "transcripts.json", "problems_read.json"} <= names
    assert {path.name for path in store.iterdir() if MARKER in _text_of(path)} - {"topic_cards.json", "topic_cards_found.json"} == {"segments.parquet"}
    assert [path.name for path in store.iterdir() if ASKED in _text_of(path)] == []
    assert MARKER in (tiny_study.root / "results" / "report.html").read_text(encoding="utf-8")


def test_a_draft_of_the_participants(tiny_study):
    sheet = tiny_study.root / "participants.csv"
    held = sheet.read_bytes()
    refused = CliRunner().invoke(app, ["check", str(tiny_study.root), "--draft-participants"])
    assert "never written over" in str(refused.exception) and sheet.read_bytes() == held
    sheet.unlink()
    guessed = answer("check", tiny_study.root)["files"]
    result = invoke("check", tiny_study.root, "--draft-participants")
    assert str(sheet) in result.stdout and "correct it" in result.stderr
    drafted = answer("check", tiny_study.root)["files"]
    whose = [[[s["label"], s["participant"], s["role"]] for file in files for s in file["speakers"]] for files in (guessed, drafted)]
    assert whose[0] == whose[1] and whose[0]
