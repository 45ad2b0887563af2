from __future__ import annotations

import errno
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.core.ids import digest, digest_file, digest_ids, digest_json, segment_id

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text("ab\u00e9", max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def test_digest_is_sha256():
    assert digest("abc") == digest(b"abc") == ABC
    assert digest("\u00e9") == hashlib.sha256(b"\xc3\xa9").hexdigest()


@pytest.mark.parametrize("size", [0, 1, 2**18, 2**18 + 1])
def test_digest_file(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(b"\r\n"[:1] * size)
    assert digest_file(path) == hashlib.sha256(b"\r" * size).hexdigest()


def test_digest_ids_keeps_the_order():
    assert digest_ids(["a", "b"]) == hashlib.sha256(b"a\nb").hexdigest()
    assert len({digest_ids(ids) for ids in (["a", "b"], ["b", "a"], ["ab"], ["a", "b", "b"])}) == 4


def test_digest_ids_takes_any_iterable():
    assert digest_ids(name for name in "ab") == digest_ids(["a", "b"])


def test_digest_json_is_the_digest_of_compact_sorted_utf8():
    value = {"b": [1, "\u00e9"], "a": None}
    assert digest_json(value) == hashlib.sha256('{"a":null,"b":[1,"\u00e9"]}'.encode()).hexdigest()


@given(st.dictionaries(st.text("abc\u00e9", max_size=3), JSON, max_size=5))
def test_digest_json_ignores_the_order_of_keys(value):
    assert digest_json(dict(reversed(value.items()))) == digest_json(value)


@given(JSON, JSON)
def test_digest_json_tells_values_apart(first, second):
    assert (digest_json(first) == digest_json(second)) is (json.dumps(first) == json.dumps(second))


def test_segment_id():
    assert segment_id("C01", 3, 17) == "C01:3-17"


def test_a_disk_that_fails_while_it_is_read_names_the_file(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"x")

    def fail(file, kind):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(hashlib, "file_digest", fail)
    with pytest.raises(OSError, match="Input/output error") as caught:
        digest_file(path)
    assert caught.value.filename == str(path)
