"""Corrected prevalence: truth tables by hand, a plain loop, and simulated studies in which the truth is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nptlens.agreement.frame import Frame
from nptlens.agreement.prevalence import prevalence
from nptlens.schemas.settings import AgreementSettings, default_settings
from nptlens.schemas.tables import checked
from nptlens.schemas.validation import PREVALENCE

NAN = math.nan


def rules(**changes):
    return AgreementSettings(**{**default_settings().agreement.model_dump(), "resamples": 50, **changes})


def people(*participants, transcripts=None, **columns):
    """Segments of which only what prevalence looks at is there."""
    n = len(participants)
    given = {name: columns.get(name, [""] * n) for name in ("role", "practice", "adopter_category")}
    kept = {name: values for name, values in columns.items() if name not in given}
    return pd.DataFrame({"participant_id": participants, "transcript_id": transcripts or participants, **given, **kept})


def study(person, read, score, segments, weight=None, codes=("X",), **changes):
    score = np.asarray(score, dtype=float).reshape(-1, len(codes))
    machine = Frame("machine:1", score >= 0.5, np.ones(len(score), dtype=bool), score)
    coder = Frame("A", np.asarray(person, dtype=bool).reshape(score.shape), np.asarray(read, dtype=bool), weight=np.ones(len(score)) if weight is None else np.asarray(weight, dtype=float))
    return prevalence(machine, coder, segments, codes, rules(**changes), seed=3)


def row(table, level, by="", group="", code="X"):
    found = table[(table["level"] == level) & (table["by"] == by) & (table["group"] == group) & (table["code"] == code)]
    assert len(found) == 1
    return found.iloc[0]


SIX = people("P1", "P1", "P1", "P2", "P3", "P3", role=["nurse"] * 3 + ["doctor"] + ["coach"] * 2)
SCORE = (0.8, 0.6, 0.1, 0.5, 0.9, 0.2)  # mean 3.1/6; of the participants .5, .5, .55
PERSON = (1, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("by", "group", "level", "n", "measured", "raw", "corrected", "equal_voice"),
    [
        # Errors of the four read excerpts: .2, -.6, -.1, -.5, mean -.25; of the participants -.5/3 and -.5, mean -1/3.
        ("", "", "excerpts", 6, 4, 4 / 6, 3.1 / 6 - 0.25, 1.55 / 3 - 1 / 3),
        # The machine says yes of all three; the person of P1, not of P2: mean error -.5.
        ("", "", "participants", 3, 2, 1.0, 0.5, 0.5),
        ("role", "nurse", "excerpts", 3, 3, 2 / 3, 1 / 3, 1 / 3),  # all read: the person's share
        ("role", "nurse", "participants", 1, 1, 1.0, 1.0, 1.0),
        ("role", "doctor", "excerpts", 1, 1, 1.0, 0.0, 0.0),
        ("role", "doctor", "participants", 1, 1, 1.0, 0.0, 0.0),
        ("role", "coach", "excerpts", 2, 0, 0.5, NAN, NAN),  # nobody read them
        ("role", "coach", "participants", 1, 0, 1.0, NAN, NAN),
    ],
)
def test_shares_by_hand(by, group, level, n, measured, raw, corrected, equal_voice):
    table = study(PERSON, (1, 1, 1, 1, 0, 0), SCORE, SIX)
    found = row(table, level, by, group)
    assert (found["n"], found["measured"]) == (n, measured)
    assert [found["raw"], found["corrected"], found["equal_voice"]] == pytest.approx([raw, corrected, equal_voice], abs=1e-12, nan_ok=True)
    limited = ["low", "high", "equal_voice_low", "equal_voice_high"]
    assert found[limited].isna().all() == (group != "")  # one cluster says nothing of how clusters differ
    assert set(table["by"]) == {"", "role"}  # columns without a word in them are left out


def test_weights_of_drawn_excerpts_by_hand():
    # Drawn: one of two of the first, one of four of the last; errors .2 (weight 2) and -.2 (weight 4).
    table = study((1, 0, 0, 0, 0, 0), (1, 0, 0, 0, 0, 1), SCORE, SIX, weight=(2, 1, 1, 1, 1, 4))
    found = row(table, "excerpts")
    assert found["corrected"] == pytest.approx(3.1 / 6 + (2 * 0.2 - 4 * 0.2) / 6, abs=1e-12)
    # A voice: the first counts 1/3 of P1, the last 1/2 of P3.
    assert found["equal_voice"] == pytest.approx(1.55 / 3 + (2 / 3 * 0.2 - 4 / 2 * 0.2) / (2 / 3 + 4 / 2), abs=1e-12)
    assert row(table, "participants")["measured"] == 0


def test_who_is_drawn_in_full_by_chance_is_no_measure_of_participants():
    table = study(PERSON, (1, 1, 1, 1, 0, 0), SCORE, SIX, weight=(1, 1, 1, 5, 1, 1))
    assert row(table, "participants")["measured"] == 1  # P2's one excerpt was drawn
    assert row(table, "excerpts")["measured"] == 4


def test_a_participant_of_two_transcripts_is_measured_where_both_are_read():
    segments = people("P1", "P1", "P2", transcripts=["T1", "T2", "T3"])
    assert row(study((0, 0, 1), (1, 0, 1), (0.1, 0.9, 0.9), segments), "participants")["measured"] == 1
    both = row(study((0, 1, 1), (1, 1, 1), (0.1, 0.9, 0.9), segments), "participants")
    assert (both["n"], both["measured"], both["corrected"]) == (2, 2, 1.0)


def test_figures_outside_0_and_1_are_clipped():
    table = study((0, 0, 0, 1), (1, 1, 0, 0), (0.9, 0.8, 0.1, 0.1), people(*"ABCD"))
    assert row(table, "excerpts")["corrected"] == 0.0  # .475 - .85
    assert row(study((1, 1, 0, 0), (1, 1, 0, 0), (0.1, 0.2, 0.9, 0.9), people(*"ABCD")), "excerpts")["corrected"] == 1.0


@pytest.mark.parametrize("person", [(0, 0, 0, 0), (1, 1, 1, 1)])
def test_a_person_who_coded_all_alike_gives_a_share_without_limits(person):
    found = row(study(person, (1, 1, 1, 1), (0.2, 0.4, 0.6, 0.8), people(*"ABCD")), "excerpts")
    assert found["corrected"] == pytest.approx(person[0]) and math.isnan(found["low"]) and math.isnan(found["high"])


def test_talkative_participants_do_not_dominate():
    segments = people(*["loud"] * 9, "quiet")
    found = row(study([1] * 9 + [0], [1] * 10, [1.0] * 9 + [0.0], segments), "excerpts")
    assert found["corrected"] == pytest.approx(0.9) and found["equal_voice"] == pytest.approx(0.5)


def test_decisions_stand_in_where_a_coder_gives_no_probability():
    decided = np.array([[True], [False], [True], [False]])
    machine = Frame("B", decided, np.ones(4, dtype=bool))
    person = Frame("A", np.array([[True], [True], [False], [False]]), np.array([True, True, False, False]))
    found = row(prevalence(machine, person, people(*"abcd"), ("X",), rules(), seed=1), "excerpts")
    assert found["corrected"] == 1.0  # .5 + (0 + 1) / 2


def test_project_types_and_what_is_not_stated_are_groups():
    segments = people(*"ABC", project_type=["health output", None, "health output"], practice=["p", "q", ""])
    table = study((1, 0, 1), (1, 1, 1), (0.9, 0.1, 0.9), segments)
    assert list(dict.fromkeys(zip(table["by"], table["group"], strict=True))) == [
        ("", ""), ("practice", ""), ("practice", "p"), ("practice", "q"), ("project_type", ""), ("project_type", "health output"),
    ]  # fmt: skip


def test_nothing_gives_an_empty_table_and_wrong_shapes_are_refused():
    nothing = Frame("A", np.zeros((0, 1), dtype=bool), np.zeros(0, dtype=bool))
    assert len(checked(PREVALENCE, prevalence(nothing, nothing, people(), ("X",), rules(), seed=1))) == 0
    with pytest.raises(ValueError, match="codings"):
        prevalence(nothing, nothing, people("A"), ("X",), rules(), seed=1)


def plain(score, person, read, weight, participant):
    """The estimator as one says it, over excerpts and over voices."""
    error = sum(w * (y - f) for f, y, r, w in zip(score, person, read, weight, strict=True) if r) / sum(w for r, w in zip(read, weight, strict=True) if r)
    size = {p: list(participant).count(p) for p in participant}
    voices = sum(f / size[p] for f, p in zip(score, participant, strict=True)) / len(size)
    rows = [(w / size[p], y - f) for f, y, r, w, p in zip(score, person, read, weight, participant, strict=True) if r]
    return sum(score) / len(score) + error, voices + sum(w * e for w, e in rows) / sum(w for w, _ in rows)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_plain_loop_says_the_same_in_any_order(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    score, person, participant = rng.random(n), rng.random(n) < 0.4, rng.integers(0, 5, n).astype(str)
    read, weight = rng.random(n) < 0.6, rng.integers(1, 5, n)
    read[0] = True
    expected = np.clip(plain(score, person, read, weight, participant), 0, 1)
    for order in (np.arange(n), rng.permutation(n)):
        found = row(study(person[order], read[order], score[order], people(*participant[order]), weight[order]), "excerpts")
        assert [found["corrected"], found["equal_voice"]] == pytest.approx(expected, abs=1e-9)
        assert not found["low"] > found["high"]


CODES = tuple(f"C{i:02d}" for i in range(40))


def simulated(rng, transcripts=30, read=12, codes=CODES):
    """A study whose machine codes far too much; transcripts differ in length, in the codes' shares, and in the machine's error."""
    of = np.repeat(np.arange(transcripts), rng.integers(5, 30, transcripts))
    shape = (len(of), len(codes))
    person = rng.random(shape) < rng.beta(2, 6, (transcripts, len(codes)))[of]
    score = np.where(person, 0.7, 0.35) + rng.normal(0, 0.1, (transcripts, len(codes)))[of] + rng.normal(0, 0.15, shape)
    held = np.isin(of, rng.choice(transcripts, read, replace=False))
    return person, held, np.clip(score, 0, 1), people(*[f"P{i:02d}" for i in of])


def everybody(tables, level):
    table = pd.concat(tables)
    return table[(table["level"] == level) & (table["by"] == "")]


def coverage(low, high, truth):
    known = low.notna()
    return ((low[known] <= truth) & (truth <= high[known])).mean()


def test_the_corrected_share_is_unbiased_and_its_interval_covers():
    rng = np.random.default_rng(11)
    truth = 2 / 8  # what transcripts like these hold on average
    found = everybody([study(*simulated(rng), codes=CODES, resamples=400) for _ in range(20)], "excerpts")
    error = found["corrected"].std() / math.sqrt(len(found))
    assert len(found) == 800 and error < 0.003
    assert found["corrected"].mean() == pytest.approx(truth, abs=3 * error)
    assert found["equal_voice"].mean() == pytest.approx(truth, abs=3 * error)
    assert found["raw"].mean() > truth + 0.1  # as it is, the machine misleads
    assert 0.92 <= coverage(found["low"], found["high"], truth) <= 0.98
    assert 0.92 <= coverage(found["equal_voice_low"], found["equal_voice_high"], truth) <= 0.98


def test_participants_are_corrected_on_participants():
    rng = np.random.default_rng(12)
    tables = []
    for _ in range(20):
        of = np.repeat(np.arange(30), 5)
        shape = (150, len(CODES))
        person = (rng.random((30, len(CODES))) < 0.4)[of] & (rng.random(shape) < 0.5)
        score = np.where(person, 0.8, 0.1) + np.where(rng.random(shape) < 0.1, 0.45, 0)  # a tenth of the excerpts looks like a code
        held = np.isin(of, rng.choice(30, 14, replace=False))
        tables.append(study(person, held, np.clip(score, 0, 1), people(*[f"P{i:02d}" for i in of]), codes=CODES, resamples=400))
    found = everybody(tables, "participants")
    truth = 0.4 * (1 - 0.5**5)
    assert found["corrected"].mean() == pytest.approx(truth, abs=3 * found["corrected"].std() / math.sqrt(len(found)))
    assert found["raw"].mean() > truth + 0.15
    assert 0.92 <= coverage(found["low"], found["high"], truth) <= 0.98
    assert (found["corrected"] == found["equal_voice"]).all()


def test_a_better_machine_makes_the_interval_narrower():
    rng = np.random.default_rng(13)
    person, held, _, segments = simulated(rng, transcripts=60, read=15)
    scores = [np.clip(person + rng.normal(0, noise, person.shape), 0, 1) for noise in (0.02, 0.6)]
    good, poor = (everybody([study(person, held, score, segments, codes=CODES)], "excerpts") for score in scores)
    assert (good["high"] - good["low"]).mean() < 0.7 * (poor["high"] - poor["low"]).mean()


def rogan_gladen(decided, person, held, group):
    """Rogan & Gladen (1978): (apparent + specificity - 1) / (sensitivity + specificity - 1), with one table of errors for all groups."""
    sensitivity, specificity = decided[held][person[held]].mean(), 1 - decided[held][~person[held]].mean()
    return (decided[group].mean() + specificity - 1) / (sensitivity + specificity - 1)


@pytest.mark.parametrize(("errs", "stray"), [(0.2, 0.0), (0.45, 0.2)])
def test_inverting_one_table_of_errors_strays_where_groups_err_differently(errs, stray):
    rng = np.random.default_rng(14)
    corrected, inverted = [], []
    for _ in range(10):
        person, held, _, segments = simulated(rng)
        group = (segments["participant_id"] < "P15").to_numpy()
        decided = person ^ (rng.random(person.shape) < np.where(group, errs, 0.2)[:, None])
        table = study(person, held, decided, segments.assign(role=np.where(group, "a", "b")), codes=CODES, resamples=0)
        of_group = table[(table["group"] == "a") & (table["level"] == "excerpts")]
        corrected.append(of_group["corrected"].mean() - person[group].mean())
        inverted.append(rogan_gladen(decided, person, held, group) - person[group].mean())
    assert np.mean(corrected) == pytest.approx(0, abs=0.02)
    assert np.mean(inverted) == pytest.approx(stray, abs=0.06)
