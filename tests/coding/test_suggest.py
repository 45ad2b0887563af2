"""Which excerpts are suggested."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.coding import suggest as module
from nptlens.coding.suggest import CodeState, informative, suggest
from nptlens.core.ids import digest

F1, CODI = CodeState("F1", 0.5, 3), CodeState("CODI", 0.3, 8)


NAMES = ("ladder", "kettle", "harbour", "lantern", "orchard")


def units(rows):
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def case(make_segments, n, transcripts, seed):
    rng = np.random.default_rng(seed)
    segments = make_segments(n, transcripts).assign(text=[f"words {i}" for i in range(n)])
    return segments, units(rng.normal(size=(n, 6))), rng.random((n, 2)), units(rng.normal(size=(3, 6)))


def test_the_unsure_before_the_sure_and_the_rare_before_the_common(make_segments):
    apart = np.eye(3, 6, dtype=np.float32)
    none = np.empty((0, 6), dtype=np.float32)
    p = np.array([[0.5, 0.01], [0.99, 0.01], [0.01, 0.3]])  # at the threshold of F1; sure; at the threshold of CODI
    found = suggest(make_segments(3), apart, p, [F1, CODI], none, np.ones(3, dtype=bool), 3)
    assert [each.segment_id for each in found] == ["T0:0-1", "T2:2-3", "T1:1-2"]
    assert [each.code for each in found[:2]] == ["F1", "CODI"]
    assert found[0].likely == (("F1", 0.5), ("CODI", 0.01))
    assert found[0].why() == "unlike any other excerpt; F1 unsure (0.50, threshold 0.50), 3 seeds so far"
    assert found[0].codes() == "F1 0.50; CODI 0.01"


def test_typical_before_odd_and_never_alike(make_segments):
    """Five excerpts about one direction, three about another, one alone; a seed stands by the first."""
    vectors = units([[1, 0, 0.02 * i] for i in range(5)] + [[0, 1, 0.02 * i] for i in range(3)] + [[-0.6, -0.6, -0.5]])
    p = np.full((9, 1), 0.5)
    free = np.ones(9, dtype=bool)
    without = suggest(make_segments(9, 9), vectors, p, [F1], np.empty((0, 3), dtype=np.float32), free, 3)
    assert ["aaaaabbbc"[int(each.segment_id[1])] for each in without] == ["a", "b", "c"]
    assert without[0].segment_id != "T0:0-1"  # the middle of the five, not their edge
    assert without[0].like == 5
    beside = suggest(make_segments(9, 9), vectors, p, [F1], units([[1, 0, 0]]), free, 2)
    assert ["aaaaabbbc"[int(each.segment_id[1])] for each in beside] == ["b", "c"]


@given(st.integers(0, 10_000), st.integers(1, 25), st.integers(1, 5), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_distinct_allowed_deterministic_whatever_the_order_of_rows(make_segments_once, seed, n, transcripts, number):
    segments, vectors, p, seeds = case(make_segments_once, n, transcripts, seed)
    rng = np.random.default_rng(seed)
    allowed = rng.random(n) < 0.7
    found = suggest(segments, vectors, p, [F1, CODI], seeds, allowed, number)
    assert len({each.segment_id for each in found}) == len(found) == min(number, int(allowed.sum()))
    assert {each.segment_id for each in found} <= set(segments["segment_id"][allowed])
    order = rng.permutation(n)
    again = suggest(segments.iloc[order].reset_index(drop=True), vectors[order], p[order], [F1, CODI], seeds, allowed[order], number)
    assert again == found


@pytest.fixture(scope="module")
def make_segments_once():
    import pandas as pd

    def made(n, transcripts):
        names = [f"T{i % transcripts}" for i in range(n)]
        return pd.DataFrame(
            {"segment_id": [f"{t}:{i}-{i + 1}" for i, t in enumerate(names)], "transcript_id": names, "participant_id": "P", "text": ""}
        )

    return made


def test_spread_over_transcripts(make_segments):
    segments, vectors, p, seeds = case(make_segments, 40, 4, 2)
    p[segments["transcript_id"] != "T0"] = 0.99  # all the need is in one transcript
    found = suggest(segments, vectors, p, [F1, CODI], seeds, np.ones(40, dtype=bool), 8)
    count = [sum(each.transcript_id == f"T{t}" for each in found) for t in range(4)]
    assert max(count) <= 4
    only = segments["transcript_id"].to_numpy() == "T1"
    assert len(suggest(segments, vectors, p, [F1, CODI], seeds, only, 8)) == 8  # where no other can give, one gives all


def test_without_codes_or_seeds(make_segments):
    segments, vectors, _, _ = case(make_segments, 10, 2, 1)
    found = suggest(segments, vectors, np.empty((10, 0)), [], np.empty((0, 6), dtype=np.float32), np.ones(10, dtype=bool), 4)
    assert len(found) == 4
    assert {each.code for each in found} == {""}
    assert all("threshold" not in each.why() for each in found)


def test_of_very_many_the_same_part_whatever_the_order(make_segments, monkeypatch):
    monkeypatch.setattr(module, "MOST", 15)
    segments, vectors, p, seeds = case(make_segments, 60, 3, 4)
    found = suggest(segments, vectors, p, [F1, CODI], seeds, np.ones(60, dtype=bool), 12)
    assert len(found) == 12
    back = suggest(segments[::-1], vectors[::-1], p[::-1], [F1, CODI], seeds, np.ones(60, dtype=bool), 12)
    assert back == found


def test_rows_that_differ_in_number(make_segments):
    segments, vectors, p, seeds = case(make_segments, 4, 2, 1)
    with pytest.raises(ValueError, match="4 segments, 3 vectors"):
        suggest(segments, vectors[:3], p, [F1, CODI], seeds, np.ones(4, dtype=bool), 2)


@pytest.mark.parametrize("number", [3, 12])
def test_of_a_large_study_those_that_may_be_suggested_are_looked_at_first(make_segments, monkeypatch, number):
    """All that is allowed stands where a sample of the whole would not have looked."""
    monkeypatch.setattr(module, "MOST", 10)
    segments, vectors, p, seeds = case(make_segments, 60, 4, 1)
    last = sorted(range(60), key=lambda i: digest(segments["segment_id"][i]))[-15:]
    allowed = np.isin(np.arange(60), last)
    found = suggest(segments, vectors, p, [F1, CODI], seeds, allowed, number)
    assert len(found) == number
    assert {each.segment_id for each in found} <= set(segments["segment_id"][allowed])


def test_empty_talk_says_little():
    told = ["well I think we had the " + " and the ".join(f"{name}{'xyz'[n % 3] * n}" for name in NAMES) for n in range(10)]
    texts = [*told, "Yeah, I used it.", "Mm. Yeah, yeah, I think we had that.", ""]
    assert informative(texts).tolist() == [True] * len(told) + [False] * 3
    assert informative([]).tolist() == []
