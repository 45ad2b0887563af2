"""Where the marked stretches of a REFI-QDA project lie: each mark by its own words, those without words by the unit of the others.

Most programs put the marked words into the name of a selection, some a label of their own. Where the names of a project are words, a
mark whose words stand nowhere is not taken by its offsets alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.exchange._offsets import UNITS, Unit
from nptlens.exchange._places import Found, Places
from nptlens.exchange._refi_texts import RefiText
from nptlens.exchange._units import Mark, Verdict, decide
from nptlens.exchange.outgoing import TOOL

_ALWAYS_WORDS = ("qualcoder", TOOL)
_MIXED = 0.95


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text with the place of each of its marks, and what its offsets count.

    `unit` is what marks without words were taken by; `doubtful` says that another unit explains them as well; `mixed` that the marks
    of the text count different units; `unnamed` are the marks that were taken by their offsets although their names are other words.
    """

    text: RefiText
    canonical: str
    found: tuple[Found, ...]
    unit: Unit
    doubtful: bool
    mixed: bool
    unnamed: int


def placed(texts: Sequence[RefiText], tool: str) -> list[PlacedText]:
    """Return every text with the places of its marks."""
    own = tool == TOOL  # always code points; a name of ours has no blanks at its ends
    places = [Places(text.raw) for text in texts]
    fits = [[_fits(place, mark, own=own) for mark, _ in text.marks] for place, text in zip(places, texts, strict=True)]
    named = [any(unit) for text, units in zip(texts, fits, strict=True) for (mark, _), unit in zip(text.marks, units, strict=True)
             if mark.name and text.raw]
    words = any(name in tool.lower() for name in _ALWAYS_WORDS) or sum(named) * 2 >= len(named) > 0
    whole = decide([(text.raw, [mark for mark, _ in text.marks]) for text in texts], tool)
    return [_placed(text, place, units, whole, tool, words=words) for text, place, units in zip(texts, places, fits, strict=True)]


def _fits(places: Places, mark: Mark, *, own: bool) -> list[Unit]:
    """Return the units under which a mark's words stand at its place."""
    if own and any(places.fitting(mark.start, mark.end, quote, UNITS[:1]) for quote in mark.quotes):
        return [UNITS[0]]
    exact = [unit for quote in mark.quotes for unit in places.units(mark.start, mark.end, quote)]
    if exact:
        return exact
    return [unit for quote in mark.quotes if (unit := places.fitting(mark.start, mark.end, quote)) is not None]


def _placed(text: RefiText, places: Places, fits: list[list[Unit]], whole: Verdict, tool: str, *, words: bool) -> PlacedText:
    marks = [mark for mark, _ in text.marks]
    if not text.raw:
        return PlacedText(text, "", tuple(Found(None, "") for _ in marks), UNITS[0], False, False, 0)
    votes = Counter(unit for units in fits for unit in set(units))
    verdict = _verdict(text, votes, whole, tool)
    units = sorted(UNITS, key=lambda unit: (unit != verdict.unit, -votes[unit], UNITS.index(unit)))
    found, unnamed, open_marks = [], 0, 0
    supported = [unit for unit in units if votes[unit]]
    for mark, own in zip(marks, fits, strict=True):
        if own == [UNITS[0]]:
            found.append(places.locate(mark.start, mark.end))
            continue
        quotes = [quote for quote in mark.quotes if places.fitting(mark.start, mark.end, quote, units) is not None]
        if quotes:
            found.append(places.locate(mark.start, mark.end, quotes[0], units))
            continue
        if mark.name and words:
            found.append(places.locate(mark.start, mark.end, mark.name, units))
            continue
        unnamed += bool(mark.name)
        found.append(places.locate(mark.start, mark.end, "", units))
        open_marks += len({places.by_offsets(mark.start, mark.end, unit) for unit in supported or [verdict.unit]}) > 1
    mixed = bool(votes) and max(votes.values()) < _MIXED * sum(1 for units in fits if units)
    alone = any(not units for units in fits) and not votes
    doubtful = (alone and verdict.doubtful) or (mixed and open_marks > 0)
    return PlacedText(text, places.text, tuple(found), verdict.unit, doubtful, mixed, unnamed)


def _verdict(text: RefiText, votes: Counter[Unit], whole: Verdict, tool: str) -> Verdict:
    """Return the unit of a text's marks without words: that of most others of the text, else what the looks of the marks say."""
    if votes:
        most = max(votes.values())
        best = [unit for unit in UNITS if votes[unit] == most]
        return Verdict(whole.unit if whole.unit in best else best[0], False)
    own = decide([(text.raw, [mark for mark, _ in text.marks])], tool)
    return own if whole.doubtful and not own.doubtful else whole
