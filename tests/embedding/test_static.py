"""Static vectors: the mean of tokens, weighed, whatever the neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load, save

from nptlens.embedding import find_encoder, load_encoder
from nptlens.embedding._probe import TEXTS as PROBE
from nptlens.embedding._static import StaticEncoder, _weights
from nptlens.embedding.keys import export_name
from nptlens.embedding.onnx_exports import kept


@pytest.fixture
def static(tiny_bert):
    card = find_encoder(str(tiny_bert), backend="static")
    return card, load_encoder(card, threads=1)


def test_a_text_is_the_mean_of_its_tokens(static):
    card, encoder = static
    rows = load(kept(export_name(card, "static.safetensors"), lambda: b""))["vectors"]
    words = {"we": 5, "met": 6, "failed": 11}
    made = encoder.encode(["we met", "failed", "", "met we we met"])
    for text, vector in zip(["we met", "failed"], made.vectors, strict=False):
        expected = rows[[words[word] for word in text.split()]].mean(axis=0)
        np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-6)
    np.testing.assert_array_equal(made.vectors[2], 0)
    np.testing.assert_allclose(made.vectors[3], made.vectors[0], atol=1e-6)
    assert made.layers.shape == (4, 0)
    assert not rows[:5].any()  # what is not said has no vector
    assert rows.shape == (20, encoder.dimension)


def test_no_company_changes_a_text(static):
    _, encoder = static
    texts = ["we met on monday", "it worked", "nobody"]
    made = encoder.encode(texts)
    for number, text in enumerate(texts):
        np.testing.assert_array_equal(encoder.encode([text]).vectors[0], made.vectors[number])
    assert encoder.encode([]).vectors.shape == (0, encoder.dimension)


@pytest.mark.model
def test_model2vec_makes_the_same_of_the_same_vectors():
    from model2vec import StaticModel
    from tokenizers import Tokenizer

    card = find_encoder("static")
    words = sorted(Tokenizer.from_file(str(card.folder / "tokenizer.json")).get_vocab())
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(words, size)) for size in rng.integers(1, 90, 200)] + [*PROBE, "", "  ", "unheard-of Ωord\u0378"]
    tokenizer = Tokenizer.from_file(str(card.folder / "tokenizer.json"))
    tokenizer.no_truncation()
    vectors = rng.normal(size=(tokenizer.get_vocab_size(), 8)).astype(np.float32)
    vectors[[tokenizer.token_to_id(special) for special in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")]] = 0
    oracle = StaticModel(vectors, tokenizer, normalize=True, max_length=None).encode(texts, use_multiprocessing=False)
    encoder = StaticEncoder(save({"vectors": vectors}), card.folder)
    np.testing.assert_allclose(encoder.encode(texts).vectors, oracle, atol=1e-6)
    for number, text in enumerate(texts):
        np.testing.assert_array_equal(encoder.encode([text]).vectors[0], encoder.encode(texts[number:]).vectors[0])


def test_frequent_tokens_weigh_less():
    weights = _weights(1_000)
    assert (np.diff(weights) > 0).all()
    p = 1 / 2 / sum(1 / rank for rank in range(2, 1_002))
    assert weights[0] == pytest.approx(1e-4 / (1e-4 + p))


def test_the_registry_knows_it_by_name():
    assert find_encoder("static").backend == "static"
    assert find_encoder("static").weights == find_encoder("all-MiniLM-L6-v2").weights
