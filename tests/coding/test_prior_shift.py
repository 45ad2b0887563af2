"""How rare coded talk is: planted mixtures, brute force, and heads taught by seeds from talk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from nptlens.coding import train
from nptlens.coding.prior_shift import coded_share, lowering
from nptlens.coding.stacking import best_threshold

PROBABILITIES = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=40)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.7, 1.0])
def test_the_share_of_a_mixture_is_found(share):
    rng = np.random.default_rng(4)
    seeds = expit(rng.normal(2, 1, size=(300, 1)))
    coded = rng.random(4000) < share
    study = expit(np.where(coded, rng.normal(2, 1, 4000), rng.normal(-3, 1, 4000)))[:, None]
    assert coded_share(seeds, study) == pytest.approx(coded.mean(), abs=0.2 * share + 0.01)


def test_any_code_counts():
    """Excerpts of the second code alone are coded talk too."""
    high, low = 0.9, 0.01
    seeds = np.array([[high, low], [low, high]] * 10)
    study = np.array([[low, high]] * 30 + [[low, low]] * 70)
    assert coded_share(seeds, study) == pytest.approx(0.3)


@settings(max_examples=200, deadline=None)
@given(PROBABILITIES, PROBABILITIES, st.randoms(use_true_random=False))
def test_the_share_is_a_share_whatever_the_order(seeds, study, random):
    found = coded_share(np.array(seeds)[:, None], np.array(study)[:, None])
    assert 0 < found <= 1
    assert coded_share(np.array(seeds)[:, None], np.array(seeds)[:, None]) == 1.0
    random.shuffle(seeds)
    random.shuffle(study)
    assert coded_share(np.array(seeds)[:, None], np.array(study)[:, None]) == found


@settings(max_examples=100, deadline=None)
@given(PROBABILITIES, PROBABILITIES)
def test_lowered_probabilities_are_never_higher_keep_their_order_and_have_the_mean(seeds, study):
    known, before = np.array(seeds)[:, None], np.array(study)[:, None]
    after = expit(logit(before) + lowering(known, before))
    goal = coded_share(known, before) * known.mean()
    assert after.mean() == pytest.approx(min(goal, before.mean()), rel=1e-6)
    assert (np.diff(after[np.argsort(before[:, 0]), 0]) >= -1e-12).all()  # neighbours of the last bit may become one


def test_what_is_as_low_as_it_should_be_stays():
    """Sharp probabilities of rare talk: nothing is to be lowered."""
    seeds, study = np.full((20, 1), 0.9), np.array([[0.9]] * 20 + [[0.0]] * 80)
    assert lowering(seeds, study).tolist() == pytest.approx([0.0], abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(PROBABILITIES)
def test_the_threshold_on_probabilities_has_the_highest_expected_f1(probability):
    likely = np.array(probability)
    threshold, f1 = best_threshold(likely, likely)
    every = {cut: 2 * likely[likely >= cut].sum() / ((likely >= cut).sum() + likely.sum()) for cut in likely}
    assert f1 == pytest.approx(max(every.values()))
    assert 2 * likely[likely >= threshold].sum() / ((likely >= threshold).sum() + likely.sum()) == pytest.approx(f1)


@pytest.fixture
def rare_talk(planted):
    """Seeds that come from four transcripts, and a study of 300 excerpts in blurred words, of which one in five carries a code."""
    given = planted(12, noise=0.5, plain=0.9, groups=4, n=0)
    talk = planted(60, noise=0.5, plain=0.9, n=0)
    coded = [i for i, seed in enumerate(talk.seeds) if seed.codes][::4]
    uncoded = [i for i, seed in enumerate(talk.seeds) if not seed.codes]
    rows = np.array([*coded, *np.resize(uncoded, 240)])
    without_none = [i for i, seed in enumerate(given.seeds) if seed.codes]
    return replace(given.kept(without_none), study=talk.examples.take(rows)), np.array([bool(talk.seeds[i].codes) for i in rows])


def test_seeds_from_talk_tell_how_rare_it_is(rare_talk, coding_settings):
    """Seeds without an example of `none`, as researchers mark them."""
    given, gold = rare_talk
    setting = coding_settings()
    unknown = replace(given, seeds=tuple(replace(seed, group="") for seed in given.seeds))
    heads, naive = given.train(setting), unknown.train(setting)
    leaves = [heads.codes.index(code) for code in ("CODI", "COIN", "CPIN", "F1")]
    found, before = (each.probabilities(given.study)[:, leaves].sum(axis=1).mean() for each in (heads, naive))
    assert gold.mean() < found < before
    assert (heads.offsets < naive.offsets).all()


def test_thresholds_are_the_best_expected_over_the_study(rare_talk, coding_settings):
    given, _ = rare_talk
    heads = given.train(coding_settings())
    likely = heads.probabilities(given.study)
    for card, own, threshold in zip(heads.cards, likely.T, heads.thresholds, strict=True):
        assert card.threshold == threshold == pytest.approx(best_threshold(own, own)[0], rel=1e-9)
        assert 0 <= card.held_out_f1 <= 1


def test_a_small_study_few_seeds_from_talk_and_attributes_tell_nothing(rare_talk, coding_settings):
    given, _ = rare_talk
    setting = coding_settings()
    plain = replace(given, study=given.study.take(np.arange(49)))
    few = replace(given, seeds=tuple(replace(seed, group="" if i % 4 else seed.group) for i, seed in enumerate(given.seeds)))
    for each in (plain, few):
        heads = each.train(setting)
        exhaustive = train(each.examples, each.seeds, each.codebook, each.definitions, each.study, setting, seed=1, rare=False)
        assert heads.offsets.tolist() == exhaustive.offsets.tolist()
        assert heads.thresholds.tolist() == exhaustive.thresholds.tolist()
