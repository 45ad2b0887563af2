"""What a written report is made of, whatever it is written as: headings, words, tables, quotations, figures, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nptlens.reporting.validation._blocks import Cell, Grid, Heading, Items, Line, Words

__all__ = ["Block", "Cell", "Figure", "Grid", "Heading", "Items", "Line", "Quote", "Words", "grid"]


@dataclass(frozen=True, slots=True)
class Quote:
    """The slice ``[start, end)`` of a transcript; `text` is "" where it is withheld. `speaker` stands before it where several speak."""

    transcript: str
    start: int
    end: int
    text: str
    source: tuple[str, ...] = ()
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture drawn when it is asked for (PNG bytes), its caption, and `alt`: what it shows, for those who do not see it."""

    draw: Callable[[], bytes]
    title: str
    caption: str
    alt: str


Block = Words | Heading | Items | Grid | Quote | Figure


def grid(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, words: Sequence[int] = (), caption: str = "") -> Grid:
    """Return a table of plain cells; the first of each row is its head. `words` are the columns that hold no figures."""
    lines = tuple(Line(row[0], tuple(Cell(cell) for cell in row[1:])) for row in rows)
    return Grid(title, caption, tuple(columns), lines, frozenset(words))
