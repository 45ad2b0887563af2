"""Codings as matrices: cell by cell what the table says, and no table whose order is another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.errors import IntegrityError
from nptlens.schemas.coding_matrix import coding_matrix

SEGMENTS = pd.DataFrame({"segment_id": ["s0", "s1"]})
CODINGS = pd.DataFrame(
    {
        "segment_id": ["s0"] * 3 + ["s1"] * 3,
        "code": ["CO", "CODI", "F1"] * 2,
        "probability": [0.9, 0.5, 0.1, 0.2, 0.3, 0.4],
        "decision": ["assigned", "abstained", "not_assigned", "not_assigned", "assigned", "assigned"],
    }
)


def test_every_cell_is_that_of_the_table():
    matrix = coding_matrix(CODINGS, SEGMENTS)
    assert matrix.codes == ("CO", "CODI", "F1")
    assert matrix.probability().tolist() == [[0.9, 0.5, 0.1], [0.2, 0.3, 0.4]]
    assert matrix.assigned().tolist() == [[True, False, False], [False, True, True]]
    assert matrix.probability(("F1", "CO")).tolist() == [[0.1, 0.9], [0.4, 0.2]]
    with pytest.raises(ValueError, match="not in tuple"):
        matrix.assigned(("B9",))


def test_without_codings_there_are_no_columns():
    matrix = coding_matrix(CODINGS.iloc[:0], SEGMENTS)
    assert matrix.codes == () and matrix.assigned().shape == (2, 0)


@pytest.mark.parametrize("codings", [CODINGS.iloc[:5], CODINGS.iloc[3:], CODINGS.assign(segment_id=["s0", "s1"] * 3)])
def test_incomplete_codings_are_refused(codings):
    with pytest.raises(IntegrityError, match="order"):
        coding_matrix(codings, SEGMENTS)


@given(st.permutations(range(6)))
def test_any_other_order_is_refused_or_says_the_same(order):
    shuffled = CODINGS.iloc[order].reset_index(drop=True)
    try:
        matrix = coding_matrix(shuffled, SEGMENTS)
    except IntegrityError:
        return
    expected = CODINGS.pivot(index="segment_id", columns="code", values="probability").loc[["s0", "s1"], list(matrix.codes)]
    np.testing.assert_array_equal(matrix.probability(), expected.to_numpy())
