"""A whole run with the real encoder, and each other verb, call nobody and write nowhere but into the study and one cache folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.e2e._watch import Home, Watched, alone, may_trace, traced

from nptlens.cli.main import app

pytestmark = pytest.mark.model
DRIVER = Path(__file__).with_name("_verbs.py")
RUN = ["-m", "nptlens", "run", "study", "--keep", "before"]
# What a person's own environment may say; it must not count.
CONTRARY = {
    "ORT_DISABLE_TELEMETRY": "0",
    "HF_HUB_OFFLINE": "0",
    "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "DO_NOT_TRACK": "0",
    "MPL_IGNORE_SYSTEM_FONTS": "",
    "ARROW_TRACING_BACKEND": "otlp_http",
}
NEEDS_A_LOOK = {"run study", "import out.qdpx new", "diff study before --out changes.xlsx", "validate ./study", "check study", "inventory study", "forget study P01 --yes"}
HEAVY = {"torch", "sentence_transformers", "transformers", "bertopic", "umap", "hdbscan", "numba", "llvmlite", "pynndescent", "plotly"}
RTF = r"{\rtf1\ansi Interviewer: And you?\par P04: We talked as a team in the meeting, and the whole team could talk and listen.\par}"


def lay_out(tmp_path, make_tiny_study) -> Home:
    home = Home(tmp_path / "person")
    study = make_tiny_study(home.work / "study")
    study.edit("study.toml", 'encoder = "encoder"', 'encoder = "all-MiniLM-L6-v2"')
    study.edit("study.toml", "[topics]", "[topics]\nstability_resamples = 2\nstability_reseeds = 0")
    study.edit("participants.csv", "P03,", "P04,,nurse,A\nP03,")
    study.write("transcripts/P04.rtf", RTF)  # read by a child in a box
    study.write("projects.csv", "project_id,description,practice\nX1,The team talks in a weekly meeting,A\nX2,Paying for the cover,B\n")
    return home


def allowed(path: Path, home: Home) -> bool:
    """Say whether a run may write there: the study and what a command names, the cache, devices, temporary files, and Python's own caches
    of compiled modules."""
    if path.name.endswith(".pyc") or ".pyc." in path.name or path.name == "__pycache__":
        return path.is_relative_to(sys.prefix) or path.is_relative_to(sys.base_prefix) or "pipeline" in path.parts
    own = (home.work, home.temporary, home.cache, Path("/dev"), Path("/proc"))
    return any(path.is_relative_to(folder) for folder in own) or home.cache.is_relative_to(path)


def imported(watched: Watched) -> set[str]:
    """Return the folders of installed packages that a program read from."""
    found = [path.parts for path in watched.read if "site-packages" in path.parts]
    return {parts[parts.index("site-packages") + 1] for parts in found if parts[-1] != "site-packages"}


def expect(verbs: Watched) -> None:
    assert verbs.out, verbs.err
    codes = json.loads(verbs.out)
    wrong = {verb: code for verb, code in codes.items() if code and not (code == 1 and verb in NEEDS_A_LOOK)}
    assert wrong == {}
    assert {verb.split()[0] for verb in codes} >= {command.name or command.callback.__name__ for command in app.registered_commands} - {"demo"}


def test_a_run_and_each_verb_open_no_internet_socket_and_write_nowhere_else(tmp_path, make_tiny_study):
    home = lay_out(tmp_path, make_tiny_study)
    run = traced(RUN, home, **CONTRARY)
    assert run.code in (0, 1), run.err
    verbs = traced([str(DRIVER)], home)
    expect(verbs)
    for watched in (run, verbs):
        assert watched.network == ()
        assert [path for path in watched.written if not allowed(path, home)] == []
        assert home.work / "study" / "results" / "report.html" in (*watched.read, *watched.written)  # the trace saw what was done
        assert imported(watched) & HEAVY == set()  # what requirements-light.lock leaves out is not needed
        assert "numpy" in imported(watched)
    assert home.strays() == []
    assert list(home.cache.glob("encoders/*.onnx"))  # the real encoder was made and loaded
    assert list(home.cache.glob("matplotlib/fontlist*"))  # kept for the next run, in our folder


def without_a_network(home: Home) -> None:
    run = alone(RUN, home)
    assert run.code in (0, 1), run.err
    assert (home.work / "study" / "results" / "report.html").is_file()
    expect(alone([str(DRIVER)], home))
    assert home.strays() == []


def test_without_a_network_everything_works_where_it_cannot_be_watched(tmp_path, make_tiny_study):
    if may_trace():
        pytest.skip("watched above: no socket is opened; the slow test cuts the network off as well")
    without_a_network(lay_out(tmp_path, make_tiny_study))


@pytest.mark.slow
def test_without_a_network_everything_works(tmp_path, make_tiny_study):
    without_a_network(lay_out(tmp_path, make_tiny_study))


SETTINGS = {  # lines of study.toml, and a library that they make a run read
    "bertopic": ("umap", ('method = "small"', 'method = "bertopic"\nneighbours = 3')),
    "int8": ("onnx", ("[embedding]", '[embedding]\nbackend = "int8"')),
    "torch": ("torch", ("[embedding]", '[embedding]\nbackend = "torch"')),
    "static": ("onnxruntime", ('encoder = "all-MiniLM-L6-v2"', 'encoder = "static"')),
}


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS)
def test_other_libraries_call_nobody_either(tmp_path, make_tiny_study, setting):
    home = lay_out(tmp_path, make_tiny_study)
    library, (old, new) = SETTINGS[setting]
    settings = home.work / "study" / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    run = traced(RUN, home, **CONTRARY)
    assert run.code in (0, 1), run.err
    assert run.network == ()
    assert [path for path in run.written if not allowed(path, home)] == []
    assert library in imported(run)
    assert home.strays() == []


def test_the_watch_sees_a_socket_and_a_stray_file(tmp_path):
    home = Home(tmp_path / "person")
    program = (
        "import os, pathlib, socket; socket.socket(socket.AF_INET6).close(); socket.socket(socket.AF_UNIX).close();"
        "pathlib.Path.home().joinpath('stray').write_text('x'); open('/dev/null', 'r').close(); os.mkdir('inside')"
    )
    seen = traced(["-c", program], home)
    assert seen.code == 0, seen.err
    assert len(seen.network) == 1 and "AF_INET6" in seen.network[0]
    assert [path for path in seen.written if not path.name.startswith("__pycache__")] == [home.home / "stray", home.work / "inside"]
    assert home.strays() == ["home/stray"]
