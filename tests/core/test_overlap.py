"""Which segments a span codes, against counting characters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.overlap import shared

SPAN = st.tuples(st.integers(0, 30), st.integers(1, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(SPAN, max_size=6), SPAN, st.sampled_from([0.01, 0.25, 0.5, 1.0]))
def test_it_is_what_counting_characters_gives(segments, span, least):
    starts, ends = (np.array([each[i] for each in segments], dtype=np.int64) for i in (0, 1))
    expected = []
    for segment in segments:
        both = len(set(range(*segment)) & set(range(*span)))
        enough = both >= least * min(len(range(*segment)), len(range(*span)))
        expected.append(both if both and enough else 0)
    assert shared(starts, ends, *span, least=least).tolist() == expected


@pytest.mark.parametrize(("span", "coded"), [((0, 100), 1), ((40, 45), 1), ((0, 21), 0), ((5, 35), 1), ((50, 60), 0), ((20, 20), 0)])
def test_half_of_the_shorter_one(span, coded):
    assert (shared(np.array([20]), np.array([50]), *span, least=0.5) > 0).tolist() == [bool(coded)]
