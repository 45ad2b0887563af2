"""Whatever stands in a study's folder: each verb ends, says which file it is, and never takes it for an absent one."""

from __future__ import annotations

import json
import os
import signal
import unicodedata

import pytest
from typer.testing import CliRunner

from nptlens.cli.main import app
from nptlens.core.errors import NptlensError
from nptlens.schemas.tables import MANUAL_CODINGS
from nptlens.store.files import read_table


@pytest.fixture(autouse=True)
def soon():
    """End a test that waits for a named pipe."""

    def late(*_):
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(100)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def ended(*arguments) -> tuple[int, str]:
    """Return the exit code of a verb, 70 for a fault of ours, and all that was said."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    error = result.exception
    if isinstance(error, NptlensError):
        return error.exit_code, f"{error.what} | {error.where} | {error.hint}"
    if error is not None and not isinstance(error, SystemExit):
        return 70, repr(error)
    return result.exit_code, result.output


def odd(path, kind):
    path.unlink(missing_ok=True)
    if kind == "a named pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("gone" if kind == "a link to nothing" else path.name)


def problems(study, stage):
    return json.loads((study.root / ".nptlens" / f"problems_{stage}.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", ["a named pipe", "a folder", "a link to nothing", "a link that leads to itself"])
@pytest.mark.parametrize(
    "name",
    [
        "participants.csv", "practices.csv", "projects.csv", "projects_coded.csv", "seeds.csv", "seeds_labelled.csv", "manual_x.csv",
        "topic_names.csv", "transcripts.csv", "codebook.toml", "study.toml", "results/validation.json", "results", ".nptlens",
    ],
)  # fmt: skip
def test_no_odd_file_is_taken_for_an_absent_one(tiny_study, name, kind):
    if kind == "a folder" and name in ("results", ".nptlens"):
        pytest.skip("that is what they are")
    if name == "projects_coded.csv":
        tiny_study.write("projects.csv", "project_id,description\nX,Something was done.\n")
    (tiny_study.root / name).parent.mkdir(exist_ok=True)
    odd(tiny_study.root / name, kind)
    for verb in ("status", "run"):
        code, said = ended(verb, tiny_study.root)
        assert (code, kind in said, name in said) == (2, True, True), said


def test_odd_memos_are_no_absent_ones(tiny_study):
    odd(tiny_study.root / "memos_x.csv", "a named pipe")
    code, said = ended("export", tiny_study.root, "--to", "csv")
    assert (code, "memos_x.csv is a named pipe" in said) == (2, True), said


def test_a_report_that_is_a_pipe(tiny_study):
    odd(tiny_study.root / "report.html", "a named pipe")
    code, said = ended("verify", tiny_study.root / "report.html", "--study", tiny_study.root)
    assert (code, "report.html is a named pipe" in said) == (2, True), said


@pytest.mark.parametrize("verb", ["check", "run", "status", "init", "demo"])
def test_a_pipe_in_the_place_of_a_study(tmp_path, verb):
    os.mkfifo(tmp_path / "study")
    code, said = ended(verb, tmp_path / "study")
    assert (code, "a named pipe" in said) == (2, True), said


@pytest.mark.parametrize("verb", ["run", "status", "init"])
def test_a_file_in_the_place_of_a_study(tmp_path, verb):
    (tmp_path / "study").write_text("words")
    code, said = ended(verb, tmp_path / "study")
    assert (code, "a file" in said) == (2, True), said


def test_a_study_without_its_transcripts(tiny_study):
    (tiny_study.root / "transcripts").rename(tiny_study.root / "elsewhere")
    assert [ended(verb, tiny_study.root)[0] for verb in ("check", "run", "status")] == [2, 2, 2]


def test_what_lies_among_the_transcripts_is_listed(tiny_study, no_model, tmp_path):
    (tmp_path / "secret.txt").write_text("P09: a secret of another folder, of so many words that it would be coded")
    os.mkfifo(tiny_study.root / "transcripts" / "pipe.txt")
    assert ended("run", tiny_study.root)[0] == 1
    assert [each["where"] for each in problems(tiny_study, "read")] == ["pipe.txt"]
    (tiny_study.root / "transcripts" / "pw.txt").symlink_to(tmp_path / "secret.txt")
    code, said = ended("run", tiny_study.root)
    assert (code, "pw.txt: a link that leads out" in said) == (1, True)
    assert [each["where"] for each in problems(tiny_study, "read")] == ["pipe.txt", "pw.txt"]
    assert "secret" not in (tiny_study.root / "results" / "report.html").read_text("utf-8")
    code, said = ended("check", tiny_study.root)
    assert (code, "pipe.txt: it is a named pipe" in said, "pw.txt" in said) == (1, True, True)


def test_equal_names_stop_a_run_and_are_listed_by_check(tiny_study, no_model):
    assert ended("run", tiny_study.root)[0] == 0
    tiny_study.write("transcripts/a/P01.txt", "P01: Quite another person, who says quite other words than the first one did.")
    for verb in ("run", "export"):
        code, said = ended(verb, tiny_study.root, *(["--to", "csv"] if verb == "export" else []))
        assert (code, "a/P01.txt" in said) == (2, True), said
        assert "P01.txt and" in said or verb == "export"  # which reads nothing of a study that changed
    code, said = ended("check", tiny_study.root)
    assert (code, "a/P01.txt: its name gives the id P01" in said) == (1, True)
    tiny_study.write("transcripts.csv", "file,transcript\na/P01.txt,P04\n")
    assert ended("run", tiny_study.root)[0] != 2
    manual = read_table(tiny_study.root / ".nptlens" / "manual.parquet", MANUAL_CODINGS)
    assert sorted(set(manual["transcript_id"])) == ["P01", "P02", "P03"]
    assert len(manual) == 18
    tiny_study.write("transcripts.csv", "file,transcript\na/P01.txt,P05\n")
    told = {each["stage"]: each["up_to_date"] for each in json.loads(ended("status", tiny_study.root, "--json")[1].partition("\nnext")[0])}
    assert told["read"] is False


def test_a_name_that_is_no_text_costs_no_other_transcript(tiny_study, no_model):
    path = os.path.join(os.fsencode(tiny_study.root), b"transcripts", b"Caf\xe9.txt")  # noqa: PTH118 - the name is what is tested
    with open(path, "w") as file:  # noqa: PTH123
        file.write("P1: hello")
    for verb in ("status", "check", "run", "status"):
        code, said = ended(verb, tiny_study.root)
        assert code in (0, 1), said
    assert [each["where"] for each in problems(tiny_study, "read")] == [r"Caf\udce9.txt"]


def test_names_in_decomposed_form_keep_their_manual_coding(tiny_study, no_model):
    """A study that came as a zip from macOS: the table was written on another machine."""
    name = unicodedata.normalize("NFD", "Ren\u00e9")
    (tiny_study.root / "transcripts" / "P01.txt").rename(tiny_study.root / "transcripts" / f"{name}.txt")
    tiny_study.edit("manual_A.csv", "P01,", "Ren\u00e9,")
    tiny_study.edit("manual_B.csv", "P01,", f"{name},")
    ended("run", tiny_study.root)
    manual = read_table(tiny_study.root / ".nptlens" / "manual.parquet", MANUAL_CODINGS)
    assert (len(manual), sorted(set(manual["transcript_id"]))) == (18, ["P02", "P03", "Ren\u00e9"])


def test_tables_as_spreadsheets_save_them(tiny_study, no_model):
    """Every table of the study in the encoding of Windows and with semicolons; what was assumed is told."""
    tiny_study.edit("study.toml", '["codebook.toml"]', '["book.csv"]')
    seeds = (tiny_study.root / "seeds.csv").read_text("utf-8")
    tables = {
        "book.csv": "id,name,definition\nTEAM,Team,Talking as a t\u00e9am.\nMONEY,Money,What is paid.\nFORMS,Forms,What must be filled in.\n",
        "participants.csv": "participant,labels,role,practice\nP01,,n\u00fcrse,A\nP02,,doctor,A\nP03,,manager,B\n",
        "topic_names.csv": "topic,words,exemplars,name,merge_into\n,z\u00e9ro,,N\u00e4me,\n",
        "seeds.csv": seeds.replace("stance\n", "stance,note\n", 1).replace("asserted", "asserted,\u00e9"),
        "manual_A.csv": (tiny_study.root / "manual_A.csv").read_text("utf-8").replace(",A\n", ",\u00c5\n"),
    }
    for name, text in tables.items():
        quoted = text if name == "seeds.csv" else text.replace(",", ";")
        (tiny_study.root / name).write_bytes(quoted.encode("cp1252"))
    code, said = ended("run", tiny_study.root)
    assert code in (0, 1), said
    listed = [each for stage in ("segment", "embed", "name", "code", "manual") for each in problems(tiny_study, stage)]
    assert {each["where"] for each in listed if "cp1252" in each["what"]} == set(tables)
    manual = read_table(tiny_study.root / ".nptlens" / "manual.parquet", MANUAL_CODINGS)
    assert sorted(set(manual["coder"])) == ["B", "\u00c5"]
