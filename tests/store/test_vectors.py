from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nptlens.errors import IntegrityError
from nptlens.store.vectors import VectorCache


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "vectors.sqlite"


@pytest.fixture
def cache(path):
    made = VectorCache(path, "model")
    yield made
    made.close()


def rows(*values) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_put_and_get(cache):
    cache.put(["a", "b"], rows([1, 2], [3, 4]))
    assert cache.get("a").tolist() == [1, 2]
    assert cache.get("b").tolist() == [3, 4]
    assert cache.get("c") is None


def test_it_outlives_the_process_that_made_it(cache, path):
    cache.put(["a"], rows([1, 2]))
    cache.close()
    again = VectorCache(path, "model")
    assert again.get("a").tolist() == [1, 2]
    again.close()


def test_models_do_not_meet(cache, path):
    other = VectorCache(path, "other")
    cache.put(["a"], rows([1, 2]))
    assert other.get("a") is None
    other.put(["a"], rows([3, 4, 5]))
    assert cache.get("a").tolist() == [1, 2]
    assert other.get("a").tolist() == [3, 4, 5]
    other.close()


def test_the_later_vector_stays(cache):
    cache.put(["a"], rows([1, 2]))
    cache.put(["a", "a"], rows([3, 4], [5, 6]))
    assert cache.get("a").tolist() == [5, 6]


@pytest.mark.parametrize("array", [np.ones((2, 3), np.float64) / 3, np.ones((2, 3), ">f4"), np.ones((3, 2), np.float32).T, np.zeros((0, 3), np.float32)])
def test_any_layout_is_kept_as_float32(cache, array):
    names = [f"{number}" for number in range(len(array))]
    cache.put(names, array)
    for name, row in zip(names, array, strict=True):
        assert cache.get(name).dtype == np.float32
        np.testing.assert_array_equal(cache.get(name), row.astype(np.float32))


@settings(deadline=None, max_examples=50)
@given(arrays.arrays(np.uint32, (2, 4)))
def test_every_bit_comes_back(bits):
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder) / "v.sqlite", "model")
        cache.put(["a", "b"], bits.view(np.float32))
        found = np.stack([cache.get("a"), cache.get("b")])
        cache.close()
    np.testing.assert_array_equal(found.view(np.uint32), bits)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(width=32, allow_nan=False)), max_size=8))
def test_it_is_a_dictionary(puts):
    known = {}
    with tempfile.TemporaryDirectory() as folder:
        caches = {model: VectorCache(Path(folder) / "v.sqlite", model) for model in "xy"}
        for text, model, value in puts:
            caches[model].put([text], rows([value]))
            known[model, text] = value
        for model in "xy":
            for text in "abc":
                found = caches[model].get(text)
                assert (None if found is None else found[0]) == known.get((model, text))
            caches[model].close()


def test_all_rows_or_none(cache):
    cache.put(["a"], rows([1, 2]))
    with pytest.raises(ValueError, match="zip"):
        cache.put(["a", "b", "c"], rows([7, 7], [8, 8]))
    with pytest.raises(sqlite3.Error):
        cache.put(["b", ["not text"]], rows([7, 7], [8, 8]))
    assert cache.get("a").tolist() == [1, 2]
    assert cache.get("b") is None


def test_a_damaged_cache(path):
    path.parent.mkdir()
    path.write_bytes(b"words, not a database" * 99)
    with pytest.raises(IntegrityError, match="the vector cache is damaged"):
        VectorCache(path, "model")
