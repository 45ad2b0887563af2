"""The real encoder: what it makes of a text depends on the text alone."""

from __future__ import annotations

import json
import sys
import warnings
from contextlib import closing
from functools import partial

import numpy as np
import pytest

from nptlens.embedding import embed, find_encoder, load_encoder
from nptlens.embedding.onnx_exports import parity, reference
from nptlens.schemas.records import Embedded
from nptlens.store.vectors import VectorCache

TEXTS = [
    "We met every Monday in the back office.",
    "Yes.",
    "I never saw the point of it, and I told them so. " * 12,
    "The receptionists chose the topic themselves, which is why it stuck.",
    "naïve café – “quoted” 😀",
    "",
    "It saved us about two hours a week on the phones. " * 60,
]


def same(found: Embedded, expected: Embedded) -> None:
    np.testing.assert_array_equal(found.vectors, expected.vectors)
    np.testing.assert_array_equal(found.layers, expected.layers)


@pytest.mark.model
@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_what_is_made_of_a_text_depends_on_it_alone(backend):
    pytest.importorskip("sentence_transformers")
    card = find_encoder("all-MiniLM-L6-v2", backend=backend)
    encoder = load_encoder(card, threads=2)
    made = encoder.encode(TEXTS)
    assert made.vectors.shape == (len(TEXTS), encoder.dimension) == (len(TEXTS), 384)
    assert made.layers.shape == (len(TEXTS), 3 * 384)
    assert made.vectors.dtype == made.layers.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(made.vectors, axis=1), 1, atol=1e-6)
    # any number of threads, neighbours and order
    for threads in (1, 3):
        other = load_encoder(card, threads=threads)
        same(other.encode(TEXTS), made)
    same(encoder.encode(TEXTS[::-1]), Embedded(made.vectors[::-1], made.layers[::-1]))
    alone = [encoder.encode([text]) for text in TEXTS]
    same(Embedded(np.vstack([each.vectors for each in alone]), np.vstack([each.layers for each in alone])), made)
    none = encoder.encode([])
    assert (none.vectors.shape, none.layers.shape) in (((0, 384), (0, 0)), ((0, 384), (0, 1152)))

    # and sentence-transformers' own batches agree with it but for the last bits
    from sentence_transformers import SentenceTransformer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = SentenceTransformer(str(card.folder), device="cpu", local_files_only=True).encode(TEXTS, normalize_embeddings=True)
    assert (own * made.vectors).sum(axis=1).min() >= 0.9999


@pytest.mark.model
@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_the_layers_are_those_of_transformers(backend):
    """Of six layers the second, third and fourth, pooled over the tokens of a text by maximum, mean and maximum."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from transformers import AutoModel, AutoTokenizer

    card = find_encoder("all-MiniLM-L6-v2", backend=backend)
    found = load_encoder(card, threads=2).encode(TEXTS).layers.reshape(len(TEXTS), 3, 384)
    limit = json.loads((card.folder / "sentence_bert_config.json").read_text())["max_seq_length"]
    tokenizer = AutoTokenizer.from_pretrained(str(card.folder), local_files_only=True)
    model = AutoModel.from_pretrained(str(card.folder), local_files_only=True).eval()
    assert model.config.num_hidden_layers == 6
    for text, row in zip(TEXTS, found, strict=True):
        tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=limit)
        with torch.inference_mode():
            states = model(**tokens, output_hidden_states=True).hidden_states  # the first are the embeddings below the layers
        expected = [states[2][0].amax(dim=0), states[3][0].mean(dim=0), states[4][0].amax(dim=0)]
        np.testing.assert_allclose(row, np.stack([each.numpy() for each in expected]), atol=2e-5)


@pytest.mark.model
def test_the_shipped_probe_is_what_pytorch_gives():
    pytest.importorskip("sentence_transformers")
    card = find_encoder("all-MiniLM-L6-v2", backend="torch")
    found = parity(load_encoder(card, threads=2), reference("", card.probe, lambda: pytest.fail("it is shipped")))
    assert min(found.least, found.least_layers) > 0.999999


@pytest.mark.model
def test_neither_threads_nor_the_size_of_blocks_change_a_bit(tmp_path, monkeypatch):
    """Whatever is coded from equal vectors is coded equally."""
    texts = [f"{text} {number}" for number in range(2) for text in TEXTS]
    card = find_encoder("all-MiniLM-L6-v2")
    made = []
    for threads, block in ((1, 1), (2, 500), (2, 50_000), (1, 50_000)):
        monkeypatch.setattr(sys.modules["nptlens.embedding.embed"], "_BLOCK", block)
        with closing(VectorCache(tmp_path / f"{threads} {block}.sqlite", card.digest)) as cache:
            made.append(embed(texts, encoder=partial(load_encoder, card, threads=threads), cache=cache))
    for other in made[1:]:
        same(other, made[0])
