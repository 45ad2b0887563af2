"""Draws for blind coding: their chances are what they say, and estimates hold on average."""

from __future__ import annotations

from itertools import combinations, product
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.agreement import sampling
from nptlens.agreement.sampling import KINDS, Strata, allocate, draw, inclusion, kinds, share, stratify, total, weights
from nptlens.core.errors import UsageError


def study(n=60, transcripts=3):
    name = np.array([f"T{i % transcripts}" for i in range(n)])
    start = np.arange(n) // transcripts * 10
    ids = [f"{t}:{s}-{s + 10}" for t, s in zip(name, start, strict=True)]
    kind = np.array(KINDS)[np.random.default_rng(5).choice(3, size=n, p=[0.1, 0.4, 0.5])]
    return pd.DataFrame({"segment_id": ids, "transcript_id": name, "start": start, "end": start + 10}), kind


def test_what_the_machine_said():
    assigned = np.zeros((100, 2), dtype=bool)
    assigned[:40, 0] = True
    assigned[38:42, 1] = True  # 4 of 100
    said = kinds(assigned)
    assert [int((said == kind).sum()) for kind in KINDS] == [4, 38, 58]
    assert (said[38:42] == "rare code").all()
    assert (kinds(np.zeros((3, 0), dtype=bool)) == "uncoded").all()
    assert kinds(assigned, rare_below=0.5)[0] == "rare code"


@pytest.mark.parametrize("neighbours", [0, 1])
@pytest.mark.parametrize("seeds", [200, pytest.param(3000, marks=pytest.mark.slow)])
def test_chances_are_frequencies_and_estimates_are_unbiased(neighbours, seeds):
    segments, kind = study()
    value = np.random.default_rng(1).normal(3, 2, len(segments))
    value_of = dict(zip(segments["segment_id"], value, strict=True))
    seen = dict.fromkeys(segments["segment_id"], 0)
    said: dict[str, float] = {}
    totals = []
    for seed in range(seeds):
        design = draw(segments, kind, 15, seed=seed, coder="A", neighbours=neighbours)
        y = design["segment_id"].map(value_of).to_numpy()
        totals.append(total(y, weights(design, np.ones(len(design), dtype=bool))))
        for unit, chance in zip(design["segment_id"], design["probability"], strict=True):
            seen[unit] += 1
            assert said.setdefault(unit, chance) == chance
    error = [(seen[unit] - seeds * said[unit]) / np.sqrt(seeds * said[unit] * (1 - said[unit]) + 1e-9) for unit in seen if said[unit] < 1]
    assert np.abs(error).max() < 4
    assert all(seen[unit] == seeds for unit in seen if said[unit] == 1)
    assert abs(np.mean(totals) - value.sum()) < 4 * np.std(totals) / np.sqrt(seeds)


def test_inclusion_is_what_listing_every_sample_gives():
    of, transcript = np.array([0, 1, 0, 0, 1, 0, 1]), np.array([0, 0, 0, 0, 1, 1, 1])
    strata = Strata(of, (("", "coded"), ("", "uncoded")), np.array([4, 3]), np.array([2, 1]))
    samples = [
        set(a) | set(b) for a, b in product(combinations(np.flatnonzero(of == 0), 2), combinations(np.flatnonzero(of == 1), 1))
    ]
    assert len(samples) == comb(4, 2) * 3
    for k in (0, 1, 2):
        near = [{j for j in range(7) if transcript[j] == transcript[i] and abs(i - j) <= k} for i in range(7)]
        counted = [np.mean([bool(near[i] & sample) for sample in samples]) for i in range(7)]
        np.testing.assert_allclose(inclusion(strata, transcript, k), counted, atol=1e-12)


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=12),
    st.integers(0, 200),
    st.randoms(use_true_random=False),
)
def test_allocation(sizes, more, random):
    size = np.array(sizes, dtype=np.int64)
    pull = np.array([random.choice([1.0, 2.0, 4.0]) for _ in sizes])
    drawn = allocate(size, pull, len(sizes) + more)
    assert (drawn >= 1).all()
    assert (drawn <= size).all()
    assert drawn.sum() == min(len(sizes) + more, size.sum())


def test_rare_codes_are_drawn_more_often_and_uncoded_units_always():
    kind = np.array(["rare code"] * 20 + ["coded"] * 200 + ["uncoded"] * 780)
    strata = stratify(np.full(1000, "T"), kind, 100)
    rate = dict(zip([kind for _, kind in strata.names], strata.drawn / strata.size, strict=True))
    assert rate["rare code"] > 1.8 * rate["coded"] > 3 * rate["uncoded"] > 0


def test_fewer_draws_than_transcripts_by_kind():
    segments, kind = study(60, 6)
    design = draw(segments, kind, 5, seed=0, coder="A")
    assert set(design["transcript"]) == {""}
    assert set(design["kind"]) == set(KINDS)
    with pytest.raises(UsageError, match="fewer than the 3 kinds"):
        draw(segments, kind, 2, seed=0, coder="A")
    with pytest.raises(UsageError, match="no unit"):
        draw(segments.iloc[:0], kind[:0], 2, seed=0, coder="A")


def test_the_draw_hangs_on_the_seed_and_not_on_the_order_of_rows_or_the_coder():
    segments, kind = study()
    first = draw(segments, kind, 20, seed=3, coder="A")
    turn = np.random.default_rng(0).permutation(len(segments))
    pd.testing.assert_frame_equal(first, draw(segments.iloc[turn], kind[turn], 20, seed=3, coder="A"))
    second = draw(segments, kind, 20, seed=3, coder="B")
    assert list(second["segment_id"]) == list(first["segment_id"])
    assert list(second["order"]) != list(first["order"])
    assert list(draw(segments, kind, 20, seed=4, coder="A")["segment_id"]) != list(first["segment_id"])
    assert sorted(first["order"]) == list(range(20))
    everything = draw(segments, kind, 500, seed=3, coder="A")
    assert len(everything) == 60
    assert (everything["probability"] == 1).all()


def test_stretches_stay_together():
    segments, kind = study()
    design = draw(segments, kind, 12, seed=3, coder="A", neighbours=1).sort_values("order")
    place = design["segment_id"].str.extract(r"T(\d):(\d+)-").astype(int)
    follows = (place[0].diff() == 0) & (place[1].diff() == 10)
    assert follows.sum() >= 12
    starts = segments.groupby("transcript_id")["start"].agg(["min", "max"])
    for unit in design["segment_id"]:
        name, start = unit.split(":")[0], int(unit.split(":")[1].split("-")[0])
        around = {f"{name}:{s}-{s + 10}" for s in (start - 10, start + 10) if starts.loc[name, "min"] <= s <= starts.loc[name, "max"]}
        assert around & set(design["segment_id"])


def test_rows_left_out_are_stood_for_by_others_of_their_stratum():
    segments, kind = study()
    design = draw(segments, kind, 30, seed=3, coder="A")
    read = np.random.default_rng(0).random(len(design)) < 0.7
    weight = weights(design, read)
    assert (weight[~read] == 0).all()
    for (_, _), rows in design.groupby(["transcript", "kind"]):
        got = weight[rows.index].sum()
        assert got == pytest.approx(rows["population"].iloc[0]) or not read[rows.index].any()


def test_estimates():
    assert total(np.array([1.0, 0.0, 2.0]), np.array([2.0, 5.0, 0.5])) == 3.0
    assert share(np.array([1.0, 0.0]), np.array([1.0, 3.0])) == 0.25
    assert np.isnan(share(np.zeros(0), np.zeros(0)))
    assert sampling.RARE_BELOW == 0.05
