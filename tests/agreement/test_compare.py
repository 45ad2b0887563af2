"""Figures of agreement against scikit-learn, nltk and theory."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score, precision_score, recall_score
from tests.examples import examples

from nptlens.agreement import Frame, compare, prevalence
from nptlens.agreement.compare import average_precision, kappa
from nptlens.schemas.settings import AgreementSettings
from nptlens.schemas.tables import AGREEMENT

PAIRS = st.integers(1, 40).flatmap(lambda n: st.tuples(arrays(bool, n), arrays(bool, n)))


def cells(first, against):
    return [np.asarray(float(part.sum())) for part in (first & against, first & ~against, ~first & against, ~first & ~against)]


@settings(max_examples=150, deadline=None)
@given(PAIRS)
def test_kappa_is_that_of_scikit_learn_and_nltk(pair):
    first, against = pair
    found = float(kappa(*cells(first, against)))
    if len({*first, *against}) == 1:
        assert math.isnan(found)  # both coders said one and the same thing all along: chance agreement is complete
        return
    assert found == pytest.approx(cohen_kappa_score(first, against))
    rows = [(name, i, str(value)) for name, values in (("a", first), ("b", against)) for i, value in enumerate(values)]
    assert found == pytest.approx(AnnotationTask(rows).kappa())


@pytest.mark.parametrize(
    ("both", "first", "against", "neither", "expected"),
    [
        (20, 5, 10, 15, 0.4),  # the textbook's: observed .7, expected .5
        (25, 0, 0, 25, 1.0),
        (0, 25, 25, 0, -1.0),
        (25, 25, 25, 25, 0.0),
        (0, 0, 5, 5, 0.0),
        (0, 0, 0, 9, math.nan),
        (9, 0, 0, 0, math.nan),
        (0, 0, 0, 0, math.nan),
    ],
)
def test_kappa_by_hand(both, first, against, neither, expected):
    assert float(kappa(*(np.asarray(float(value)) for value in (both, first, against, neither)))) == pytest.approx(expected, nan_ok=True)


@st.composite
def rankings(draw):
    n = draw(st.integers(2, 30))
    score = draw(arrays(float, n, elements=st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1))))
    return score, draw(arrays(bool, n)), draw(arrays(float, (3, n), elements=st.integers(0, 4).map(float)))


@settings(max_examples=examples(200), deadline=None)
@given(rankings())
def test_average_precision_is_that_of_scikit_learn(drawn):
    score, target, weights = drawn
    weights = np.vstack([np.ones(len(score)), weights])
    found = average_precision(score, target, weights)
    for weight, value in zip(weights, found, strict=True):
        if not weight[target].sum():
            assert math.isnan(value)
            continue
        held = weight > 0  # what is not drawn is not there
        assert value == pytest.approx(average_precision_score(target[held], score[held], sample_weight=weight[held]))
        # and a weight is the same as so many copies
        copies = np.repeat(np.arange(len(score)), weight.astype(int))
        assert value == pytest.approx(average_precision(score[copies], target[copies], np.ones((1, len(copies))))[0])


def test_average_precision_by_hand():
    score = np.array([0.9, 0.8, 0.8, 0.1])
    target = np.array([True, True, False, True])
    # recall 1/3 at precision 1; the tie takes it to 2/3 at 2/3; then 1 at 3/4
    assert average_precision(score, target, np.ones((1, 4))) == pytest.approx(1 / 3 + 2 / 9 + 1 / 4)


N = 240


@pytest.fixture
def coders(place_segments):
    """Two coders of 240 segments in 12 transcripts, three participants and two practices; neither uses the last code."""
    rng = np.random.default_rng(11)
    places = [(f"T{i % 12:02}", 10 * (i // 12), 10 * (i // 12) + 10) for i in range(N)]
    segments = place_segments(places, [f"P{i % 3}" for i in range(N)], [f"S{i % 2}" for i in range(N)])
    score = rng.uniform(size=(N, 3)).round(2)
    score[:, 2] = 0.1
    truth = rng.uniform(size=(N, 3)) < score**2
    truth[:, 2] = False
    machine = Frame("machine:abc", score > 0.5, np.ones(N, dtype=bool), score)
    return machine, Frame("A", truth, np.arange(N) % 12 < 10), segments


CODES = ("CO", "F1", "B1")


def test_the_table_is_that_of_scikit_learn(coders, agreement_settings):
    first, against, segments = coders
    found = compare(first, against, segments, CODES, agreement_settings(), seed=1)
    read = against.read
    assert found.table.columns.tolist() == AGREEMENT.names()
    assert found.table["code"].tolist() == list(CODES)
    assert set(found.table["n"]) == {200}
    for column, row in enumerate(found.table.head(2).itertuples()):
        own, other = first.coded[read, column], against.coded[read, column]
        assert (row.coder, row.against) == ("machine:abc", "A")
        assert (row.coded, row.coded_against) == (own.sum(), other.sum())
        assert row.precision == pytest.approx(precision_score(other, own))
        assert row.recall == pytest.approx(recall_score(other, own))
        assert row.f1 == pytest.approx(f1_score(other, own))
        assert row.kappa == pytest.approx(cohen_kappa_score(own, other))
        assert row.average_precision == pytest.approx(average_precision_score(other, first.score[read, column]))
        assert row.f1_low < row.f1 < row.f1_high
        assert row.kappa_low < row.kappa < row.kappa_high
    unused = found.table.iloc[2]
    assert unused[["precision", "recall", "f1", "kappa", "f1_low", "kappa_high", "average_precision"]].isna().all()


def test_a_row_holds_how_common_a_code_is_and_limits_that_have_a_width(coders, agreement_settings):
    """The corrected share is that of the prevalence table; two hits of two do not give an interval from 1 to 1."""
    first, against, segments = coders
    coded = against.coded.copy()
    coded[:, 1] = False
    coded[[0, 1], 1] = True
    sure = Frame(first.coder, coded, first.read, first.score)
    found = compare(sure, Frame("A", coded, against.read), segments, CODES, agreement_settings(), seed=1, thresholds={"F1": 0.25})
    whole = prevalence(sure, Frame("A", coded, against.read), segments, CODES, agreement_settings(), seed=1)
    whole = whole[(whole["level"] == "excerpts") & (whole["by"] == "")].set_index("code")
    for row in found.table.itertuples():
        told = (row.counted, row.corrected, row.corrected_low, row.corrected_high)
        assert told == pytest.approx(whole.loc[row.code, ["raw", "corrected", "low", "high"]].tolist(), nan_ok=True)
    row = found.table.iloc[1]
    assert (row["precision"], row["recall"], row["threshold"], row["given"], row["excerpts"]) == (1, 1, 0.25, 2, N)
    assert row["precision_low"] < 0.4 and row["precision_high"] == 1
    person = compare(Frame("B", coded, first.read), against, segments, CODES, agreement_settings(), seed=1)
    assert person.table[["counted", "corrected", "threshold"]].isna().all().all()


def test_drawn_excerpts_count_with_their_weights(coders, agreement_settings):
    first, against, segments = coders
    weight = np.where(np.arange(N) % 3 == 0, 4.0, 1.0)
    drawn = Frame("A", against.coded, against.read, weight=weight)
    row = compare(first, drawn, segments, CODES, agreement_settings(), seed=1).table.iloc[0]
    own, other, heavy = first.coded[against.read, 0], against.coded[against.read, 0], weight[against.read]
    assert row["prevalence"] == pytest.approx(np.average(other, weights=heavy))
    assert row["precision"] == pytest.approx(precision_score(other, own, sample_weight=heavy))
    assert row["kappa"] == pytest.approx(cohen_kappa_score(own, other, sample_weight=heavy))
    assert (row["n"], row["drawn"], row["coded_against"]) == (200, (heavy != 1).sum(), other.sum())
    assert row["effective"] == pytest.approx(heavy.sum() ** 2 / (heavy**2).sum()) and row["effective"] < row["n"]


def test_the_summary_averages_the_codes_in_use(coders, agreement_settings):
    first, against, segments = coders
    found = compare(first, against, segments, CODES, agreement_settings(), seed=1)
    summary, used = found.summary, found.table.head(2)
    assert (summary.coder, summary.against) == ("machine:abc", "A")
    assert (summary.transcripts, summary.units, summary.codes) == (10, 200, 2)
    read = against.read
    assert summary.uncoded == sum(not (one.any() or other.any()) for one, other in zip(first.coded[read], against.coded[read], strict=True))
    assert summary.mean_kappa.value == pytest.approx(used["kappa"].mean())
    assert summary.macro_f1.value == pytest.approx(used["f1"].mean())
    assert summary.macro_ap.value == pytest.approx(used["average_precision"].mean())
    for estimate in (summary.mean_kappa, summary.macro_f1, summary.macro_ap):
        assert estimate.low < estimate.value < estimate.high


def test_a_code_that_only_the_first_uses_is_not_averaged(coders, agreement_settings):
    first, against, segments = coders
    coded = first.coded.copy()
    coded[:, 2] = True
    found = compare(Frame("m", coded, first.read, first.score), against, segments, CODES, agreement_settings(), seed=1)
    assert found.summary.codes == 2
    assert found.table["f1"][2] == 0
    assert found.summary.macro_f1.value == pytest.approx(found.table["f1"][:2].mean())


def test_a_code_never_given_counts_as_nought_in_the_mean(coders, agreement_settings):
    """The person uses it, the machine never does: F1 and kappa are 0, and precision is not defined."""
    first, against, segments = coders
    coded = first.coded.copy()
    coded[:, 1] = False
    found = compare(Frame("m", coded, first.read), against, segments, CODES, agreement_settings(), seed=1)
    row = found.table.iloc[1]
    assert (row["f1"], row["kappa"], row["recall"]) == (0, 0, 0)
    assert math.isnan(row["precision"])
    assert found.summary.macro_f1.value == pytest.approx(found.table["f1"][0] / 2)


def test_people_have_no_ranking(coders, agreement_settings):
    first, against, segments = coders
    found = compare(Frame("B", first.coded, first.read), against, segments, CODES, agreement_settings(), seed=1)
    assert found.summary.macro_ap is None
    assert found.table["average_precision"].isna().all()


@pytest.mark.parametrize("codes", [(), CODES])
def test_nothing_to_compare(coders, agreement_settings, codes):
    first, against, segments = coders
    apart = Frame("A", against.coded, ~against.read if codes else against.read)
    other = Frame("B", first.coded, against.read)
    assert compare(other, apart, segments, codes, agreement_settings(), seed=1) is None


def test_perfect_agreement(coders, agreement_settings):
    against, segments = coders[1], coders[2]
    found = compare(Frame("B", against.coded, against.read), against, segments, CODES, agreement_settings(), seed=1)
    for estimate in (found.summary.mean_kappa, found.summary.macro_f1):
        assert (estimate.value, estimate.low, estimate.high) == (1, 1, 1)


def test_one_transcript_gives_an_interval_without_width_or_none(coders, agreement_settings):
    first, against, segments = coders
    one = Frame("A", against.coded, np.arange(N) % 12 == 0)
    found = compare(first, one, segments, CODES, agreement_settings(interval="percentile"), seed=1)
    assert found.summary.transcripts == 1
    assert found.summary.macro_f1.low == found.summary.macro_f1.value == found.summary.macro_f1.high
    found = compare(first, one, segments, CODES, agreement_settings(interval="expanded"), seed=1)
    assert math.isnan(found.summary.macro_f1.low) and math.isnan(found.summary.macro_f1.high)


def test_no_resamples_give_no_intervals(coders, agreement_settings):
    found = compare(*coders, CODES, agreement_settings(resamples=0), seed=1)
    assert found.table[["f1_low", "f1_high", "kappa_low", "kappa_high"]].isna().all().all()
    assert found.summary.macro_f1.value == pytest.approx(found.table["f1"][:2].mean())
    assert math.isnan(found.summary.macro_f1.low)


def test_the_seed_and_the_cluster_shape_only_the_intervals(coders, agreement_settings):
    base, same, seeded, by_person, by_practice = (
        compare(*coders, CODES, agreement_settings(cluster=cluster), seed=seed)
        for seed, cluster in ((1, "transcript"), (1, "transcript"), (2, "transcript"), (1, "participant"), (1, "practice"))
    )
    assert base.table.equals(same.table)
    assert base.summary == same.summary
    limits = [name for name in AGREEMENT.names() if name.endswith(("_low", "_high"))]
    for other in (seeded, by_person, by_practice):
        pd.testing.assert_frame_equal(base.table.drop(columns=limits), other.table.drop(columns=limits), rtol=1e-12)
        assert not base.table[limits].equals(other.table[limits])


def test_intervals_resample_whole_clusters(place_segments, agreement_settings):
    """Coders agree all through one transcript and nowhere in the other: an F1 of a resample is 0, 2/3 or 1."""
    places = [(name, i, i + 1) for name in ("T", "U") for i in range(10)]
    own = np.array([[True]] * 20)
    other = np.array([[True]] * 10 + [[False]] * 10)
    segments, read = place_segments(places), np.ones(20, dtype=bool)
    for confidence, expected in ((0.4, (2 / 3, 2 / 3)), (0.8, (0.0, 1.0))):
        setting = agreement_settings(resamples=2000, confidence=confidence, interval="percentile")
        row = compare(Frame("a", own, read), Frame("b", other, read), segments, ("F1",), setting, seed=1).table.iloc[0]
        assert (row["f1_low"], row["f1_high"]) == pytest.approx(expected)


def test_intervals_cover_the_truth_about_as_often_as_they_say(place_segments, agreement_settings):
    """Draw studies of 30 transcripts from a population whose F1 is known, and count the intervals that hold it."""
    rng = np.random.default_rng(8)
    places = [(f"T{i // 8:02}", i, i + 1) for i in range(240)]
    segments, read = place_segments(places), np.ones(240, dtype=bool)
    setting = agreement_settings(resamples=200, confidence=0.9)
    # coded with .4 by one; the other repeats it with .8, and adds with .2: F1 = 2(.32) / (.4 + .44)
    truth, covered, runs = 2 * 0.32 / 0.84, 0, 150
    for seed in range(runs):
        own = rng.random((240, 1)) < 0.4
        other = np.where(own, rng.random((240, 1)) < 0.8, rng.random((240, 1)) < 0.2)
        row = compare(Frame("a", own, read), Frame("b", other, read), segments, ("F1",), setting, seed=seed).table.iloc[0]
        covered += row["f1_low"] <= truth <= row["f1_high"]
    assert 0.8 <= covered / runs <= 0.97


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_codings_give_figures_in_bounds_and_no_warning(data):
    n = data.draw(st.integers(1, 12))
    segments = pd.DataFrame({"transcript_id": data.draw(st.lists(st.sampled_from("TUV"), min_size=n, max_size=n)), "participant_id": "P"})
    own, other = (data.draw(arrays(bool, (n, 2))) for _ in range(2))
    score = data.draw(arrays(float, (n, 2), elements=st.sampled_from([0.0, 0.5, 1.0])))
    setting = AgreementSettings(overlap=0.5, cluster="transcript", resamples=20, interval="percentile", confidence=0.95)
    read = np.ones(n, dtype=bool)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compare(Frame("a", own, read, score), Frame("b", other, read), segments, ("CO", "F1"), setting, seed=1)
    counts = ["excerpts", "given", "n", "drawn", "effective", "transcripts", "coded", "coded_against"]
    figures = found.table.drop(columns=["coder", "against", "code", *counts])
    assert (figures.isna() | ((figures >= -1 - 1e-9) & (figures <= 1 + 1e-9))).all().all()
    assert found.summary.codes == other.any(axis=0).sum()
