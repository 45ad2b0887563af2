"""The nearest known name, and the words that offer it."""

import pytest

from nptlens.core.close_names import did_you_mean, meant, nearest

KNOWN = ("team", "money", "time")


@pytest.mark.parametrize(("name", "found"), [("taem", "team"), ("mony", "money"), ("TAEM", "team"), ("zzz", ""), ("", "")])
def test_the_nearest_name_is_offered(name, found):
    assert nearest(name, KNOWN) == found
    assert did_you_mean(name, KNOWN, "see the list") == (f"did you mean {found}?" if found else "see the list")
    assert meant(name, iter(KNOWN)) == (f" (did you mean {found}?)" if found else "")


def test_a_lower_likeness_finds_more():
    assert nearest("tax", KNOWN) == ""
    assert nearest("tax", KNOWN, alike=0.2) == "team"
