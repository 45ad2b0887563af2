"""Embed segments once: equal texts share a vector, and known vectors come from the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nptlens.embedding.encoder import Encoder
from nptlens.ids import digest
from nptlens.store.vectors import VectorCache

_BLOCK = 256


def embed(
    texts: Sequence[str],
    *,
    encoder: Callable[[], Encoder],
    cache: VectorCache,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> NDArray[np.float32]:
    """Return float32 vectors ``(len(texts), d)``.

    `encoder` is called only where the cache lacks a text, so that a repeated run need not load the model. `progress`
    is told the number of new texts done and their total. Work already done survives an interruption.
    """
    keys = [digest(text) for text in texts]
    known = {key: vector for key in dict.fromkeys(keys) if (vector := cache.get(key)) is not None}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        model = encoder()
        new = list(missing)
        for start in range(0, len(new), _BLOCK):
            block = new[start : start + _BLOCK]
            vectors = model.encode([missing[key] for key in block])
            cache.put(block, vectors)
            known.update(zip(block, vectors, strict=True))
            progress(start + len(block), len(new))
    if not keys:
        return np.empty((0, 0), dtype=np.float32)
    return np.stack([known[key] for key in keys]).astype(np.float32)
