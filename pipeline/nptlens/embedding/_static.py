"""Static vectors: a text is the sum of its tokens' vectors at length 1, for millions of comments.

Distillation as model2vec does it: every token of the vocabulary goes through the encoder alone, the main axes of what comes out are
kept, and frequent tokens weigh less, their frequency taken from their rank by Zipf's law (smooth inverse frequency, Arora, Liang & Ma
2017, "A simple but tough-to-beat baseline for sentence embeddings", equation 1: a / (a + p)). model2vec's own distillation needs an
older transformers, so it is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nptlens.embedding._onnx import OnnxEncoder
from nptlens.embedding._pooling import unit
from nptlens.embedding._word_tokenizer import Words
from nptlens.schemas.records import Embedded

_AXES = 256
_SMOOTHING = 1e-4  # a of the equation
_TOGETHER = 4_096  # tokens sent through the encoder at a time


class StaticEncoder:
    """An encoder from the bytes that `distilled` made and the folder whose tokenizer they belong to."""

    def __init__(self, data: bytes, folder: Path) -> None:
        from safetensors.numpy import load

        self._vectors = load(data)["vectors"]
        self._words = Words(folder / "tokenizer.json")

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Embedded:
        """Return unit vectors ``(len(texts), dimension)``; there are no middle layers."""
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, tokens in zip(sums, self._words.tokens(texts), strict=True):
            self._vectors[tokens].sum(axis=0, out=row)
        return Embedded(unit(sums), np.empty((len(texts), 0), dtype=np.float32))


def distilled(encoder: OnnxEncoder, folder: Path) -> bytes:
    """Return the vectors ``(vocabulary, 256)`` of an encoder's tokens, as safetensors."""
    from safetensors.numpy import save
    from threadpoolctl import threadpool_limits
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    words = Words(folder / "tokenizer.json")
    size = tokenizer.get_vocab_size()
    vectors = np.empty((size, encoder.dimension), dtype=np.float32)
    for start in range(0, size, _TOGETHER):
        numbers = range(start, min(start + _TOGETHER, size))
        vectors[start : numbers.stop] = encoder.encode_tokens([words.framed([number]) for number in numbers]).vectors
    kept = np.array([_is_said(tokenizer.id_to_token(number)) for number in range(size)])
    with threadpool_limits(1):
        short = _main_axes(vectors[kept])
    weighed = np.zeros((size, short.shape[1]), dtype=np.float32)
    weighed[kept] = short * _weights(int(kept.sum()))[:, None]
    return save({"vectors": weighed})


def _is_said(token: str | None) -> bool:
    return token is not None and not (token.startswith("[") and token.endswith("]") and len(token) > 2)


def _main_axes(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    from sklearn.decomposition import PCA

    axes = min(_AXES, *vectors.shape)
    result: NDArray[np.float32] = PCA(axes, svd_solver="covariance_eigh").fit_transform(vectors.astype(np.float64)).astype(np.float32)
    return result


def _weights(tokens: int) -> NDArray[np.float32]:
    frequency = 1 / np.arange(2, tokens + 2)
    weights: NDArray[np.float32] = (_SMOOTHING / (_SMOOTHING + frequency / frequency.sum())).astype(np.float32)
    return weights
