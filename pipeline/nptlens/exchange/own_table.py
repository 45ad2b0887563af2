"""Small tables of a study that people and nptlens both write: summaries.csv, checklist_answers.csv, projects_coded.csv.

A row is changed or added; other columns, the order of rows and rows that nobody asked about stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nptlens.core.delimited import as_opened, delimited
from nptlens.core.errors import ReadingError, UsageError
from nptlens.exchange._sheet import read_cells
from nptlens.safety.cells import guarded

__all__ = ["OwnTable", "read_cells"]


class OwnTable:
    """A table whose first `columns` less one tell a row from others, and whose last one is what the row says of it."""

    def __init__(self, columns: Sequence[str], data: bytes = b"", *, where: str = "") -> None:
        """Read a table, a new one where there is nothing; raises UsageError where it is no table or lacks a column."""
        self._columns = tuple(columns)
        self._header, self._rows = self._columns, list[list[str]]()
        if data.strip():
            hint = f"its first row is {','.join(columns)}"
            try:
                found = read_cells(data, where=where, needed=columns, hint=hint)
            except ReadingError as error:
                raise UsageError(f"the table cannot be read: {error.what}", where=where, hint=error.hint or hint) from None
            self._header = found.header
            self._rows = [[*row, *[""] * (len(found.header) - len(row))] for _, row in found.rows]
        self._places = [self._header.index(name) for name in self._columns]

    @classmethod
    def of(cls, path: Path | None, columns: Sequence[str]) -> OwnTable:
        """Return the table in a file, an empty one where there is none; raises as the class."""
        return cls(columns, path.read_bytes() if path else b"", where=str(path))

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the cells under the table's own columns, row by row."""
        for row in self._rows:
            yield tuple(row[place].strip() for place in self._places)

    def texts(self) -> dict[tuple[str, ...], str]:
        """Return what the rows say, by what tells them from others; rows that say nothing are passed over, of equal ones all is said."""
        found: dict[tuple[str, ...], str] = {}
        for *key, text in self.rows():
            if text and all(key):
                found[tuple(key)] = f"{found[tuple(key)]}\n{text}" if tuple(key) in found else text
        return found

    def put(self, key: tuple[str, ...], text: str) -> None:
        """Let the row of a key say `text`; "" takes the row away."""
        own = [number for number, row in enumerate(self.rows()) if row[:-1] == key]
        if own and text:
            self._rows[own[0]][self._places[-1]] = text
        elif text:
            self.add((*key, text))
        for number in reversed(own[1:] if text else own):
            del self._rows[number]

    def add(self, row: tuple[str, ...]) -> None:
        """Add a row."""
        self._rows.append([""] * len(self._header))
        for place, cell in zip(self._places, row, strict=True):
            self._rows[-1][place] = cell

    def replace(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Change the cells of the first row that stands as `old`."""
        for number, row in enumerate(self.rows()):
            if row == old:
                for place, cell in zip(self._places, new, strict=True):
                    self._rows[number][place] = cell
                return

    def data(self) -> bytes:
        """Return the table as CSV; no cell of it runs."""
        return as_opened(delimited([self._header, *([guarded(cell) for cell in row] for row in self._rows)]))
