"""nptlens validate sheet and import: what they print for people and for programs, and their exit codes."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture
def root(ran):
    return ran.root


def fill(path, column, codes):
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for row, code in zip(rows, codes, strict=False):
        row[column] = code
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_blind_sheet_and_back(root):
    sheet = root / "ann.csv"
    result = invoke("validate", "sheet", root, "--coder", "Ann", "--number", 5, "--out", sheet, "--seed", 7)
    assert "on the sheet" in result.stdout
    assert "sheets/ann.design.csv" in result.stdout.replace("\n", "")
    assert f"nptlens validate import {root} {sheet} --coder Ann" in result.stderr
    fill(sheet, "codes", ["TEAM", "none", "MONEY", "none", "TAEM"])
    told = json.loads(invoke("validate", "import", root, sheet, "--coder", "Ann", "--json", code=1).stdout)
    assert (told["read"], told["coded"], told["refused"]) == (4, 2, 1)
    assert told["problems"][0]["hint"] == "did you mean TEAM?"
    result = invoke("validate", "import", root, sheet, "--coder", "Ann", code=1)
    assert "manual_ann.csv" in result.stdout
    assert "names TAEM" in result.stderr
    assert f"next: correct the rows named above, then: nptlens validate import {root} {sheet}" in result.stderr
    fill(sheet, "codes", ["TEAM", "none", "MONEY", "none", "team"])
    assert f"next: nptlens run {root}" in invoke("validate", "import", root, sheet).stderr
    fill(sheet, "codes", ["MONEY"])
    assert "--replace" in CliRunner().invoke(app, ["validate", "import", str(root), str(sheet)]).exception.hint
    assert "1 unit is coded otherwise" in invoke("validate", "import", root, sheet, "--replace").stderr


def test_mismatches_and_back(root):
    sheet = root / "decide.csv"
    told = json.loads(invoke("validate", "sheet", root, "--mismatches", "A", "B", "--out", sheet, "--json").stdout)
    assert told["coder"] == "adjudicated"
    fill(sheet, "decision", ["TEAM"] * told["units"])
    told = json.loads(invoke("validate", "import", root, sheet, "--json").stdout)
    assert (told["coder"], told["problems"]) == ("adjudicated", [])
    ran = json.loads(invoke("run", root, "--json").stdout)
    assert "adjudicated" in {each["coder"] for each in ran["agreement"]} | {each["against"] for each in ran["agreement"]}


def test_a_blind_sheet_needs_a_name(root):
    result = CliRunner().invoke(app, ["validate", "sheet", str(root)])
    assert "needs the name of its coder" in str(result.exception)
