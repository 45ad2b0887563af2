"""Which unit a tool's offsets count, found by what the marked words look like under each.

The standard says code points. Programs that hold text as UTF-16 count its units, some drop the byte-order mark or one half of a line end
first. Under the right unit the marked words match what the file quotes, fit into the text, and start and end where words do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nptlens.exchange._offsets import UNITS, Ruler, Unit

_SAMPLE = 2_000
_RARE = "as two"


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked stretch as the file states it; `quotes` are words that may be a quotation of it, `name` is what the tool calls it."""

    start: int
    end: int
    quotes: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The unit taken; `doubtful` says that another unit explains the marks as well but marks other words."""

    unit: Unit
    doubtful: bool


@dataclass(frozen=True, slots=True)
class _Score:
    quoted: int
    fitting: int
    edges: int

    def beats(self, other: _Score, *, by: int) -> bool:
        """Tell whether it explains more: quotations first, then marks that fit at all, then at least `by` more ends of words."""
        if self.quoted != other.quoted:
            return self.quoted > other.quoted
        if self.fitting != other.fitting:
            return self.fitting > other.fitting
        return self.edges >= other.edges + by


def decide(texts: Sequence[tuple[str, Sequence[Mark]]], tool: str) -> Verdict:
    """Return the unit of all of a project's texts, each given with its marks; `tool` settles what the marks leave open."""
    sample = [(raw, _thinned(marks, len(texts))) for raw, marks in texts if raw and marks]
    found: list[tuple[Unit, _Score, tuple[tuple[int, int] | None, ...]]] = []
    for unit in sorted(UNITS, key=lambda unit: unit != _habit(tool)):
        places, score = _measured(sample, unit)
        if all(places != seen for _, _, seen in found):
            found.append((unit, score, places))
    best = found[0]
    for rival in found[1:]:
        if rival[1].beats(best[1], by=_bar(rival[0], best[0])):
            best = rival
    doubtful = any(
        unit != best[0] and unit.line_end != _RARE and not best[1].beats(score, by=2) for unit, score, _ in found
    )
    return Verdict(best[0], doubtful)


def _bar(unit: Unit, other: Unit) -> int:
    """Return how many more ends of words a unit needs: one where only the kind of unit differs, more where the text itself would."""
    return 1 if (unit.mark, unit.line_end) == (other.mark, other.line_end) else 3


def _habit(tool: str) -> Unit:
    return Unit(utf16=True) if "nvivo" in tool.lower() else UNITS[0]


def _thinned(marks: Sequence[Mark], texts: int) -> Sequence[Mark]:
    step = max(1, len(marks) * max(1, texts) // _SAMPLE)
    return marks[::step]


def _measured(sample: Sequence[tuple[str, Sequence[Mark]]], unit: Unit) -> tuple[tuple[tuple[int, int] | None, ...], _Score]:
    """Return the words that each mark covers under `unit`, white space at their ends left aside, and how well they look."""
    places: list[tuple[int, int] | None] = []
    quoted = fitting = edges = 0
    for raw, marks in sample:
        ruler = Ruler(raw, unit)
        for mark in marks:
            place = ruler.raw_span(mark.start, mark.end)
            places.append(place and _trimmed(raw, *place))
            if place is None:
                continue
            fitting += 1
            quoted += any(_quotes(quote, raw[slice(*place)]) for quote in mark.quotes)
            edges += sum(_at_edge(raw, at) for at in place)
    return tuple(places), _Score(quoted, fitting, edges)


def _trimmed(raw: str, start: int, end: int) -> tuple[int, int]:
    piece = raw[start:end]
    start += len(piece) - len(piece.lstrip("\ufeff\r\n\t "))
    return start, max(start, start + len(piece.strip("\ufeff\r\n\t ")))


def _at_edge(raw: str, at: int) -> bool:
    return at <= 0 or at >= len(raw) or not (raw[at - 1].isalnum() and raw[at].isalnum())


def _quotes(quote: str, words: str) -> bool:
    quote, words = " ".join(quote.split()), " ".join(words.split())
    cut = quote.rstrip("….").rstrip()
    return quote == words or (len(cut) >= 12 and words.startswith(cut))
