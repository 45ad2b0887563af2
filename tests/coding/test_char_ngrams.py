from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nptlens.coding._char_ngrams import Letters

TEXTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=8)


def same(found, expected) -> None:
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))
    assert found.shape == expected.shape


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS)
def test_they_are_those_of_scikit_learn_to_the_last_bit(learned, asked):
    learned = ["We meet on Mondays, always.", *learned]
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(learned)
    letters = Letters.learned(learned)
    same(letters(learned), oracle.transform(learned))
    if asked:
        same(letters(asked), oracle.transform(asked))


def test_letters_whose_small_form_hangs_on_their_place():
    texts = ["ΟΔΟΣ ΣΑΣ", "İstanbul a\u00a0b", "x", ""]
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(texts)
    same(Letters.learned(texts)(texts), oracle.transform(texts))
