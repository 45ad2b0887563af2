"""Small counts of people: which cells of a list must be hidden so that none below a limit can be known from the others and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hidden:
    """A count that is not shown: it lies below `below`; where that is 0 it is hidden for the sake of another."""

    below: int = 0

    def __str__(self) -> str:
        return f"<{self.below}" if self.below else "not shown"


Shown = int | Hidden


def hide(number: int, least: int) -> Shown:
    """Return a count, or that it is below `least`: 0 is hidden like the others, or "<2" would say 1."""
    return Hidden(least) if number < least and least > 1 else number


def hide_parts(parts: Sequence[int], total: int | None, least: int) -> tuple[tuple[Shown, ...], Shown | None]:
    """Return parts and their total with small ones hidden, and with those that would give a small one away.

    A total that is shown (None: there is none) bounds what is hidden. Further parts, the smallest first, are hidden until no small part
    has a single possible value (complementary suppression, Hundepool et al. 2012, Statistical Disclosure Control, section 4.3); where
    there are none left, the total is.
    """
    shown: list[Shown] = [hide(part, least) for part in parts]
    whole = None if total is None else hide(total, least)
    if not isinstance(whole, int):
        return tuple(shown), whole
    spare = sorted((number for number, part in enumerate(shown) if isinstance(part, int)), key=lambda number: (parts[number], number))
    while _known(parts, shown, whole, least):
        if not spare:
            return tuple(shown), Hidden()
        shown[spare.pop(0)] = Hidden()
    return tuple(shown), whole


def _known(parts: Sequence[int], shown: Sequence[Shown], total: int, least: int) -> bool:
    """Tell whether some small part has only one value that fits the total."""
    hidden = [(each.below, part) for part, each in zip(parts, shown, strict=True) if isinstance(each, Hidden)]
    rest = total - sum(part for part, each in zip(parts, shown, strict=True) if not isinstance(each, Hidden))
    lows = [0 if below else least for below, _ in hidden]
    highs = [below - 1 if below else rest for below, _ in hidden]
    return any(
        below and max(lows[n], rest - (sum(highs) - highs[n])) >= min(highs[n], rest - (sum(lows) - lows[n]))
        for n, (below, _) in enumerate(hidden)
    )
