"""A function in a box: what comes back, what is told when it fails, and that it is stopped."""

from __future__ import annotations

import json
import time

import pytest

from nptlens.core.errors import ReadingError
from nptlens.safety import sandbox as room
from nptlens.safety.sandbox import sandboxed

RTF = "nptlens.reading._rtf:words"


def test_text_comes_back():
    answer = sandboxed(RTF, rb"{\rtf1\ansi caf\'e9 \u-10179?\u-8694?}", where="a.rtf")
    assert json.loads(answer)["text"] == "caf\u00e9 \U0001f60a\n".rstrip("\n")


@pytest.mark.parametrize("name", ["os:system", "nptlens:main", "nptlens.safety.sandbox", "nptlens.x:y z", "xnptlens.a:b"])
def test_only_functions_of_this_package(name):
    with pytest.raises(ValueError, match="not a function of this package"):
        sandboxed(name, b"", where="x")


@pytest.mark.parametrize("name", ["nptlens.none:at_all", "nptlens.core.text:no_such_function", "nptlens.core.text:count_words"])
def test_a_function_that_fails_is_told_by_the_type_of_its_error_only(name):
    with pytest.raises(ReadingError, match=r"damaged.*\(\w+Error\)") as caught:
        sandboxed(name, b"very secret words", where="x.pdf")
    assert "secret" not in str(caught.value)
    assert caught.value.where == "x.pdf"


def test_a_slow_function_is_stopped():
    began = time.monotonic()
    with pytest.raises(ReadingError, match=r"longer than 0\.05 seconds"):
        sandboxed(RTF, b"{\\rtf1 " + b"{" * 2_000_000, where="x", timeout_s=0.05)
    assert time.monotonic() - began < 5


def test_a_greedy_function_is_stopped():
    with pytest.raises(ReadingError, match="memory"):
        sandboxed(RTF, b"{\\rtf1 " + b"a" * 30_000_000, where="x", megabytes=250, timeout_s=120)


def test_a_child_that_dies_is_an_error(monkeypatch):
    monkeypatch.setattr(room.sys, "executable", "/bin/false")
    with pytest.raises(ReadingError, match="memory or time"):
        sandboxed(RTF, b"", where="x")
    monkeypatch.setattr(room.sys, "executable", "/no/such/python")
    with pytest.raises(ReadingError, match="no process"):
        sandboxed(RTF, b"", where="x")


def test_nothing_of_the_surroundings_but_what_python_needs(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    assert "SECRET_TOKEN" not in room._environment()


def test_the_answer_of_a_child(monkeypatch):
    assert room._answer("os:system", b"")["what"] == "not a function of this package"
    assert room._answer("nptlens.reading._pdf:text_layer", b"no pdf")["what"].startswith("it is damaged")
    monkeypatch.setattr(room, "_MOST_CHARACTERS", 3)
    assert "more than 3" in room._answer(RTF, b"{\\rtf1 words}")["what"]
