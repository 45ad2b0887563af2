"""Heads against scikit-learn, scipy and brute force."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load
from scipy.optimize import check_grad, minimize
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from tests.examples import examples
from threadpoolctl import threadpool_limits

from nptlens.coding._workers import Workers
from nptlens.coding.heads import _held_out, _stratified, save_heads
from nptlens.coding.regression import Regression
from nptlens.coding.stacking import best_threshold, stack
from nptlens.coding.training_set import labels, prepare
from nptlens.coding.views import Excerpts, views_of
from nptlens.core.errors import SeedError
from nptlens.schemas.records import Embedded, Seed

LESSONS = sys.modules["nptlens.coding.training_set"]
VIEWS = sys.modules["nptlens.coding.views"]
STACKING = sys.modules["nptlens.coding.stacking"]
STRENGTH = {"meaning": 0.1, "layers": 1.0, "letters": 1.0}


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


def explicit(planted) -> dict[str, Callable[[Excerpts], np.ndarray]]:
    """The features of each view, made anew from both sets of excerpts."""
    states = np.vstack([planted.examples.embedded.layers, planted.study.embedded.layers]).astype(np.float64)
    counter = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit([*planted.examples.texts, *planted.study.texts])

    def layers(excerpts: Excerpts) -> np.ndarray:
        scaled = (excerpts.embedded.layers - states.mean(axis=0)) / (states.std(axis=0) + 1e-3)
        blocks = scaled.reshape(len(excerpts), 3, -1)
        return (blocks / np.linalg.norm(blocks, axis=2, keepdims=True)).reshape(len(excerpts), -1) / np.sqrt(3)

    return {
        "meaning": lambda excerpts: excerpts.embedded.vectors.astype(np.float64),
        "layers": layers,
        "letters": lambda excerpts: counter.transform(excerpts.texts).toarray(),
    }


def logistic(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, class_weight="balanced", tol=1e-9, max_iter=10_000)


def held_out(features, target, groups, strength, folds, seed):
    """An explicit loop over the folds; it also sees to it that no group stands on both sides."""
    values = np.full(len(target), np.nan)
    folds = min(folds, len(set(groups[target])), len(set(groups[~target])))
    for train_rows, test_rows in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(features, target, groups):
        assert not set(groups[train_rows]) & set(groups[test_rows])
        values[test_rows] = logistic(strength).fit(features[train_rows], target[train_rows]).decision_function(features[test_rows])
    assert np.isfinite(values).all()
    return values


@pytest.mark.parametrize("groups", [0, 6])
@pytest.mark.parametrize("name", ["meaning", "layers", "letters"])
def test_a_view_is_a_logistic_regression_on_its_features(coding_settings, planted, name, groups):
    """What is fitted on the seeds' Gram matrix is what scikit-learn fits on the features themselves."""
    given, setting = planted(noise=0.5, groups=groups), coding_settings(strength=2.0)
    target = labels(given.seeds, given.codebook, given.codebook.ids())
    view = next(each for each in views_of(given.examples, given.study) if each.name == name)
    training_set = prepare(given.examples, given.seeds, given.codebook, given.definitions, given.study, setting)
    folds = _stratified(target, given.groups(), setting.folds, 5)
    fits = training_set.fit_all([np.ones_like(target), *(folds != number for number in range(folds.max() + 1))], setting.strength)
    found, *without = fits[[each.name for each in training_set.views].index(name)]
    make = explicit(given)[name]
    seeds, fresh, strength = make(given.examples), make(given.study), 2.0 * STRENGTH[name]
    decision = view.likeness(given.study) @ found.duals + found.intercepts
    for column in range(target.shape[1]):
        oracle = logistic(strength).fit(seeds, target[:, column])
        np.testing.assert_allclose(decision[:, column], oracle.decision_function(fresh), atol=1e-4)
        np.testing.assert_allclose(found.intercepts[column], oracle.intercept_[0], atol=1e-4)
        np.testing.assert_allclose(seeds.T @ found.duals[:, column], oracle.coef_[0], atol=1e-4)
        own = held_out(seeds, target[:, column], given.groups(), strength, setting.folds, 5)
        np.testing.assert_allclose(_held_out(without, folds)[:, column], own, atol=1e-4)


@pytest.mark.parametrize("groups", [0, 6])
def test_heads_are_three_regressions_and_a_likeness_stacked(coding_settings, planted, groups):
    """The whole way from excerpts to probabilities and thresholds, with another optimiser at each step."""
    given, setting = planted(noise=0.7, plain=0.9, groups=groups), coding_settings()
    heads = given.train(setting, seed=5)
    target = labels(given.seeds, given.codebook, given.codebook.ids())
    kept, fresh = [], []
    for name, make in explicit(given).items():
        seeds, study = make(given.examples), make(given.study)
        strength = setting.strength * STRENGTH[name]
        kept.append(np.column_stack([held_out(seeds, own, given.groups(), strength, setting.folds, 5) for own in target.T]))
        fresh.append(np.column_stack([logistic(strength).fit(seeds, own).decision_function(study) for own in target.T]))
    kept.append(given.examples.embedded.vectors @ given.definitions.T)
    fresh.append(given.study.embedded.vectors @ given.definitions.T)
    kept, fresh = np.stack(kept), np.stack(fresh)
    mean, spread = kept.mean(axis=1, keepdims=True), kept.std(axis=1, keepdims=True)
    weights, offsets = stacked((kept - mean) / spread, target)
    np.testing.assert_allclose(heads.weights, weights, atol=2e-3)
    expected = expit(np.einsum("v,vnk->nk", weights, (fresh - mean) / spread) + offsets)
    np.testing.assert_allclose(heads.probabilities(given.study), expected, atol=1e-3)
    on_seeds = expit(np.einsum("v,vnk->nk", weights, (kept - mean) / spread) + offsets)
    for column, card in enumerate(heads.cards):
        assert heads.thresholds[column] == card.threshold
        assert card.threshold == pytest.approx(best_threshold(on_seeds[:, column], target[:, column])[0], abs=1e-3)
        assert card.held_out_f1 == pytest.approx(f1_by_counting(target[:, column], on_seeds[:, column] >= card.threshold))


GROUPED = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=6, max_size=40).filter(
    lambda rows: all(len({group for group, own in rows if own is side}) >= 2 for side in (True, False))
)


@settings(max_examples=examples(150), deadline=None)
@given(GROUPED, st.integers(2, 6), st.integers(0, 3))
def test_no_held_out_value_knows_its_group(rows, folds, seed):
    """A stand-in for the regression that gives an example's value 1 where it knew its group: every value must be 0."""
    groups, target = np.array([group for group, _ in rows]), np.array([[own] for _, own in rows])
    number = _stratified(target, groups, folds, seed)
    shared = min(len(set(groups[target[:, 0]])), len(set(groups[~target[:, 0]]))) > 1
    if shared:
        assert all(len(set(number[groups == group, 0])) == 1 for group in groups)
    knew = [[[float((number[(groups if shared else np.arange(len(rows))) == own, 0] != fold).any())] for own in (groups if shared else range(len(rows)))]
            for fold in range(number.max() + 1)]  # fmt: skip
    fits = [Regression(np.zeros((len(rows), 1)), np.zeros(1), np.array(values)) for values in knew]
    assert _held_out(fits, number).ravel().tolist() == [0.0] * len(rows)


def test_heads_tell_planted_codes_apart(coding_settings, planted):
    given = planted(12, noise=0.1, plain=0.3)
    heads = given.train(coding_settings())
    target = labels(given.seeds, given.codebook, given.codebook.ids())
    np.testing.assert_array_equal(heads.probabilities(given.examples) >= heads.thresholds, target)
    assert [view.name for view in heads.views] == ["meaning", "layers", "letters"]
    assert [card.code for card in heads.cards] == list(given.codebook.ids())
    assert [card.seeds for card in heads.cards] == [24, 12, 12, 12, 12, 12]
    assert [card.held_out_f1 for card in heads.cards] == [1.0] * 6
    assert [card.threshold for card in heads.cards] == heads.thresholds.tolist()


def test_codes_that_are_easily_told_apart_do_not_run_away(coding_settings, planted):
    """Where held-out values part the seeds without a fault, the likeliest weights are infinite; the heads stay moderate."""
    heads = planted(12, noise=0.05, plain=0.1).train(coding_settings())
    assert [card.held_out_f1 for card in heads.cards] == [1.0] * 6
    assert heads.weights.max() < 5
    assert (heads.thresholds > 0.05).all() and (heads.thresholds < 0.95).all()


def test_the_score_on_seeds_is_held_out(coding_settings, planted, pick):
    """Codes given by lot cannot be told apart on seeds that a head has not seen, however well it knows its own."""
    given = planted(20, dimension=40)
    lots = np.random.default_rng(0).permutation(100)
    heads = type(given)(given.seeds, pick(given.examples, lots), given.study, given.definitions, given.codebook).train(
        coding_settings(strength=1e4)
    )
    assert max(card.held_out_f1 for card in heads.cards if card.code != "CO") < 0.6


def test_train_twice_is_equal(coding_settings, planted):
    given = planted()
    one, other = (given.train(coding_settings()) for _ in range(2))
    assert {save_heads([heads]) for heads in (one, other) for _ in range(9)} == {save_heads([one])}
    assert one.probabilities(given.study).tobytes() == other.probabilities(given.study).tobytes()
    assert save_heads([one]) != save_heads([given.train(coding_settings(strength=2.0))])
    kept = load(save_heads([one]))
    assert {name.removeprefix("0."): array.shape for name, array in kept.items()} == {
        "definitions": (6, 12), "duals": (3, 40, 6), "intercepts": (4, 6), "means": (4, 6), "spreads": (4, 6),
        "weights": (4,), "offsets": (6,), "thresholds": (6,), "taught": (40,),
    }  # fmt: skip
    for name, array in kept.items():
        np.testing.assert_array_equal(array, getattr(one, name.removeprefix("0.")))


def test_threads_change_no_byte(coding_settings, planted):
    given, setting = planted(), coding_settings()
    made = []
    for threads in (1, 2, 5):
        with threadpool_limits(threads):
            heads = given.train(setting, workers=Workers(threads))
            made.append(save_heads([heads]) + heads.probabilities(given.study).tobytes())
    assert len(set(made)) == 1


def test_many_seeds_are_fitted_quickly_with_the_same_decisions(coding_settings, planted, monkeypatch):
    given, setting = planted(each=12, noise=0.4), coding_settings()
    exact = given.train(setting)
    monkeypatch.setattr(LESSONS, "MOST_IN_SPAN", 20)
    quick = given.train(setting)
    one, other = exact.probabilities(given.study), quick.probabilities(given.study)
    np.testing.assert_allclose(other, one, atol=0.005)
    near = np.abs(one - exact.thresholds) < 0.01
    np.testing.assert_array_equal((other >= quick.thresholds)[~near], (one >= exact.thresholds)[~near])
    assert save_heads([quick]) == save_heads([given.train(setting, workers=Workers(3))]) != save_heads([exact])


def test_ordinary_studies_are_fitted_exactly():
    assert [LESSONS.are_many(*size) for size in ((4000, 60), (4001, 2), (2500, 500), (2500, 60))] == [False, True, True, False]


@pytest.mark.parametrize("block", [1, 7, 40])
def test_probabilities_do_not_depend_on_where_a_block_ends(coding_settings, planted, monkeypatch, block):
    given, setting = planted(), coding_settings()
    whole = given.train(setting).probabilities(given.study)
    monkeypatch.setattr(VIEWS, "_BLOCK", block)
    np.testing.assert_allclose(given.train(setting).probabilities(given.study), whole, atol=1e-6)


def test_the_order_of_the_excerpts_does_not_matter(coding_settings, planted, pick):
    given, setting = planted(n=60), coding_settings()
    order = np.random.default_rng(2).permutation(60)
    shuffled = type(given)(given.seeds, given.examples, pick(given.study, order), given.definitions, given.codebook)
    one, other = given.train(setting), shuffled.train(setting)
    np.testing.assert_allclose(other.probabilities(shuffled.study), one.probabilities(given.study)[order], atol=1e-6)
    np.testing.assert_allclose(other.thresholds, one.thresholds, atol=1e-6)


def test_an_encoder_without_layers_gives_one_view_fewer(coding_settings, planted):
    given = planted(12, noise=0.1, layers=False)
    heads = given.train(coding_settings())
    assert [view.name for view in heads.views] == ["meaning", "letters"]
    assert heads.weights.shape == (3,)
    target = labels(given.seeds, given.codebook, given.codebook.ids())
    assert ((heads.probabilities(given.examples) >= heads.thresholds) == target).mean() > 0.97


@pytest.mark.parametrize("width", [36, 0])
def test_without_excerpts_heads_are_trained_on_seeds_alone(coding_settings, planted, width):
    given = planted(12, noise=0.1, n=0)
    assert len(given.study) == 0
    bare = Excerpts((), Embedded(np.empty((0, 0), np.float32), np.empty((0, 0), np.float32)))  # as `embed` returns for no text
    heads = (given if width else type(given)(given.seeds, given.examples, bare, given.definitions, given.codebook)).train(coding_settings())
    assert [view.name for view in heads.views] == ["meaning", "layers", "letters"]
    assert heads.probabilities(given.study).shape == (0, 6)
    target = labels(given.seeds, given.codebook, given.codebook.ids())
    np.testing.assert_array_equal(heads.probabilities(given.examples) >= heads.thresholds, target)


@pytest.mark.parametrize(("count", "kept"), [(3, False), (4, True)])
def test_codes_with_too_few_seeds_are_dropped_and_listed(coding_settings, planted, count, kept):
    given = planted()
    given = given.kept([i for i, seed in enumerate(given.seeds) if seed.codes != ("F1",) or int(seed.id[-3:]) < count])
    heads = given.train(coding_settings(fewest_seeds=4))
    assert ("F1" in heads.codes) is kept
    assert heads.duals.shape == (3, len(given.seeds), len(heads.codes))
    np.testing.assert_array_equal(heads.definitions, given.definitions[: len(heads.codes)])
    assert [problem.where for problem in heads.problems] == ([] if kept else ["F1"])


def test_a_code_that_all_seeds_carry_is_dropped(coding_settings, planted):
    given = planted()
    given = given.kept([i for i, seed in enumerate(given.seeds) if seed.codes and seed.codes[0].startswith("CO")])
    heads = given.train(coding_settings())
    assert heads.codes == ("CODI", "COIN")
    np.testing.assert_array_equal(heads.definitions, given.definitions[1:3])
    assert {problem.where for problem in heads.problems} == {"CO", "CP", "CPIN", "F1"}


def test_no_code_has_enough(coding_settings, planted):
    with pytest.raises(SeedError, match="no code has enough"):
        planted(3).kept(range(3)).train(coding_settings())


def test_a_code_whose_seeds_share_one_origin(coding_settings, planted):
    given = planted()
    one = tuple(Seed(s.id, s.text, s.codes, s.stance, group="G" if s.codes == ("F1",) else "") for s in given.seeds)
    heads = type(given)(one, given.examples, given.study, given.definitions, given.codebook).train(coding_settings())
    assert "F1" in heads.codes
    assert np.isfinite(heads.probabilities(given.study)).all()


def test_a_seed_twice_is_no_obstacle(coding_settings, planted, pick):
    """A Gram matrix with equal rows is singular."""
    given = planted()
    rows = [*range(40), *range(40)]
    seeds = tuple(Seed(f"{seed.id}-{i}", seed.text, seed.codes, group=seed.id) for i, seed in enumerate([*given.seeds, *given.seeds]))
    heads = type(given)(seeds, pick(given.examples, rows), given.study, given.definitions, given.codebook).train(coding_settings())
    assert np.isfinite(heads.probabilities(given.study)).all()
    assert np.abs(heads.duals).max() < 100


def goals(target):
    """The targets of Platt's method (1999), with a seed more on either side."""
    positives, negatives = target.sum(axis=0), (~target).sum(axis=0)
    return np.where(target, (positives + 1) / (positives + 2), 1 / (negatives + 2))


def loss(parameters, values, target):
    """The negative log-likelihood written out, and the pull of the weights to one another."""
    weights, offsets = parameters[: len(values)], parameters[len(values) :]
    p = np.clip(expit(np.einsum("v,vnk->nk", weights, values) + offsets), 1e-300, 1 - 1e-16)
    goal = goals(target)
    return -(goal * np.log(p) + (1 - goal) * np.log1p(-p)).sum() + ((weights - weights.mean()) ** 2).sum()


def stacked(values, target):
    """The weights and offsets of another optimiser, which must find the gradient itself."""
    v, k = len(values), target.shape[1]
    found = minimize(
        loss, np.concatenate([np.ones(v), np.zeros(k)]), args=(values, target), method="SLSQP",
        bounds=[(0, None)] * v + [(None, None)] * k, options={"ftol": 1e-12, "maxiter": 500},
    )  # fmt: skip
    assert found.success
    return found.x[:v], found.x[v:]


def views_with(strengths, n=120, k=3, seed=0):
    """Values of views that tell the code as well as their strength says; 0 is noise."""
    rng = np.random.default_rng(seed)
    target = rng.random((n, k)) < [0.2, 0.4, 0.6][:k]
    return np.stack([rng.normal(size=(n, k)) + strength * (target - 0.5) for strength in strengths]), target


@pytest.mark.parametrize("strengths", [(1, 2, 0.5), (0, 2), (-1, 1, 2), (-1, -2), (1.5,)])
def test_stack_finds_the_best_weights(strengths):
    values, target = views_with(strengths)
    weights, offsets = stack(values, target)
    best_weights, best_offsets = stacked(values, target)
    np.testing.assert_allclose(weights, best_weights, atol=1e-3)
    np.testing.assert_allclose(offsets, best_offsets, atol=1e-3)
    assert loss(np.concatenate([weights, offsets]), values, target) <= loss(np.concatenate([best_weights, best_offsets]), values, target) + 1e-6
    assert (weights >= 0).all()


def test_stack_without_its_pull_is_a_logistic_regression(monkeypatch):
    """One regression over all codes with a dummy for each; each example stands twice, as a hit and a miss, with its goal as weight."""
    monkeypatch.setattr(STACKING, "_EVEN", 1e-9)
    values, target = views_with((1, 2, 0.5))
    v, n, k = values.shape
    features = np.hstack([values.reshape(v, n * k).T, np.tile(np.eye(k), (n, 1))])
    goal = goals(target).ravel()
    oracle = LogisticRegression(C=1e6, fit_intercept=False, tol=1e-9, max_iter=10_000).fit(
        np.vstack([features, features]), np.repeat([1, 0], n * k), sample_weight=np.concatenate([goal, 1 - goal])
    )
    weights, offsets = stack(values, target)
    np.testing.assert_allclose([*weights, *offsets], oracle.coef_[0], atol=1e-3)


def test_the_gradient_of_the_stack_is_right(monkeypatch):
    values, target = views_with((1, -2, 0.5))
    given = {}

    def noted(fun, start, **options):
        given.update(fun=fun, n=len(start))
        return minimize(fun, start, **options)

    monkeypatch.setattr(STACKING, "minimize", noted)
    stack(values, target)
    rng = np.random.default_rng(1)
    for _ in range(5):
        at = rng.normal(size=given["n"])
        assert given["fun"](at)[0] == pytest.approx(loss(at, values, target))
        assert check_grad(lambda x: given["fun"](x)[0], lambda x: given["fun"](x)[1], at) < 1e-4 * np.linalg.norm(given["fun"](at)[1])


def test_a_useless_view_weighs_little_and_a_good_one_much():
    weights, _ = stack(*views_with((3, 0, 0), n=400))
    assert weights[0] > 2
    assert weights[1:].max() < 0.2
    weights, _ = stack(*views_with((2, 2), n=400))
    assert weights[0] == pytest.approx(weights[1], rel=0.1)


def test_a_view_that_misleads_weighs_nothing():
    weights, _ = stack(*views_with((2, -2), n=400))
    assert weights[0] > 1
    assert weights[1] == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 3), st.floats(-4, 4))
def test_stack_is_never_negative_nor_endless(seed, v, k, strength):
    rng = np.random.default_rng(seed)
    target = rng.random((20, k)) < 0.4
    target[0], target[1] = True, False
    values = rng.normal(size=(v, 20, k)) * 0.1 + strength * target
    values = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    weights, offsets = stack(values, target)
    assert (weights >= 0).all()
    assert np.abs([*weights, *offsets]).max() < 20


def test_the_order_of_views_and_codes_only_reorders_the_stack():
    values, target = views_with((1, 2, 0.5))
    weights, offsets = stack(values, target)
    turned, moved = stack(values[::-1, :, [2, 0, 1]], target[:, [2, 0, 1]])
    np.testing.assert_allclose(turned[::-1], weights, atol=1e-4)
    np.testing.assert_allclose(moved, offsets[[2, 0, 1]], atol=1e-4)


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
