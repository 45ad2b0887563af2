"""The rule of the verdict, one row per case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nptlens.coding._verdict import Findings, judge
from nptlens.schemas.settings import default_settings
from nptlens.schemas.tables import VERDICT_WORDS

NAN = float("nan")
SOUND = Findings(500, 80, 12, 20, yes=True, no=True, yes_share=0.1, no_share=0.75, precision=0.9, low=0.85, high=0.95)
OPEN = replace(SOUND, yes=False, no=False, yes_share=0.0, no_share=0.0, low=0.6)


@pytest.mark.parametrize(
    ("found", "verdict", "reason"),
    [
        (replace(SOUND, excerpts=0, coded=0, transcripts=0), "not enough evidence", "no excerpt was coded by hand"),
        (replace(SOUND, coded=0, transcripts=0), "not enough evidence", "none of the 500 excerpts"),
        (replace(SOUND, transcripts=1), "not enough evidence", "one transcript"),
        (SOUND, "automate", "85% of the excerpts need no person"),
        (replace(SOUND, no_share=0.7, yes_share=0.125), "automate", "82%"),
        (replace(SOUND, no_share=0.6), "assist", "the machine decides 70% alone"),
        (replace(SOUND, no=False, no_share=0.0), "assist", "the 10.0% that the machine is surest of"),
        (replace(SOUND, no=False, no_share=0.0, yes_share=0.9), "assist", "a person codes the rest"),
        (replace(SOUND, yes=False, yes_share=0.0), "assist", "75% of the excerpts can be left unread"),
        (replace(SOUND, yes=False, yes_share=0.0, no_share=0.25, high=0.1), "assist", "25% of the excerpts can be left unread"),
        (replace(OPEN, no=True, no_share=0.2), "not enough evidence", "neither proven nor out of reach"),
        (replace(OPEN, no=True, no_share=0.2, high=0.79), "hand-code", "out of reach (at most 79%)"),
        (replace(OPEN, high=0.79, coded=19), "not enough evidence", "20 are needed"),
        (replace(OPEN, high=0.79, coded=20), "hand-code", "80% is out of reach"),
        (replace(OPEN, high=0.8), "not enough evidence", "60% to 80% are possible"),
        (replace(OPEN, precision=NAN, low=NAN, high=NAN), "not enough evidence", "too few"),
    ],
)
def test_the_rule(found, verdict, reason):
    said = judge(found, default_settings().selective)
    assert said[0] == verdict
    assert said[0] in VERDICT_WORDS
    assert reason in said[1]
