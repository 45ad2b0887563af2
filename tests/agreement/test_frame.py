"""Which spans code which segments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.agreement import machine_codings, manual_frame, pair_weight
from nptlens.schemas.records import Code, Codebook
from nptlens.schemas.tables import CODINGS, MANUAL_CODINGS, checked, empty

PARENTS = {"CO": None, "CODI": "CO", "CODI1": "CODI", "F1": None}
BOOK = Codebook("small", "1", tuple(Code(name, name, "", parent=parent) for name, parent in PARENTS.items()))


def manual(*rows) -> pd.DataFrame:
    """Rows of (transcript, start, end, code[, coder])."""
    names = ["transcript_id", "start", "end", "code", "coder"]
    full = [dict(zip(names, row if len(row) == 5 else (*row, "A"), strict=True)) | {"stance": ""} for row in rows]
    return checked(MANUAL_CODINGS, pd.DataFrame(full)) if full else empty(MANUAL_CODINGS)

CODES = BOOK.ids()


def framed(codings, segments, codes=CODES, coder="A", overlap=0.5):
    return manual_frame(coder, codings, segments, codes, BOOK, overlap=overlap)


@pytest.mark.parametrize(
    ("span", "overlap", "expected"),
    [
        # segments are T 0-100, T 100-200 and T 250-300
        ((0, 100), 0.5, [1, 0, 0]),
        ((0, 300), 0.5, [1, 1, 1]),
        ((40, 50), 0.5, [1, 0, 0]),  # short within long
        ((90, 110), 0.5, [1, 1, 0]),  # half of it in each
        ((91, 110), 0.5, [0, 1, 0]),  # 9 and 10 of 19
        ((90, 110), 0.51, [0, 0, 0]),
        ((50, 200), 0.5, [1, 1, 0]),
        ((51, 200), 0.5, [0, 1, 0]),
        ((51, 200), 0.49, [1, 1, 0]),
        ((0, 199), 1.0, [1, 0, 0]),
        ((200, 250), 0.5, [0, 0, 0]),  # between segments: an interviewer's turn
        ((100, 100), 0.5, [0, 0, 0]),  # no words
        ((275, 400), 0.5, [0, 0, 1]),
        ((276, 400), 0.5, [0, 0, 0]),
        ((199, 201), 0.5, [0, 1, 0]),
        ((199, 202), 0.5, [0, 0, 0]),
    ],
)
def test_a_span_codes_what_it_covers(place_segments, span, overlap, expected):
    segments = place_segments([("T", 0, 100), ("T", 100, 200), ("T", 250, 300), ("U", 0, 400)])
    frame = framed(manual(("T", *span, "F1")), segments, ("F1",), overlap=overlap)
    assert frame.coded[:, 0].astype(int).tolist() == [*expected, 0]
    assert frame.read.tolist() == [True, True, True, False]
    assert frame.score is None


@pytest.mark.parametrize(
    ("code", "codes", "expected"),
    [
        ("F1", BOOK.ids(), [0, 0, 0, 1]),
        ("CO", BOOK.ids(), [1, 0, 0, 0]),
        ("CODI", BOOK.ids(), [1, 1, 0, 0]),
        ("CODI1", BOOK.ids(), [1, 1, 1, 0]),
        ("CODI1", ("F1", "CO"), [0, 1]),
        ("CODI1", ("F1",), [0]),
        ("none", BOOK.ids(), [0, 0, 0, 0]),
        ("not in the book", BOOK.ids(), [0, 0, 0, 0]),
    ],
)
def test_a_code_implies_those_above(place_segments, code, codes, expected):
    frame = framed(manual(("T", 0, 10, code)), place_segments([("T", 0, 10)]), codes)
    assert frame.coded.astype(int).tolist() == [expected]
    assert frame.read.tolist() == [True]


def test_coders_are_kept_apart(place_segments):
    segments = place_segments([("T", 0, 10), ("U", 0, 10), ("V", 0, 10)])
    codings = manual(("T", 0, 10, "F1", "A"), ("T", 0, 10, "CO", "B"), ("U", 0, 0, "none", "B"), ("W", 0, 10, "F1", "A"))
    a, b = framed(codings, segments), framed(codings, segments, coder="B")
    assert a.coded.astype(int).tolist() == [[0, 0, 0, 1], [0] * 4, [0] * 4]
    assert a.read.tolist() == [True, False, False]
    assert b.coded.astype(int).tolist() == [[1, 0, 0, 0], [0] * 4, [0] * 4]
    assert b.read.tolist() == [True, True, False]
    assert not framed(codings, segments, coder="nobody").read.any()


def test_nothing_is_coded_by_hand(place_segments):
    frame = framed(manual(), place_segments([("T", 0, 10)]))
    assert not frame.read.any()
    assert not frame.coded.any()


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), max_size=6, unique_by=tuple),
    st.lists(st.integers(1, 20), min_size=1, max_size=6),
    st.sampled_from([0.1, 0.5, 1.0]),
)
def test_the_frame_is_what_counting_gives(spans, sizes, overlap):
    ends = np.cumsum(sizes).tolist()
    places = list(zip([0, *ends[:-1]], ends, strict=True))
    segments = pd.DataFrame([{"transcript_id": "T", "start": start, "end": end} for start, end in places])
    frame = framed(manual(*[("T", start, end, "F1") for start, end in spans]), segments, ("F1",), overlap=overlap)
    expected = [
        any(
            (shared := len(set(range(*place)) & set(range(*span)))) and shared >= overlap * min(place[1] - place[0], span[1] - span[0])
            for span in spans
        )
        for place in places
    ]
    assert frame.coded[:, 0].tolist() == expected


def test_the_machine():
    codings = checked(
        CODINGS,
        pd.DataFrame(
            {
                "segment_id": ["s0"] * 3 + ["s1"] * 3,
                "code": ["CO", "CODI", "F1"] * 2,
                "probability": [0.9, 0.5, 0.1, 0.2, 0.3, 0.4],
                "decision": ["assigned", "abstained", "not_assigned"] * 2,
                "margin": 0.0,
                "runner_up": "",
                "nearest_seeds": "",
                "coder": "machine:abc",
            }
        ),
    )
    segments = pd.DataFrame({"segment_id": ["s0", "s1"]})
    read = np.array([True, False])
    frame = machine_codings(codings, segments, read, ("F1", "CODI", "CO"))
    assert frame.coder == "machine:abc"
    assert frame.read.tolist() == [True, False]
    assert frame.coded.astype(int).tolist() == [[0, 0, 1], [0, 0, 1]]  # an abstention is not assigned
    assert frame.score.tolist() == [[0.1, 0.5, 0.9], [0.4, 0.3, 0.2]]
    assert machine_codings(codings, segments, read, ("CODI",)).score.tolist() == [[0.5], [0.3]]


def test_drawn_units_alone_are_read(place_segments):
    segments = place_segments([("T", 0, 100), ("T", 100, 200), ("T", 200, 300), ("U", 0, 100), ("U", 100, 200), ("V", 0, 100)])
    rows = [("T", 0, 100, "F1", 3.5), ("T", 0, 100, "CODI", 3.5), ("T", 200, 300, "none", 2.0), ("U", 0, 50, "F1", 0.0), ("V", 0, 9, "none", 0.0)]
    names = ["transcript_id", "start", "end", "code", "weight"]
    codings = checked(MANUAL_CODINGS, pd.DataFrame(rows, columns=names).assign(coder="A", stance=""))
    frame = framed(codings, segments)
    assert frame.read.tolist() == [True, False, True, True, True, True]  # U and V were read as a whole
    assert frame.weight.tolist() == [3.5, 1, 2.0, 1, 1, 1]
    assert frame.coded.any(axis=1).tolist() == [True, False, False, True, False, False]
    assert frame.coded[0].astype(int).tolist() == [1, 1, 0, 1]
    other = framed(manual(("T", 0, 10, "F1")), segments)
    assert other.weight.tolist() == [1] * 6
    assert pair_weight(frame, other).tolist() == [3.5, 1, 2, 1, 1, 1]
