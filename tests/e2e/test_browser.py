"""The report in a real browser asks no host for anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from lxml import html as lxml_html
from tests.injections import STRINGS
from tests.reporting.conftest import build
from tests.reporting.test_injections import planted

from nptlens.reporting import report

# What Chromium itself asks for when it starts, whatever page it shows.
_ITS_OWN = re.compile(r"^https?://([a-z0-9-]+\.)*(google|googleapis|gstatic|gvt1)\.com(/|$)")
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def shown(page, folder):
    """What a page is after its scripts ran, and the addresses that Chromium's network log holds after showing it."""
    log = folder / "net.json"
    done = subprocess.run(
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
    return done.stdout.decode("utf-8"), {url for url in urls if not _ITS_OWN.match(url)}


def asked_for(page, folder):
    """The addresses that a page asks for."""
    return shown(page, folder)[1]


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


# Stands first in the page: notes what fires or fails, opens whatever can be opened and presses each button once.
_WATCH = """<script>
const seen = [];
for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => seen.push(name);
addEventListener("error", (event) => seen.push(event.message || "error"));
addEventListener("unhandledrejection", () => seen.push("rejection"));
addEventListener("load", () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  for (const each of document.querySelectorAll(".rest button")) each.click();
  setTimeout(() => { document.documentElement.dataset.seen = JSON.stringify(seen); }, 3000);
});
</script>"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_injected_strings_do_nothing_even_without_the_policy(tmp_path):
    """With the page's policy taken away, so that it is the escaping that holds, and with every packed excerpt opened."""
    strings = [each for each in STRINGS if "\x00" not in each]
    report(planted(build, strings, excerpts=1, codes=12), tmp_path)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.count("<meta http-equiv=") == 1
    watched = tmp_path / "watched.html"
    watched.write_text(re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', lambda _: _WATCH, page), "utf-8")
    dom, urls = shown(watched, tmp_path)
    root = lxml_html.document_fromstring(dom)
    assert urls == set()
    assert root.get("data-seen") == "[]"
    opened = [each.text_content() for each in root.xpath("//*[@class='rest']//*[@class='excerpt']")]
    assert len(opened) == 12 * 25
    assert not [each for each in root.xpath("//body//script") if each.get("id") != "packed" and "DecompressionStream" not in each.text_content()]
    assert not root.xpath("//iframe | //img | //object | //embed | //form | //base | //link | //@onerror | //@onload | //body//style | //*[@srcdoc]")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_the_policy_lets_the_page_open_its_excerpts(tmp_path):
    """The page as it is: its own script runs under its policy (buttons stand there), and nothing is asked for."""
    report(planted(build, STRINGS[:30], excerpts=1, codes=6), tmp_path)
    dom, urls = shown(tmp_path / "report.html", tmp_path)
    assert urls == set()
    buttons = lxml_html.document_fromstring(dom).xpath("//*[@class='rest']//button/text()")
    assert buttons == [f"Show 25 more of 59 excerpts of K{n}" for n in range(6)]
