from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nptlens.schemas.records import Embedded
from nptlens.store.vectors import VectorCache


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "vectors.sqlite"


@pytest.fixture
def cache(path):
    made = VectorCache(path, "model")
    yield made
    made.close()


def rows(*values, layers=()) -> Embedded:
    """Vectors, and layers of the same number of rows; without them, layers of width 0."""
    vectors = np.array(values, dtype=np.float32)
    return Embedded(vectors, np.array(layers, dtype=np.float32) if layers else vectors[:, :0])


def get(cache, text):
    found = [(vector, layers) for _, vector, layers in cache.rows([text])]
    return found[0] if found else None


def kept(cache, text):
    found = get(cache, text)
    return None if found is None else tuple(each.tolist() for each in found)


def test_put_and_get(cache):
    cache.put(["a", "b"], rows([1, 2], [3, 4], layers=([5, 6, 7], [8, 9, 0])))
    assert kept(cache, "a") == ([1, 2], [5, 6, 7])
    assert kept(cache, "b") == ([3, 4], [8, 9, 0])
    assert get(cache, "c") is None


def test_layers_of_no_width_come_back_as_such(cache):
    cache.put(["a"], rows([1, 2]))
    vector, layers = get(cache, "a")
    assert vector.tolist() == [1, 2]
    assert (layers.shape, layers.dtype) == ((0,), np.float32)


def test_it_outlives_the_process_that_made_it(cache, path):
    cache.put(["a"], rows([1, 2], layers=([3],)))
    cache.close()
    again = VectorCache(path, "model")
    assert kept(again, "a") == ([1, 2], [3])
    again.close()


def test_models_do_not_meet(cache, path):
    other = VectorCache(path, "other")
    cache.put(["a"], rows([1, 2]))
    assert get(other, "a") is None
    other.put(["a"], rows([3, 4, 5], layers=([6],)))
    assert kept(cache, "a") == ([1, 2], [])
    assert kept(other, "a") == ([3, 4, 5], [6])
    other.close()


def test_the_later_vector_stays(cache):
    cache.put(["a"], rows([1, 2], layers=([0],)))
    cache.put(["a", "a"], rows([3, 4], [5, 6], layers=([1], [2])))
    assert kept(cache, "a") == ([5, 6], [2])


@pytest.mark.parametrize("array", [np.ones((2, 3), np.float64) / 3, np.ones((2, 3), ">f4"), np.ones((3, 2), np.float32).T, np.zeros((0, 3), np.float32)])
def test_any_layout_is_kept_as_float32(cache, array):
    names = [f"{number}" for number in range(len(array))]
    cache.put(names, Embedded(array, array[:, ::-1]))
    for name, row in zip(names, array, strict=True):
        for found, given_ in zip(get(cache, name), (row, row[::-1]), strict=True):
            assert found.dtype == np.float32
            np.testing.assert_array_equal(found, given_.astype(np.float32))


@settings(deadline=None, max_examples=50)
@given(arrays.arrays(np.uint32, (2, 4)), arrays.arrays(np.uint32, (2, 3)))
def test_every_bit_comes_back(vectors, layers):
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder) / "v.sqlite", "model")
        cache.put(["a", "b"], Embedded(vectors.view(np.float32), layers.view(np.float32)))
        found = [get(cache, "a"), get(cache, "b")]
        cache.close()
    for column, bits in enumerate((vectors, layers)):
        np.testing.assert_array_equal(np.stack([row[column] for row in found]).view(np.uint32), bits)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(width=32, allow_nan=False)), max_size=8))
def test_it_is_a_dictionary(puts):
    known = {}
    with tempfile.TemporaryDirectory() as folder:
        caches = {model: VectorCache(Path(folder) / "v.sqlite", model) for model in "xy"}
        for text, model, value in puts:
            caches[model].put([text], rows([value], layers=([-value],)))
            known[model, text] = value
        for model in "xy":
            for text in "abc":
                value = known.get((model, text))
                assert kept(caches[model], text) == (None if value is None else ([value], [-value]))
            caches[model].close()


def test_all_rows_or_none(cache):
    cache.put(["a"], rows([1, 2]))
    with pytest.raises(ValueError, match="zip"):
        cache.put(["a", "b", "c"], rows([7, 7], [8, 8]))
    with pytest.raises(AttributeError):
        cache.put(["b", 7], rows([7, 7], [8, 8]))
    with pytest.raises(ValueError, match="zip"):
        cache.put(["a", "b"], rows([7, 7], [8, 8], layers=([1],)))
    assert kept(cache, "a") == ([1, 2], [])
    assert get(cache, "b") is None


def test_more_texts_than_a_query_takes(cache):
    names = [f"{number:05}" for number in range(2_500)]
    cache.put(names[::2], rows(*([float(name)] for name in names[::2])))
    assert {key: float(vector[0]) for key, vector, _ in cache.rows(names)} == {name: float(name) for name in names[::2]}
