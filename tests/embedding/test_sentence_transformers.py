"""The real encoder: a vector depends on its text alone."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from nptlens.embedding import find_encoder, load_encoder

TEXTS = [
    "We met every Monday in the back office.",
    "Yes.",
    "I never saw the point of it, and I told them so. " * 12,
    "The receptionists chose the topic themselves, which is why it stuck.",
    "naïve café – “quoted” 😀",
    "",
    "It saved us about two hours a week on the phones. " * 60,
]


@pytest.mark.model
def test_a_vector_depends_on_its_text_alone():
    card = find_encoder("all-MiniLM-L6-v2")
    encoder = load_encoder(card, threads=2)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    # any number of threads, neighbours and order
    for threads in (1, 3):
        other = load_encoder(card, threads=threads)
        np.testing.assert_array_equal(other.encode(TEXTS), vectors)
    np.testing.assert_array_equal(encoder.encode(TEXTS[::-1])[::-1], vectors)
    np.testing.assert_array_equal(np.vstack([encoder.encode([text]) for text in TEXTS]), vectors)
    assert encoder.encode([]).shape == (0, 384)

    # and sentence-transformers' own batches agree with it but for the last bits
    from sentence_transformers import SentenceTransformer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = SentenceTransformer(str(card.folder), device="cpu", local_files_only=True).encode(TEXTS, normalize_embeddings=True)
    assert (own * vectors).sum(axis=1).min() >= 0.9999
