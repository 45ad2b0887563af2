from __future__ import annotations

import sys
from importlib.metadata import version

import pytest

from nptlens.core.errors import SettingsError
from nptlens.core.versions import installed, require, source_digest


def test_installed():
    assert installed("numpy") == version("numpy")
    assert installed("no-such-package-at-all") == "absent"


def test_a_setting_that_needs_what_is_not_installed_is_refused():
    require("topics.method = \"x\"", "numpy")
    with pytest.raises(SettingsError, match=r"x needs no-such-package-at-all, .*pip install no-such-package-at-all"):
        require("x", "numpy", "no-such-package-at-all")


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))

    def written(name, source):
        (tmp_path / f"{name}.py").write_bytes(source)
        source_digest.cache_clear()
        return source_digest(name)

    return written


def test_a_changed_source_has_another_digest_and_line_ends_do_not_matter(module):
    first = module("only_for_this_test", b"x = 1\ny = 2\n")
    assert module("only_for_this_test", b"x = 1\r\ny = 2\r\n") == first
    assert module("only_for_this_test", b"x = 1\ny = 3\n") != first
    assert "only_for_this_test" not in sys.modules


def test_a_module_that_is_not_there_is_an_error():
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        source_digest("no_such_module_at_all")


def test_the_order_of_modules_matters(module):
    module("one_of_two", b"1")
    module("two_of_two", b"2")
    assert source_digest("one_of_two", "two_of_two") != source_digest("two_of_two", "one_of_two")
