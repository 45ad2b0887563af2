"""The wheel carries all it needs: it is unpacked outside the checkout, and the demo runs from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("config/default.toml", "config/codebooks/npt.toml", "corpora/seeds/npt.csv", "corpora/demo/study.toml", "models/registry.toml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder that holds what pip would put into site-packages."""
    made, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", made, ROOT], check=True, capture_output=True
    )
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        wheel.extractall(target)
    return target


def run(installed, *arguments, cwd):
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_package_data(installed, name):
    assert (installed / "nptlens" / "_data" / name).read_bytes() == (ROOT / name).read_bytes()


def test_page_files_and_all_transcripts_are_in(installed):
    assert (installed / "nptlens" / "reporting" / "page" / "report.css").is_file()
    shipped = {path.name for path in (installed / "nptlens" / "_data" / "corpora" / "demo" / "transcripts").iterdir()}
    assert shipped == {path.name for path in (ROOT / "corpora" / "demo" / "transcripts").iterdir()}


def test_the_marker_that_the_package_is_typed_is_in(installed):
    assert (installed / "nptlens" / "py.typed").is_file()


def test_resources_come_from_the_wheel_not_from_the_checkout(installed, tmp_path):
    result = run(installed, "-c", "from nptlens.core.resources import resource; print(resource('config', 'default.toml'))", cwd=tmp_path)
    assert Path(result.stdout.strip()).is_relative_to(installed), result.stderr


@pytest.mark.slow
@pytest.mark.model
def test_the_installed_wheel_runs_the_demo(installed, tmp_path):
    result = run(installed, "-m", "nptlens", "demo", "here", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    names = [Path(path).name for path in json.loads(result.stdout)["outputs"]]
    assert names == ["codings.csv", "excerpts.xlsx", "projects_coded.csv", "report.html", "topics.csv"]
    assert (tmp_path / "here" / "results" / "report.html").stat().st_size > 100_000
