from __future__ import annotations

import sqlite3

import pytest

from nptlens.errors import IntegrityError
from nptlens.store.sentences import SentenceCache
from nptlens.text import Span


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


def test_what_is_no_database_is_told(path):
    path.parent.mkdir()
    path.write_bytes(b"this is no database, not at all" * 100)
    with pytest.raises(IntegrityError):
        SentenceCache(path, "cutter 1")


@pytest.mark.parametrize("spans", ["", "[[0]]", "[[3, 1]]", "{", "[[0, 1, 2]]", "7", '[["a", "b"]]'])
def test_what_are_no_spans_is_told(cache, path, spans):
    database = sqlite3.connect(path)
    with database:
        database.execute("INSERT INTO cut VALUES ('cutter 1', 'a', ?)", (spans,))
    database.close()
    with pytest.raises(IntegrityError):
        cache.get("a")
