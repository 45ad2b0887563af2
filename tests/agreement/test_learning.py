"""The learning curve: nested draws, and tables by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.agreement.learning import Score, TrainingDraw, learning_curve, training_draws
from nptlens.schemas.tables import checked
from nptlens.schemas.validation import LEARNING

IDS = [f"T{i:02d}" for i in range(12)]


@given(st.permutations(IDS), st.lists(st.integers(1, 12), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_sets_are_nested_and_hang_on_the_seed_alone(transcripts, sizes, seed):
    sets = training_draws(transcripts, sizes, draws=3, seed=seed)
    assert sets == training_draws(IDS, sorted(set(sizes)), draws=3, seed=seed)
    assert [(each.draw, len(each.transcripts)) for each in sets] == [(d, n) for d in range(3) for n in sorted(set(sizes))]
    for small, large in zip(sets, sets[1:], strict=False):
        assert small.draw != large.draw or set(small.transcripts) < set(large.transcripts)
    assert all(len(set(each.transcripts)) == len(each.transcripts) and set(each.transcripts) <= set(IDS) for each in sets)


def test_every_transcript_is_drawn_as_often():
    sets = training_draws(IDS, [3], draws=4000, seed=7)
    counts = np.unique([each for one in sets for each in one.transcripts], return_counts=True)[1]
    assert counts == pytest.approx(1000, abs=120)  # four standard deviations
    assert training_draws(["B", "A"], [2], draws=1, seed=0) == (TrainingDraw(0, ("A", "B")),)
    assert training_draws(IDS, [], draws=2, seed=0) == ()


@pytest.mark.parametrize(("transcripts", "sizes"), [(["A", "A"], [1]), (["A"], [2]), (["A"], [0]), ([], [1])])
def test_wrong_sizes_and_transcripts_named_twice_are_refused(transcripts, sizes):
    with pytest.raises(ValueError, match="sizes"):
        training_draws(transcripts, sizes, draws=1, seed=0)


def test_the_table_by_hand():
    scores = [Score(2, d, "macro_f1", v) for d, v in enumerate((0.1, 0.2, 0.3, 0.4, 0.5))]
    scores += [Score(4, 0, "macro_f1", 0.6), Score(4, 1, "macro_f1", math.nan), Score(1, 0, "mean_kappa", math.nan)]
    table = learning_curve(scores[::-1], against="A", confidence=0.9)
    assert table.equals(learning_curve(scores, against="A", confidence=0.9))
    found = [tuple(row) for row in table.drop(columns="against").itertuples(index=False)]
    assert [row[:2] for row in found] == [(1, "mean_kappa"), (2, "macro_f1"), (4, "macro_f1")]
    assert found[1][2:] == pytest.approx((0.3, 0.12, 0.48, 5), abs=1e-12)
    assert found[2][2:] == pytest.approx((0.6, math.nan, math.nan, 1), nan_ok=True)  # one draw says nothing of its luck
    assert found[0][2:] == pytest.approx((math.nan, math.nan, math.nan, 0), nan_ok=True)


def test_nothing_scored_and_scored_twice():
    assert len(checked(LEARNING, learning_curve([], against="A", confidence=0.95))) == 0
    with pytest.raises(ValueError, match="twice"):
        learning_curve([Score(1, 0, "f1", 0.1), Score(1, 0, "f1", 0.1)], against="A", confidence=0.95)
