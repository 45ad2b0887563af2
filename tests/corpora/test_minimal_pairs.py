"""The minimal pairs: two wordings that differ in little, and so in a code or a stance; none of them is taught."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nptlens.schemas.records import STANCES

TABLE = Path(__file__).resolve().parents[1] / "golden" / "npt_minimal_pairs.csv"


@pytest.fixture(scope="module")
def pairs():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_there_are_enough_of_them(pairs):
    assert len(pairs) >= 200
    assert [pair["pair_id"] for pair in pairs] == [f"P{number:03d}" for number in range(1, len(pairs) + 1)]
    assert {pair["provenance"] for pair in pairs} == {"invented"}


def test_a_pair_differs_in_words_and_in_a_code_or_a_stance(pairs):
    assert [pair["pair_id"] for pair in pairs if pair["text"] == pair["other_text"]] == []
    same = [(pair["code"], pair["stance"]) == (pair["other_code"], pair["other_stance"]) for pair in pairs]
    assert not any(same)


def test_codes_and_stances_are_known(pairs, codebook):
    known = {code.id for code in codebook if not codebook.children(code.id)}
    assert {pair[side] for pair in pairs for side in ("code", "other_code")} <= known
    assert {pair[side] for pair in pairs for side in ("stance", "other_stance")} == set(STANCES)


def test_none_of_them_is_a_seed(pairs, seed_set):
    texts = {pair[side] for pair in pairs for side in ("text", "other_text")}
    assert texts.isdisjoint(seed.text for seed in seed_set.seeds)
