"""What to write next."""

from __future__ import annotations

import pytest

from nptlens.coding.confusion import Confusion
from nptlens.coding.seed_advice import advise
from nptlens.schemas.records import Estimate, Seed


def seeds_of(code, **stances):
    return [Seed(f"{code}-{stance}-{i}", "ten words " * 5, (code,), stance) for stance, n in stances.items() for i in range(n)]


ENOUGH = {"asserted": 10, "contrary": 3, "mixed": 2, "hypothetical": 2}


@pytest.mark.parametrize(
    ("stances", "expected"),
    [
        ({}, "F1: write 16 more (9 asserted, 3 contrary, 2 mixed, 2 hypothetical), such that CODI would be wrong."),
        (ENOUGH, "F1: nothing is missing."),
        ({**ENOUGH, "contrary": 0}, "F1: write 3 more (3 contrary), such that CODI would be wrong."),
        ({**ENOUGH, "asserted": 5}, "F1: write 4 more, such that CODI would be wrong."),
    ],
)
def test_sentence(codebook, stances, expected):
    found = {each.code: each for each in advise(seeds_of("F1", **stances), codebook, [], {"F1": "CODI"})}
    assert set(found) == {"CODI", "COIN", "CPIN", "F1"}  # constructs have no seeds of their own to write
    assert found["F1"].sentence() == expected


def test_seeds_without_stance_need_none(codebook):
    seeds = [Seed(f"s{i}", "words", ("F1",)) for i in range(10)]
    found = {each.code: each for each in advise(seeds, codebook, [], {})}
    assert found["F1"].sentence() == "F1: write 6 more."


def test_a_neighbour_that_cannot_be_told_apart(codebook):
    pair = Confusion("COIN", "F1", Estimate(0.6, 0.4, 0.8), (16, 17), 0, ())
    found = {each.code: each for each in advise(seeds_of("F1", **ENOUGH), codebook, [pair], {"F1": "CODI"})}
    assert (found["F1"].more, found["F1"].against) == (4, "COIN")


@pytest.mark.parametrize(("median", "said"), [(10, ""), (40, "longer"), (4, "shorter"), (None, "")])
def test_length(codebook, median, said):
    found = {each.code: each for each in advise(seeds_of("F1", asserted=2), codebook, [], {}, segment_words=median)}
    assert found["F1"].length.startswith(said)
    assert bool(found["F1"].length) == bool(said)
