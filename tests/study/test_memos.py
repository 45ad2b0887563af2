"""Memos: noted about an excerpt, a code or a case, kept over runs, shown in the report, and never lost."""

from __future__ import annotations

import json

import pytest
from lxml import html as lxml_html
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import UsageError
from nptlens.study.folder import open_study
from nptlens.study.memos import add_memo, list_memos
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run


def page(tiny):
    return lxml_html.parse(str(tiny.root / "results" / "report.html")).getroot()


def noted(tiny):
    (section,) = page(tiny).xpath("//section[h2/@id='memos']")
    return section


@pytest.fixture
def with_memos(ran):
    study = open_study(ran.root)
    segment = Artefacts(study).segments["segment_id"].iloc[0]
    add_memo(study, "TEAM", "=mostly mornings, says <she>", by="ann")
    add_memo(study, "P02", "a second line\nof this one")
    add_memo(study, segment, "the opposite later", by="ben")
    return ran, segment


def test_they_are_listed_and_stand_in_the_report_of_each_run(with_memos):
    tiny, segment = with_memos
    found, problems = list_memos(open_study(tiny.root))
    assert [(each.kind, each.about, each.memo, each.by) for each in found] == [
        ("code", "TEAM", "=mostly mornings, says <she>", "ann"),
        ("case", "P02", "a second line\nof this one", ""),
        ("excerpt", segment, "the opposite later", "ben"),
    ]
    assert problems == ()
    for _ in range(2):
        run(open_study(tiny.root))
        told = noted(tiny).text_content()
        assert all(words in told for words in ("=mostly mornings, says <she>", "a second line", "the opposite later", "by ben"))
        assert "Memo by ann: =mostly mornings" in page(tiny).xpath("string(//section[h2/@id='codes'])")
        tiny.edit("study.toml", "resamples = 20", "resamples = 30") if _ == 0 else None
    text = Artefacts(open_study(tiny.root)).segments.set_index("segment_id").loc[segment, "text"]
    assert noted(tiny).xpath(".//span[@class='excerpt']/text()") == [text]


def test_a_memo_whose_words_have_moved_is_told_and_kept(with_memos):
    tiny, segment = with_memos
    name = segment.split(":")[0]
    words = list_memos(open_study(tiny.root))[0][-1].text
    source = next(path for path in (tiny.root / "transcripts").rglob(f"{name}.*"))
    tiny.edit(source.relative_to(tiny.root).as_posix(), words[:20], "zz" + words[2:20])
    result = run(open_study(tiny.root))
    assert any("no longer those that the memo is about" in each.what and each.where == "memos.csv line 5" for each in result.problems)
    assert "the opposite later" in noted(tiny).text_content()
    assert noted(tiny).xpath(".//span[@class='excerpt']") == []


def test_names_that_the_study_lacks(with_memos):
    tiny, _ = with_memos
    study = open_study(tiny.root)
    with pytest.raises(UsageError, match="no code, case or place TEEM") as told:
        add_memo(study, "TEEM", "x")
    assert "TEAM" in told.value.hint
    with pytest.raises(UsageError, match="empty"):
        add_memo(study, "TEAM", "  ")
    tiny.edit("memos.csv", "TEAM", "TEEM")
    found, problems = list_memos(study)
    assert len(found) == 3
    assert [(each.where, "did you mean TEAM" in each.hint) for each in problems] == [("memos.csv line 2", True)]


def test_what_an_import_noted_is_shown_too(ran):
    ran.write("memos_tool.csv", "transcript,memo\nP01,calm\n")
    run(open_study(ran.root))
    assert "calm" in noted(ran).text_content()


def test_without_memos_there_is_no_section(ran):
    assert page(ran).xpath("//h2[@id='memos']") == []


def test_the_verb(ran):
    def invoke(*words, code=0):
        result = CliRunner().invoke(app, ["memo", *words, "--study", str(ran.root)])
        assert result.exit_code == code, result.output
        return result

    assert "memos.csv" in invoke("TEAM", "mornings", "--by", "ann").stdout
    assert json.loads(invoke("--json").stdout)["memos"][0]["memo"] == "mornings"
    ran.edit("memos.csv", "TEAM", "GONE")
    assert "no such code" in invoke(code=1).stderr
