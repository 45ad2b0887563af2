"""How fast a stage goes and how long it still takes, from the times at which it told its progress. There is no clock in here."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_WINDOW_S = 20.0
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
        minutes, seconds = divmod(round(self.left_s), 60)
        hours, minutes = divmod(minutes, 60)
        left = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
        rate = f"{self.rate:.3g}" if self.rate < 1000 else f"{self.rate:.0f}"
        return f"{rate} {units}/s, {left} left" if units else f"{rate}/s, {left} left"


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
