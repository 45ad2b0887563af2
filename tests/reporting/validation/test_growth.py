"""What is said of new codes by interview, where the codebook was fixed beforehand."""

from __future__ import annotations

from nptlens.reporting.validation._growth import _summary
from nptlens.schemas.validation import SaturationSummary


def test_a_fixed_codebook_is_said_to_be_one():
    told = _summary(SaturationSummary("code", "ann", 12, 100, 4, 2, 0.05, 0.9, 7.0, 6.0, 9.0))
    assert told.startswith("This counts when the codes of a codebook that was fixed beforehand first appear")
    assert "after a median of 7 interviews" in told


def test_where_the_base_holds_all_codes_no_number_is_given():
    told = _summary(SaturationSummary("code", "ann", 12, 100, 4, 2, 0.05, 1.0, 6.0, 6.0, 6.0))
    assert "the first 4 interviews already held" in told
    assert "says nothing of saturation" in told
    assert "median" not in told


def test_topics_are_found_in_the_talk_itself():
    told = _summary(SaturationSummary("topic", "", 12, 100, 4, 2, 0.05, 1.0, 6.0, 6.0, 6.0))
    assert "after a median of 6 interviews" in told
    assert "codebook" not in told
