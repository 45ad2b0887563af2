"""nptlens verify on a study: its sources first, then each quotation of what it left behind."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import IntegrityError, UsageError
from nptlens.study.folder import open_study
from nptlens.study.run.runner import run
from nptlens.study.transfer.import_project import export_study
from nptlens.study.verify import verify

_LINE = 'P01: He said "=HYPERLINK(1)" & <script>, cafe\u0301 \U0001f389 \u202efor\u202c us, and that was all he had to say.\r\n'


@pytest.fixture(scope="module")
def made(make_tiny_study, word_encoder, tmp_path_factory):
    """The tiny study, with hostile words and Windows line ends in one source, after a run and two exports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nptlens.study.run.text_stages.load_encoder", lambda card, threads=0: word_encoder)
        study = make_tiny_study(tmp_path_factory.mktemp("verified"))
        path = study.root / "transcripts" / "P01.txt"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + _LINE.encode())
        study.edit("study.toml", "[coding]", '[report]\nlength = "full"\n[coding]')
        run(open_study(study.root))
    for kind in ("qdpx", "csv", "xlsx", "taguette-csv"):
        export_study(open_study(study.root), kind)
    return study.root


@pytest.fixture
def root(made, tmp_path):
    return shutil.copytree(made, tmp_path / "study")


def edit(path, old, new):
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))


def invoke(*arguments, code=0):
    result = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_all_that_a_study_leaves_behind_holds(root):
    (root / "results" / "report.md").write_text("> somebody's words")
    found = verify(root / "results")
    assert found.holds()
    assert found.sources == 3
    counted = {each.path.name: {kind.kind: kind.checked for kind in each.counts} for each in found.files}
    assert {"report.html", "codings.csv", "excerpts.xlsx", "export.qdpx", "export.csv", "export.xlsx"} <= set(counted)
    assert "topics.csv" not in counted
    assert found.unchecked == ("report.md", "taguette.csv", "topics.csv")
    assert counted["report.html"]["excerpt"] and counted["report.html"]["context"]
    assert counted["export.qdpx"]["source"] == 3
    assert any("HYPERLINK" in path.read_text() for path in (root / "results").glob("codings.csv"))


def test_the_study_is_that_around_the_report_or_the_one_named(root, tmp_path):
    elsewhere = shutil.copy(root / "results" / "report.html", tmp_path)
    assert verify(tmp_path / "report.html", root).holds()
    with pytest.raises(UsageError, match="no study above the report"):
        verify(tmp_path / "report.html")
    assert elsewhere


@pytest.mark.parametrize("change", [lambda path: path.write_bytes(path.read_bytes() + b" "), os.unlink], ids=["changed", "gone"])
def test_a_source_that_changed_is_named_first(root, change):
    change(root / "transcripts" / "P02.txt")
    edit(root / "results" / "report.html", 'class="excerpt" ', 'class="excerpt" x="" ')
    with pytest.raises(IntegrityError, match="since the last run") as caught:
        verify(root / "results" / "report.html")
    assert caught.value.where.endswith("P02.txt")


def test_a_source_that_is_read_in_another_way_is_named(root, monkeypatch):
    """Another version of a reader may give another text of the same file."""
    monkeypatch.setattr("nptlens.study.verify.digest", lambda text: "0" * 64)
    with pytest.raises(IntegrityError, match="read in another way"):
        verify(root / "results")


@pytest.mark.parametrize(("report", "match"), [("nowhere.html", "no such file"), ("results/topics.csv", "no quotation"), ("study.toml", "cannot be verified")])
def test_what_is_no_report(root, report, match):
    with pytest.raises(UsageError, match=match):
        verify(root / report)


def test_a_study_that_never_ran(tiny_study):
    with pytest.raises(UsageError, match="never run"):
        verify(tiny_study.write("codings.csv", "transcript,start,end,excerpt\n"))


def test_the_verb_accepts(root):
    result = invoke(root / "results" / "report.html")
    assert "excerpt" in result.stdout
    assert "next: " in result.stderr
    (root / "results" / "report.md").write_text("> somebody's words")
    assert "note: report.md: not checked" in invoke(root / "results").stderr
    told = json.loads(invoke(root / "results", "--json").stdout)
    assert not any(each["faults"] for each in told["files"])


def test_the_verb_rejects_with_the_place_and_without_words(root):
    page = root / "results" / "report.html"
    edit(page, "money decides.</span>", "money, decides.</span>")
    result = invoke(page, code=4)
    assert "its words differ at offset" in result.stderr
    assert "U+0020 expected, U+002C found" in result.stderr
    assert "P01:" in result.stderr and "quotation" in result.stderr and "line" in result.stderr
    assert "decides" not in result.output
    (fault,) = [fault for each in json.loads(invoke(page, "--json", code=4).stdout)["files"] for fault in each["faults"]]
    assert (fault["expected"], fault["found"]) == ("U+0020", "U+002C")
    assert invoke(root / "results" / "codings.csv")
