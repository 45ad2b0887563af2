"""The files of results/: of one run or marked as not, never over a person's words, none left behind, and within the limit on quotation."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from lxml import html as lxml_html
from openpyxl import load_workbook

from nptlens.core.errors import IntegrityError, UsageError
from nptlens.core.text import count_words
from nptlens.reporting import REPORT_FILES
from nptlens.reporting._packed import places
from nptlens.reporting.filled import ANSWERED, FRAMEWORK, VALUED
from nptlens.store import outputs as door
from nptlens.store.outputs import kept_outputs, known_outputs
from nptlens.study.diff import diff, write_changes
from nptlens.study.folder import open_study
from nptlens.study.partial_report import report_selected
from nptlens.study.results.unfinished import FILLED
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.runner import run
from nptlens.study.run.states import status
from nptlens.study.snapshots import keep
from nptlens.study.topics import list_topics, rename_topic
from nptlens.study.transfer.export import KINDS, export_study
from nptlens.study.validation.validate import validate
from nptlens.study.verify import verify

ALL = '\n[report]\nformats = ["html", "docx", "xlsx", "csv", "md", "jsonl"]\n'


def again(tiny, **settings):
    """Run the study with some settings of the report in place of those it has."""
    own = (tiny.root / "study.toml").read_text().split("\n[report]\n")[0]
    tiny.write("study.toml", own + "\n[report]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
    return run(open_study(tiny.root))


def names(folder):
    return {path.name for path in folder.iterdir() if path.is_file()}


def test_the_files_that_are_read_back_are_those_of_the_report():
    assert set(FILLED) == {ANSWERED, FRAMEWORK, VALUED} <= set(REPORT_FILES)


def test_a_file_that_a_person_changed_is_kept_and_told(ran):
    page = ran.root / "results" / "report.html"
    page.write_text("mine")
    result = run(open_study(ran.root))
    (told,) = result.told
    assert told.where == "results/report.html" and "it is kept as report (changed " in told.what
    assert result.needs_a_look() and told in result.problems
    (kept,) = kept_outputs(ran.root / ".nptlens")
    assert (ran.root / kept).read_text() == "mine" and page.read_text() != "mine"
    assert run(open_study(ran.root)).told == ()
    assert (ran.root / kept).name in verify(ran.root / "results").unchecked


def test_results_of_an_unknown_run_are_kept_where_they_differ(ran):
    import shutil

    shutil.rmtree(ran.root / ".nptlens")
    (ran.root / "results" / "codings.csv").write_text("other")
    told = run(open_study(ran.root)).told
    assert [each.where for each in told] == ["results/codings.csv"]
    assert "other" in [path.read_text() for path in (ran.root / "results").glob("codings (changed *).csv")]


def test_results_of_before_outputs_were_recorded_are_ours(ran):
    for path in (ran.root / ".nptlens").glob("outputs*"):
        path.unlink()
    assert again(ran, excerpts=2).told == ()
    assert kept_outputs(ran.root / ".nptlens") == {}


@pytest.mark.parametrize("after", [0, 1])
def test_a_kill_between_two_files_says_so_until_the_next_run(ran, monkeypatch, after):
    results, real, done = ran.root / "results", door.write_bytes, []

    def killed(path, data):
        if path.parent == results and path.name in REPORT_FILES:
            if len(done) == after:
                raise KeyboardInterrupt
            done.append(path)
        real(path, data)

    monkeypatch.setattr(door, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        again(ran, excerpts=1)
    monkeypatch.setattr(door, "write_bytes", real)
    study = open_study(ran.root)
    assert "INCOMPLETE.txt" in names(results)
    assert {each.stage for each in status(study) if not each.up_to_date} == {"report"}
    with pytest.raises(IntegrityError, match="of two runs"):
        verify(results)
    assert run(study).told == ()
    assert "INCOMPLETE.txt" not in names(results) and all(each.up_to_date for each in status(study))
    verify(results)
    record = {path.name: path.read_bytes() for path in (ran.root / ".nptlens").glob("outputs*")}
    run(study, again=("report",))
    assert {path.name: path.read_bytes() for path in (ran.root / ".nptlens").glob("outputs*")} == record


def test_an_interrupted_report_is_made_again_though_its_settings_are_back(ran):
    (ran.root / "results" / "INCOMPLETE.txt").write_text("of two runs")
    result = run(open_study(ran.root))
    assert [(each.stage, each.why) for each in result.stages if each.reran] == [("report", "interrupted: results/INCOMPLETE.txt")]
    assert "INCOMPLETE.txt" not in names(ran.root / "results")


def test_a_report_that_cannot_be_made_leaves_the_one_before(ran, monkeypatch):
    before = {path.name: path.read_bytes() for path in (ran.root / "results").iterdir()}

    def fails(*args):
        raise IntegrityError("no")

    monkeypatch.setattr("nptlens.reporting._xlsx.book", fails)
    with pytest.raises(IntegrityError):
        again(ran, excerpts=1)
    assert {path.name: path.read_bytes() for path in (ran.root / "results").iterdir()} == before


def test_formats_that_are_dropped_leave_nothing_behind(ran):
    again(ran, formats='["html", "docx", "csv", "md"]')
    results = ran.root / "results"
    assert names(results) == {"report.html", "report.docx", "annotated.docx", "report.md", "codings.csv", "topics.csv"}
    (results / "report.md").write_text("mine")
    told = again(ran, formats='["html"]').told
    assert [each.where for each in told] == ["results/report.md"]
    assert len(names(results)) == 2 and "report.html" in names(results)


def test_a_person_s_topic_names_are_kept_where_rewriting_would_lose_something(ran):
    study = open_study(ran.root)
    topic = list_topics(study).topics[0].topic
    assert rename_topic(study, topic, "Ours").problems == ()
    path = ran.root / "topic_names.csv"
    path.write_text(path.read_text().replace("Ours", "Theirs"))
    assert rename_topic(study, topic, "Again").problems == ()  # nothing but the name was changed
    path.write_text("\n".join(line + (",our note" if number else ",remark") for number, line in enumerate(path.read_text().splitlines())))
    (told,) = rename_topic(study, topic, "More").problems
    assert "topic_names (changed " in told.what
    assert ["our note" in each.read_text() for each in ran.root.glob("topic_names (changed *).csv")] == [True]


def test_a_file_named_by_out_is_never_destroyed(ran, tmp_path):
    study = open_study(ran.root)
    theirs = tmp_path / "codings.csv"
    theirs.write_text("theirs")
    (told,) = export_study(study, "csv", theirs).problems
    assert "nptlens did not write it" in told.what
    assert [path.read_text() for path in tmp_path.glob("codings (changed *).csv")] == ["theirs"]
    assert export_study(study, "csv", theirs).problems == ()
    keep(study, "before")
    changes = tmp_path / "changes.csv"
    changes.write_text("theirs")
    assert len(write_changes(ran.root, diff(ran.root, "before"), changes).problems) == 1
    team = tmp_path / "team"
    team.mkdir()
    for name in ("codings.csv", "report.html"):
        (team / name).write_text("theirs")
    told = report_selected(study, {"formats": ("csv",)}, team).problems
    assert len(told) == 1 and (team / "report.html").read_text() == "theirs"
    validate(study, out=team)
    (team / "validation.html").write_text("mine")
    assert any("it is kept as validation (changed" in each.what for each in validate(study, out=team).problems)


@pytest.mark.parametrize("name", [".", "transcripts/team", ".nptlens"])
def test_a_report_is_never_written_among_what_the_study_is_made_from(tiny_study, name):
    study = open_study(tiny_study.root)
    for write in (lambda folder: report_selected(study, {}, folder), lambda folder: validate(study, out=folder)):
        with pytest.raises(UsageError, match="among what the study is made from"):
            write(tiny_study.root / name)


# ---- the limit on quotation ------------------------------------------------------------------------------------------

MOST = 45


@pytest.fixture
def planted(tiny_study, no_model):
    """The tiny study with a pair of invented words in each sentence, coded by two people who differ."""
    number = 0
    for path in sorted((tiny_study.root / "transcripts").iterdir()):
        lines = []
        for line in path.read_text().splitlines():
            if not line.startswith("Interviewer"):
                for _ in range(line.count(". ") + 1):
                    number += 2
                    line = line.replace(". ", f" zq{number} zq{number + 1}! ", 1) if ". " in line else f"{line[:-1]} zq{number} zq{number + 1}."
            lines.append(line)
        tiny_study.write(f"transcripts/{path.name}", "\n".join(lines) + "\n")
    for coder, code in (("A", "TEAM"), ("B", "FORMS")):
        rows = ["transcript,start,end,code,stance,coder"]
        for path in sorted((tiny_study.root / "transcripts").iterdir()):
            text = path.read_text()
            for turn in re.finditer(r"^P\d\d: (.+)$", text, re.MULTILINE):
                rows.append(f"{path.stem},{turn.start(1)},{turn.end(1)},{code},{'contrary' if coder == 'A' else 'asserted'},{coder}")
                rows.append(f"{path.stem},{turn.start(1)},{turn.start(1) + len(turn[1]) // 2},none,,{coder}")
        tiny_study.write(f"manual_{coder}.csv", "\n".join(rows) + "\n")
    tiny_study.write("study.toml", (tiny_study.root / "study.toml").read_text() + ALL)
    return tiny_study


def everything(path):
    """Return all words that a file holds."""
    data = path.read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return " ".join(re.sub("<[^>]*>", " ", archive.read(name).decode("utf-8", "replace")) for name in archive.namelist())
    text = data.decode("utf-8")
    if path.suffix == ".html":
        blocks = lxml_html.document_fromstring(data).xpath("//script[@type='application/json']/text()")
        text += " ".join(words or "" for block in blocks for _, words in places(block))
    return text


def quoted(tiny):
    """Return how many words of each participant the files in results/ show, all together: those of the segments that they quote of."""
    files = [path for path in (tiny.root / "results").rglob("*") if path.is_file() and path.suffix != ".qdpx"]
    shown = {pair for path in files for pair in re.findall(r"zq\d+ zq\d+", everything(path))}
    segments = Artefacts(open_study(tiny.root)).segments
    words = dict.fromkeys(segments["participant_id"], 0)
    for who, text in zip(segments["participant_id"], segments["text"], strict=True):
        if shown & set(re.findall(r"zq\d+ zq\d+", text)):
            words[who] += count_words(text)
    return words, shown


def write_all(tiny):
    study = open_study(tiny.root)
    validate(study)
    report_selected(study, {"by": "role"}, None)
    for kind in KINDS:
        export_study(study, kind)
    keep(study, f"kept{len(list((tiny.root / '.nptlens').glob('runs/*')))}")
    write_changes(tiny.root, diff(tiny.root, "kept0"), tiny.root / "results" / "changes.xlsx")


def test_the_limit_holds_in_every_output_and_older_ones_are_taken_away(planted):
    run(open_study(planted.root))
    write_all(planted)
    before, _ = quoted(planted)
    assert min(before.values()) > MOST  # the planted words are found where there is no limit
    made = names(planted.root / "results") | names(planted.root / "results" / "selected" / "by-role")
    assert {"report.html", "annotated.docx", "validation.html", "export.csv", "taguette.csv"} <= made
    limit = {"formats": '["html", "docx", "xlsx", "csv", "md", "jsonl"]', "most_quoted_words": MOST}
    told = again(planted, **limit).told
    words, _ = quoted(planted)
    assert max(words.values()) <= MOST  # nothing of before is left
    assert not any("selected" in name or "annotated" in name or "export.csv" in name for name in known_outputs(planted.root / ".nptlens"))
    assert any(each.where == "results/selected/by-role/report.html" and each.severity == "note" for each in told)
    run(open_study(planted.root))  # the validation that the report shows is gone from its files, its figures are not
    write_all(planted)
    words, shown = quoted(planted)
    assert max(words.values()) <= MOST and shown
    verify(planted.root / "results")
    page = (planted.root / "results" / "validation.html").read_text()
    assert "Withheld: the limit" in page
    rows = list(csv.DictReader(io.StringIO((planted.root / "results" / "export.csv").read_text("utf-8-sig"))))
    assert {bool(row["text"]) for row in rows} == {True, False}
    assert any("limit on quotation cannot hold" in each.what for each in export_study(open_study(planted.root), "qdpx").problems)


def test_a_lifted_limit_takes_nothing_away(planted):
    again(planted, most_quoted_words=MOST)
    report_selected(open_study(planted.root), {"by": "role"}, None)
    again(planted, excerpts=3)
    assert "report.html" in names(planted.root / "results" / "selected" / "by-role")


def test_an_altered_output_of_before_the_limit_is_kept_and_told(planted):
    run(open_study(planted.root))
    validate(open_study(planted.root))
    path = planted.root / "results" / "validation.xlsx"
    book = load_workbook(path)
    book["About"]["A1"] = "mine"
    book.save(path)
    told = again(planted, most_quoted_words=MOST).told
    assert any(each.where == "results/validation.xlsx" and each.severity == "warning" for each in told)
    assert not path.exists()
