"""A table of a Word file: columns as wide as their words and figures ask for, one line for each part of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from nptlens.reporting._wordxml import el, qn, shown, text_runs
from nptlens.reporting.content import Cell, Row, Table, Text, plain

LONGEST = 40
"""Rows of a table that the web page folds away; a document holds no more of them."""
WIDEST = 12
"""Columns of a table that fit on an upright page."""
_LETTER = 92  # twentieths of a point that a letter of the style "Table text" takes, on average
_PADDING = 160  # between a cell's words and its neighbours'
_TO_FILL = 60  # letters that a reader is given room for where a column of words is empty
_SENTENCE = 16  # letters of a line of sentences at least
_LOOKED_AT = 400  # rows that widths are reckoned from


class Styled(Protocol):
    """A document that knows its styles and makes paragraphs (`_docx.Page`)."""

    def style(self, name: str) -> str:
        """Return the id of a style by its name."""

    def made(self, style: str, *content: Any, together: bool = False) -> Any:
        """Return a paragraph that is not yet put anywhere."""

    def runs(self, text: Text, *, bold: bool = False) -> list[Any]:
        """Return the runs of a text."""


def table(page: Styled, grid: Table, room: int) -> Any:
    """Return a table `room` twentieths of a point wide; its header row is repeated on every page."""
    rows = grid.rows[:LONGEST] if grid.folded else grid.rows
    rows = (*(rows or (Row(grid.empty, tuple(Cell("") for _ in grid.columns[1:])),)), *grid.foot)
    columns = widths([plain(each) for each in grid.columns], rows, grid.words | grid.long, room)
    look = el(
        "tblPr",
        el("tblStyle", val=page.style("Table Grid")),
        el("tblW", w=sum(columns), type="dxa"),
        el("tblLayout", type="fixed"),
        el("tblLook", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
    )
    head = [
        _cell(page, [page.runs(name, bold=True)], width, right=_right(grid, number))
        for number, (name, width) in enumerate(zip(grid.columns, columns, strict=True))
    ]
    made = [el("tr", el("trPr", el("cantSplit"), el("tblHeader")), *head), *(_row(page, row, grid, columns) for row in rows)]
    return el("tbl", look, el("tblGrid", *(el("gridCol", w=width) for width in columns)), *made)


def _row(page: Styled, row: Row, grid: Table, columns: Sequence[int]) -> Any:
    head = text_runs(f"{shown(row.id)} ", style=page.style("Code id")) if row.id else []
    below = [text_runs(shown(part), small=True) for part in _below(row.below)]
    cells = [_cell(page, [[*head, *text_runs(shown(row.named()))], *below], columns[0], inset=row.depth)]
    number = 1
    for cell in row.cells:
        told = [page.runs(cell.text), *(text_runs(shown(part), small=True) for part in _below(cell.below))]
        width = sum(columns[number : number + cell.span])
        cells.append(_cell(page, told, width, right=_right(grid, number), span=cell.span))
        number += cell.span
    return el("tr", el("trPr", el("cantSplit")), *cells)


def _cell(page: Styled, lines: Sequence[Sequence[Any]], width: int, *, right: bool = False, inset: int = 0, span: int = 1) -> Any:
    paragraphs = [page.made("Table text", *line) for line in lines]
    for paragraph in paragraphs:
        look = paragraph.find(qn("pPr"))
        if inset:
            look.append(el("ind", left=160 * inset))
        if right:
            look.append(el("jc", val="right"))
    spans = [el("gridSpan", val=span)] if span > 1 else []
    return el("tc", el("tcPr", el("tcW", w=width, type="dxa"), *spans), *paragraphs)


def _right(grid: Table, number: int) -> bool:
    return number > 0 and number not in grid.words and number not in grid.long


def _below(told: str) -> Iterator[str]:
    return (part for part in told.split("; ") if part)


def widths(columns: Sequence[str], lines: Sequence[Row], words: frozenset[int], room: int) -> list[int]:
    """Return the columns' widths, which sum to `room`: the longest word fits where it can, the rest goes to those with more to say."""
    told = [{part for line in lines[:_LOOKED_AT] for part in _parts(line, number)} | {""} for number in range(len(columns))]
    figures = [number > 0 and number not in words for number in range(len(columns))]
    heads = [round(1.15 * _longest_word(name)) for name in columns]  # they are bold
    whole = [max(map(len, parts)) or (_TO_FILL if number in words else 0) for number, parts in enumerate(told)]
    pieces = [min(max(map(_longest_word, parts)), 24) for parts in told]
    pieces = [max(pieces[n], min(whole[n], _SENTENCE)) if n in words else pieces[n] for n in range(len(columns))]
    kept = [min(text, 18) if figure else piece for text, piece, figure in zip(whole, pieces, figures, strict=True)]
    least = [max(head, each) for head, each in zip(heads, kept, strict=True)]
    if sum(map(_narrow, least)) > room:  # then an interval may take two lines
        least = [max(head, piece) for head, piece in zip(heads, pieces, strict=True)]
    over = room - sum(map(_narrow, least))
    if over < 0:
        made = [room * _narrow(each) // sum(map(_narrow, least)) for each in least]
    else:
        more = [max(min(text, 110) - few, 0) or 0.2 for text, few in zip(whole, least, strict=True)]
        made = [_narrow(each) + int(over * part / sum(more)) for each, part in zip(least, more, strict=True)]
    made[0] += room - sum(made)
    return made


def _narrow(letters: int) -> int:
    return _PADDING + _LETTER * letters


def _parts(row: Row, number: int) -> Iterator[str]:
    if number == 0:
        yield f"{row.id} {row.named()}" if row.id else row.head
        yield from _below(row.below)
    elif number <= len(row.cells) and all(cell.span == 1 for cell in row.cells):
        yield from plain(row.cells[number - 1].text).split("\n")
        yield from _below(row.cells[number - 1].below)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
