"""Figures at three levels: frames and figures by hand, weights, missing overlaps, several coders, order of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.examples import examples

from nptlens.agreement import Frame, compare
from nptlens.agreement.boundaries import Stretches, stretches_of_machine, stretches_of_person, unitized
from nptlens.agreement.ceiling import ceiling
from nptlens.agreement.confusion import confused
from nptlens.agreement.levels import brief, levels, measure
from nptlens.agreement.shared_units import cases, common
from nptlens.schemas.records import Code, Codebook
from nptlens.schemas.tables import MANUAL_CODINGS, checked

BOOK = Codebook("small", "1", (Code("C", "C", ""), Code("C1", "C1", "", parent="C"), Code("D", "D", "")))
CODES = BOOK.ids()
PLACES = [("T1", 0, 10), ("T1", 10, 20), ("T2", 0, 10), ("T2", 10, 20)]


def frame(coder, *units, read=(1, 1, 1, 1), **more):
    coded = np.zeros((len(units), len(CODES)), dtype=bool)
    for row, unit in zip(coded, units, strict=True):
        for code in unit.split():
            row[[CODES.index(each) for each in (code, *BOOK.ancestors(code))]] = True
    return Frame(coder, coded, np.array(read[: len(units)], dtype=bool), **more)


A = frame("A", "C1", "", "D", "")
B = frame("B", "C1", "D", "D", "")


@pytest.fixture
def segments(place_segments):
    return place_segments(PLACES, participants=["P1", "P1", "P2", "P2"], practices=["X", "X", "", ""])


@pytest.fixture
def how(agreement_settings):
    return measure(CODES, BOOK, agreement_settings(), seed=1)


def row(table, level, frame_, code, statistic):
    found = table[(table["level"] == level) & (table["frame"] == frame_) & (table["code"] == code) & (table["statistic"] == statistic)]
    assert len(found) == 1, (level, frame_, code, statistic)
    return found.iloc[0]


@pytest.mark.parametrize(
    ("level", "frame_", "code", "statistic", "value", "counts", "prevalence"),
    [
        ("where", "all", "", "kappa", 0.5, (4, 1, 2, 3), 0.75),
        ("where", "all", "", "pabak", 0.5, (4, 1, 2, 3), 0.75),
        ("where", "all", "", "precision", 1.0, (4, 1, 2, 3), 0.75),
        ("which", "all", "D", "kappa", 0.5, (4, 1, 1, 2), 0.5),
        ("which", "all", "D", "recall", 0.5, (4, 1, 1, 2), 0.5),
        ("which", "all", "C", "kappa", 1.0, (4, 1, 1, 1), 0.25),
        ("which", "all", "", "mean_kappa", 2.5 / 3, (4, 1, 2, 3), np.nan),
        ("which", "either", "D", "kappa", 0.4, (3, 0, 1, 2), 2 / 3),
        ("which", "both", "D", "kappa", 1.0, (2, 0, 1, 1), 0.5),
        ("which", "both", "", "alpha_masi", 1.0, (2, 0, 2, 2), np.nan),
        ("case", "participants", "D", "recall", 0.5, (2, 0, 1, 2), 1.0),
        ("case", "participants", "C1", "kappa", 1.0, (2, 0, 1, 1), 0.5),
        ("case", "practices", "D", "pabak", -1.0, (1, 0, 0, 1), 1.0),
    ],
)
def test_truth_table(segments, how, level, frame_, code, statistic, value, counts, prevalence):  # noqa: PLR0917
    found = row(levels([A, B], segments, how), level, frame_, code, statistic)
    assert found["value"] == pytest.approx(value, abs=1e-12)
    assert found[["n", "uncoded", "coded", "coded_against"]].tolist() == list(counts)
    assert found["prevalence"] == pytest.approx(prevalence, nan_ok=True)
    assert found["scope"] == ("overall" if not code else "construct" if code == "C" else "code")


def test_the_runs_own_figures_are_the_same(segments, how):
    own = compare(A, B, segments, CODES, how.settings, seed=1)
    table = levels([A, B], segments, how)
    for code, kappa in zip(CODES, own.table["kappa"], strict=True):
        assert row(table, "which", "all", code, "kappa")["value"] == kappa
    whole = row(table, "which", "all", "", "macro_f1")
    assert (whole["value"], whole["low"], whole["high"]) == (own.summary.macro_f1.value, own.summary.macro_f1.low, own.summary.macro_f1.high)


def test_a_unit_that_stands_for_two_counts_as_two(place_segments, how):
    doubled = place_segments([*PLACES, ("T2", 20, 30)])
    twice = [frame(name, *units) for name, units in (("A", ["C1", "", "D", "", "D"]), ("B", ["C1", "D", "D", "", "D"]))]
    twice = [replace(each, read=np.ones(5, dtype=bool), weight=np.ones(5)) for each in twice]
    drawn = replace(A, weight=np.array([1.0, 1.0, 2.0, 1.0]))
    plain, weighted = levels(twice, doubled, how), levels([drawn, B], place_segments(PLACES), how)
    for key in (("where", "all", "", "ac1"), ("which", "all", "D", "kappa"), ("which", "all", "", "alpha_masi"), ("which", "either", "D", "alpha")):
        assert row(weighted, *key)["value"] == pytest.approx(row(plain, *key)["value"])
    assert row(weighted, "which", "all", "D", "kappa")["n"] == 4
    own = compare(drawn, B, place_segments(PLACES), CODES, how.settings, seed=1).table
    assert own["kappa"].tolist() == pytest.approx(compare(*twice, doubled, CODES, how.settings, seed=1).table["kappa"].tolist())


def test_whoever_was_drawn_in_part_is_no_case(segments, how):
    drawn = replace(A, weight=np.array([1.0, 1.0, 2.0, 2.0]))
    found = cases([drawn, B], segments, "transcript", "participants")
    assert [segments["participant_id"].iloc[i] for i in found.rows] == ["P1"]
    partly = replace(A, read=np.array([True, False, True, True]))
    found = cases([partly, B], segments, "transcript", "participants")
    assert [segments["participant_id"].iloc[i] for i in found.rows] == ["P2"]
    machine = replace(A, read=np.array([True, False, True, True]), score=np.zeros((4, 3)))
    assert len(cases([machine, B], segments, "transcript", "participants")) == 2


def test_nothing_in_common_gives_no_figure(segments, how):
    apart = frame("E", "D", "", "", "", read=(1, 1, 0, 0)), frame("F", "", "", "D", "", read=(0, 0, 1, 1))
    assert levels(apart, segments, how).empty
    assert brief(apart, segments, how).empty
    assert confused(*apart, segments, BOOK, how).empty
    assert ceiling(*apart, A, segments, how).empty
    with pytest.raises(ValueError, match="two coders"):
        levels([A], segments, how)


def test_more_than_two_people_with_gaps(segments, how):
    third = frame("E", "C1", "", "", "", read=(1, 1, 0, 0))
    table = levels([A, B, third], segments, how)
    assert set(table["coder"]) == {"A, B, E"}
    assert set(table["against"]) == {""}
    found = row(table, "which", "all", "C1", "fleiss_kappa")
    assert (found["value"], found["n"], found["prevalence"]) == (1.0, 4, pytest.approx(3 / 10))
    only_two = levels([A, third], segments, how)
    assert row(only_two, "which", "all", "C1", "kappa")["n"] == 2
    assert not {"kappa", "precision"} & set(table["statistic"])


def test_the_machine_is_ranked_and_its_probabilities_checked(segments, how):
    machine = replace(A, coder="machine:1", score=A.coded * 0.8 + 0.1)
    table = levels([machine, B], segments, how)
    assert row(table, "which", "all", "C1", "average_precision")["value"] == 1.0
    assert row(table, "which", "all", "C1", "ece")["value"] == pytest.approx(0.1)
    assert "macro_ap" in set(brief([machine, B], segments, how)["statistic"])


def test_ceiling_takes_the_same_units_and_resamples(segments, how):
    machine = replace(A, coder="machine:1", score=A.coded * 1.0)
    found = ceiling(A, B, machine, segments, how)
    assert (found["difference"].dropna() == 0).all()
    known = found["difference_low"].notna()
    assert known.any()
    assert (found.loc[known, ["difference_low", "difference_high"]] == 0).all(axis=None)
    part = replace(machine, read=np.array([True, True, True, False]))
    found = ceiling(A, B, part, segments, how)
    held = found[(found["frame"] == "all") & (found["code"] == "D") & (found["statistic"] == "kappa")].iloc[0]
    assert (held["n"], held["human"]) == (3, pytest.approx(0.4))


def test_confusion_counts_every_unit_once(segments, how):
    one = frame("A", "C1 D", "", "D", "C")
    other = frame("B", "C1", "D", "D", "C1")
    found = confused(one, other, segments, BOOK, how)
    codes = found[found["scope"] == "code"].set_index(["code", "code_against"])["n"].to_dict()
    assert codes == {("C1", "C1"): 0.5, ("D", ""): 0.5, ("", "D"): 1.0, ("D", "D"): 1.0, ("C", "C1"): 1.0}
    constructs = found[found["scope"] == "construct"].set_index(["code", "code_against"])["n"].to_dict()
    assert constructs == {("C", "C"): 2.0, ("", ""): 2.0}


def spans(*rows):
    columns = ["coder", "transcript_id", "start", "end", "code", "weight"]
    return checked(MANUAL_CODINGS, pd.DataFrame(rows, columns=columns).assign(stance=""))


def test_stretches_of_people_hold_the_codes_above_and_none_of_a_sheet(segments, how):
    manual = spans(("A", "T1", 0, 10, "C1", 0), ("A", "T2", 0, 10, "none", 0), ("B", "T1", 0, 10, "C1", 0), ("B", "T2", 0, 10, "D", 2))
    one, other = (stretches_of_person(name, manual, segments, BOOK) for name in "AB")
    assert sorted(one.spans["code"]) == ["C", "C1"]
    assert (one.transcripts, other.transcripts) == ({"T1", "T2"}, {"T1"})
    table = unitized([one, other], segments, how)
    found = table.set_index("code").loc["C"]
    assert (found["value"], found["n"], found["uncoded"], found["coded"], found["coded_against"]) == (1.0, 20, 10, 10, 10)
    assert np.isnan(table.set_index("code").loc["D", "value"])


def test_the_machines_segments_are_its_stretches(segments, how):
    machine = replace(A, coder="machine:1", read=np.array([True, True, True, False]))
    made = stretches_of_machine(machine, segments, CODES)
    person = Stretches("A", made.spans.assign(coder="A"), frozenset({"T1", "T2"}), np.zeros(4, dtype=bool))
    found = unitized([made, person], segments, how).set_index("code").loc[""]
    assert (found["value"], found["n"], found["uncoded"]) == (1.0, 30, 10)
    nobody = Stretches("B", made.spans.iloc[:0], frozenset(), np.zeros(4, dtype=bool))
    assert unitized([made, nobody], segments, how).empty


@given(seed=st.integers(0, 10_000), people=st.integers(2, 3))
@hypothesis_settings(max_examples=examples(20), deadline=None)
def test_figures_do_not_hang_on_the_order_of_rows(seed, people):
    from nptlens.schemas.settings import default_settings

    rng = np.random.default_rng(seed)
    n = 24
    data = pd.DataFrame(
        {
            "segment_id": [f"S{i}" for i in range(n)], "transcript_id": [f"T{i // 6}" for i in range(n)], "start": np.arange(n) * 10,
            "end": np.arange(n) * 10 + 9, "participant_id": [f"P{i // 4}" for i in range(n)], "practice": "",
        }
    )  # fmt: skip
    frames = [
        Frame(name, rng.random((n, 3)) < 0.3, np.repeat(rng.random(4) < 0.8, 6), weight=rng.choice([1.0, 2.5], n)) for name in "ABE"[:people]
    ]
    order = rng.permutation(n)
    turned = [Frame(each.coder, each.coded[order], each.read[order], weight=each.weight[order]) for each in frames]
    how = measure(CODES, BOOK, default_settings().agreement.model_copy(update={"resamples": 20}), seed=3)
    one, other = levels(frames, data, how), levels(turned, data.iloc[order].reset_index(drop=True), how)
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9)
    assert (one["n"] >= one["uncoded"]).all()
    found = common(frames, data, "transcript")
    assert found is None or found.read.sum(axis=0).min() >= 2
