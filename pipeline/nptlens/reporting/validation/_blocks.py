"""What a page is made of: sections of headings, words, tables, pictures and excerpts. Everything is plain text; the template escapes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; a "lead" carries a headline, a "note" is small print."""

    kind: ClassVar[str] = "words"
    text: str
    look: Literal["", "lead", "note"] = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the section's own (level 3 or 4)."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 3


@dataclass(frozen=True, slots=True)
class Items:
    """A list of short lines."""

    kind: ClassVar[str] = "items"
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, and what stands small below it (an interval, a count)."""

    text: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its head (with the id of a code before it), its depth in the codebook, its cells."""

    head: str
    cells: tuple[Cell, ...]
    id: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `columns` begin with that of the heads. `folded` tables open on request, and stand open on paper.

    `words` are the numbers of the columns that hold words; the others hold figures and are set flush right.
    """

    kind: ClassVar[str] = "grid"
    title: str
    caption: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    words: frozenset[int] = frozenset()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: SVG that says its own alternative text, a caption, and the same figures as tables.

    `draw` makes the same as PNG for documents, with `alt` beside it; None where documents have the tables alone.
    """

    kind: ClassVar[str] = "picture"
    svg: str
    title: str
    caption: str
    data: tuple[Grid, ...]
    draw: Callable[[], bytes] | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An excerpt (the exact slice) that two coders coded differently; `sides` are (who, (code id and name, …))."""

    segment_id: str
    text: str
    place: str
    sides: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    hardness: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mismatches:
    """A numbered list of excerpts."""

    kind: ClassVar[str] = "mismatches"
    entries: tuple[Mismatch, ...]


Block = Words | Heading | Items | Grid | Picture | Mismatches


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with its anchor; a section without blocks is not made."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
