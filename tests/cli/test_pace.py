"""How fast a stage goes: a truth table of what it told and when."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nptlens.cli import _show
from nptlens.cli._pace import Log, Pace, Pacer

STEADY = [(second, "embed", 10 * second, 100) for second in range(11)]


@pytest.mark.parametrize(
    ("told", "rate", "left_s"),
    [
        ([(0.0, "embed", 0, 100)], None, None),
        ([(0.0, "embed", 0, 0)], None, None),
        ([(0.0, "embed", 0, 0), (2.0, "embed", 20, 100)], 10, 8),  # a stage says first that it begins, then how much there is
        ([(0.0, "embed", 0, 100), (0.2, "embed", 20, 100)], None, None),  # too soon
        ([(0.0, "embed", 0, 100), (4.0, "embed", 0, 100)], None, None),  # nothing is done
        (STEADY[:6], 10, 5),
        (STEADY, 10, 0),
        ([(0.0, "read", 0, 4), (1.0, "read", 4, 4), (1.0, "embed", 0, 100), (3.0, "embed", 50, 100)], 25, 2),  # another stage begins anew
        ([(0.0, "code", 0, 4), (1.0, "code", 4, 4), (2.0, "code", 1, 10), (4.0, "code", 3, 10)], 1, 7),  # another part of a stage
        ([(0.0, "code", 0, 4), (2.0, "code", 4, 4), (2.0, "code", 0, 4), (4.0, "code", 1, 4)], 0.5, 6),
        ([(0.0, "x", 0, 1000), (100.0, "x", 100, 1000), (110.0, "x", 200, 1000), (120.0, "x", 300, 1000)], 10, 70),  # the last 20 seconds
        ([(0.0, "x", 0, 10), (100.0, "x", 1, 10)], 0.01, 900),  # a step of more than 20 seconds is measured whole
    ],
)
def test_the_pace_follows_what_was_told(told, rate, left_s):
    pacer = Pacer()
    for at_s, stage, done, total in told:
        pace = pacer.told(stage, done, total, at_s=at_s)
    assert pace == Pace(rate and pytest.approx(rate), left_s if left_s is None else pytest.approx(left_s))


@pytest.mark.parametrize(
    ("pace", "units", "shown"),
    [
        (Pace(), "texts", ""),
        (Pace(31.4159, 65.2), "texts", "31.4 texts/s, 1:05 left"),
        (Pace(0.0123, 3725), "", "0.0123/s, 1:02:05 left"),
        (Pace(123456.7, 0.4), "texts", "123457 texts/s, 0:00 left"),
        (Pace(2, 59.6), "files", "2 files/s, 1:00 left"),
    ],
)
def test_the_pace_in_words(pace, units, shown):
    assert pace.shown(units) == shown


@pytest.mark.parametrize(
    ("told", "asked", "lines"),
    [
        ([], [5, 15, 30], ["", "", ""]),  # nothing has begun
        ([(1, "embed", 0, 0)], [5, 9.9, 10, 19, 20], ["", "", "embed: 0:09 so far", "", "embed: 0:19 so far"]),  # silent, but alive
        ([(0, "embed", 0, 2500), (20, "embed", 620, 2500)], [20], ["embed: 620/2500 texts, 31 texts/s, 1:01 left, 0:20 so far"]),
        ([(0, "code: training", 0, 18)], [40], ["code: training: 0/18 fits, 0:40 so far"]),
        ([(0, "read", 3, 3), (30, "report", 0, 0)], [31], ["report: 0:01 so far"]),  # another stage begins anew
        ([(0, "x", 0, 0)], [4000], ["x: 1:06:40 so far"]),
    ],
)
def test_a_log_hears_every_ten_seconds(told, asked, lines):
    log = Log(0.0, {"embed": "texts", "code: training": "fits"})
    for at_s, *what in told:
        log.told(*what, at_s=at_s)
    assert [log.line(at_s) for at_s in asked] == lines


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize(("terminal", "term"), [(False, "xterm"), (True, "dumb")])
def test_where_there_is_no_terminal_a_silent_stage_is_heard_of(monkeypatch, capsys, quiet, terminal, term):
    monkeypatch.setenv("TERM", term)
    screen, now = Screen(terminal), [0.0]
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr("nptlens.cli._show.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr("nptlens.cli._show._BEAT_S", 0.005)
    with _show.progress(quiet) as progress:
        progress("discover", 0, 0)
        for now[0] in (9.0, 10.0, 20.5):
            time.sleep(0.1)
    assert screen.getvalue() == "discover: 0:10 so far\ndiscover: 0:20 so far\n"
    assert capsys.readouterr().out == ""


class Screen(io.StringIO):
    """A stderr that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: terminal


@pytest.mark.parametrize(
    ("terminal", "quiet", "env", "shows", "colours"),
    [
        (True, False, {}, True, True),
        (True, False, {"NO_COLOR": "1"}, True, False),
        (True, True, {}, False, False),
        (True, False, {"TERM": "dumb"}, False, False),
        (False, False, {}, False, False),  # lines come every ten seconds
        (False, True, {}, False, False),
        (False, False, {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_progress_is_shown_on_a_terminal_only(monkeypatch, terminal, quiet, env, shows, colours):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "120", **env}.items():
        monkeypatch.setenv(name, value)
    screen, clock = Screen(terminal), iter([0.0, 1.0, 2.0, 3.0])
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr("nptlens.cli._show.time", SimpleNamespace(monotonic=lambda: next(clock)))
    with _show.progress(quiet) as progress:
        progress("embed", 0, 0)
        progress("embed", 50, 200)
        progress("embed", 100, 200)
    told = screen.getvalue()
    assert ("100/200" in told and "50 texts/s, 0:02 left" in told) == shows
    assert bool(told) == shows
    assert ("\x1b[3" in told) == colours


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(0, 9), st.floats(0, 50)), max_size=30))
def test_whatever_is_told_no_figure_is_below_nothing(told):
    pacer, now = Pacer(), 0.0
    for stage, done, total, passed in told:
        now += passed
        pace = pacer.told(stage, done, total, at_s=now)
        assert (pace.rate is None) == (pace.left_s is None)
        assert pace.rate is None or (pace.rate > 0 and pace.left_s is not None and pace.left_s >= 0)
