"""Runs of letters counted by the word: a text holds the runs of its words, and words come again far more often than texts do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RUNS = (3, 5)  # letters, the blanks before and after a word among them
_REMEMBERED = 200_000  # words whose runs are kept at hand


class Letters:
    """TF-IDF features of the runs of 3 to 5 letters that some texts hold, to the last bit those of scikit-learn's TfidfVectorizer.

    A run that is said c times in a text weighs ``1 + ln c`` times ``1 + ln((1 + n) / (1 + d))``, with n texts learned from and d of them
    holding it; the weights of a text are divided by their length (Salton & Buckley 1988, with scikit-learn's smoothing).
    """

    def __init__(self, runs: Sequence[str], rarity: NDArray[np.float64]) -> None:
        """Take the runs that count, in the order of the columns, and the weight ``(runs,)`` that each has by its rarity."""
        self.runs, self.rarity = tuple(runs), rarity
        self._place = {run: number for number, run in enumerate(self.runs)}
        self._columns = lru_cache(maxsize=_REMEMBERED)(self._columns_of)

    @classmethod
    def learned(cls, texts: Iterable[str]) -> Letters:
        """Learn which runs there are, and how rare each is, from `texts`."""
        said = [_split(text) for text in texts]
        runs = sorted(set(chain.from_iterable(map(_runs, set(chain.from_iterable(said))))))
        letters = cls(runs, np.ones(len(runs)))
        held = np.bincount(letters._counts(said).indices, minlength=len(runs))
        letters.rarity = np.log((1.0 + len(said)) / (1.0 + held)) + 1.0
        return letters

    def __call__(self, texts: Sequence[str]) -> Any:
        """Return a sparse ``(n, runs)`` matrix of rows of length 1; runs that were not learned do not count."""
        counts = self._counts([_split(text) for text in texts])
        weights = (np.log(counts.data) + 1.0) * self.rarity[counts.indices]
        rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
        counts.data = weights / np.sqrt(np.bincount(rows, weights * weights, minlength=len(texts)))[rows]
        return counts

    def _columns_of(self, word: str) -> NDArray[np.int32]:
        return np.array([self._place[run] for run in _runs(word) if run in self._place], dtype=np.int32)

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


def _runs(word: str) -> Iterator[str]:
    """Yield the runs of a word with a blank before and after it; the first length that takes it whole is the last."""
    padded = f" {word} "
    for length in range(_RUNS[0], _RUNS[1] + 1):
        for start in range(max(1, len(padded) - length + 1)):
            yield padded[start : start + length]
        if len(padded) <= length:
            return


def _rows(columns: NDArray[np.int32], sizes: Sequence[int], width: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(len(columns)), columns, np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])), shape=(len(sizes), width))
