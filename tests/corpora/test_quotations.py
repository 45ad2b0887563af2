"""The quotations that the machine is measured on: labelled twice, and none of them taught."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from tests.corpora.test_seeds import runs_of, words_of

from nptlens.schemas.records import NONE_CODE, STANCES

RUN = 10  # words that two people hardly say alike by chance
TABLE = Path(__file__).resolve().parents[1] / "golden" / "npt_quotations.csv"


@pytest.fixture(scope="module")
def quotations():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_there_are_enough_of_each_component_in_each_register(quotations, codebook):
    components = {code.id for code in codebook if not codebook.children(code.id) and code.parent}
    for register, least in (("told", 20), ("plain", 10)):
        own = [each for each in quotations if each["register"] == register]
        found = Counter(code for each in own for code in each["codes"].split(";"))
        assert {code for code, count in found.items() if count >= least} >= components
        assert found[NONE_CODE] >= 16
    assert [each["quotation_id"] for each in quotations] == [f"Q{number:03d}" for number in range(1, len(quotations) + 1)]
    assert {each["provenance"] for each in quotations} == {"invented"}


@pytest.mark.parametrize(("codes", "stance"), [("codes", "stance"), ("second_codes", "second_stance")])
def test_both_coders_codes_and_stances_are_known(quotations, codebook, codes, stance):
    known = {code.id for code in codebook if not codebook.children(code.id)} | {NONE_CODE}
    assert {code for each in quotations for code in each[codes].split(";")} <= known
    assert [each["quotation_id"] for each in quotations if (each[stance] in STANCES) == (each[codes] == NONE_CODE)] == []


def test_none_of_them_is_a_seed_or_shares_a_long_run_of_words_with_one(quotations, seed_set):
    taught = set().union(*(runs_of(words_of(seed.text), RUN) for seed in seed_set.seeds))
    assert [each["quotation_id"] for each in quotations if runs_of(words_of(each["text"]), RUN) & taught] == []
