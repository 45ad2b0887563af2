"""Reasons: occlusion and left-out seeds against doing it by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nptlens.coding import Excerpts, explain, train
from nptlens.core.text import words

TEXTS = ("the forms were endless paper", "we talked as one team", "money paid for the cover", "forms and forms again")


@pytest.fixture
def setting(word_encoder, codebook, coding_settings, planted_seeds):
    seeds, _ = planted_seeds(6)
    texts = [f"{TEXTS[i % 4]} {seed.text}" for i, seed in enumerate(seeds)]
    examples = Excerpts(tuple(texts), word_encoder.encode(texts))
    study = Excerpts(TEXTS, word_encoder.encode(TEXTS))
    definitions = word_encoder.encode([code.name for code in codebook]).vectors
    settings = coding_settings(nearest=4)
    heads = train(examples, seeds, codebook, definitions, study, settings, seed=1)
    return heads, seeds, examples, study, definitions, settings


@pytest.fixture
def explained(setting, word_encoder, codebook):
    heads, seeds, examples, _, _, settings = setting
    return explain(
        heads, TEXTS[0], "CODI", encode=word_encoder.encode, examples=examples, seeds=seeds, codebook=codebook, settings=settings
    )


def test_words_are_left_out_one_at_a_time(explained, setting, word_encoder):
    heads = setting[0]
    place = heads.codes.index("CODI")

    def probability(text):
        return heads.probabilities(Excerpts((text,), word_encoder.encode([text])))[0, place]

    assert explained.probability == pytest.approx(probability(TEXTS[0]))
    assert {each.word for each in explained.words} == {"the", "forms", "were", "endless", "paper"}
    assert [each.loss for each in explained.words] == sorted((each.loss for each in explained.words), reverse=True)
    for each in explained.words:
        assert each.span.of(TEXTS[0]) == each.word
        without = TEXTS[0][: each.span.start] + TEXTS[0][each.span.end :]
        assert each.loss == pytest.approx(probability(TEXTS[0]) - probability(without))


def test_views_add_up_to_the_log_odds(explained, setting):
    heads = setting[0]
    total = sum(value for _, value in explained.views) + heads.offsets[heads.codes.index("CODI")]
    assert 1 / (1 + np.exp(-total)) == pytest.approx(explained.probability)
    assert [name for name, _ in explained.views] == ["meaning", "letters", "definition"]


def test_a_seed_is_left_out_of_the_fit(explained, setting, word_encoder):
    """Fit scikit-learn on the features of each view without the seed, with the weights of the views as they are."""
    from sklearn.linear_model import LogisticRegression

    from nptlens.coding.training_set import STRENGTH

    heads, seeds, _, _, _, settings = setting
    place = heads.codes.index("CODI")
    excerpt = Excerpts(TEXTS[:1], word_encoder.encode(TEXTS[:1]))
    own = np.array(["CODI" in seed.codes for seed in seeds])
    assert len(explained.seeds) == 4
    for each in explained.seeds:
        kept = np.array([seed.id != each.seed_id for seed in seeds])
        odds = float(heads.offsets[place] + heads.parts(excerpt)[-1, 0, place])
        for v, view in enumerate(heads.views):
            model = LogisticRegression(C=settings.strength * STRENGTH[view.name], class_weight="balanced", max_iter=5000, tol=1e-8)
            value = model.fit(view.seeds[kept], own[kept]).decision_function(view.features(excerpt))[0]
            odds += heads.weights[v] * (value - heads.means[v, place]) / heads.spreads[v, place]
        assert explained.probability - each.loss == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)


def test_an_unknown_code(setting, word_encoder, codebook):
    heads, seeds, examples, _, _, settings = setting
    with pytest.raises(ValueError, match="no head for XX"):
        explain(heads, "words", "XX", encode=word_encoder.encode, examples=examples, seeds=seeds, codebook=codebook, settings=settings)


@pytest.mark.parametrize(("text", "found"), [("", []), ("it's a well-known  fact!", ["it's", "a", "well-known", "fact"]), ("\U0001f600 é", ["é"])])
def test_words(text, found):
    assert [span.of(text) for span in words(text)] == found
