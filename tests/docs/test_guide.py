"""The commands of the guide do and print what the guide says."""

from __future__ import annotations

import pytest
from tools import guide


@pytest.mark.model
def test_the_guide_prints_what_it_shows(tmp_path):
    folder = tmp_path / "guide"
    folder.mkdir()
    assert [each for name in guide.PAGES for each in guide.check_page(name, folder)] == [], "look at it, then run: make guide"


def test_no_page_shows_commands_that_are_not_run():
    shown = {page.name for page in guide.DOCS.rglob("*.md") if "```console" in page.read_text(encoding="utf-8")}
    assert shown == set(guide.PAGES)


@pytest.mark.parametrize(
    ("expected", "printed", "fits"),
    [
        ("a table", "a table", True),
        ("read   ...", "read   1.25", True),
        ("first\n...\nlast", "first\nsecond\nthird\nlast", True),
        ("a table", "a tables", False),
        ("a.b", "axb", False),
        ("read ... files", "wrote 3 files", False),
    ],
)
def test_dots_stand_for_any_text_and_nothing_else_does(expected, printed, fits):
    assert guide.same(expected, printed) is fits


def test_output_that_has_changed_is_found_and_written(tmp_path, monkeypatch):
    monkeypatch.setattr(guide, "DOCS", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- file: a.txt -->\n```text\none\n```\n\n```console\n$ cat a.txt\ntwo\n$ echo b\nb\n$ exit 5\n```\n", encoding="utf-8"
    )
    folder = tmp_path / "guide"
    folder.mkdir()
    found = guide.check_page("page.md", folder)
    assert [(each.command, each.printed) for each in found] == [("cat a.txt", "one"), ("exit 5", "(exit code 5)")]
    guide.rewrite("page.md", found)
    assert guide.check_page("page.md", folder) == []
