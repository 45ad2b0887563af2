"""Advice on how much more to code: closed forms for independent units, and what the bootstrap says of clustered ones."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from nptlens.agreement.coefficients import kappa
from nptlens.agreement.frame import Frame
from nptlens.agreement.sample_size import advise
from nptlens.schemas.tables import checked
from nptlens.schemas.validation import ADVICE

Z = NormalDist().inv_cdf(0.975)


def frame(coder, coded, read=None, **more):
    coded = np.asarray(coded, dtype=bool)
    return Frame(coder, coded if coded.ndim == 2 else coded[:, None], np.ones(len(coded), dtype=bool) if read is None else np.asarray(read), **more)


def two_coders(rng, n, share, agreement):
    """Codings of two coders of one prevalence whose kappa is `agreement` (the common correlation model)."""
    first = rng.random(n) < share
    return first, np.where(rng.random(n) < agreement, first, rng.random(n) < share)


def donner_eliasziw(n, share, agreement):
    """The variance of kappa between two coders of one prevalence (Bloch & Kraemer 1989; Donner & Eliasziw 1992)."""
    return (1 - agreement) / n * ((1 - agreement) * (1 - 2 * agreement) + agreement * (2 - agreement) / (2 * share * (1 - share)))


@pytest.mark.parametrize(("share", "agreement"), [(0.5, 0.6), (0.3, 0.4), (0.1, 0.7), (0.2, 0.0)])
def test_independent_units_need_what_the_closed_form_says(place_segments, agreement_settings, share, agreement):
    rng = np.random.default_rng(2)
    n, needs = 2000, []
    segments = place_segments([(f"T{i:04d}", 0, 5) for i in range(n)])
    for _ in range(5):
        first, second = two_coders(rng, n, share, agreement)
        table = advise(frame("A", first), frame("B", second), segments, ("X",), agreement_settings(resamples=500), wanted=0.2, seed=1)
        assert table["units_needed"].tolist() == table["transcripts_needed"].tolist()  # a unit a transcript
        needs.append(table["units_needed"].iloc[0])
    closed = (2 * Z / 0.2) ** 2 * donner_eliasziw(1, share, agreement)
    assert np.mean(needs) == pytest.approx(closed, rel=0.1)


def test_the_arithmetic_by_hand(place_segments, agreement_settings):
    # Two transcripts, kappa 1 in one and 0 in the other, equal margins: resamples (2,0), (1,1), (0,2) have the kappas 1, .5, 0.
    first = [1, 1, 0, 0] * 2
    second = [1, 1, 0, 0, 1, 0, 1, 0]
    segments = place_segments([(name, i, i + 1) for name in ("T1", "T2") for i in range(4)])
    settings = agreement_settings(resamples=40000)
    found = advise(frame("A", first), frame("B", second), segments, ("X",), settings, wanted=0.5, seed=1).iloc[0]
    width = 2 * Z * math.sqrt(0.125) * math.sqrt(2)  # variance 1/8 over resamples, by 2 / (2 - 1) clusters
    assert found["width"] == pytest.approx(width, rel=0.01)
    assert (found["transcripts"], found["units"], found["prevalence"], found["wanted"]) == (2, 8, 0.5, 0.5)
    assert found["transcripts_needed"] == math.ceil(2 * (found["width"] / 0.5) ** 2)
    assert found["units_needed"] == math.ceil(8 * (found["width"] / 0.5) ** 2)
    same = advise(frame("A", first), frame("B", second), segments, ("X",), settings, wanted=found["width"] / 2, seed=1).iloc[0]
    assert (same["transcripts_needed"], same["units_needed"]) == (8, 32)  # half the width: four times as many, not one more


def test_more_transcripts_of_the_same_kind_give_the_wanted_width(place_segments, agreement_settings):
    rng = np.random.default_rng(3)

    def kappas(transcripts, studies):
        """Kappa in many studies of transcripts that differ in the code's share and in agreement; 15 units each."""
        of = np.repeat(np.arange(transcripts), 15)
        share, agreement = rng.beta(2, 5, (studies, transcripts))[:, of], rng.beta(6, 4, (studies, transcripts))[:, of]
        first = rng.random(share.shape) < share
        second = np.where(rng.random(share.shape) < agreement, first, rng.random(share.shape) < share)
        cells = np.stack([(a & b).sum(axis=1) for a in (first, ~first) for b in (second, ~second)], axis=0)
        return kappa(cells.reshape(2, 2, studies).astype(float)), first, second

    _, first, second = kappas(20, 30)
    segments = place_segments([(f"T{i // 15:02d}", i, i + 1) for i in range(300)])
    codes = tuple(f"C{i:02d}" for i in range(30))
    table = advise(frame("A", first.T), frame("B", second.T), segments, codes, agreement_settings(), wanted=0.2, seed=1)
    needed = round(table["transcripts_needed"].median())
    assert needed > 20
    assert 2 * Z * kappas(needed, 400)[0].std() == pytest.approx(0.2, rel=0.15)


def test_what_nobody_coded_or_in_one_transcript_only_gets_no_advice(place_segments, agreement_settings):
    segments = place_segments([(name, i, i + 1) for name in ("T1", "T2", "T3") for i in range(4)])
    first, second = np.zeros((12, 5), dtype=bool), np.zeros((12, 5), dtype=bool)
    first[[0, 1], 1], second[[0, 2], 1] = True, True  # T1 alone
    first[:, 2], second[:, 2] = True, True  # everything, by both
    first[[0, 4, 8], 3], second[[0, 4, 8], 3] = True, True  # agreement that never varies
    first[[0, 4, 8], 4], second[[0, 5, 8], 4] = True, True
    table = advise(frame("A", first), frame("B", second), segments, tuple("abcde"), agreement_settings(), wanted=0.2, seed=1)
    assert table["width"].notna().tolist() == [False, False, False, False, True]
    assert table[["transcripts_needed", "units_needed"]].notna().all(axis=1).tolist() == [False, False, False, False, True]
    assert table["prevalence"].tolist() == [0, 2 / 12, 1, 3 / 12, 3 / 12]
    assert table["statistic"].unique().tolist() == ["kappa"]


def test_only_what_both_read_counts_and_weights_count(place_segments, agreement_settings):
    segments = place_segments([(name, i, i + 1) for name in ("T1", "T2", "T3") for i in range(4)])
    first, second = [1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1], [1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    read = [True] * 8 + [False] * 4
    few = advise(frame("A", first), frame("B", second, read), segments, ("X",), agreement_settings(), wanted=0.2, seed=1)
    alone = advise(frame("A", first[:8]), frame("B", second[:8]), segments[:8], ("X",), agreement_settings(), wanted=0.2, seed=1)
    assert few.equals(alone) and few["transcripts"].tolist() == [2]
    drawn = frame("B", second, read, weight=np.array([3.0, *[1.0] * 11]))
    weighted = advise(frame("A", first), drawn, segments, ("X",), agreement_settings(), wanted=0.2, seed=1)
    rows = [0, 0, *range(12)]  # the first unit stands for three
    thrice = advise(frame("A", np.array(first)[rows]), frame("B", np.array(second)[rows], np.array(read)[rows]), segments.iloc[rows], ("X",), agreement_settings(), wanted=0.2, seed=1)
    assert weighted["width"].tolist() == pytest.approx(thrice["width"].tolist(), abs=1e-12)
    assert weighted["prevalence"].tolist() == pytest.approx([5 / 10])


def test_coders_who_share_nothing_get_no_rows(place_segments, agreement_settings):
    segments = place_segments([("T1", 0, 1)])
    table = advise(frame("A", [1]), frame("B", [1], [False]), segments, ("X",), agreement_settings(), wanted=0.2, seed=1)
    assert len(checked(ADVICE, table)) == 0


def test_one_transcript_gives_no_advice(place_segments, agreement_settings):
    segments = place_segments([("T1", i, i + 1) for i in range(4)])
    table = advise(frame("A", [1, 0, 1, 0]), frame("B", [1, 0, 0, 0]), segments, ("X",), agreement_settings(), wanted=0.2, seed=1)
    assert math.isnan(table["width"].iloc[0]) and math.isnan(table["transcripts_needed"].iloc[0])
