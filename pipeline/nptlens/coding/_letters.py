"""Runs of letters counted by the word: a text holds the runs of its words, and words come again far more often than texts do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RUNS = (3, 5)  # letters, the blanks before and after a word among them
_REMEMBERED = 200_000  # words whose runs are kept at hand


class Letters:
    """TF-IDF features of the runs of 3 to 5 letters that some texts hold; those of scikit-learn's TfidfVectorizer, to the last bit."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Learn which runs there are, and how rare each is, from `texts`."""
        from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

        self._runs = CountVectorizer(analyzer="char_wb", ngram_range=_RUNS).build_analyzer()
        said = [_split(text) for text in texts]
        runs = sorted(set(chain.from_iterable(self._runs(word) for word in set(chain.from_iterable(said)))))
        self._place = {run: number for number, run in enumerate(runs)}
        self._columns = lru_cache(maxsize=_REMEMBERED)(self._columns_of)
        self._rarity = TfidfTransformer(sublinear_tf=True)
        if runs:
            self._rarity.fit(self._counts(said))

    def __call__(self, texts: Sequence[str]) -> Any:
        """Return a sparse ``(n, runs)`` matrix of rows of length 1; runs that were not learned do not count."""
        counts = self._counts([_split(text) for text in texts])
        return self._rarity.transform(counts, copy=False) if self._place else counts

    def _columns_of(self, word: str) -> NDArray[np.int32]:
        return np.array([self._place[run] for run in self._runs(word) if run in self._place], dtype=np.int32)

    def _counts(self, said: Sequence[Sequence[str]]) -> Any:
        """Return how often each text, given as its words, holds each run ``(n, runs)``: words of texts times runs of words."""
        from scipy.sparse import csr_matrix

        number: dict[str, int] = {}
        words = np.array([number.setdefault(word, len(number)) for each in said for word in each], dtype=np.int32)
        runs = [self._columns(word) for word in number]
        of_text = _rows(words, [len(each) for each in said], len(number))
        of_word = _rows(np.concatenate(runs) if runs else np.empty(0, np.int32), [len(each) for each in runs], len(self._place))
        counts = csr_matrix(of_text @ of_word)
        counts.sort_indices()
        return counts


def _split(text: str) -> list[str]:
    return text.lower().split()


def _rows(columns: NDArray[np.int32], sizes: Sequence[int], width: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(len(columns)), columns, np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])), shape=(len(sizes), width))
