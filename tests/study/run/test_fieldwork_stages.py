"""The stages around the coding: only where a study has their files, on their own inputs, and in every format of the report."""

from __future__ import annotations

import csv
import io
import json
import shutil
from contextlib import suppress

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import CodebookError, IntegrityError, SettingsError, UsageError
from nptlens.reporting.fieldwork.tables import projects_csv
from nptlens.study.folder import open_study
from nptlens.study.projects import projects
from nptlens.study.run import pipeline
from nptlens.study.run.artefacts import Artefacts
from nptlens.study.run.fieldwork_stages import fieldwork, practice_types, register
from nptlens.study.run.pipeline import stage_named, stages_of
from nptlens.study.run.plan import plan
from nptlens.study.run.runner import run, silent
from nptlens.study.run.stage import always
from nptlens.study.run.states import status

STAGES = tuple(stage.name for stage in pipeline.STAGES if stage.wanted is always)
AROUND = tuple(stage.name for stage in pipeline.STAGES if stage.wanted is not always)
WORDS = {
    "BIG": "everybody in all departments and sites took part in this enormous thing",
    "LITTLE": "one small form on one desk and nothing else",
    "YES": "still kept up and done today by everybody who is new",
    "NO": "stopped and lapsed and gone after the summer",
}
CODEBOOK = "".join(
    f'[[code]]\nid = "{code}"\nname = "{name}"\ndefinition = "{name} it is."\n' + (f'parent = "{parent}"\n' if parent else "")
    for code, name, parent in (
        ("SIZE", "Size", ""), ("BIG", "Big", "SIZE"), ("LITTLE", "Little", "SIZE"), ("LAST", "Lasting", ""), ("YES", "Kept", "LAST"), ("NO", "Gone", "LAST"),
    )
)  # fmt: skip
SETTINGS = """
[projects]
codebook = "register.toml"
seeds = ["register_seeds.csv"]
outcome = ["YES", "NO"]
all_of = ["LITTLE"]
any_of = ["BIG"]
margin = 0.05
"""


def sheet(columns, rows):
    return "\n".join([",".join(columns), *(",".join(f'"{cell}"' for cell in row) for row in rows)]) + "\n"


@pytest.fixture
def with_projects(tiny_study):
    """The tiny study with a register of eight projects and a practices sheet."""
    pairs = [(size, last) for size in ("BIG", "LITTLE") for last in ("YES", "NO")]
    seeds = [(f"X{i}", f"{WORDS[a]}, {WORDS[b]}, number {i}", f"{a};{b}") for i, (a, b) in enumerate(pairs * 5)]
    told = [(f"PR{i}", "A" if i % 2 else "A;C", f"We had {WORDS[a]}. It is {WORDS[b]}.") for i, (a, b) in enumerate(pairs * 2)]
    tiny_study.write("register.toml", CODEBOOK)
    tiny_study.write("register_seeds.csv", sheet(("seed_id", "text", "codes"), seeds))
    tiny_study.write("projects.csv", sheet(("project_id", "practice", "description"), told))
    tiny_study.write("practices.csv", "practice,adopter_category,invited\nA,innovator,yes\nB,laggard,yes\nC,early majority,yes\n")
    tiny_study.write("study.toml", (tiny_study.root / "study.toml").read_text() + SETTINGS)
    return tiny_study


def make(tiny, *stages):
    """Make the products of some stages around the coding, and nothing else."""
    study = opened(tiny)
    for stage in stages:
        Artefacts(study).make(stage_named(stage), silent)
    return study


def reran(result):
    return tuple(stage.stage for stage in result.stages if stage.reran)


def names(study):
    return tuple(stage.name for stage in stages_of(study))


def opened(tiny):
    return open_study(tiny.root)


def test_a_study_without_the_files_has_none_of_it(tiny_study, no_model):
    study = opened(tiny_study)
    assert names(study) == STAGES == tuple(plan(study))
    result = run(study)
    assert {stage.stage for stage in result.stages}.isdisjoint(AROUND)
    page = (study.results / "report.html").read_text()
    for word in ("Register of projects", "Sampling frame", "goes with"):
        assert word not in page
    assert not (study.results / "projects_coded.csv").exists()
    assert set(load_workbook(study.results / "excerpts.xlsx").sheetnames).isdisjoint({"Projects", "Sampling frame", "Links between codes"})
    found = fieldwork(Artefacts(study))
    assert (found.register, found.sampling, found.links, practice_types(Artefacts(study))) == (None, None, None, ())
    with pytest.raises(UsageError, match="no register of projects"):
        projects(study)


def test_it_is_in_every_format(with_projects, no_model):
    study = opened(with_projects)
    result = run(study)
    assert [stage.stage for stage in result.stages][-3:] == ["sampling", "projects", "report"]
    assert all(each.up_to_date for each in status(study))
    page = (study.results / "report.html").read_text()
    assert "Register of projects" in page and "Sampling frame" in page and "What each theme goes with" not in page
    rows = list(csv.DictReader(io.StringIO((study.results / "projects_coded.csv").read_text("utf-8-sig"))))
    assert len(rows) == 16
    book = load_workbook(study.results / "excerpts.xlsx")
    assert {"Projects", "Project counts", "Project cross-tables", "Sampling frame"} <= set(book.sheetnames)
    assert book["Projects"].max_row == 17
    assert {row["likeliest"] for row in rows if row["project_id"] == "PR0"} == {"BIG", "YES"}


def test_the_register_hangs_on_its_own_inputs(with_projects, no_model):
    run(opened(with_projects))
    with_projects.edit("transcripts/P02.txt", "small money", "big money")
    with_projects.edit("seeds.csv", "endless paper", "endless")
    assert "projects" not in reran(run(opened(with_projects)))
    with_projects.edit("projects.csv", "We had one small form", "We had one tiny form")
    assert reran(run(opened(with_projects))) == ("projects", "report")
    with_projects.write("projects_coded.csv", "project_id,code,coder\nPR0,LITTLE,A\n")
    assert reran(run(opened(with_projects))) == ("projects", "report")
    with_projects.edit("study.toml", 'any_of = ["BIG"]', "any_of = []")
    assert reran(run(opened(with_projects))) == ("report",)
    assert reran(run(opened(with_projects))) == ()


def test_a_persons_value_wins_and_the_result_read_back_changes_nothing_else(with_projects, no_model):
    study = make(with_projects, "projects")
    rows = list(csv.DictReader(io.StringIO(projects_csv(register(Artefacts(study))))))
    changed = next(row for row in rows if row["project_id"] == "PR0" and row["attribute"] == "SIZE")
    changed |= {"code": "LITTLE", "coder": "Kim"}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    with_projects.write("projects_coded.csv", buffer.getvalue())
    again = list(csv.DictReader(io.StringIO(projects_csv(register(Artefacts(make(with_projects, "projects")))))))
    people = [row for row in again if row["decided_by"] == "person"]
    assert [(row["project_id"], row["code"], row["coder"], row["claim"]) for row in people] == [("PR0", "LITTLE", "Kim", "BIG")]
    size = register(Artefacts(opened(with_projects))).tallies[0]
    assert (size.people, size.check.compared, size.check.same.n) == (1, 1, 0)


def test_sampling_says_who_was_not_met(with_projects, no_model):
    with_projects.write("participants.csv", "participant,labels,role,practice\nP01,,nurse,A\nP02,,doctor,A\nP03,,manager,B\nP04,,nurse,B\n")
    make(with_projects, "sampling", "projects")
    frame = fieldwork(Artefacts(opened(with_projects))).sampling
    assert (frame.total.all_invited, frame.total.all_interviewed) == (4, 3)
    assert {row.name: row.gap for row in frame.practices} == {"A": "", "B": "", "C": "invited, nobody interviewed"}
    assert practice_types(Artefacts(opened(with_projects))) == (("A", "Big"), ("A", "Little"), ("C", "Big"), ("C", "Little"))


def test_linked_themes_have_a_page(tiny_study, no_model):
    tiny_study.write("codebook.toml", (tiny_study.root / "codebook.toml").read_text() + '[[link]]\nfirst = "MONEY"\nsecond = "TEAM"\n')
    tiny_study.edit("study.toml", "[coding]", '[report]\nlength = "full"\n[coding]')
    study = opened(tiny_study)
    assert names(study) == (*STAGES[:-1], "links", "report")
    run(study)
    page = (study.results / "report.html").read_text()
    assert "What each theme goes with" in page and "What these interviews cannot show" in page and "expected" in page
    links = fieldwork(Artefacts(study)).links
    assert set(links["theme"]) == {"MONEY"} and set(links["code"]) == {"TEAM", "FORMS"}


def test_an_interruption_at_any_word_of_progress_loses_nothing(with_projects, no_model, tmp_path):
    fresh = type(with_projects)(tmp_path / "fresh")
    shutil.copytree(with_projects.root, fresh.root, dirs_exist_ok=True)
    told = set()

    def interrupting(stage, done, total):
        if stage in AROUND and (stage, done, total) not in told:
            told.add((stage, done, total))
            raise KeyboardInterrupt

    for _ in range(100):
        with suppress(KeyboardInterrupt):
            run(open_study(with_projects.root), progress=interrupting)
            break
    run(open_study(fresh.root))
    assert {stage for stage, _, _ in told} == {"sampling", "projects"}
    assert with_projects.made() == fresh.made()


def test_the_same_bytes_again(with_projects, no_model):
    make(with_projects, "projects", "sampling")
    first = with_projects.made()
    make(with_projects, "projects", "sampling")
    assert with_projects.made() == first


@pytest.mark.parametrize(
    ("name", "text", "error", "told"),
    [
        ("projects.csv", "project_id\nA\n", SettingsError, "no column description"),
        ("practices.csv", "name\nA\n", SettingsError, "no column practice"),
        ("projects_coded.csv", "project_id,code,coder\nPR99,BIG,A\n", SettingsError, "no project PR99"),
        ("register.toml", '[[code]]\nid = "SIZE"\nname = "Size"\n', CodebookError, "neither an attribute nor a value: SIZE"),
    ],
)
def test_faults_say_where(with_projects, no_model, name, text, error, told):
    with_projects.write(name, text)
    with pytest.raises(error) as caught:
        make(with_projects, "sampling", "projects")
    assert told in str(caught.value) and name in caught.value.where


def test_the_verb(with_projects, no_model):
    runner = CliRunner()
    before = runner.invoke(app, ["projects", str(with_projects.root)])
    assert isinstance(before.exception, UsageError)
    run(opened(with_projects))
    told = json.loads(runner.invoke(app, ["projects", str(with_projects.root), "--json"]).stdout)
    assert told["projects"] == 8 and len(told["tallies"]) == 2
    assert len(told["coded"]) + len(told["open"]) == 16
    shown = runner.invoke(app, ["projects", str(with_projects.root)])
    assert "Little" in shown.stdout and "next:" in shown.stderr
    codings = with_projects.root / ".nptlens" / "project_codings.parquet"
    codings.write_bytes(codings.read_bytes()[:-1] + b"?")
    altered = runner.invoke(app, ["projects", str(with_projects.root)])
    assert isinstance(altered.exception, IntegrityError)
    assert altered.exception.what == "project_codings.parquet is not what stage projects made"


def corrected(tiny, *rows):
    """Change cells of the result table: (project, attribute, column, text)."""
    path = tiny.root / "results" / "projects_coded.csv"
    table = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for project, attribute, column, text in rows:
        next(row for row in table if (row["project_id"], row["attribute"]) == (project, attribute))[column] = text
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(table[0]), delimiter=";", lineterminator="\r\n")  # as a spreadsheet saves it elsewhere
    writer.writeheader()
    writer.writerows(table)
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")


def coded(tiny):
    text = (tiny.root / "results" / "projects_coded.csv").read_text(encoding="utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return {(row["project_id"], row["attribute"]): (row["code"], row["decided_by"], row["coder"]) for row in rows}


def test_corrected_values_of_projects_come_back_as_peoples(with_projects, no_model):
    run(opened(with_projects))
    machines = coded(with_projects)
    other = {key: "LITTLE" if code != "LITTLE" else "BIG" for key, (code, *_) in machines.items() if key[1] == "SIZE"}
    corrected(
        with_projects,
        ("PR0", "SIZE", "code", other["PR0", "SIZE"]),
        ("PR1", "SIZE", "code", other["PR1", "SIZE"]), ("PR1", "SIZE", "coder", "ann"),
        ("PR2", "SIZE", "coder", "ben"),
        ("PR3", "SIZE", "code", "HUGE"),
        ("PR4", "SIZE", "reason", "no value"),
    )  # fmt: skip
    result = run(opened(with_projects))
    told = [(each.severity.value, each.what) for each in result.told if each.where == "results/projects_coded.csv"]
    assert ("note", "3 values read back into projects_coded.csv") in told
    assert any("1 corrected value not read back" in what and what.endswith("PR3 SIZE") for _, what in told)
    assert any("it is kept as projects_coded (changed" in what for _, what in told)
    assert "projects" in reran(result)
    found = coded(with_projects)
    assert found["PR0", "SIZE"] == (other["PR0", "SIZE"], "person", "person")
    assert found["PR1", "SIZE"] == (other["PR1", "SIZE"], "person", "ann")
    assert found["PR2", "SIZE"] == (machines["PR2", "SIZE"][0], "person", "ben")
    assert {key: value for key, value in found.items() if value[1] == "person"}.keys() == {("PR0", "SIZE"), ("PR1", "SIZE"), ("PR2", "SIZE")}
    assert run(opened(with_projects)).told == ()
    corrected(with_projects, ("PR1", "SIZE", "code", machines["PR1", "SIZE"][0] or "BIG"))
    run(opened(with_projects))
    assert coded(with_projects)["PR1", "SIZE"] == (machines["PR1", "SIZE"][0] or "BIG", "person", "ann")
    assert len((with_projects.root / "projects_coded.csv").read_text(encoding="utf-8-sig").splitlines()) == 4
