"""Direct codes beside topics: a truth table by hand, and a plain double loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nptlens.coding.readings import levels, read_side_by_side
from nptlens.schemas.records import Code, Codebook
from nptlens.schemas.tables import DECISIONS, READING_KINDS, READINGS, TOPIC_CODES, TOPIC_READINGS, empty

CODES = ("CO", "CP", "F1")


def codings_of(decisions, probability=None) -> pd.DataFrame:
    """One row of `decisions` per segment, one column per code of CODES: "a" assigned, "?" abstained, "." not."""
    words = {"a": "assigned", "?": "abstained", ".": "not_assigned"}
    rows = [
        (f"T:{i}-{i + 1}", code, 0.5 if probability is None else probability[i][j], words[each])
        for i, row in enumerate(decisions)
        for j, (code, each) in enumerate(zip(CODES, row, strict=True))
    ]
    return pd.DataFrame(rows, columns=["segment_id", "code", "probability", "decision"])


def topics_of(numbers) -> pd.DataFrame:
    return pd.DataFrame({"segment_id": [f"T:{i}-{i + 1}" for i in range(len(numbers))], "topic": numbers, "strength": 1.0})


def weights_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=TOPIC_CODES.names())


# topic 0 speaks of CO (and less of CP), topic 1 of nothing
WEIGHTS = weights_of(
    (0, "CO", 0.6, 0.5, 0.7, 0.2), (0, "CP", 0.7, 0.6, 0.8, 0.5), (0, "F1", 0.9, 0.1, 1.0, 0.3), (0, "CODI", 1.0, 1.0, 1.0, 0.0),
    (1, "CO", 0.3, 0.1, 0.5, 0.2), (1, "CP", 0.5, 0.5, 0.5, 0.5), (1, "F1", 0.2, 0.1, 0.3, 0.3), (1, "CODI", 1.0, 1.0, 1.0, 0.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("topic", "direct", "expected"),
    [
        (0, "a..", "same"),
        (0, "aa.", "same"),
        (0, ".a.", "differ"),
        (0, "?a.", "undecided"),
        (0, "?..", "undecided"),
        (0, ".?.", "topic only"),
        (0, "...", "topic only"),
        (0, "..a", "topic only"),  # a theme says nothing of constructs
        (1, "a..", "direct only"),
        (1, "?..", "neither"),
        (-1, ".a.", "direct only"),
        (-1, "...", "neither"),
    ],
)
def test_a_construct_read_twice(codebook, topic, direct, expected):
    found = read_side_by_side(topics_of([topic, 0]), WEIGHTS, codings_of([direct, "a.."]), codebook).segments
    row = found[(found["segment_id"] == "T:0-1") & (found["level"] == "construct")].iloc[0]
    assert (row["reading"], row["topic"], row["topic_code"]) == (expected, topic, "CO" if topic == 0 else "")


def test_topics_through_the_theory(codebook):
    decisions = ["a..", ".a.", "?..", "...", "..a", "aa."]
    found = read_side_by_side(topics_of([0, 0, 0, 0, 1, -1]), WEIGHTS, codings_of(decisions), codebook)
    assert found.topics.columns.tolist() == TOPIC_READINGS.names()
    assert found.segments.columns.tolist() == READINGS.names()
    told = found.topics.fillna(-1).values.tolist()
    assert told == [
        [0, "construct", "CO", 0.6, 0.5, 0.7, 0.2, "CP", 4, 1, 1, 1, 1],
        [0, "theme", "", -1, -1, -1, -1, "", 4, 0, 0, 0, 4],
        [1, "construct", "", -1, -1, -1, -1, "", 1, 0, 0, 0, 1],
        [1, "theme", "", -1, -1, -1, -1, "", 1, 0, 0, 0, 0],
    ]


def test_direct_codes_stand_most_probable_first(codebook):
    found = read_side_by_side(topics_of([0]), WEIGHTS, codings_of(["aa."], [[0.6, 0.9, 0.1]]), codebook).segments
    assert found["direct_codes"].tolist() == ["CP; CO", ""]


def test_levels(codebook):
    assert levels(codebook) == {"construct": ("CO", "CP"), "theme": ("F1",)}
    flat = Codebook("flat", "1", (Code("A", "a", "x"), Code("B", "b", "x")))
    assert levels(flat) == {"theme": ("A", "B")}


def test_nothing_coded_and_no_topics(codebook):
    nothing = read_side_by_side(topics_of([0, 1]), empty(TOPIC_CODES), codings_of([]), codebook)
    assert len(nothing.topics) == len(nothing.segments) == 0
    outside = read_side_by_side(topics_of([-1, -1]), empty(TOPIC_CODES), codings_of(["a..", "..."]), codebook)
    assert len(outside.topics) == 0
    assert outside.segments["reading"].tolist() == ["direct only", "neither", "neither", "neither"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-1, 2), st.text("a?.", min_size=3, max_size=3)), min_size=1, max_size=12), st.integers(0, 99))
def test_counts_are_those_of_a_double_loop(codebook, drawn, seed):
    rng = np.random.default_rng(seed)
    weights = weights_of(*[(t, c, *np.round(rng.uniform(size=4), 3)) for t in range(3) for c in CODES])
    topic = [t for t, _ in drawn]
    found = read_side_by_side(topics_of(topic), weights, codings_of([d for _, d in drawn]), codebook)
    assert len(found.segments) == 2 * len(drawn)
    for row in found.topics.to_dict("records"):
        codes = ("CO", "CP") if row["level"] == "construct" else ("F1",)
        best, code = 0.0, ""
        for each in weights[weights["topic"] == row["topic"]].to_dict("records"):
            if each["code"] in codes and each["low"] > each["base"] and (not code or each["weight"] - each["base"] > best):
                best, code = each["weight"] - each["base"], each["code"]
        assert row["code"] == code
        own = [dict(zip(CODES, d, strict=True)) for t, d in drawn if t == row["topic"]]
        assert row["segments"] == len(own)
        uncoded = sum(all(each[c] != "a" for c in codes) and (not code or each[code] != "?") for each in own)
        assert row["uncoded"] == uncoded
        if code:
            assert row["same"] == sum(each[code] == "a" for each in own)
            assert row["same"] + row["differ"] + row["undecided"] + row["uncoded"] == len(own)
    assert set(found.segments["reading"]) <= set(READING_KINDS)
    assert len(DECISIONS) == 3
