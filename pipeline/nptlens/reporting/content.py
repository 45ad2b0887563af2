"""What a report is made of, whatever it is written as: one tree of sections, headings, paragraphs, tables, quotations and pictures.

Everything is plain text; the writers (HTML, Word, Markdown) escape it. Words from outside may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from nptlens.reporting._words import decimal, has_interval

INVENTED = "Invented demonstration data: figures are an upper bound and say nothing about real interviews."
"""The notice of a study of invented data."""
WITHHELD = "[Withheld: the limit on words quoted of this participant is reached.]"
"""What stands in the place of a quotation whose words may not be shown."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words within a text that look different: the `id` of a code, a `link` to `target` (an anchor or a file beside this one).

    What is `open` is left to a person.
    """

    text: str
    look: Literal["strong", "id", "small", "stance", "link", "open"]
    target: str = ""


Text = str | tuple[str | Run, ...]
"""Words in one or several looks; a line end within them is a line break."""
Medium = Literal["", "screen", "paper"]
"""Where a block is shown: "" everywhere, on "screen" alone (HTML), on "paper" alone (Word, Markdown)."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a "lead" carries a headline, a "note" is small print, "counts" a code's figures in one line."""

    text: Text
    look: Literal["", "lead", "note", "small", "definition", "counts"] = ""
    on: Medium = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the section's own (level 3 to 6); one with an anchor stands in the contents, a `minor` one never does."""

    text: Text
    level: int = 3
    anchor: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list of short lines."""

    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Definitions:
    """Names with what they stand for: "figures" are large numbers with their names, "rules" those of a code."""

    pairs: tuple[tuple[str, str], ...]
    look: Literal["figures", "rules"]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """An exact slice of one turn: `data_span` says which (``TRANSCRIPT:start-end``), `cut_before` and `cut_after` that the turn goes on.

    `text` is "" where the words are withheld; `segment`: the slice is a segment of the study.
    """

    relation: str
    speaker: str
    data_span: str
    text: str
    cut_before: bool = False
    cut_after: bool = False
    segment: bool = False


@dataclass(frozen=True, slots=True)
class NearestSeed:
    """A seed named as a reason; `similarity` is None where none is stated, `text` "" where the seed is not at hand.

    `place` is where its words stand in the study (``TRANSCRIPT:start-end``), "" where they are not the study’s own.
    """

    id: str
    similarity: float | None
    text: str
    stance: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of why the machine coded an excerpt: its name, and words or seeds."""

    name: str
    text: str = ""
    seeds: tuple[NearestSeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """Exact words, turn by turn, and below them where they are from, line by line.

    `before` and `after` are the turns around them, `why` the machine's reasons; `sides` are (who, codes given) where two coders differ,
    and `remark` what is to be said of that. Documents show the words, their `source`, `why` in one line, and `sides`.
    """

    pieces: tuple[Speech, ...]
    source: tuple[Text, ...]
    before: tuple[Speech, ...] = ()
    after: tuple[Speech, ...] = ()
    why: tuple[Reason, ...] = ()
    sides: tuple[tuple[str, tuple[Text, ...]], ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Quotations:
    """A list of quotations; a `numbered` one is for working through."""

    entries: tuple[Quotation, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, what stands small below it (parted by "; "), its look, how many columns it takes.

    `quotation` is an excerpt that a page shows in the cell with its `stance`; documents leave it out.
    """

    text: Text
    below: str = ""
    look: str = ""
    span: int = 1
    stance: str = ""
    quotation: Speech | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its head (with the id of a code before it), its depth in the codebook, its cells, what stands small below the head."""

    head: str
    cells: tuple[Cell, ...]
    id: str = ""
    depth: int = 0
    below: str = ""

    def named(self) -> str:
        """Return the head as it stands behind the id: "" where a code has no other name than its id."""
        return "" if self.head == self.id else self.head


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `columns` begin with that of the heads. `folded` tables open on request, and stand open on paper.

    `words` are the numbers of the columns that hold words, `long` of those that hold whole sentences or long names (0: the heads); the
    others hold figures and are set flush right. `label` names the table where its `title` alone says too little; `foot` are rows of
    totals; `empty` is said where there is no row.
    """

    title: str
    caption: str
    columns: tuple[Text, ...]
    rows: tuple[Row, ...]
    words: frozenset[int] = frozenset()
    folded: bool = False
    long: frozenset[int] = frozenset()
    foot: tuple[Row, ...] = ()
    label: str = ""
    empty: str = "Nothing to show."
    look: Literal["", "dense", "framework"] = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: SVG that says its own alternative text, a caption, and the same figures as tables.

    `draw` makes the same as PNG for documents, with `alt` beside it; None where documents have the tables alone. A `plain` picture has
    neither frame nor title on a page, since the heading above it says what it is.
    """

    svg: str
    title: str
    caption: str
    data: tuple[Table, ...]
    draw: Callable[[], bytes] | None = None
    alt: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Remainder:
    """Where a page opens the excerpts of a code that its section does not quote; documents have nothing here."""

    anchor: str
    code: str


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks that belong together: a "code", what speaks "against" it, the "card" of a topic, tables "beside" each other, or "details".

    Details open below their `summary`; `folded` ones stand open on paper.
    """

    look: Literal["code", "against", "card", "beside", "details"]
    blocks: tuple[Block, ...]
    summary: str = ""
    folded: bool = False


Block = Paragraph | Heading | ItemList | Definitions | Quotations | Table | Picture | Remainder | Group


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report with its anchor; a section without blocks is not made."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    look: Literal["", "around"] = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report; `kind` says which ("Coded excerpts"), `notice` is "" where there is nothing to warn of.

    The contents of a `brief` one name its sections alone.
    """

    title: str
    kind: str
    codebook: str
    notice: str
    sections: tuple[Section, ...]
    brief: bool = False


def plain(text: Text) -> str:
    """Return the words of a text without their looks; a space stands between the id of a code and what follows it."""
    if isinstance(text, str):
        return text
    parts = (each if isinstance(each, str) else f"{each.text} " if each.look == "id" else each.text for each in text)
    return "".join(parts).rstrip(" ")


def estimate(value: float, low: float, high: float, *, below: str = "", digits: int = 2) -> Cell:
    """Return a cell with a figure, its interval below it, and what else is to be said there."""
    interval = f"{decimal(low, digits)} to {decimal(high, digits)}" if has_interval(value, low, high) else ""
    return Cell(decimal(value, digits), "; ".join(filter(None, (interval, below))))


def code_text(code: str, name: str) -> Text:
    """Return a code's id and, where it has another, its name."""
    return (Run(code, "id"),) if name == code else (Run(code, "id"), name)


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    words: Sequence[int] = (),
    long: Sequence[int] = (),
    caption: str = "",
    empty: str = "Nothing to show.",
) -> Table:
    """Return a table of plain cells; the first of each row is its head. `words` and `long` are as in `Table`."""
    made = tuple(Row(row[0], tuple(Cell(cell) for cell in row[1:])) for row in rows)
    return Table(title, caption, tuple(columns), made, frozenset(words), long=frozenset(long), empty=empty)


def flat(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks as they follow each other, those of groups in their place."""
    for block in blocks:
        if isinstance(block, Group):
            yield from flat(block.blocks)
        else:
            yield block


def place_in(span: str) -> tuple[str, int, int]:
    """Return transcript, start and end of a place, ``TRANSCRIPT:start-end``."""
    transcript, _, offsets = span.rpartition(":")
    start, _, end = offsets.partition("-")
    return transcript, int(start), int(end)


def definitions_table(shown: Definitions) -> Table:
    """Return the figures of a study as a table, for documents."""
    return table(shown.title, ("What", "Number"), shown.pairs)


def in_words(shown: Quotation) -> Iterator[str]:
    """Yield what documents say below a quotation's source, line by line: why the machine coded it, or what each of two coders gave."""
    if shown.why:
        told = ((each.name, ", ".join(seed.id for seed in each.seeds) or each.text) for each in shown.why)
        yield " · ".join(f"{name[:1].lower()}{name[1:]} {text}".rstrip(".") for name, text in told)
    for who, codes in shown.sides:
        yield f"{who}: {'; '.join(map(plain, codes)) or 'not coded'}"
    if shown.remark:
        yield shown.remark
