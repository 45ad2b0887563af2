"""How fast a stage goes and how long it still takes, from the times at which it told its progress. There is no clock in here."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

_WINDOW_S = 20.0
EVERY_S = 10.0
"""How often a log hears of a stage."""
_LEAST_S = 0.5  # what was measured over less says nothing


@dataclass(frozen=True, slots=True)
class Pace:
    """Units a second and the seconds left; None where they are not known yet."""

    rate: float | None = None
    left_s: float | None = None

    def shown(self, units: str = "") -> str:
        """Return e.g. ``31 texts/s, 1:05 left``; nothing where nothing is known."""
        if self.rate is None or self.left_s is None:
            return ""
        left = _clock(self.left_s)
        rate = f"{self.rate:.3g}" if self.rate < 1000 else f"{self.rate:.0f}"
        return f"{rate} {units}/s, {left} left" if units else f"{rate}/s, {left} left"


def _clock(passed_s: float) -> str:
    minutes, seconds = divmod(round(passed_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@dataclass(slots=True)
class Pacer:
    """Follows one stage after the other: told (stage, done, total) at a time in seconds, it says the pace.

    The rate is that of the last 20 seconds, or since the stage began, so that it follows work that gets faster or slower.
    """

    _task: tuple[str, int] | None = None
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def told(self, stage: str, done: int, total: int, *, at_s: float) -> Pace:
        """Return the pace after `done` of `total` units; another stage, another total or fewer units done begin anew."""
        began_before = self._task is not None and self._task[0] == stage and self._task[1] in (0, total)
        if not began_before or (self._marks and done < self._marks[-1][1]):
            self._marks.clear()
        self._task = (stage, total)
        self._marks.append((at_s, done))
        while len(self._marks) > 2 and self._marks[1][0] <= at_s - _WINDOW_S:
            self._marks.popleft()
        (since, before), elapsed = self._marks[0], at_s - self._marks[0][0]
        if not 0 < done <= total or done == before or elapsed < _LEAST_S:
            return Pace()
        rate = (done - before) / (at_s - since)
        return Pace(rate, (total - done) / rate)


@dataclass(slots=True)
class Log:
    """Lines for where there is no terminal: at most one every `EVERY_S` seconds, whether a stage tells its progress or is silent."""

    began_s: float
    units: Mapping[str, str] = field(default_factory=dict)
    _pacer: Pacer = field(default_factory=Pacer)
    _stage: str = ""
    _since_s: float = 0.0
    _said_s: float = field(init=False)
    _told: tuple[int, int, Pace] = (0, 0, Pace())

    def __post_init__(self) -> None:
        self._said_s = self.began_s

    def told(self, stage: str, done: int, total: int, *, at_s: float) -> None:
        """Take in what a stage told."""
        if stage != self._stage:
            self._stage, self._since_s = stage, at_s
        self._told = (done, total, self._pacer.told(stage, done, total, at_s=at_s))

    def line(self, at_s: float) -> str:
        """Return e.g. ``embed: 620/2500 texts, 31 texts/s, 1:01 left, 0:20 so far``; nothing where none is due yet."""
        if not self._stage or at_s - self._said_s < EVERY_S:
            return ""
        self._said_s = at_s
        done, total, pace = self._told
        units = self.units.get(self._stage, "")
        parts = [f"{done}/{total} {units}".strip() if total else "", pace.shown(units), f"{_clock(at_s - self._since_s)} so far"]
        return f"{self._stage}: {', '.join(filter(None, parts))}"
