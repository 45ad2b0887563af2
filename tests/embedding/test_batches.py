"""Texts of one length share a batch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.embedding._batches import batches


@pytest.mark.parametrize(
    ("lengths", "budget", "expected"),
    [
        ([], 8, []),
        ([3, 3, 3], 6, [[0, 1], [2]]),
        ([2, 9, 2, 9], 4, [[1], [3], [0, 2]]),  # longer than the budget: alone, and first
        ([5, 5], 1, [[0], [1]]),
        ([0, 0], 8, [[0, 1]]),
    ],
)
def test_truth_table(lengths, budget, expected):
    assert batches(lengths, budget) == expected


@given(st.lists(st.integers(0, 300)), st.integers(1, 2_000))
def test_every_text_once_among_its_equals_and_within_the_budget(lengths, budget):
    found = batches(lengths, budget)
    assert sorted(row for group in found for row in group) == list(range(len(lengths)))
    for group in found:
        assert len({lengths[row] for row in group}) == 1
        assert len(group) == 1 or len(group) * max(1, lengths[group[0]]) <= budget
