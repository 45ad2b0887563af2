from __future__ import annotations

import pytest

from nptlens.core.text import Span
from nptlens.store.sentences import SentenceCache


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "sentences.sqlite"


@pytest.fixture
def cache(path):
    made = SentenceCache(path, "cutter 1")
    yield made
    made.close()


def test_put_and_get(cache):
    cache.put({"a": [Span(0, 3), Span(4, 9)], "b": []})
    assert cache.get("a") == [Span(0, 3), Span(4, 9)]
    assert cache.get("b") == []
    assert cache.get("c") is None


def test_it_outlives_the_process_that_made_it(cache, path):
    cache.put({"a": [Span(0, 3)]})
    cache.close()
    again = SentenceCache(path, "cutter 1")
    assert again.get("a") == [Span(0, 3)]
    again.close()


def test_cutters_do_not_meet_and_the_later_cut_stays(cache, path):
    other = SentenceCache(path, "cutter 2")
    cache.put({"a": [Span(0, 3)]})
    assert other.get("a") is None
    other.put({"a": [Span(1, 2)]})
    other.put({"a": [Span(2, 2)]})
    assert (cache.get("a"), other.get("a")) == ([Span(0, 3)], [Span(2, 2)])
    other.close()
