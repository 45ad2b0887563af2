"""Mismatches of a validation are quotations too: page and workbook hold them with their places."""

from __future__ import annotations

import pytest

from nptlens.core.quotations import faults
from nptlens.reporting.validation import write_validation
from nptlens.reporting.verify import quotations
from nptlens.schemas.settings import default_settings


@pytest.mark.parametrize("name", ["validation.html", "validation.xlsx"])
def test_mismatches_hold_and_one_wrong_character_does_not(rich, segments, codebook, tmp_path, name):
    settings = default_settings().report.model_copy(update={"formats": ("html", "xlsx")})
    write_validation(rich, segments, codebook, settings, tmp_path)
    texts: dict[str, str] = {}
    for transcript, start, text in segments[["transcript_id", "start", "text"]].sort_values(["transcript_id", "start"]).itertuples(index=False):
        texts[transcript] = texts.get(transcript, "").ljust(start) + text
    ids = frozenset(segments["segment_id"])
    found = quotations((tmp_path / name).read_bytes(), texts, where=name)
    assert {each.text for each in found} == set(segments["text"])
    assert list(faults(found, texts, ids)) == []
    wrong = {transcript: text.swapcase() for transcript, text in texts.items()}
    assert len(list(faults(found, wrong, ids))) == len(found)
