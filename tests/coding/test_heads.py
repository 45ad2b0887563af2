"""Linear heads against scikit-learn and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from nptlens.coding.heads import best_threshold, labels, platt, train
from nptlens.errors import SeedError
from nptlens.records import Seed


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), [0, 0, 0, 0, 0, 0]),
        (("F1",), [0, 0, 0, 0, 0, 1]),
        (("CODI",), [1, 1, 0, 0, 0, 0]),
        (("CO",), [1, 0, 0, 0, 0, 0]),
        (("COIN", "CPIN"), [1, 0, 1, 1, 1, 0]),
    ],
)
def test_a_seed_carries_its_codes_and_those_above(codebook, codes, expected):
    assert labels([Seed("a", "words", codes)], codebook, codebook.ids()).astype(int).tolist() == [expected]


def test_labels_of_some_codes(codebook):
    assert labels([Seed("a", "words", ("CODI", "F1"))], codebook, ("F1", "CO")).tolist() == [[True, True]]


@pytest.mark.parametrize("groups", [0, 4])
def test_heads_are_those_of_scikit_learn(codebook, coding_settings, planted_seeds, groups):
    seeds, vectors = planted_seeds(8, groups=groups)
    setting = coding_settings()
    heads = train(vectors, seeds, codebook, setting, seed=5)
    assert heads.codes == codebook.ids()
    assert heads.problems == ()
    fresh = np.random.default_rng(0).normal(size=(30, vectors.shape[1])).astype(np.float32)
    found = heads.probabilities(fresh)
    matrix = labels(seeds, codebook, codebook.ids())
    names = [seed.group or seed.id for seed in seeds]
    for column, code in enumerate(codebook.ids()):
        target = matrix[:, column]
        folds = min(setting.folds, len({name for name, own in zip(names, target, strict=True) if own}))
        # the splitter numbers groups in sorted order, as `train` does
        splits = list(StratifiedGroupKFold(folds, shuffle=True, random_state=5).split(vectors, target, np.unique(names, return_inverse=True)[1]))
        oracle = CalibratedClassifierCV(
            LogisticRegression(C=setting.strength, max_iter=1000), method="sigmoid", cv=splits, ensemble=False
        ).fit(vectors, target)
        np.testing.assert_allclose(found[:, column], oracle.predict_proba(fresh)[:, 1], atol=1e-3, err_msg=code)
        for train_rows, test_rows in splits:
            assert not {names[i] for i in train_rows} & {names[i] for i in test_rows}


def test_heads_tell_planted_codes_apart(codebook, coding_settings, planted_seeds):
    seeds, vectors = planted_seeds(12, noise=0.1)
    heads = train(vectors, seeds, codebook, coding_settings(), seed=1)
    assigned = heads.probabilities(vectors) >= heads.thresholds
    np.testing.assert_array_equal(assigned, labels(seeds, codebook, codebook.ids()))
    assert [card.code for card in heads.cards] == list(codebook.ids())
    assert [card.seeds for card in heads.cards] == [24, 12, 12, 12, 12, 12]
    assert [card.seed_f1 for card in heads.cards] == [1.0] * 6
    assert [card.threshold for card in heads.cards] == heads.thresholds.tolist()


def test_the_score_on_seeds_is_held_out(codebook, coding_settings, planted_seeds):
    """Codes given by lot cannot be told apart on seeds that a head has not seen, however well it knows its own."""
    seeds, vectors = planted_seeds(20, dimension=40)
    rng = np.random.default_rng(0)
    lots = np.asarray(vectors)[rng.permutation(len(vectors))]
    heads = train(lots, seeds, codebook, coding_settings(strength=1e4), seed=1)
    assert max(card.seed_f1 for card in heads.cards if card.code != "CO") < 0.6


def test_train_twice_is_equal(codebook, coding_settings, planted_seeds):
    seeds, vectors = planted_seeds()
    one, other = (train(vectors, seeds, codebook, coding_settings(), seed=1) for _ in range(2))
    assert one.to_bytes() == other.to_bytes()
    assert one.fingerprint() == other.fingerprint()
    assert one.fingerprint() != train(vectors, seeds, codebook, coding_settings(strength=1.0), seed=1).fingerprint()
    kept = load(one.to_bytes())
    assert set(kept) == {"weights", "intercepts", "slopes", "offsets", "thresholds"}
    np.testing.assert_array_equal(kept["weights"], one.weights)


@pytest.mark.parametrize(("count", "kept"), [(3, False), (4, True)])
def test_codes_with_too_few_seeds_are_dropped_and_listed(codebook, coding_settings, planted_seeds, count, kept):
    seeds, vectors = planted_seeds()
    rows = [i for i, seed in enumerate(seeds) if seed.codes != ("F1",) or int(seed.id[-2:]) < count]
    heads = train(vectors[rows], [seeds[i] for i in rows], codebook, coding_settings(fewest_seeds=4), seed=1)
    assert ("F1" in heads.codes) is kept
    assert heads.weights.shape == (len(heads.codes), vectors.shape[1])
    assert [problem.where for problem in heads.problems] == ([] if kept else ["F1"])


def test_a_code_that_all_seeds_carry_is_dropped(codebook, coding_settings, planted_seeds):
    seeds, vectors = planted_seeds()
    rows = [i for i, seed in enumerate(seeds) if seed.codes and seed.codes[0].startswith("CO")]
    heads = train(vectors[rows], [seeds[i] for i in rows], codebook, coding_settings(), seed=1)
    assert heads.codes == ("CODI", "COIN")
    assert {problem.where for problem in heads.problems} == {"CO", "CP", "CPIN", "F1"}


def test_no_code_has_enough(codebook, coding_settings, planted_seeds):
    seeds, vectors = planted_seeds(3)
    rows = slice(0, 3)
    with pytest.raises(SeedError, match="no code has enough"):
        train(vectors[rows], seeds[rows], codebook, coding_settings(), seed=1)


def test_a_code_whose_seeds_share_one_origin(codebook, coding_settings, planted_seeds):
    seeds, vectors = planted_seeds()
    one = [Seed(s.id, s.text, s.codes, s.stance, group="G" if s.codes == ("F1",) else "") for s in seeds]
    heads = train(vectors, one, codebook, coding_settings(), seed=1)
    assert "F1" in heads.codes
    assert np.isfinite(heads.probabilities(vectors)).all()


def loss(slope, offset, decision, target):
    positives, negatives = target.sum(), (~target).sum()
    goal = np.where(target, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    p = np.clip(expit(slope * decision + offset), 1e-300, 1 - 1e-16)
    return -(goal * np.log(p) + (1 - goal) * np.log1p(-p)).sum()


VALUES = st.floats(-5, 5).map(lambda value: round(value, 3))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(VALUES, st.booleans()), min_size=4, max_size=40).filter(lambda rows: len({own for _, own in rows}) == 2))
def test_platt_is_the_best_of_its_neighbours(rows):
    decision, target = np.array([value for value, _ in rows]), np.array([own for _, own in rows])
    slope, offset = platt(decision, target)
    assert slope > 0
    best = loss(slope, offset, decision, target)
    for other in ((slope * 1.1, offset), (slope * 0.9, offset), (slope, offset + 0.1), (slope, offset - 0.1), (slope + 0.1, offset)):
        assert best <= loss(*other, decision, target) + 1e-4


def test_platt_as_scikit_learn_fits_it():
    from sklearn.calibration import _SigmoidCalibration

    rng = np.random.default_rng(2)
    target = rng.random(200) < 0.3
    decision = rng.normal(size=200) + 1.5 * target
    oracle = _SigmoidCalibration().fit(decision, target)
    slope, offset = platt(decision, target)
    assert (slope, offset) == pytest.approx((-oracle.a_, -oracle.b_), abs=1e-3)


def test_platt_never_turns_a_head_round():
    decision = np.array([2.0, 1.5, -1.0, -2.0])
    slope, offset = platt(decision, np.array([False, False, True, True]))
    assert 0 < slope < 1e-3
    assert offset == pytest.approx(0, abs=1e-3)


PROBABILITY = st.one_of(st.sampled_from([0.0, 5e-324, 0.1, 0.5, float(np.nextafter(0.5, 1)), 1.0]), st.floats(0, 1))


def f1_by_counting(target, assigned):
    hits = int((target & assigned).sum())
    return 2 * hits / int(target.sum() + assigned.sum())


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PROBABILITY, st.booleans()), min_size=1, max_size=25).filter(lambda rows: any(own for _, own in rows)))
def test_best_threshold_is_best(rows):
    probability, target = np.array([value for value, _ in rows]), np.array([own for _, own in rows])
    threshold, f1 = best_threshold(probability, target)
    assert f1 == pytest.approx(f1_by_counting(target, probability >= threshold))
    assert f1 == pytest.approx(max(f1_by_counting(target, probability >= cut) for cut in {*probability, 0.0}))


@pytest.mark.parametrize(
    ("probability", "target", "threshold", "f1"),
    [
        ([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 0.5, 1.0),
        ([0.9, 0.2], [0, 1], 0.1, 2 / 3),
        ([0.4, 0.4, 0.2], [1, 0, 0], 0.3, 2 / 3),
        ([0.6], [1], 0.3, 1.0),
        ([5e-324, 0.0], [1, 0], 5e-324, 1.0),  # nothing lies between the two
    ],
)
def test_the_threshold_lies_midway(probability, target, threshold, f1):
    assert best_threshold(np.array(probability), np.array(target, dtype=bool)) == pytest.approx((threshold, f1))
