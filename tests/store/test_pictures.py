from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from nptlens.store.pictures import PictureCache


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "pictures.sqlite"


@pytest.fixture
def cache(path):
    made = PictureCache(path, "drawer 1")
    yield made
    made.close()


def test_put_and_get(cache):
    assert cache.get("a") is None
    cache.put("a", "<svg/>")
    cache.put("a", "<svg></svg>")
    assert cache.get("a") == "<svg></svg>"


def test_drawers_do_not_meet(cache, path):
    cache.put("a", "<svg/>")
    other = PictureCache(path, "drawer 2")
    assert other.get("a") is None
    other.close()


def test_what_is_not_asked_for_is_forgotten(cache, path):
    for name in "abc":
        cache.put(name, f"<svg>{name}</svg>")
    cache.close()
    other = PictureCache(path, "drawer 2")
    other.put("a", "<svg/>")
    other.close()
    again = PictureCache(path, "drawer 1")
    assert again.get("b") == "<svg>b</svg>"
    again.forget_others()
    again.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT maker, value FROM row").fetchall() == [("drawer 1", b"<svg>b</svg>")]
