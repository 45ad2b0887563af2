"""Embed segments once: equal texts share a vector, and known vectors come from the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nptlens.embedding.encoder import Encoder
from nptlens.ids import digest
from nptlens.records import Embedded
from nptlens.store.vectors import VectorCache

_BLOCK = 256


def embed(
    texts: Sequence[str],
    *,
    encoder: Callable[[], Encoder],
    cache: VectorCache,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Embedded:
    """Return what the encoder makes of the texts, row by row.

    `encoder` is called only where the cache lacks a text, so that a repeated run need not load the model. `progress`
    is told the number of new texts done and their total. Work already done survives an interruption.
    """
    keys = [digest(text) for text in texts]
    known = {key: row for key in dict.fromkeys(keys) if (row := cache.get(key)) is not None}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        model = encoder()
        new = list(missing)
        for start in range(0, len(new), _BLOCK):
            block = new[start : start + _BLOCK]
            made = model.encode([missing[key] for key in block])
            cache.put(block, made)
            known.update(zip(block, zip(made.vectors, made.layers, strict=True), strict=True))
            progress(start + len(block), len(new))
    if not keys:
        return Embedded(np.empty((0, 0), dtype=np.float32), np.empty((0, 0), dtype=np.float32))
    return Embedded(np.stack([known[key][0] for key in keys]), np.stack([known[key][1] for key in keys]))
