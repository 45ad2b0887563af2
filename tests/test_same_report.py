"""The program that compares two results folders: what is the same, and what was lost or changed."""

from __future__ import annotations

import pytest
from tools.same_report import main

PAGE = """<!DOCTYPE html><html><head><title>x</title><style>p {}</style></head><body><p>Twelve <b>codes</b>, 3.5%.</p>
<blockquote><span class="excerpt" data-segment="T:0-2">we met</span></blockquote><script>let x = 1;</script></body></html>"""


def _compared(tmp_path, after):
    for name, text in (("before", PAGE), ("after", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.html").write_text(text, "utf-8")
    return main([str(tmp_path / "before"), str(tmp_path / "after")])


def test_mark_up_white_space_and_scripts_do_not_count(tmp_path, capsys):
    after = PAGE.replace("<p>Twelve <b>codes</b>, 3.5%.</p>", "<div><p class='n'>Twelve\n codes 3.5%</p></div>").replace("x = 1", "y = 2")
    assert _compared(tmp_path, after) == 0
    told = capsys.readouterr().out
    assert "words and figures: the same in the same order" in told and "quotations: the same in the same order" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Twelve", "Eleven", "words and figures: DIFFERENT"),
        ("3.5%", "", "figures that are fewer: 3.5 (1)"),
        ("we met", "we met.", "quotations: DIFFERENT"),
        ("T:0-2", "T:0-3", "quotations: DIFFERENT"),
    ],
)
def test_a_changed_word_figure_quotation_or_place_is_told(tmp_path, capsys, old, new, told):
    assert _compared(tmp_path, PAGE.replace(old, new)) == 1
    assert told in capsys.readouterr().out


def test_without_folders_it_says_how_it_is_called(capsys):
    assert main([]) == 2
    assert "BEFORE AFTER" in capsys.readouterr().out
