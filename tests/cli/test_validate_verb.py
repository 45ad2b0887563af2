"""nptlens validate STUDY: what it prints for people and for programs, its exit codes and its help."""

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
def root(ran):
    return ran.root


def test_it_prints_headlines_paths_and_the_next_verb(root):
    result = invoke("validate", root, "--cluster", "participant", code=1)
    assert "seed FORMS-4: its words stand in P02:" in result.stderr  # a seed of this study leaks
    assert "mean kappa" in result.stdout
    assert "unitizing alpha" in result.stdout
    assert "results/validation.html" in result.stdout.replace("\n", "")
    assert "nptlens validate sheet" in result.stderr


def test_the_report_is_out_of_date_until_it_is_written_again(root, tmp_path):
    again = f"write the report again, with these figures: nptlens report {root}"
    assert again not in invoke("validate", root, "--out", tmp_path / "there", code=1).stderr
    assert "next: open results/report.html" in invoke("status", root).stderr
    assert again in invoke("validate", root, code=1).stderr
    stale = invoke("status", root)
    assert "results/validation.json" in stale.stdout
    assert f"next: nptlens report {root}" in stale.stderr
    invoke("report", root)
    assert "next: open results/report.html" in invoke("status", root).stderr
    assert again not in invoke("validate", root, code=1).stderr  # the same figures


def test_json_holds_paths_and_headlines(root, tmp_path):
    told = json.loads(invoke("validate", root, "--coder", "B", "--against", "A", "--out", tmp_path / "there", "--json", code=1).stdout)
    assert [path.rsplit("/", 1)[1] for path in told["outputs"]] == ["validation.html", "validation.json", "validation.xlsx"]
    assert {(each["coder"], each["against"]) for each in told["headlines"]} == {("B", "A")}
    assert (tmp_path / "there" / "validation.html").is_file()


def test_a_person_must_look_where_a_row_was_left_out(root):
    with (root / "manual_A.csv").open("a", encoding="utf-8") as file:
        file.write("P01,5,999999,TEAM,asserted,A\n")
    invoke("run", root, code=1)
    assert "its offsets '5' to '999999' are not in the text of" in invoke("validate", root, code=1).stderr


def test_wrong_use(root):
    assert "no coding by C" in str(CliRunner().invoke(app, ["validate", str(root), "--coder", "C"]).exception)
    (root / "seeds.csv").unlink()
    assert "not up to date" in str(CliRunner().invoke(app, ["validate", str(root)]).exception)


def test_helps_name_the_verbs():
    assert "sheet" in invoke("validate", "--help").stdout
    told = invoke("validate", "study", "--help").stdout
    assert told.count("nptlens validate my-study") == 2
