"""Golden files: an invented transcript per layout and format, beside what a person reads in it, written by hand.

Beside each ``X.ext`` in tests/golden/layouts stands ``X.ext.json``: the start of the layout's name and the turns. It says what the file
says, never what the reader makes of it. Formats that can hold a remark say in it that they are invented; all of them are.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nptlens.reading import read_file

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "layouts"


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if not (FOLDER / path.stem).is_file())


@pytest.mark.parametrize("name", names())
def test_golden(name):
    path = FOLDER / name
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    transcript = read_file(path, transcript_id=path.stem, source=name, max_megabytes=1)
    transcript.verify()
    assert transcript.layout.startswith(expected["layout"])
    turns = [(turn["speaker"], turn["text"]) for turn in expected["turns"]]
    assert [(u.speaker, transcript.quote(u.span)) for u in transcript.utterances] == turns
    starts = [turn["start_s"] for turn in expected["turns"]]
    assert [u.start_s is None for u in transcript.utterances] == [start is None for start in starts]
    stated = [start for start in starts if start is not None]
    assert [u.start_s for u in transcript.utterances if u.start_s is not None] == pytest.approx(stated, abs=0.001)


def test_every_case_has_its_expectation():
    assert len(names()) > 30
    assert [name for name in names() if not (FOLDER / f"{name}.json").is_file()] == []
