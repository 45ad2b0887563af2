"""From a folder of interviews to a validated report: own codebook and seeds, one coder, a blind sheet, a correction; the real encoder."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tests.e2e.own_study import TRANSCRIPTS, codes_read, write_study
from typer.testing import CliRunner

from nptlens.cli.main import app

pytestmark = pytest.mark.model
_DRAWN = 20


def nptlens(*words, code=0):
    """Run a verb and return what it printed."""
    result = CliRunner().invoke(app, [str(each) for each in words])
    assert result.exit_code == code, (words, result.output, result.exception)
    return result


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def fill(path, codes_of):
    """Write codes into a sheet, as `codes_of` gives them for an excerpt."""
    rows = rows_of(path)
    for row in rows:
        row["codes"] = codes_of(row["excerpt"])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def root(tmp_path):
    study = tmp_path / "study"
    nptlens("init", study)
    return write_study(study)


def test_the_path_to_a_validated_report(root, tmp_path):
    sheet = tmp_path / "ann.csv"
    told = json.loads(nptlens("check", root, "--json").stdout)
    assert len(told["files"]) == TRANSCRIPTS
    nptlens("run", root)
    nptlens("validate", "sheet", root, "--coder", "ann", "--number", _DRAWN, "--out", sheet)
    wrong = iter(("HELQ", "MONY", "RULE"))
    fill(sheet, lambda excerpt: next(wrong, None) or codes_read(excerpt))
    assert json.loads(nptlens("validate", "import", root, sheet, "--json", code=1).stdout)["refused"] == 3
    fill(sheet, codes_read)
    told = json.loads(nptlens("validate", "import", root, sheet, "--json").stdout)
    assert (told["coder"], told["read"], told["empty"], told["refused"]) == ("ann", _DRAWN, 0, 0)
    nptlens("run", root)
    headlines = json.loads(nptlens("validate", root, "--json").stdout)["headlines"]
    assert {each["n"] for each in headlines if each["level"] == "which"} == {_DRAWN}
    nptlens("report", root)
    shown = (root / "results" / "report.html").read_text(encoding="utf-8")
    assert "Validation of this run" in shown
    assert "next: open results/report.html" in nptlens("status", root).stderr  # nothing is left to do
    assert {row["segment_id"].split(":")[0] for row in rows_of(root / "results" / "codings.csv")} == {f"W{n}" for n in range(1, TRANSCRIPTS + 1)}
