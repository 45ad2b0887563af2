"""The program as a whole: help, exit codes, what errors look like, what is imported."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import filelock
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from nptlens import __version__
from nptlens.cli import main as main_module
from nptlens.cli.main import app
from nptlens.study.folder import open_study
from nptlens.study.run import text_stages, topic_stages
from nptlens.study.run.runner import run

VERBS = (("init",), ("check",), ("run",), ("status",), ("find",), ("memo",), ("why",), ("projects",), ("report",), ("verify",), ("diff",), ("demo",), ("doctor",), ("seeds", "doctor"), ("seeds", "suggest"), ("seeds", "import"), ("topics", "merge"), ("topics", "rename"), ("models", "add"), ("validate", "study"), ("validate", "sheet"), ("validate", "import"), ("import",), ("export",), ("inventory",), ("forget",))
MARKER = "xylotomous"


def call(monkeypatch, capsys, *arguments):
    """Run `main` here; return its exit code, stdout and stderr."""
    monkeypatch.setattr(sys, "argv", ["nptlens", *map(str, arguments)])
    monkeypatch.delenv("NPTLENS_DEBUG", raising=False)
    with pytest.raises(SystemExit) as caught:
        main_module.main()
    told = capsys.readouterr()
    return caught.value.code, told.out, told.err


def test_every_verb_is_tested_here():
    found = set()
    for name, command in get_command(app).commands.items():
        found |= {(name, below) for below in command.commands} if hasattr(command, "commands") else {(name,)}
    assert found == set(VERBS)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_has_two_examples_and_fits(monkeypatch, verb):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    result = CliRunner().invoke(app, [*verb, "--help"])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    spelt = " ".join(verb).removesuffix(" study")  # the verb of a group that need not be named
    examples = [line.strip() for line in lines if line.strip().startswith(f"nptlens {spelt}")]
    assert len(examples) == 2
    assert any("--json" in line for line in examples)
    assert max(map(len, lines)) <= 80
    assert "--json" in result.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["seeds", "--help"]])
def test_help_of_the_program(arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_version(monkeypatch, capsys):
    assert call(monkeypatch, capsys, "--version") == (0, f"nptlens {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (["chek"], "check"),
        (["stauts"], "status"),
        (["seeds", "doctr"], "doctor"),
        (["run", "--jsno"], "--json"),
        (["run", "--agian", "code"], "--again"),
        (["--versoin"], "--version"),
    ],
)
def test_the_nearest_verb_or_option_is_offered(monkeypatch, capsys, arguments, nearest):
    code, out, err = call(monkeypatch, capsys, *arguments)
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert lines[0].startswith("error: ")
    assert nearest in lines[0]
    assert lines[1].startswith("hint: run: nptlens")
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["init"], "nptlens init"),
        (["check", "a", "b", "c"], "nptlens check"),
        (["run", "--again"], "nptlens"),
        (["status", "--json=1"], "nptlens"),
        (["seeds", "doctor", "a", "b"], "nptlens seeds doctor"),
    ],
)
def test_wrong_use(monkeypatch, capsys, arguments, command):
    code, out, err = call(monkeypatch, capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.endswith(f"hint: run: {command} --help\n")


def test_without_arguments_the_help_is_shown(monkeypatch, capsys):
    code, out, err = call(monkeypatch, capsys)
    assert code == 2
    assert "Usage" in out + err
    assert "error:" not in err


@pytest.mark.parametrize("stage", ["discvoer", "reprot", "sgement"])
def test_the_nearest_stage_is_offered(monkeypatch, capsys, tiny_study, stage):
    code, _, err = call(monkeypatch, capsys, "run", tiny_study.root, "--again", stage)
    assert code == 2
    assert "did you mean" in err


def _nothing(tiny):
    for path in (tiny.root / "transcripts").iterdir():
        path.unlink()


def _damage(tiny):
    tiny.write(".nptlens/ledger.sqlite", "no database " * 200)


def _typo(tiny):
    tiny.edit("study.toml", "codebooks", "codeboks")


def _no_stage(tiny):
    tiny.edit("seeds.csv", "asserted", "certain")


def _broken(tiny):
    tiny.write("transcripts/P09.docx", "no archive")


@pytest.mark.parametrize(
    ("spoil", "verb", "code", "told"),
    [
        (None, "run", 0, None),
        (None, "check", 0, None),
        (None, "status", 0, None),
        (_broken, "run", 1, None),
        (_broken, "check", 1, None),
        (_typo, "run", 2, "did you mean codebooks?"),
        (_typo, "status", 2, "did you mean codebooks?"),
        (_typo, "check", 2, "did you mean codebooks?"),
        (_no_stage, "run", 2, "certain"),
        (None, "report", 2, "nptlens run"),
        (_nothing, "run", 3, "nptlens check"),
        (_damage, "run", 4, "ledger"),
        (_damage, "status", 4, "ledger"),
    ],
)
def test_exit_codes(monkeypatch, capsys, tiny_study, no_model, spoil, verb, code, told):
    if spoil:
        spoil(tiny_study)
    found, out, err = call(monkeypatch, capsys, verb, tiny_study.root)
    assert found == code
    assert "Traceback" not in err
    if told is not None:
        assert out == ""
        assert told in err
        assert [line.split(":")[0] for line in err.splitlines()] in (["error", "where", "hint"], ["error", "hint"])


def test_check_of_an_empty_folder_is_no_input(monkeypatch, capsys, tmp_path):
    assert call(monkeypatch, capsys, "check", tmp_path)[0] == 2
    assert call(monkeypatch, capsys, "check", tmp_path, "--folder")[0] == 3


def test_doctor_exits_with_1_where_something_is_amiss(monkeypatch, capsys):
    monkeypatch.setattr("nptlens.study.doctor.installed", lambda name: "absent")
    assert call(monkeypatch, capsys, "doctor")[0] == 1


def test_exit_codes_of_a_process(program, tiny_study):
    """The codes as a shell sees them."""
    codes = {
        "version": program("--version").returncode,
        "typo": program("chek").returncode,
        "run": program("run", tiny_study.root, model=False).returncode,
    }
    assert codes == {"version": 0, "typo": 2, "run": 0}


def test_a_run_beside_another_run(monkeypatch, capsys, tiny_study):
    (tiny_study.root / ".nptlens").mkdir()
    with filelock.FileLock(tiny_study.root / ".nptlens" / "lock"):
        code, out, err = call(monkeypatch, capsys, "run", tiny_study.root)
    assert (code, out) == (5, "")
    assert err.startswith("error: another run holds this study\nwhere: ")
    assert "\nhint: " in err


@pytest.mark.parametrize("arguments", [("run",), ("run", "--json")])
def test_an_interruption_is_told_and_exits_with_130(monkeypatch, capsys, tiny_study, no_model, arguments):
    def interrupted(artefacts, progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(topic_stages, "find_topics", interrupted)
    code, out, err = call(monkeypatch, capsys, *arguments, tiny_study.root)
    assert (code, out) == (130, "")
    assert err == f"interrupted; what was finished is kept\nnext: nptlens {' '.join(arguments)} {tiny_study.root}\n"


_WAITING = """
import importlib.util, pathlib, signal, sys, time
words = importlib.util.module_from_spec(importlib.util.spec_from_file_location("words", sys.argv.pop(1)))
words.__spec__.loader.exec_module(words)
stage, flag = sys.argv.pop(1), pathlib.Path(sys.argv.pop(1))
from nptlens.cli.main import main
from nptlens.study.run import coding_stages, text_stages
signal.signal(signal.SIGINT, signal.default_int_handler)
class Waiting(words.WordEncoder):
    def encode(self, texts):
        if stage == "encoder":
            wait()
        return super().encode(texts)
def wait():
    flag.touch()
    time.sleep(100)
def waiting(real):
    def make(artefacts, progress):
        made = real(artefacts, progress)
        wait()
        return made
    return make
text_stages.load_encoder = lambda card, threads=0: Waiting()
if stage == "code":
    coding_stages.code_segments = waiting(coding_stages.code_segments)
main()
"""


def wait_for(path, process):
    """Wait until the process has made the file; fails where it ends before."""
    until = time.monotonic() + 100
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process there")
@pytest.mark.parametrize("stage", ["encoder", "code"])
def test_a_signal_leaves_a_study_that_resumes(tiny_study, no_model, tmp_path_factory, stage):
    """A process at work, in the encoder or at the end of a stage, is sent SIGINT as Ctrl-C does; the next run goes on to the same bytes."""
    root, flag = Path(__file__).resolve().parents[2], tmp_path_factory.mktemp("flag") / "waiting"
    env = {**os.environ, "PYTHONPATH": str(root / "pipeline"), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", _WAITING, str(root / "tests" / "conftest.py"), stage, str(flag), "run", str(tiny_study.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        wait_for(flag, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.endswith(f"interrupted; what was finished is kept\nnext: nptlens run {tiny_study.root}\n")
    assert "Traceback" not in err
    again = run(open_study(tiny_study.root))
    assert [each.stage for each in again.stages if each.reran][0] == ("embed" if stage == "encoder" else stage)
    fresh = type(tiny_study)(tmp_path_factory.mktemp("fresh") / "study")
    run(open_study(fresh.root))
    assert tiny_study.made() == fresh.made()


def test_a_fault_of_ours_tells_its_kind_and_none_of_its_words(monkeypatch, capsys, tiny_study, no_model):
    def faulty(artefacts, progress):
        raise ValueError(f"cannot parse: {MARKER}")

    monkeypatch.setattr(text_stages, "cut_segments", faulty)
    code, out, err = call(monkeypatch, capsys, "run", tiny_study.root)
    assert (code, out) == (70, "")
    assert "ValueError" in err
    assert MARKER not in err
    assert "Traceback" not in err


def test_debug_shows_the_traceback(monkeypatch, capsys, tiny_study, no_model):
    def faulty(artefacts, progress):
        raise ValueError("told")

    monkeypatch.setattr(text_stages, "cut_segments", faulty)
    monkeypatch.setenv("NPTLENS_DEBUG", "")
    code, err = debugged(monkeypatch, capsys, "run", tiny_study.root)
    assert code == 70
    assert "Traceback" in err and "ValueError: told" in err


def debugged(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["nptlens", "--debug", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main_module.main()
    return caught.value.code, capsys.readouterr().err


def test_debug_keeps_the_exit_code_of_an_error(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("NPTLENS_DEBUG", "")
    code, err = debugged(monkeypatch, capsys, "run", tmp_path)
    assert code == 2
    assert "Traceback" in err
    assert "\nerror: this folder is no study: it has no study.toml\n" in err
    assert "\nhint: " in err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 74, "no space left on the disk"),
        (OSError(errno.EIO, "Input/output error", "/study/a"), 74, "input/output error"),
        (PermissionError(errno.EACCES, "Permission denied", "/study/a"), 74, "permission denied"),
        (MemoryError(), 74, "not enough memory"),
        (UnicodeEncodeError("utf-8", "P\udcff.txt", 1, 2, "surrogates not allowed"), 2, "no valid text"),
    ],
    ids=repr,
)
def test_a_fault_that_is_none_of_ours(monkeypatch, capsys, tiny_study, no_model, error, code, told):
    """Whatever a library lets through of a disk, of memory or of a name."""

    def failing(artefacts, progress):
        raise error

    monkeypatch.setattr(text_stages, "cut_segments", failing)
    found, out, err = call(monkeypatch, capsys, "run", tiny_study.root)
    assert (found, out) == (code, "")
    assert err.startswith("error: ") and told in err and "\nhint: " in err
    assert "fault in nptlens" not in err
    if getattr(error, "filename", None):
        assert "\nwhere: /study/a\n" in err


def test_a_read_only_study(monkeypatch, capsys, tiny_study, no_model):
    opened = os.open

    def refuse(path, flags, *args, **kwargs):
        if flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(tiny_study.root)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return opened(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    code, _, err = call(monkeypatch, capsys, "run", tiny_study.root)
    assert code == 74
    assert err.startswith("error: the disk is read-only\nwhere: ")


def test_a_reader_that_goes_away_is_no_fault(program, tiny_study):
    command = [sys.executable, "-m", "nptlens", "check", str(tiny_study.root), "--json"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "pipeline"), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=60) == 1
    assert err == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_stdout_is_told(tiny_study):
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "pipeline"), "PYTHONWARNINGS": "ignore"}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nptlens", "check", str(tiny_study.root), "--json"], stdout=full, stderr=subprocess.PIPE, env=env, timeout=60, check=False
        )
    assert done.returncode == 74
    assert done.stderr.startswith(b"error: no space left on the disk\nhint: ")


def test_a_terminal_that_lacks_a_letter_gets_its_escape(program, tiny_study):
    tiny_study.edit("study.toml", 'name = "A tiny study"', 'name = "Z\u00fcrich \u2026 \u65e5\u672c"')
    done = program("check", tiny_study.root, "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert json.loads(done.stdout)
    assert "fault" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX's")
def test_what_a_run_makes_is_its_owners_alone(monkeypatch, capsys, tiny_study, no_model):
    before = os.umask(0)
    try:
        call(monkeypatch, capsys, "run", tiny_study.root, "--keep", "first")
        call(monkeypatch, capsys, "init", tiny_study.root / "new")
    finally:
        os.umask(before)
    for folder in (".nptlens", "results", "new"):
        found = {each: each.stat().st_mode & 0o777 for each in [tiny_study.root / folder, *(tiny_study.root / folder).rglob("*")]}
        assert len(found) > 2
        assert {each: mode for each, mode in found.items() if mode != (0o700 if each.is_dir() else 0o600)} == {}


_HEAVY = {"torch", "pandas", "spacy", "scipy", "sklearn", "pyarrow", "bertopic", "umap", "sentence_transformers", "onnxruntime"}


def imported(*arguments: object) -> set[str]:
    """Return the modules that a process of this verb has imported when it ends."""
    script = (
        "import sys\n"
        "from nptlens.cli.main import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        "    pass\n"
        "sys.stderr.write('\\nIMPORTED=' + ','.join(sys.modules))\n"
    )
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(root / "pipeline")}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=True)
    return set(result.stderr.rpartition("IMPORTED=")[2].split(","))


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help"), ("--version",), ("chek",)])
def test_help_imports_nothing_heavy(arguments):
    """First byte under 300 ms: the libraries that take seconds are not touched."""
    assert not imported(*arguments) & {*_HEAVY, "numpy"}


@pytest.mark.parametrize("verb", ["run", "status"])
def test_a_run_of_what_is_up_to_date_imports_nothing_heavy(ran, verb):
    assert not imported(verb, ran.root) & _HEAVY


@pytest.mark.parametrize("env", [{"TERM": "xterm-256color"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}], ids=str)
def test_stdout_is_plain_where_it_is_no_terminal(monkeypatch, capsys, tiny_study, env):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    code, out, err = call(monkeypatch, capsys, "check", tiny_study.root)
    assert code == 0
    assert "P01" in out
    assert "\x1b[3" not in out + err


def test_the_json_of_an_error_is_silence_on_stdout(monkeypatch, capsys, tmp_path):
    code, out, err = call(monkeypatch, capsys, "run", tmp_path, "--json")
    assert (code, out) == (2, "")
    assert err.startswith("error: this folder is no study")
