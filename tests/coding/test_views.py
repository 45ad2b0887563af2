"""The views against scikit-learn and plain loops."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import StandardScaler

from nptlens.coding import Excerpts, definition
from nptlens.coding.views import _moments, views_of
from nptlens.schemas.records import Code, Embedded

VIEWS = sys.modules["nptlens.coding.views"]


def view_of(planted, name):
    return next(view for view in views_of(planted.examples, planted.study) if view.name == name)


def test_meaning_is_the_vectors(planted):
    given = planted()
    view = view_of(given, "meaning")
    assert view.seeds.dtype == np.float64
    np.testing.assert_array_equal(view.seeds, given.examples.embedded.vectors)
    cosines = [[float(np.dot(a.astype(float), b)) for b in given.examples.embedded.vectors] for a in given.study.embedded.vectors]
    np.testing.assert_allclose(view.likeness(given.study), cosines, atol=1e-7)


def test_layers_are_standardised_over_seeds_and_study(planted):
    given = planted(n=70)
    both = np.vstack([given.examples.embedded.layers, given.study.embedded.layers]).astype(np.float64)
    scaler = StandardScaler().fit(both)
    view = view_of(given, "layers")
    found = np.vstack([view.seeds, view.features(given.study)]).reshape(-1, 3, 12)
    # each layer has the length 1, hence three of them together root three of it
    np.testing.assert_allclose(np.linalg.norm(found, axis=2), 1 / np.sqrt(3), atol=1e-9)
    scaled = scaler.transform(both).reshape(-1, 3, 12)
    cosine = (found * scaled).sum(axis=2) * np.sqrt(3) / np.linalg.norm(scaled, axis=2)
    np.testing.assert_allclose(cosine, 1, atol=1e-5)  # but for the small spread that keeps flat features down
    np.testing.assert_allclose(np.linalg.norm(view.likeness(given.examples).diagonal()), np.sqrt(40), atol=1e-9)


def test_a_feature_that_never_varies_adds_nothing(planted):
    given = planted()
    flat = [excerpts.embedded.layers.copy() for excerpts in (given.examples, given.study)]
    for layers in flat:
        layers[:, 5] = 7.0
    without = [layers.copy() for layers in flat]
    for layers in without:
        layers[:, 5] = 0.0
    likeness = []
    for layers in (flat, without):
        seeds, study = (
            Excerpts(each.texts, Embedded(each.embedded.vectors, own)) for each, own in zip((given.examples, given.study), layers, strict=True)
        )
        likeness.append(views_of(seeds, study)[1].likeness(study))
    assert np.isfinite(likeness[0]).all()
    np.testing.assert_allclose(*likeness, atol=1e-9)


def test_the_units_of_the_layers_do_not_matter(planted):
    given = planted()
    factor = np.random.default_rng(0).uniform(10, 1000, size=36).astype(np.float32)
    one = view_of(given, "layers").likeness(given.study)
    seeds, study = (
        Excerpts(each.texts, Embedded(each.embedded.vectors, 5 + each.embedded.layers * factor)) for each in (given.examples, given.study)
    )
    np.testing.assert_allclose(views_of(seeds, study)[1].likeness(study), one, atol=1e-2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any), st.integers(1, 5), st.integers(1, 12))
def test_moments_are_those_of_all_rows_together(sizes, width, block):
    rng = np.random.default_rng(sum(sizes))
    matrices = [(100 + rng.normal(size=(n, width if n else 0))).astype(np.float32) for n in sizes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VIEWS, "_BLOCK", block)
        mean, spread = _moments(matrices)
    joined = np.vstack([matrix for matrix in matrices if len(matrix)]).astype(np.float64)
    np.testing.assert_allclose(mean, joined.mean(axis=0))
    np.testing.assert_allclose(spread, joined.std(axis=0), atol=1e-10)


def test_letters_are_those_of_scikit_learn(planted):
    given = planted()
    texts = [*given.examples.texts, *given.study.texts]
    matrix = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts).toarray()
    view = view_of(given, "letters")
    np.testing.assert_allclose(view.seeds.toarray(), matrix[:40], atol=1e-12)
    np.testing.assert_allclose(view.likeness(given.study), matrix[40:] @ matrix[:40].T, atol=1e-12)
    strange = Excerpts(("qqq xxx", ""), given.study.embedded.part(0, 2))
    assert not view.likeness(strange).any()


def test_a_long_study_is_counted_at_even_steps(planted, monkeypatch):
    monkeypatch.setattr(VIEWS, "_COUNTED", 10)
    given = planted(n=40)
    counter = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit([*given.examples.texts, *given.study.texts[::4]])
    np.testing.assert_allclose(view_of(given, "letters").seeds.toarray(), counter.transform(given.examples.texts).toarray(), atol=1e-12)


def test_no_layers_no_view(planted):
    given = planted(layers=False)
    assert [view.name for view in views_of(given.examples, given.study)] == ["meaning", "letters"]


@pytest.mark.parametrize("layers", [True, False])
def test_views_without_a_study(planted, layers):
    given = planted(n=0, layers=layers)
    views = views_of(given.examples, given.study)
    assert [view.likeness(given.study).shape for view in views] == [(0, 40)] * len(views)
    assert all(np.isfinite(view.likeness(given.examples)).all() for view in views)


@pytest.mark.parametrize("block", [1, 3, 39, 40, 41])
def test_likeness_is_the_same_whatever_the_block(planted, monkeypatch, block):
    given = planted()
    whole = [view.likeness(given.study) for view in views_of(given.examples, given.study)]
    monkeypatch.setattr(VIEWS, "_BLOCK", block)
    for view, expected in zip(views_of(given.examples, given.study), whole, strict=True):
        blocks = list(given.study.blocks())
        assert [len(each) for each in blocks] == [block] * (40 // block) + [40 % block] * bool(40 % block)
        assert sum((each.texts for each in blocks), ()) == given.study.texts
        np.testing.assert_allclose(np.vstack([view.likeness(each) for each in blocks]), expected, atol=1e-12)


def test_texts_and_vectors_must_match():
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(ValueError, match="3 rows, texts 2"):
        Excerpts(("a", "b"), Embedded(vectors, vectors[:, :0]))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Code("A", "Coherence", "Making sense."), "Coherence. Making sense."),
        (Code("A", "Coherence", ""), "Coherence."),
        (Code("A", "Coherence", "Making sense.", include="Doubts too.", exclude="Money."), "Coherence. Making sense. Doubts too."),
    ],
)
def test_a_definition_is_what_the_codebook_says_the_code_is(code, expected):
    assert definition(code) == expected


def test_weights_of_features_say_what_weights_of_seeds_say(planted):
    given = planted()
    duals = np.random.default_rng(0).normal(size=(len(given.examples), 3))
    for view in views_of(given.examples, given.study):
        np.testing.assert_allclose(view.features(given.study) @ view.weights(duals), view.likeness(given.study) @ duals, atol=1e-10)
