"""The report in a real browser asks no host for anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

# What Chromium itself asks for when it starts, whatever page it shows.
_ITS_OWN = re.compile(r"^https?://([a-z0-9-]+\.)*(google|googleapis|gstatic|gvt1)\.com(/|$)")
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def asked_for(page, folder):
    """The addresses that Chromium's network log holds after showing a page."""
    log = folder / "net.json"
    subprocess.run(
        [
            shutil.which("chromium") or "",
            *_QUIET,
            "--disable-component-update",
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={log}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    urls = {
        event["params"]["url"]
        for event in json.loads(log.read_text())["events"]
        if isinstance(event.get("params"), dict) and str(event["params"].get("url", "")).startswith("http")
    }
    return {url for url in urls if not _ITS_OWN.match(url)}


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_the_report_asks_no_host(demo, tmp_path):
    assert asked_for(demo / "results" / "report.html", tmp_path) == set()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_the_log_would_show_a_request(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<img src="http://127.0.0.1:9/picture.png">')
    assert asked_for(page, tmp_path) == {"http://127.0.0.1:9/picture.png"}
