"""Codes in the same excerpt, against a plain double loop."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score, matthews_corrcoef
from tests.examples import examples

from nptlens.agreement import co_occurrence
from nptlens.schemas.settings import default_settings

CODES = ("A", "B", "C")


def tables(rows):
    """Rows are (transcript, codes)."""
    ids = [f"s{n}" for n in range(len(rows))]
    segments = pd.DataFrame({"segment_id": ids, "transcript_id": [name for name, _ in rows], "participant_id": "", "practice": ""})
    codings = [(i, code, "assigned" if code in given else "abstained") for i, (_, given) in zip(ids, rows, strict=True) for code in CODES]
    return pd.DataFrame(codings, columns=["segment_id", "code", "decision"]), segments


def agreement(**changes):
    return default_settings().agreement.model_copy(update={"resamples": 50, **changes})


def found(rows, **changes):
    codings, segments = tables(rows)
    return co_occurrence(codings, segments, CODES, agreement(**changes), seed=1)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(st.sampled_from("XYZ"), st.sets(st.sampled_from(CODES))), min_size=1, max_size=30))
def test_counts_jaccard_and_phi(rows):
    table = found(rows)
    assert len(table) == 3
    for row in table.itertuples():
        one, two = (np.array([code in given for _, given in rows]) for code in (row.first, row.second))
        assert (row.n, row.first_n, row.second_n, row.both_n) == (len(rows), one.sum(), two.sum(), (one & two).sum())
        if (one | two).any():
            assert row.jaccard == pytest.approx(jaccard_score(one, two))
        else:
            assert math.isnan(row.jaccard)
        if one.any() and two.any() and not one.all() and not two.all():
            assert row.phi == pytest.approx(matthews_corrcoef(one, two))
        else:
            assert math.isnan(row.phi)


def test_intervals_hold_the_figure_and_few_excerpts_have_none():
    rows = [(f"T{n % 6}", {"A", "B"} if n % 3 else {"A"}) for n in range(60)] + [("T0", {"C", "A"})]
    table = found(rows).set_index(["first", "second"])
    assert table.loc[("A", "B"), "jaccard_low"] <= table.loc[("A", "B"), "jaccard"] <= table.loc[("A", "B"), "jaccard_high"]
    assert math.isnan(table.loc[("A", "C"), "jaccard_low"])
    assert math.isnan(table.loc[("B", "C"), "phi_low"])


def test_the_order_of_rows_does_not_matter():
    codings, segments = tables([(f"T{n % 4}", {"A", "B"} if n % 3 else {"B", "C"}) for n in range(40)])
    one = co_occurrence(codings, segments, CODES, agreement(), seed=1)
    pd.testing.assert_frame_equal(one, co_occurrence(codings.iloc[::-1], segments.iloc[::-1], CODES, agreement(), seed=1))


def test_fewer_than_two_codes_make_no_pair():
    codings, segments = tables([("X", {"A"})])
    assert co_occurrence(codings, segments, ("A",), agreement(), seed=1).empty
    assert co_occurrence(codings, segments.head(0), CODES, agreement(), seed=1).empty
