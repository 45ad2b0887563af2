"""Selective coding on planted data: promises kept, thresholds that move the right way, and the cases that prove nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.coding import selective
from nptlens.schemas.settings import default_settings
from nptlens.schemas.tables import VERDICTS, checked

SETTINGS = default_settings().selective


def planted(seed, transcripts=30, size=40, *, sharp=6.0, likeness=0.6):
    """Scores and gold of one code: the chance of gold grows with the score, shifted by a transcript's own habit."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(transcripts), size)
    score = rng.random(len(cluster))
    habit = rng.normal(0, likeness, transcripts)[cluster]
    gold = rng.random(len(cluster)) < 1 / (1 + np.exp(-(sharp * (score - 0.6) + habit)))
    return score[:, None], gold[:, None], [f"T{i:03d}" for i in cluster]


def judged(probability, gold, clusters, **changes):
    codes = [f"C{i}" for i in range(probability.shape[1])]
    return selective(probability, gold, clusters, codes, SETTINGS.model_copy(update=changes), against="A")


def test_promises_are_kept_on_new_transcripts():
    kept, promised, missed, nos = 0, 0, 0, 0
    for seed in range(36):
        score, gold, clusters = planted(seed, transcripts=40, sharp=12.0)
        half = np.array([int(name[1:]) % 2 == 0 for name in clusters])
        row = judged(score[half], gold[half], [name for name, here in zip(clusters, half, strict=True) if here]).iloc[0]
        new, true = score[~half, 0], gold[~half, 0]
        if row["yes_threshold"] == row["yes_threshold"]:
            promised += 1
            kept += true[new >= row["yes_threshold"]].mean() >= SETTINGS.precision
        if row["no_threshold"] == row["no_threshold"]:
            nos += 1
            missed += (true & (new < row["no_threshold"])).sum() / true.sum() <= SETTINGS.missed
    assert promised > 20 and nos > 20
    assert kept / promised >= 0.9
    assert missed / nos >= 0.9


def test_a_code_the_machine_cannot_tell_is_never_automated():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        verdict = judged(rng.random((400, 1)), rng.random((400, 1)) < 0.3, [f"T{i % 20}" for i in range(400)]).iloc[0]
        assert verdict["verdict"] in ("hand-code", "not enough evidence", "assist")
        assert np.isnan(verdict["yes_threshold"])


def test_a_sharp_machine_automates_and_a_dull_one_asks():
    score, gold, clusters = planted(1, sharp=60, likeness=0.1)
    row = judged(score, gold, clusters).iloc[0]
    assert row["verdict"] == "automate"
    assert row["coverage"] >= SETTINGS.coverage
    assert row["no_threshold"] <= row["yes_threshold"]
    assert row["precision"] >= row["precision_low"] >= SETTINGS.precision
    assert row["missed"] <= SETTINGS.missed
    assert row["more_excerpts"] == 0


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([(0.6, 0.8), (0.5, 0.9), (0.7, 0.75)]))
def test_a_higher_promise_never_hands_over_more_noes(seed, missed):
    score, gold, clusters = planted(seed, transcripts=15, size=20)
    strict, loose = (judged(score, gold, clusters, missed=1 - share).iloc[0]["no_share"] for share in reversed(missed))
    assert strict <= loose


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_more_confidence_never_hands_over_more(seed):
    score, gold, clusters = planted(seed, transcripts=15, size=20)
    sure, unsure = (judged(score, gold, clusters, confidence=level).iloc[0]["no_share"] for level in (0.95, 0.8))
    assert sure <= unsure


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(seed):
    score, gold, clusters = planted(seed, transcripts=10, size=12)
    order = np.random.default_rng(seed).permutation(len(score))
    moved = judged(score[order], gold[order], [clusters[i] for i in order])
    assert moved.equals(judged(score, gold, clusters))


@pytest.mark.parametrize("fill", [False, True])
def test_no_excerpt_or_every_excerpt_carries_the_code(fill):
    score, gold, clusters = planted(3)
    row = judged(score, np.full_like(gold, fill), clusters).iloc[0]
    if fill:
        assert row["yes_threshold"] == score.min() or row["yes_share"] > 0.5
        assert row["precision"] == 1.0
    else:
        assert row["verdict"] == "not enough evidence"
        assert "none of the 1,200 excerpts" in row["reason"]
        assert np.isnan(row["more_excerpts"])
        assert row["coverage"] == 0


def test_one_transcript_is_not_enough():
    score, gold, clusters = planted(3, sharp=60)
    row = judged(score, gold, ["T1"] * len(clusters)).iloc[0]
    assert row["verdict"] == "not enough evidence"
    assert "one transcript" in row["reason"]
    assert row["coverage"] == 0


def test_nothing_coded_by_hand():
    table = selective(np.empty((0, 2)), np.empty((0, 2), dtype=bool), [], ["A", "B"], SETTINGS, against="")
    assert table["verdict"].tolist() == ["not enough evidence"] * 2
    assert table["code"].tolist() == ["A", "B"]
    assert checked(VERDICTS, table).equals(table)


def test_more_excerpts_are_needed_where_the_interval_holds_the_promise():
    score, gold, clusters = planted(5, transcripts=4, size=10, sharp=60, likeness=0.1)
    row = judged(score, gold, clusters).iloc[0]
    assert row["verdict"] == "not enough evidence"
    assert row["more_excerpts"] > 0
    # With that many more (and as good ones) the matter is settled.
    transcripts = 4 + int(np.ceil(row["more_excerpts"] / 10))
    assert judged(*planted(5, transcripts=transcripts * 2, size=10, sharp=60, likeness=0.1)).iloc[0]["verdict"] != "not enough evidence"


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="do not fit"):
        selective(np.zeros((3, 2)), np.zeros((3, 2), dtype=bool), ["T"] * 2, ["A", "B"], SETTINGS, against="")
