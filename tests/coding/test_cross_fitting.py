"""Heads that people's coding taught: nothing of a fold reaches the heads that code it."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from nptlens.coding import CrossFittedHeads, code, load_cross_fitted, train_cross_fitted
from nptlens.coding.folds import balanced_folds
from nptlens.coding.stacking import best_threshold
from nptlens.coding.training_set import labels
from nptlens.core.errors import IntegrityError, SeedError
from nptlens.schemas.records import TaughtBy


@pytest.fixture
def study(planted):
    """Seeds, and excerpts of six transcripts with what a person made of them."""
    given = planted(8, noise=0.4, plain=0.8, n=0)
    talk = planted(18, noise=0.4, plain=0.8, n=0)
    order = np.random.default_rng(5).permutation(len(talk.seeds))[:72]
    names = [f"T{i % 6}" for i in range(len(order))]
    coded = tuple(replace(talk.seeds[row], id=f"x{i:03}", group=names[i]) for i, row in enumerate(order))
    excerpts = talk.examples.take(order)
    fold_of = balanced_folds(names, 3)
    by = TaughtBy("A", len(coded), tuple(sorted(fold_of.items())))
    return given, coded, excerpts, by


def cross_fitted_of(study, setting, *, coded=None, seeds=None, examples=None, by=None):
    given, own, excerpts, known = study
    seeds = given.seeds if seeds is None else seeds
    examples = given.examples if examples is None else examples
    everything = (*seeds, *(own if coded is None else coded))
    of = [seed.group for seed in own]
    return train_cross_fitted(
        examples + excerpts, everything, by or known, given.codebook, given.definitions, excerpts, setting, seed=1, transcripts=of
    )


def test_each_transcript_is_coded_by_heads_that_never_saw_it(study, coding_settings):
    """Whatever a person had said of the transcripts of a fold, the heads of that fold stay byte for byte as they are."""
    _, own, _, by = study
    cross_fitted = cross_fitted_of(study, coding_settings())
    fold_of = dict(by.fold_of)
    for fold in range(3):
        lies = tuple(replace(each, codes=("F1",) if not each.codes else ()) if fold_of[each.group] == fold else each for each in own)
        other = cross_fitted_of(study, coding_settings(), coded=lies)
        assert CrossFittedHeads(other.of_fold[fold]).to_bytes() == CrossFittedHeads(cross_fitted.of_fold[fold]).to_bytes()
        assert CrossFittedHeads(other.general).to_bytes() != CrossFittedHeads(cross_fitted.general).to_bytes()
        assert all(CrossFittedHeads(other.of_fold[i]).to_bytes() != CrossFittedHeads(cross_fitted.of_fold[i]).to_bytes() for i in range(3) if i != fold)


def test_what_is_calibrated_on_is_held_out_and_is_talk_alone(study, coding_settings):
    """Moments of the held-out values, made again by training without both folds, one regression at a time."""
    given, own, excerpts, by = study
    setting = coding_settings()
    cross_fitted = cross_fitted_of(study, setting)
    fold = np.array([dict(by.fold_of)[each.group] for each in own])
    target = labels(own, given.codebook, given.codebook.ids())
    from sklearn.linear_model import LogisticRegression

    everything = np.vstack([given.examples.embedded.vectors, excerpts.embedded.vectors]).astype(float)
    matrix = np.vstack([labels(given.seeds, given.codebook, given.codebook.ids()), target])
    where = np.concatenate([np.full(len(given.seeds), -1), fold])
    for without, heads in ((-2, cross_fitted.general), (1, cross_fitted.of_fold[1])):
        values = []
        for number in {0, 1, 2} - {without}:
            rows = ~np.isin(where, [without, number])
            models = [
                LogisticRegression(C=0.1 * setting.strength, class_weight="balanced", tol=1e-9, max_iter=10_000).fit(everything[rows], own[rows])
                for own in matrix.T
            ]
            values.append(np.column_stack([model.decision_function(everything[where == number]) for model in models]))
        np.testing.assert_allclose(heads.means[0], np.vstack(values).mean(axis=0), atol=1e-4)
        np.testing.assert_allclose(heads.spreads[0], np.vstack(values).std(axis=0), atol=1e-4)


def test_the_mean_probability_is_the_share_in_talk(study, coding_settings):
    """Seeds are richer in codes than talk; what is calibrated on talk is not."""
    given, own, excerpts, _ = study
    rare = tuple(replace(each, codes=()) if "F1" in each.codes and i % 3 else each for i, each in enumerate(own))
    cross_fitted = cross_fitted_of(study, coding_settings(), coded=rare)
    target = labels(rare, given.codebook, given.codebook.ids())
    probability = np.empty(target.shape)
    for heads, rows in cross_fitted.rows_by_heads([each.group for each in rare]):
        probability[rows] = heads.probabilities(excerpts.take(rows))
    np.testing.assert_allclose(probability.mean(axis=0), target.mean(axis=0), atol=0.06)


def test_other_transcripts_are_coded_by_the_heads_of_all(study, coding_settings):
    cross_fitted = cross_fitted_of(study, coding_settings())
    assert cross_fitted.heads_of("T9") is cross_fitted.general
    assert cross_fitted.heads_of("T0") is cross_fitted.of_fold[dict(cross_fitted.fold_of)["T0"]]
    fold_of = list(cross_fitted.rows_by_heads(["T9", "T0", "T9", "T1"]))
    assert sorted(int(row) for _, rows in fold_of for row in rows) == [0, 1, 2, 3]
    assert [rows.tolist() for heads, rows in fold_of if heads is cross_fitted.general] == [[0, 2]]


def test_the_reasons_of_a_coding_name_nothing_of_its_fold(study, coding_settings, make_segments):
    given, own, excerpts, by = study
    cross_fitted = cross_fitted_of(study, coding_settings())
    segments = make_segments(len(excerpts), 6)
    seeds = (*given.seeds, *own)
    codings = code(excerpts, segments, cross_fitted, seeds, given.examples + excerpts, given.codebook, coding_settings(nearest=5))
    fold_of = dict(by.fold_of)
    origin = {each.id: each.group for each in own}
    named = 0
    for row in codings[codings["nearest_seeds"] != ""].itertuples():
        transcript = row.segment_id.split(":")[0]
        for entry in row.nearest_seeds.split("; "):
            seed = entry.split("=")[0]
            named += seed in origin
            assert seed not in origin or fold_of[origin[seed]] != fold_of[transcript]
    assert named


def test_a_seed_from_a_transcript_is_left_out_with_it(study, coding_settings):
    given, _, _, by = study
    own = tuple(replace(seed, group="T2") if i % 2 else seed for i, seed in enumerate(given.seeds))
    cross_fitted = cross_fitted_of(study, coding_settings(), seeds=own)
    fold = dict(by.fold_of)["T2"]
    assert not cross_fitted.of_fold[fold].taught[: len(own)][1::2].any()
    assert cross_fitted.of_fold[fold].taught[: len(own)][::2].all()
    assert cross_fitted.general.taught.all()


def test_cards_count_seeds_and_excerpts_apart(study, coding_settings):
    _, own, _, _ = study
    cross_fitted = cross_fitted_of(study, coding_settings())
    cards = {card.code: card for card in cross_fitted.general.cards}
    assert cards["F1"].seeds == 8
    assert cards["F1"].excerpts == sum("F1" in each.codes for each in own)
    assert all(0 <= card.held_out_f1 <= 1 for card in cross_fitted.general.cards)


def test_without_a_person_seeds_teach_alone(study, coding_settings):
    given, _, _, _ = study
    alone = given.train(coding_settings())
    cross_fitted = train_cross_fitted(given.examples, given.seeds, None, given.codebook, given.definitions, given.study, coding_settings(), seed=1, transcripts=())
    assert CrossFittedHeads(alone).to_bytes() == cross_fitted.to_bytes()
    assert (cross_fitted.of_fold, cross_fitted.fold_of) == ((), ())


def test_coded_excerpts_alone_can_teach(study, coding_settings):
    given, own, _, by = study
    nothing = given.examples.take(np.array([], dtype=np.intp))
    cross_fitted = cross_fitted_of(study, coding_settings(), seeds=(), examples=nothing)
    assert [card.seeds for card in cross_fitted.general.cards] == [0] * len(cross_fitted.general.cards)
    two = TaughtBy("A", len(own), tuple((name, fold % 2) for name, fold in by.fold_of))
    with pytest.raises(SeedError, match="too few transcripts"):
        cross_fitted_of(study, coding_settings(), seeds=(), examples=nothing, by=two)
    assert len(cross_fitted_of(study, coding_settings(), by=two).of_fold) == 2


def test_one_fold_cannot_teach(study, coding_settings):
    with pytest.raises(SeedError, match="too few transcripts"):
        cross_fitted_of(study, coding_settings(), by=TaughtBy("A", len(study[1]), tuple((name, 0) for name, _ in study[3].fold_of)))


def test_a_panel_comes_back_from_its_bytes(study, coding_settings):
    given, _, excerpts, by = study
    cross_fitted = cross_fitted_of(study, coding_settings())
    back = load_cross_fitted(cross_fitted.to_bytes(), cross_fitted.general.cards, by, given.examples + excerpts, excerpts)
    assert back.to_bytes() == cross_fitted.to_bytes()
    for one, other in zip((cross_fitted.general, *cross_fitted.of_fold), (back.general, *back.of_fold), strict=True):
        assert one.probabilities(excerpts).tobytes() == other.probabilities(excerpts).tobytes()
    with pytest.raises(IntegrityError):
        load_cross_fitted(cross_fitted.to_bytes(), cross_fitted.general.cards, by, given.examples, excerpts)


def test_the_same_bytes_again(study, coding_settings):
    assert cross_fitted_of(study, coding_settings()).to_bytes() == cross_fitted_of(study, coding_settings()).to_bytes()


def test_talk_that_nobody_coded_joins_in_choosing_thresholds(study, planted, coding_settings, monkeypatch):
    """A person's few excerpts with a code cannot tell a threshold; held out, they join the talk that taught nothing."""
    given, own, excerpts, by = study
    more = planted(20, noise=0.4, plain=0.8, n=0).examples
    of = [*(seed.group for seed in own), *["T9"] * len(more)]
    chosen = []

    def watched(probability, target):
        chosen.append((probability, target))
        return best_threshold(probability, target)

    monkeypatch.setattr(sys.modules["nptlens.coding.heads"], "best_threshold", watched)
    book, setting = given.codebook, coding_settings()
    seeds, everything = (*given.seeds, *own), excerpts + more
    cross_fitted = train_cross_fitted(
        given.examples + excerpts, seeds, by, book, given.definitions, everything, setting, seed=1, transcripts=of
    )
    heads = cross_fitted.general
    likely = heads.probabilities(more)
    for column, threshold in enumerate(heads.thresholds):
        probability, carries = next(pair for pair in chosen if best_threshold(*pair)[0] == threshold and len(pair[0]) == len(of))
        assert carries is probability
        assert probability[len(own) :] == pytest.approx(likely[:, column])
        assert not np.allclose(probability[: len(own)], heads.probabilities(excerpts)[:, column])  # held out
    coded = [len(own), *(sum(seed.group not in kept for seed in own) for kept in _folds(by))]
    assert {len(pair[0]) for pair in chosen} == {*coded, *(n + len(more) for n in coded)}


def _folds(by):
    return [{name for name, fold in by.fold_of if fold == number} for number in range(by.folds())]
