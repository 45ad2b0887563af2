"""The list of mismatches: what is on it, in which order, and what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nptlens.agreement import Frame
from nptlens.agreement.mismatches import leaves, mismatches
from nptlens.schemas.records import Code, Codebook, CodeLink

PARENTS = {"CO": None, "COIN": "CO", "CODI": "CO", "RM": None, "RMIA": "RM", "F1": None}
BOOK = Codebook("small", "1", tuple(Code(name, name, "", parent=parent) for name, parent in PARENTS.items()), (CodeLink("F1", "RMIA"),))
CODES = BOOK.ids()


def frame(coder, *units, read=None, score=None):
    coded = np.zeros((len(units), len(CODES)), dtype=bool)
    for row, unit in zip(coded, units, strict=True):
        for code in unit.split():
            row[[CODES.index(each) for each in (code, *BOOK.ancestors(code))]] = True
    return Frame(coder, coded, np.ones(len(units), dtype=bool) if read is None else np.array(read, dtype=bool), score)


def listed(first, against):
    segments = pd.DataFrame({"segment_id": [f"T:{i}-{i + 1}" for i in range(len(first.read))]})
    return mismatches(first, against, segments, CODES, BOOK)


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("RMIA", "", "A: RMIA; B: none; only A coded it"),
        ("", "COIN F1", "A: none; B: COIN, F1; only B coded it"),
        ("COIN", "CODI", "A: COIN; B: CODI; neighbours in one construct, CO"),
        ("CO", "COIN", "A: CO; B: COIN; COIN is a part of CO"),
        ("COIN", "CO", "A: COIN; B: CO; COIN is a part of CO"),
        ("RMIA", "COIN", "A: RMIA; B: COIN; codes of different constructs"),
        ("RMIA", "F1", "A: RMIA; B: F1; codes that the codebook links"),
        ("RMIA F1", "RMIA COIN", "A: RMIA, F1; B: COIN, RMIA; the same on RMIA; A adds F1 and B adds COIN"),
        ("RMIA", "RMIA COIN", "A: RMIA; B: COIN, RMIA; the same on RMIA; B adds COIN"),
    ],
)
def test_reasons(a, b, relation):
    (row,) = listed(frame("A", a), frame("B", b)).itertuples()
    assert row.reason == relation


def test_only_what_both_read_and_differ_in():
    found = listed(frame("A", "F1", "F1", "F1", "", read=[1, 1, 0, 1]), frame("B", "F1", "", "", "COIN", read=[1, 1, 1, 0]))
    assert found["segment_id"].tolist() == ["T:1-2"]
    assert found.loc[0, ["coder", "against", "codes", "codes_against"]].tolist() == ["A", "B", "F1", ""]
    assert listed(frame("A", "F1"), frame("B", "F1")).empty


def test_people_the_farthest_apart_then_the_rarest_first():
    a = frame("A", "F1", "F1", "F1", "RMIA", "COIN", "F1")
    b = frame("B", "", "", "F1", "", "CODI", "F1")
    found = listed(a, b)
    assert found["segment_id"].tolist() == ["T:3-4", "T:4-5", "T:0-1", "T:1-2"]
    expected = [1 + 1, (1 - 1 / 3 * 1 / 3) + 1, 1 + 1 / 4, 1 + 1 / 4]  # CO is shared by both of T:4-5
    np.testing.assert_allclose(found["hardness"], expected, atol=1e-12)


def test_the_machine_where_it_is_surest_of_the_contrary():
    score = np.zeros((4, len(CODES)))
    score[:, CODES.index("F1")] = [0.9, 0.6, 0.2, 0.05]
    machine = frame("machine:1", "F1", "F1", "", "", score=score)
    person = frame("A", "", "", "F1", "F1")
    for first, against in ((machine, person), (person, machine)):
        found = listed(first, against)
        assert found["segment_id"].tolist() == ["T:3-4", "T:0-1", "T:2-3", "T:1-2"]
        np.testing.assert_allclose(found["hardness"], [0.95, 0.9, 0.8, 0.6], atol=1e-12)
        assert found["reason"].iloc[0].endswith("only A coded it; the machine gives F1 a probability of 0.05")


def test_the_order_hangs_on_nothing_else():
    units_a, units_b = ["F1", "COIN", "RMIA CODI", "", "F1 CO"], ["RMIA", "CODI", "CODI", "F1", "CO"]
    found = listed(frame("A", *units_a), frame("B", *units_b))
    segments = pd.DataFrame({"segment_id": [f"T:{i}-{i + 1}" for i in range(5)][::-1]})
    turned = mismatches(frame("A", *units_a[::-1]), frame("B", *units_b[::-1]), segments, CODES, BOOK)
    pd.testing.assert_frame_equal(found, turned)


def test_leaves():
    coded = frame("A", "COIN F1 RM").coded[0]
    assert leaves(coded, CODES, BOOK) == ("COIN", "RM", "F1")
