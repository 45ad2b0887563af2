from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools.licences import conditional, installed
from tools.lock import ROOT, blocks

from nptlens.safety import network
from nptlens.safety.network import cache_folder, go_offline

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_XET_TELEMETRY_ENABLED": "false",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "TOKENIZERS_PARALLELISM": "false",
    "MPL_IGNORE_SYSTEM_FONTS": "1",
}
CONTRARY = {"ARROW_TRACING_BACKEND": "otlp_http", "ARROW_LOGGING_BACKEND": "arrow_otlp_stdout"}
FOLDERS = ("MPLCONFIGDIR", "NUMBA_CACHE_DIR", "HF_HOME", "TORCH_HOME", "CUDA_CACHE_PATH")


def child(program: str, **more: str) -> str:
    """Run a program without any switch of ours, and return what it prints."""
    kept = {key: value for key, value in os.environ.items() if key not in {*SWITCHES, *FOLDERS, "TORCHINDUCTOR_CACHE_DIR"}}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(sys.path), **more}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.parametrize("before", [None, "0", ""])
def test_switches_are_set_whatever_they_were(monkeypatch, before):
    for name in (*SWITCHES, *FOLDERS):
        monkeypatch.setenv(name, "x")  # so that each is put back at the end
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
    go_offline()
    assert {name: os.environ[name] for name in SWITCHES} == SWITCHES
    assert {Path(os.environ[name]).parent for name in FOLDERS} == {cache_folder()}


@pytest.mark.parametrize("way", ["nptlens", "nptlens.cli.main", "nptlens.embedding.load", "nptlens.study.run.runner", "nptlens.core.errors"])
@pytest.mark.parametrize("before", [{}, {**dict.fromkeys(SWITCHES, "0"), **dict.fromkeys(FOLDERS, "/elsewhere"), **CONTRARY}], ids=["bare", "contrary"])
def test_whatever_is_imported_first_sets_them(way, before, tmp_path):
    said = json.loads(child(f"import {way}, os, json; print(json.dumps(dict(os.environ)))", XDG_CACHE_HOME=str(tmp_path), **before))
    assert {name: said[name] for name in SWITCHES} == SWITCHES
    if sys.platform == "linux":
        assert {Path(said[name]).parent for name in FOLDERS} == {tmp_path / "nptlens"}
    assert "ARROW_TRACING_BACKEND" not in said
    assert list(tmp_path.iterdir()) == []  # nothing is made before something needs it


def test_the_child_of_the_box_sets_them_too():
    program = (
        "import io, json, os, runpy, sys\n"
        "sys.argv = ['sandboxed', '4000']\n"
        "data = rb'{\\rtf1 words}'\n"
        "call = json.dumps({'name': 'nptlens.reading.formats._rtf:words', 'size': len(data), 'cpu_s': 60}).encode()\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(call + b'\\n' + data))\n"
        "runpy.run_module('nptlens.safety.sandbox', run_name='__main__')\n"
        "print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    assert child(program, ORT_DISABLE_TELEMETRY="0").endswith("1\n")


def test_the_hub_library_obeys():
    program = (
        "import nptlens; from huggingface_hub import constants;"
        "print(constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_UPDATE_CHECK)"
    )
    assert child(program, HF_HUB_OFFLINE="0").split() == ["True", "True", "True"]


def test_onnxruntime_is_told_by_a_call_as_well(monkeypatch):
    import onnxruntime

    from nptlens.embedding import _onnx

    told: list[str] = []
    monkeypatch.setattr(onnxruntime, "disable_telemetry_events", lambda: told.append("off"))
    assert _onnx._library() is onnxruntime
    assert told == ["off"]  # on Windows no switch of the environment counts


def test_each_switch_and_each_library_in_its_version_is_on_the_page():
    page = (ROOT / "docs" / "libraries-and-the-network.md").read_text(encoding="utf-8")
    assert [name for name in (*network._SWITCHES, *network._UNSET, *network._FOLDERS) if f"`{name}" not in page] == []
    told = dict(re.findall(r"(?<=[ |])([a-z][a-z0-9-]*) (\d[\w.]*)(?=,| \|)", page))
    locked = dict(match for block in blocks(ROOT / "requirements.lock") for match in re.findall(r"^(\S+)==(\S+)", block))
    names = {each.name for each in installed()} - conditional() | {"hf-xet"}
    assert {name for name in names if told.get(name) != locked[name]} == set()
