"""The house figures, and pages that stay true."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import pytest
import typer

from nptlens.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "pipeline" / "nptlens").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "corpora").glob("*.md"), *(ROOT / "models").glob("*.md"), *(ROOT / "benchmarks").glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FORBIDDEN = (r"\bimport pickle\b", r"joblib\.load", r"torch\.load\(", r"(?<![\w.])eval\(", r"\.extractall\(", r"allow_pickle=True")


def functions(path):
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_modules_are_small():
    lengths = {path.relative_to(ROOT).as_posix(): path.read_text().count("\n") for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > 400} == {}
    assert statistics.median(lengths.values()) <= 120


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "pipeline").as_posix())
def test_functions_are_short_documented_and_typed(path):
    long = [(f.name, f.end_lineno - f.lineno + 1) for f in functions(path) if f.end_lineno - f.lineno + 1 > 60]
    bare = [f.name for f in functions(path) if not f.name.startswith("_") and (ast.get_docstring(f) is None or f.returns is None)]
    inner = {g.name for f in functions(path) for g in ast.walk(f) if isinstance(g, ast.FunctionDef) and g is not f}
    assert long == []
    assert [name for name in bare if name not in inner] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "pipeline").as_posix())
def test_no_pickle_and_nothing_unpacked_unseen(path):
    assert [pattern for pattern in FORBIDDEN if re.search(pattern, path.read_text())] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_paths_in_pages_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def named(page):
    """The verbs in a page's blocks of commands and in its inline code."""
    blocks = "".join(re.findall(r"^```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    return {*re.findall(r"^(?:\$ )?nptlens ([a-z]+)", blocks, re.MULTILINE), *re.findall(r"`nptlens ([a-z]+)(?=[ `])", page)}


def test_every_verb_that_the_readme_and_the_guide_name_is_there():
    verbs = set(typer.main.get_command(app).commands)
    pages = (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    told = {page.name: named(page.read_text()) for page in pages}
    assert {name: found - verbs for name, found in told.items() if found - verbs} == {}
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert {verb for verb in verbs if verb not in changelog} == set()


def test_the_readme_is_short():
    assert (ROOT / "README.md").read_text().count("\n") <= 120


def test_every_setting_of_the_default_file_has_a_comment():
    lines = (ROOT / "config" / "default.toml").read_text().splitlines()
    assert [line for line in lines if "=" in line and not line.startswith("#") and "#" not in line] == []
