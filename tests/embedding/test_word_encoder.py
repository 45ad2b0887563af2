"""The encoder that stands in for a model in other tests keeps to what an encoder promises."""

from __future__ import annotations

import numpy as np

from nptlens.schemas.records import Embedded

TEXTS = ["we met on monday", "we met on friday", "it cost money", ""]


def test_it_has_no_layers_and_a_text_stands_alone(word_encoder):
    made = word_encoder.encode(TEXTS)
    assert isinstance(made, Embedded)
    assert (made.vectors.shape, made.layers.shape) == ((4, word_encoder.dimension), (4, 0))
    assert made.vectors.dtype == made.layers.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(made.vectors, axis=1), [1, 1, 1, 0], atol=1e-6)
    assert made.vectors[0] @ made.vectors[1] > made.vectors[0] @ made.vectors[2]
    np.testing.assert_array_equal(np.vstack([word_encoder.encode([text]).vectors for text in TEXTS]), made.vectors)
    assert len(word_encoder.encode([])) == 0
