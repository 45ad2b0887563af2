"""The verbs about seeds: a sheet out, labels in, and what they say."""

from __future__ import annotations

import csv
import io
import json

from typer.testing import CliRunner

from nptlens.cli.main import app


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def test_suggest_and_import(ran, tiny_study):
    sheet = tiny_study.root / "label.csv"
    told = json.loads(invoke("seeds", "suggest", tiny_study.root, "--number", 2, "--to", sheet, "--json").stdout)
    assert told["path"] == str(sheet)
    assert [set(each) for each in told["suggestions"]][0] >= {"segment_id", "text", "likely", "code", "like"}
    assert {len(each["likely"]) for each in told["suggestions"]} == {0}  # what the machine takes them for stays hidden
    result = invoke("seeds", "suggest", tiny_study.root, "--number", 1)
    assert "threshold" not in result.stdout
    assert "threshold" in invoke("seeds", "suggest", tiny_study.root, "--number", 1, "--guesses").stdout
    assert "--to label.xlsx" in result.stderr
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"), newline="")))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"codes": "TEAM", "stance": "asserted"} for row in rows)
    told = json.loads(invoke("seeds", "import", sheet, tiny_study.root, "--json").stdout)
    assert (told["added"], told["problems"]) == (len(rows), [])
    assert "nptlens run" in invoke("seeds", "import", sheet, tiny_study.root).stderr


def test_doctor_shows_what_to_write_next(tiny_study, no_model):
    result = invoke("seeds", "doctor", tiny_study.root)
    assert "what to write next" in result.stdout
    assert "TEAM: write 11 more" in result.stdout
    assert "\x1b" not in result.stdout
    told = json.loads(invoke("seeds", "doctor", tiny_study.root, "--json").stdout)
    assert {"findings", "pairs", "strays", "leaks", "confusions", "advice", "problems"} == set(told)
    assert "drawer" not in json.dumps(told["problems"])
