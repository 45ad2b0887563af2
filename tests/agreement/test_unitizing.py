"""Unitizing alpha against Krippendorff's printed example, characters one by one, and what it must not depend on."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from benchmarks import oracles, statistics
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.agreement.coefficients import tally_labels
from nptlens.agreement.intervals import sampled
from nptlens.agreement.unitizing import tally_units, unitizing_alpha
from nptlens.core.resampling import cluster_draws

# Krippendorff (2019), Content Analysis, 4th ed., figure 12.11: three observers, a continuum of 60. Printed: |u-alpha .413.
FIGURE = {
    "Alex": [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")],
    "Paul": [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")],
    "Suzan": [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")],
}


def table(rows):
    return pd.DataFrame(rows, columns=["coder", "transcript_id", "start", "end", "code"])


def speech(*rows):
    return pd.DataFrame(rows, columns=["transcript_id", "start", "end"])


def whole(spans, stretches, coders, transcripts, codes, read=None):
    read = np.ones((len(coders), len(transcripts)), dtype=bool) if read is None else read
    return tally_units(table(spans), speech(*stretches), coders, transcripts, codes, read)


def test_the_printed_example():
    spans = [(coder, "T", *span) for coder, own in FIGURE.items() for span in own]
    tallies = whole(spans, [("T", 0, 60)], tuple(FIGURE), ("T",), tuple("1234567"))
    found = unitizing_alpha(tallies.sum(axis=0))
    assert found[0] == pytest.approx(0.413, abs=1e-3)
    assert found[1] == pytest.approx(1)  # all three mark code 1 alike
    assert found[0] == pytest.approx(oracles.unitizing([[[s[:2] for s in own] for own in FIGURE.values()]], [60]), abs=1e-12)


@pytest.mark.parametrize("number", range(30))
def test_random_spans_character_by_character(number):
    for ours, theirs in statistics.PAIRS["unitizing_alpha", "plain loop"](np.random.default_rng(number)):
        assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True)


def test_units_of_one_character_give_the_nominal_alpha_of_characters():
    rng = np.random.default_rng(1)
    marked = rng.random((3, 50)) < 0.4
    spans = [("abc"[coder], "T", at, at + 1, "x") for coder, at in zip(*np.nonzero(marked), strict=True)]
    found = unitizing_alpha(whole(spans, [("T", 0, 50)], ("a", "b", "c"), ("T",), ("x",)).sum(axis=0))
    tallies = tally_labels((~marked).astype(int), 2, np.zeros(50, dtype=np.intp))
    assert found == pytest.approx(np.repeat(tallies.sampled("alpha", np.empty((0, 1), dtype=np.int64)).value, 2), abs=1e-12)


def test_the_interviewer_is_not_there():
    # participants say [10, 20) and [30, 50): the same spans on a continuum of 30, in which one runs on behind the question
    told = [("a", "T", 5, 12, "x"), ("a", "T", 15, 35, "x"), ("b", "T", 18, 60, "y"), ("b", "T", 21, 29, "y"), ("b", "T", 0, 9, "x")]
    kept = [("a", "T", 0, 2, "x"), ("a", "T", 5, 15, "x"), ("b", "T", 8, 30, "y")]
    found = whole(told, [("T", 30, 50), ("T", 10, 20)], ("a", "b"), ("T",), ("x", "y"))
    assert np.array_equal(found, whole(kept, [("T", 0, 30)], ("a", "b"), ("T",), ("x", "y")))
    assert found[0, 1].tolist() == [2 + 10 + 22, 12, 22]


def test_spans_that_overlap_are_one_unit_and_those_that_touch_are_two():
    spans = [("a", "T", 0, 4, "x"), ("a", "T", 2, 6, "y"), ("a", "T", 6, 9, "x")]
    found = whole(spans, [("T", 0, 10)], ("a", "b"), ("T",), ("x", "y"))[0]
    assert found[3].tolist() == [36 + 9, 16 + 9, 16]
    assert found[1].tolist() == [9, 7, 4]
    assert found[2].tolist() == [11, 13, 16]


def test_nobody_marked_or_everybody_marked_all_is_not_defined():
    nothing = whole([], [("T", 0, 10)], ("a", "b"), ("T",), ("x",))
    everything = whole([("a", "T", 0, 10, "x"), ("b", "T", 0, 10, "x")], [("T", 0, 10)], ("a", "b"), ("T",), ("x",))
    for tallies in (nothing, everything):
        assert np.isnan(unitizing_alpha(tallies.sum(axis=0))).all()
    assert math.isnan(unitizing_alpha(whole([], [], ("a", "b"), ("T",), ("x",)).sum(axis=0))[0])


def test_a_transcript_that_one_coder_read_counts_nothing():
    spans = [("a", "T", 0, 4, "x"), ("a", "U", 0, 4, "x"), ("b", "U", 1, 4, "x")]
    read = np.array([[True, True], [False, True]])
    found = whole(spans, [("T", 0, 10), ("U", 0, 10)], ("a", "b"), ("T", "U"), ("x",), read)
    assert not found[0].any()
    assert found[1, 1].tolist() == [7, 7]


def test_what_is_not_known_is_left_out():
    spans = [("a", "T", 0, 4, "x"), ("b", "T", 0, 4, "x")]
    others = [("c", "T", 0, 9, "x"), ("a", "V", 0, 9, "x"), ("a", "T", 0, 9, "none")]
    found = whole([*spans, *others], [("T", 0, 10), ("V", 0, 5)], ("a", "b"), ("T",), ("x",))
    assert np.array_equal(found, whole(spans, [("T", 0, 10)], ("a", "b"), ("T",), ("x",)))


def test_stretches_that_overlap_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        whole([], [("T", 0, 10), ("T", 5, 20)], ("a", "b"), ("T",), ("x",))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_transcripts_add_up(seed):
    """A resample is the figure of so many copies of each transcript, and the order of rows changes nothing."""
    rng = np.random.default_rng(seed)
    names = ("T", "U", "V")
    stretches = [(name, 0, int(rng.integers(5, 40))) for name in names]
    rows = [
        (coder, name, int(start), int(start + rng.integers(1, 10)), str(rng.integers(2)))
        for name, _, end in stretches
        for coder in "ab"
        for start in rng.integers(end, size=rng.integers(4))
    ]
    tallies = whole(rows, stretches, ("a", "b"), names, ("0", "1"))
    turned = [rows[i] for i in rng.permutation(len(rows))]
    assert np.array_equal(tallies, whole(turned, stretches[::-1], ("a", "b"), names, ("0", "1")))
    draws = cluster_draws(3, resamples=2, seed=seed)
    found = sampled(unitizing_alpha, tallies, draws)
    for row, times in enumerate(draws):
        copies = [(name, copy) for name, n in zip(names, times, strict=True) for copy in range(n)]
        again = [(c, f"{name}{copy}", s, e, k) for name, copy in copies for c, t, s, e, k in rows if t == name]
        lines = [(f"{name}{copy}", s, e) for name, copy in copies for t, s, e in stretches if t == name]
        own = whole(again, lines, ("a", "b"), tuple(line[0] for line in lines), ("0", "1"))
        assert found.draws[row] == pytest.approx(unitizing_alpha(own.sum(axis=0)), abs=1e-12, nan_ok=True)
