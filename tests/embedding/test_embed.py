"""A text is encoded once, and the encoder is loaded only where it is needed."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

import numpy as np
import pytest

from nptlens.core.ids import digest
from nptlens.embedding import embed
from nptlens.schemas.records import Embedded
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


class LayeredEncoder:
    """Vectors of 2 and layers of 3 figures that depend on the text's length alone."""

    dimension = 2

    def encode(self, texts):
        rows = np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(-1, 2)
        layers = np.array([[len(text) / 3, -len(text), 0.1] for text in texts], dtype=np.float32).reshape(-1, 3)
        return Embedded(rows, layers)


def same(found: Embedded, expected: Embedded) -> None:
    for one, other in ((found.vectors, expected.vectors), (found.layers, expected.layers)):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


TEXTS = ["we met on monday", "it worked", "we met on monday", "", "it failed"]


def test_a_text_is_encoded_once(word_encoder, cache, seen):
    found = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    assert [sorted(call) for call in seen] == [["", "it failed", "it worked", "we met on monday"]]
    assert [len(text) for text in seen[0]] == [16, 9, 9, 0]  # texts of like length stand together, long ones first
    assert len(found) == 5
    assert found.vectors.shape == (5, 64)
    assert found.layers.shape == (5, 0)
    same(found, type(word_encoder)().encode(TEXTS))


@pytest.mark.parametrize("before", [[], TEXTS[:1], TEXTS[1:4], TEXTS])
def test_layers_come_with_the_vectors_from_encoder_and_cache_alike(cache, before):
    embed(before, encoder=LayeredEncoder, cache=cache)
    found = embed(TEXTS, encoder=LayeredEncoder, cache=cache)
    same(found, LayeredEncoder().encode(TEXTS))
    same(found.part(1, 3), LayeredEncoder().encode(TEXTS[1:3]))
    same(found.part(3, 99), LayeredEncoder().encode(TEXTS[3:]))
    same(embed(TEXTS, encoder=refuse, cache=cache), found)


def test_what_is_cached_is_not_encoded_again(word_encoder, cache, seen):
    first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    again = embed([*reversed(TEXTS), "and then"], encoder=lambda: word_encoder, cache=cache)
    assert seen[1:] == [["and then"]]
    np.testing.assert_array_equal(again.vectors[:5], first.vectors[::-1])
    assert again.layers.shape == (6, 0)


def test_the_encoder_is_not_loaded_where_all_is_cached(word_encoder, cache):
    first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    same(embed(TEXTS, encoder=refuse, cache=cache), first)
    none = embed([], encoder=refuse, cache=cache)
    assert len(none) == 0
    assert (none.vectors.shape, none.layers.shape) == ((0, 0), (0, 0))


def test_the_cache_outlives_the_process(word_encoder, tmp_path):
    path = tmp_path / "vectors.sqlite"
    cache = VectorCache(path, "a")
    first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    cache.close()
    again = VectorCache(path, "a")
    same(embed(TEXTS, encoder=refuse, cache=again), first)
    again.close()
    assert b"monday" not in path.read_bytes()


def test_another_model_has_its_own_vectors(word_encoder, tmp_path, seen):
    for model in ("a", "b", "a"):
        cache = VectorCache(tmp_path / "vectors.sqlite", model)
        embed(["it worked"], encoder=lambda: word_encoder, cache=cache)
        cache.close()
    assert seen == [["it worked"], ["it worked"]]


@pytest.mark.parametrize(
    ("lengths", "size", "expected"),
    [([], 9, []), ([9, 9], 1, [1, 1]), ([20, 8, 3, 3, 1, 0], 9, [1, 1, 3, 1]), ([0] * 10, 9, [9, 1]), ([4, 4, 4], 99, [3])],
)
def test_a_block_holds_about_so_many_characters(monkeypatch, lengths, size, expected):
    module = sys.modules["nptlens.embedding.embed"]
    monkeypatch.setattr(module, "_BLOCK", size)
    keys = [str(number) for number in range(len(lengths))]
    blocks = module._cut(keys, lengths)
    assert [len(block) for block in blocks] == expected
    assert [key for block in blocks for key in block] == keys


def test_work_done_survives_an_interruption(word_encoder, cache, seen, monkeypatch):
    monkeypatch.setattr(sys.modules["nptlens.embedding.embed"], "_BLOCK", 128 * len("text 000 "))
    texts = [f"text {number:03}" for number in range(600)]
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done > 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(texts, encoder=lambda: word_encoder, cache=cache, progress=stop)
    assert told == [(128, 600), (256, 600)]
    embed(texts, encoder=lambda: word_encoder, cache=cache, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (600 - 256, 600 - 256)
    assert len({text for call in seen for text in call}) == 600
    assert sum(len(call) for call in seen) <= 600 + 2 * 128  # what was ahead of the interruption is done again


@pytest.mark.parametrize("spoil", ["a row's value", "the whole file", "an older version's table"])
def test_a_damaged_cache_gives_the_same_vectors_as_none(tmp_path, seen, word_encoder, spoil):
    path = tmp_path / "vectors.sqlite"
    with closing(VectorCache(path, "a")) as cache:
        first = embed(TEXTS, encoder=lambda: word_encoder, cache=cache)
    if spoil == "a row's value":
        with closing(sqlite3.connect(path)) as database:
            (value,) = database.execute("SELECT value FROM row ORDER BY key LIMIT 1").fetchone()
            flipped = value[:100] + bytes([value[100] ^ 0x10]) + value[101:]
            database.execute("UPDATE row SET value = ? WHERE value = ?", (flipped, value))
            database.commit()
    elif spoil == "the whole file":
        path.write_bytes(b"not a database, surely" * 100)
    else:
        path.unlink()
        with closing(sqlite3.connect(path)) as old:
            old.execute("CREATE TABLE embedded (model TEXT, text TEXT, vector BLOB, layers BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID")
            old.executemany("INSERT INTO embedded VALUES ('a', ?, ?, ?)", [(digest(text), b"\0" * 256, b"") for text in set(TEXTS)])
            old.commit()
    before = sum(map(len, seen))
    for made in (1 if spoil == "a row's value" else len(set(TEXTS)), 0):
        with closing(VectorCache(path, "a")) as cache:
            same(embed(TEXTS, encoder=lambda: word_encoder, cache=cache), first)
        assert sum(map(len, seen)) == before + made
        before += made
