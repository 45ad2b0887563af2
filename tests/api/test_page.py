"""The page on the Python API: its examples run, and it names what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nptlens
from nptlens.schemas.tables import AGREEMENT, CODINGS, SEGMENTS, TOPICS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "python-api.md").read_text(encoding="utf-8")


def test_the_examples_run_one_after_the_other(ran, monkeypatch, capsys):
    (ran.root).rename(ran.root.with_name("my-study"))
    monkeypatch.chdir(ran.root.parent)
    names = {"ENCODER": Path("my-study/encoder")}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) > 7
    for block in blocks:
        exec(compile(block, "docs/python-api.md", "exec"), names)
    told = capsys.readouterr().out
    assert "no codebook 'no-such-codebook'" in told
    assert "('TEAM', 'MONEY', 'FORMS') npt" in told
    assert Path("for-the-team/report.md").is_file()
    assert names["table"]["text"].tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("table", [SEGMENTS, CODINGS, TOPICS, AGREEMENT], ids=lambda table: table.name)
def test_the_page_tells_every_column(table):
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{table.name}` |")]
    told = set(re.findall(r"`([a-z_0-9]+)`", row)) | {"f1_low", "f1_high", "kappa_low", "kappa_high"}
    assert set(table.names()) - told == set()


def test_the_page_tells_every_error_and_no_name_that_is_not_there():
    assert {name for name in nptlens.__all__ if name.endswith("Error") and f"`{name}`" not in PAGE} - {"NptlensError"} == set()
    assert {name for name in re.findall(r"nptlens\.([A-Za-z_]+)", PAGE) if not hasattr(nptlens, name)} == set()
