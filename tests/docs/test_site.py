"""The site is built strictly, asks no other host, and speaks of everything there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nptlens.exchange.read import suffixes
from nptlens.exchange.write import WRITERS
from nptlens.reading import kinds

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    pytest.importorskip("properdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "properdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_has_every_page_and_no_page_asks_another_host(site):
    pages = sorted(site.rglob("*.html"))
    assert {page.relative_to(site).with_suffix(".md") for page in pages} >= {page.relative_to(DOCS) for page in DOCS.rglob("*.md")}
    fetched = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=[\"']?(?:https?:)?//[^\s>]*", re.IGNORECASE)
    styles = [*site.rglob("*.css")]
    assert {page.name: fetched.findall(page.read_text(encoding="utf-8")) for page in pages if fetched.search(page.read_text("utf-8"))} == {}
    assert [sheet.name for sheet in styles if re.search(r"(?:url\(|@import )[\"']?(?:https?:)?//", sheet.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("transcripts.md", kinds()),
        ("other-tools.md", suffixes()),
        ("other-tools.md", tuple(WRITERS)),
    ],
)
def test_every_format_is_told_of(page, names):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in text] == []


def test_a_broken_link_fails(tmp_path):
    pytest.importorskip("properdocs")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Start\n\n[elsewhere](gone.md)\n", encoding="utf-8")
    settings = (ROOT / "properdocs.yml").read_text(encoding="utf-8").split("nav:")[0]
    (tmp_path / "properdocs.yml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "properdocs", "build", "--strict"]  # --quiet would hide the warnings that strict counts
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "gone.md" in done.stderr
