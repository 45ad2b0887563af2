"""A function in a box: what comes back, what is told when it fails, and that it is stopped."""

from __future__ import annotations

import json
import os
import signal
import threading
import time

import pytest

from nptlens.core.errors import ReadingError
from nptlens.safety import children
from nptlens.safety import sandbox as room
from nptlens.safety.sandbox import sandboxed

RTF = "nptlens.reading.formats._rtf:words"


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
        sandboxed(RTF, b"{\\rtf1 " + b"{" * 2_000_000, where="x", cpu_s=0.05)
    assert time.monotonic() - began < 5


def test_a_greedy_function_is_stopped():
    with pytest.raises(ReadingError, match="memory"):
        sandboxed(RTF, b"{\\rtf1 " + b"a" * 60_000_000, where="x", megabytes=200, cpu_s=120)


def test_a_child_that_dies_is_an_error(monkeypatch):
    monkeypatch.setattr(children.sys, "executable", "/bin/false")
    with pytest.raises(ReadingError, match="memory or time"):
        sandboxed(RTF, b"", where="x")
    monkeypatch.setattr(children.sys, "executable", "/no/such/python")
    with pytest.raises(ReadingError, match="no process"):
        sandboxed(RTF, b"", where="x")


def test_nothing_of_the_surroundings_but_what_python_needs(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    assert "SECRET_TOKEN" not in children.environment()


def test_the_answer_of_a_child(monkeypatch):
    assert room._answer("os:system", b"")["what"] == "not a function of this package"
    assert room._answer("nptlens.reading.formats._pdf:text_layer", b"no pdf")["what"].startswith("it is damaged")
    monkeypatch.setattr(room, "_MOST_CHARACTERS", 3)
    assert "more than 3" in room._answer(RTF, b"{\\rtf1 words}")["what"]


RTF_WORDS = rb"{\rtf1\ansi Well.}"


@pytest.fixture
def started(monkeypatch):
    """Count the children that are started, none of them resting before."""
    children.end_all()
    pids = []

    class Counted(children.Child):
        def __init__(self, command):
            super().__init__(command)
            pids.append(self._process.pid)

    monkeypatch.setattr(children, "Child", Counted)
    yield pids
    children.end_all()


def test_one_child_serves_many_files(started):
    assert len({sandboxed(RTF, RTF_WORDS, where="x") for _ in range(5)}) == 1
    assert len(started) == 1


def test_a_child_is_not_kept_for_ever(started, monkeypatch):
    monkeypatch.setattr(children, "_MOST_CALLS", 2)
    for _ in range(5):
        sandboxed(RTF, RTF_WORDS, where="x")
    assert len(started) == 3


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (b"{\\rtf1 " + b"{" * 2_000_000, {"cpu_s": 0.3}, "longer than"),
        (b"{\\rtf1 " + b"a" * 60_000_000, {"megabytes": 200, "cpu_s": 120}, "memory"),
    ],
    ids=["slow", "greedy"],
)
def test_the_files_after_one_in_trouble_read_as_ever(started, data, limits, message):
    before = sandboxed(RTF, RTF_WORDS, where="x", **({"megabytes": limits["megabytes"]} if "megabytes" in limits else {}))
    with pytest.raises(ReadingError, match=message):
        sandboxed(RTF, data, where="x", **limits)
    assert sandboxed(RTF, RTF_WORDS, where="x") == before


def test_a_child_that_died_between_two_files_costs_none(started):
    sandboxed(RTF, RTF_WORDS, where="x")
    children._resting[0]._process.kill()
    children._resting[0]._process.wait()
    assert json.loads(sandboxed(RTF, RTF_WORDS, where="x"))["text"] == "Well."
    assert len(started) == 2


def test_a_child_that_held_much_memory_says_so():
    assert room._tired(1)
    assert not room._tired(10**6)
    assert not room._tired(0)


def test_calls_from_several_threads(started):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda number: sandboxed(RTF, rb"{\rtf1\ansi N%d}" % number, where="x"), range(12)))
    assert [json.loads(answer)["text"] for answer in answers] == [f"N{number}" for number in range(12)]
    assert len(started) <= 3


@pytest.fixture
def held_up(started):
    """A child that has read one file, and is made to wait."""
    sandboxed(RTF, RTF_WORDS, where="x")
    pid = children._resting[0]._process.pid
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_a_busy_machine_costs_no_file(held_up):
    """What counts is how long the child computes, not how long it is kept from it."""
    waking = threading.Timer(0.8, os.kill, (held_up, signal.SIGCONT))
    waking.start()
    assert json.loads(sandboxed(RTF, RTF_WORDS, where="x", cpu_s=0.4))["text"] == "Well."
    waking.join()


def test_a_child_that_waits_for_ever_is_stopped(held_up):
    with pytest.raises(ReadingError, match=r"longer than 0\.5 seconds"):
        sandboxed(RTF, RTF_WORDS, where="x", cpu_s=0.05)
