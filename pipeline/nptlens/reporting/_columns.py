"""Columns of a table: what each is called, how wide it is and what fills it; and the sheet, CSV or JSON lines written from them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Generic, TypeVar

import pandas as pd

from nptlens.core.delimited import delimited
from nptlens.reporting._complementary_suppression import Hidden
from nptlens.safety.cells import guarded

Row = TypeVar("Row")
Cell = str | int | float | Hidden | None
CSV, XLSX, JSONL = "csv", "xlsx", "jsonl"
ALL = (CSV, XLSX, JSONL)


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its heading, its width in characters on a sheet, what gives its cell of a row, and the kinds of files that have it.

    `quotes` says that its cells are words of a transcript, "" where they are withheld; `key` is its name in JSON lines where that is
    another than the heading.
    """

    name: str
    width: int
    cell: Callable[[Row], Cell]
    files: Sequence[str] = (CSV, XLSX)
    quotes: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its columns as (title, width in characters), its rows, and how many columns stay in view.

    `left_out` says which rows the sheet does not hold, "" where it holds all.
    """

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]
    frozen: int = 0
    left_out: str = ""


def sheet(name: str, columns: Sequence[Column[Row]], rows: Iterable[Row], frozen: int = 0, left_out: str = "") -> Sheet:
    """Return a sheet of a row for each of `rows`."""
    held = [column for column in columns if XLSX in column.files]
    cells = tuple(tuple(column.cell(row) for column in held) for row in rows)
    return Sheet(name, tuple((column.name, column.width) for column in held), cells, frozen, left_out)


def csv_text(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> str:
    """Return the text of a CSV file; a cell that a spreadsheet could run is guarded by an apostrophe (`safety.cells`)."""
    held = [column for column in columns if CSV in column.files]
    return cells_csv([column.name for column in held], ([column.cell(row) for column in held] for row in rows))


def cells_csv(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the text of a CSV file of cells: four decimals, nothing for None, words guarded."""
    return delimited(chain([names], (map(_shown, row) for row in rows)))


def records(columns: Sequence[Column[Row]], rows: Iterable[Row], first: Sequence[str] = ()) -> Iterator[dict[str, object]]:
    """Yield each row as a record for JSON lines: the keys `first`, then the others in the order of the columns; None for withheld words."""
    held = {column.key or column.name: column for column in columns if JSONL in column.files}
    ordered = [(key, held[key]) for key in (*first, *(key for key in held if key not in first))]
    for row in rows:
        yield {key: (column.cell(row) or None) if column.quotes else column.cell(row) for key, column in ordered}


def json_lines(lines: Iterable[dict[str, object]]) -> str:
    """Return the text of a file of JSON lines."""
    return "".join(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in lines)


def frame_columns(frame: pd.DataFrame, width: Callable[[str], int]) -> tuple[Column[tuple[Any, ...]], ...]:
    """Return a column for each of a table's; its rows are tuples (`frame_rows`)."""
    return tuple(Column(str(name), width(str(name)), itemgetter(number)) for number, name in enumerate(frame.columns))


def frame_rows(frame: pd.DataFrame, *, whole: bool = False) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table as tuples of plain values: None for NaN, floats with four decimals unless they are to stay `whole`."""
    for row in frame.itertuples(index=False, name=None):
        yield tuple(_plain(cell, whole=whole) if isinstance(cell, float) else cell for cell in row)


def rounded(value: float | None) -> float | None:
    """Return a figure with four decimals, as tables hold it."""
    return None if value is None else round(value, 4)


def _plain(value: float, *, whole: bool) -> float | None:
    return None if math.isnan(value) else value if whole else round(value, 4)


def _shown(cell: Cell) -> object:
    if isinstance(cell, float):
        return f"{cell:.4f}"
    return cell if cell is None or isinstance(cell, int) else guarded(str(cell))
