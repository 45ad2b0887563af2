"""What several tests need: real data where it is at hand, and a tiny encoder that needs no model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("NPTLENS_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data are not here: {folder}")
    return folder


class WordEncoder:
    """A bag of hashed words as a unit vector: texts that share words are near, and no model is needed."""

    digest = "word-encoder"
    dimension = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors ``(n, 64)``."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.strip(".,?!").encode()).hexdigest(), 16) % self.dimension] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


@pytest.fixture
def word_encoder() -> WordEncoder:
    return WordEncoder()
