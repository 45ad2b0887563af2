"""A text is encoded once, and the encoder is loaded only where it is needed."""

from __future__ import annotations

import numpy as np
import pytest

from nptlens.embedding import embed
from nptlens.errors import IntegrityError
from nptlens.store.vectors import VectorCache


@pytest.fixture
def cache(tmp_path):
    opened = VectorCache(tmp_path / "deep" / "vectors.sqlite", "word-encoder")
    yield opened
    opened.close()


@pytest.fixture
def seen(word_encoder, monkeypatch):
    """The texts that the encoder was given, call by call."""
    calls: list[list[str]] = []
    encode = word_encoder.encode

    def noted(texts):
        calls.append(list(texts))
        return encode(texts)

    monkeypatch.setattr(word_encoder, "encode", noted)
    return calls


def refuse():
    raise AssertionError("the encoder was loaded")


TEXTS = ["we met on monday", "it worked", "we met on monday", "", "it failed"]


def test_a_text_is_encoded_once(word_encoder, cache, seen):
    vectors = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    assert seen == [["we met on monday", "it worked", "", "it failed"]]
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 64)
    np.testing.assert_array_equal(vectors, type(word_encoder)().encode(TEXTS))


def test_what_is_cached_is_not_encoded_again(word_encoder, cache, seen):
    first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    again = embed([*reversed(TEXTS), "and then"], encoder=lambda: word_encoder, cache=cache)
    assert seen[1:] == [["and then"]]
    np.testing.assert_array_equal(again[:5], first[::-1])


def test_the_encoder_is_not_loaded_where_all_is_cached(word_encoder, cache):
    first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    np.testing.assert_array_equal(embed(TEXTS, encoder=refuse, cache=cache), first)
    assert embed([], encoder=refuse, cache=cache).shape == (0, 0)


def test_the_cache_outlives_the_process(word_encoder, tmp_path):
    path = tmp_path / "vectors.sqlite"
    cache = VectorCache(path, "a")
    first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    cache.close()
    again = VectorCache(path, "a")
    np.testing.assert_array_equal(embed(TEXTS, encoder=refuse, cache=again), first)
    again.close()
    assert b"monday" not in path.read_bytes()


def test_another_model_has_its_own_vectors(word_encoder, tmp_path, seen):
    for model in ("a", "b", "a"):
        cache = VectorCache(tmp_path / "vectors.sqlite", model)
        embed(["it worked"], encoder=lambda: word_encoder, cache=cache)
        cache.close()
    assert seen == [["it worked"], ["it worked"]]


def test_work_done_survives_an_interruption(word_encoder, cache, seen):
    texts = [f"text {number}" for number in range(600)]
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done > 256:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(texts, encoder=lambda: word_encoder, cache=cache, progress=stop)
    assert told == [(256, 600), (512, 600)]
    embed(texts, encoder=lambda: word_encoder, cache=cache, progress=lambda done, total: told.append((done, total)))
    assert [len(call) for call in seen] == [256, 256, 88]
    assert told[-1] == (88, 88)


def test_a_damaged_cache_is_refused(tmp_path):
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"not a database, surely" * 100)
    with pytest.raises(IntegrityError, match="damaged"):
        VectorCache(path, "a")
