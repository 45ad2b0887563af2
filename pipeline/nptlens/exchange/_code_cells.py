"""The codes that stand in the cells of a table, as paths of names; and the cells that might be read in another way.

Cells are parted at ``;``, ``|`` and line ends. A comma parts codes where the tool writes it so, or where all parts are codes by
themselves and the whole is none; ``:`` and ``/`` lead to a code below another where the part before them is a code by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from nptlens.exchange._path import path_of
from nptlens.schemas.records import Codebook, Problem, Severity

_SEPARATORS = re.compile(r"[;|\n]")
_BELOW = re.compile(r"\s*[:/]\s*")
_COMMAS = ("Dedoose", "Delve")  # tools that part codes by commas
_GROUPS = "ATLAS.ti"  # puts a group and a colon before its codes
_SHOWN = 3


class CodeCells:
    """The codes of a table's cells; `named` are codes known from headings, `own` those of the study."""

    def __init__(self, cells: Iterable[str], tool: str, *, named: Collection[str], own: Codebook) -> None:
        self._tool = tool
        self._named = {_plain(name) for name in named}
        self._own = {_plain(form) for code in own for form in (code.id, code.name)} | self._named
        parts = {part for cell in cells for each in _SEPARATORS.split(cell) if (part := _plain(each))}
        self._alone = self._own | {part for part in parts if "," not in part}
        before = Counter(_plain(part.split(":")[0]) for part in parts if ":" in part)
        self._groups = {name for name, count in before.items() if count > 1} if tool == _GROUPS else set()
        self._spelled: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._whole: dict[str, list[int]] = {}
        self._alike: dict[str, str] = {}

    def paths(self, cell: str, line: int, *, applied: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """Return the codes of a row's cell and those applied by columns of their own, each once, in the spelling in which it came first."""
        parts = [each for part in _SEPARATORS.split(cell) for each in self._at_commas(part, line)]
        found = [path for each in (*parts, *applied) if (path := self._path(each))]
        return list(dict.fromkeys(map(self._first_spelling, found)))

    def _at_commas(self, cell: str, line: int) -> list[str]:
        shown = " ".join(cell.split())
        parts = [part for part in map(str.strip, cell.split(",")) if part]
        if len(parts) < 2 or _plain(cell) in self._own:
            return [cell]
        if self._tool in _COMMAS:
            return parts
        if all(_plain(part) in self._alone for part in parts):
            return parts
        self._whole.setdefault(shown, []).append(line)
        return [cell]

    def _path(self, cell: str) -> tuple[str, ...]:
        path = path_of(cell)
        if len(path) != 1 or _plain(cell) in self._own:
            return (" ".join(cell.split()),) if _plain(cell) in self._own - self._named else path
        names = [" ".join(part.split()) for part in _BELOW.split(path[0])]
        groups = self._groups if ":" in cell else set()
        if len(names) > 1 and all(names) and _plain(names[0]) in self._alone | groups:
            return tuple(names)
        return path

    def _first_spelling(self, path: tuple[str, ...]) -> tuple[str, ...]:
        first = self._spelled.setdefault(tuple(map(_plain, path)), path)
        if first != path:
            self._alike.setdefault(" > ".join(path), " > ".join(first))
        return first

    def problems(self, where: str) -> Iterator[Problem]:
        """Yield what was read in one of several ways."""
        if self._whole:
            shown = _listed([f'"{cell}" (row {lines[0]})' for cell, lines in self._whole.items()])
            what = f"{len(self._whole)} cells of codes hold a comma and are read as one code each: {shown}"
            yield Problem(where, what, "write several codes with ; between them")
        if self._alike:
            shown = _listed([f'"{one}" as "{other}"' for one, other in self._alike.items()])
            what = f"{len(self._alike)} codes differ from others in case or spaces only and are read as those: {shown}"
            yield Problem(where, what, "", Severity.NOTE)


def strays(
    rows: Sequence[tuple[int, Sequence[str]]], columns: Sequence[tuple[int, str]], says: Callable[[str], bool | None], where: str
) -> Iterator[Problem]:
    """Yield the cells of codes' own columns that say neither yes nor no; they code nothing."""
    for place, name in columns:
        odd = [(line, row[place]) for line, row in rows if place < len(row) and says(row[place]) is None]
        if odd:
            shown = _listed([f'"{cell[:20]}" (row {line})' for line, cell in odd])
            yield Problem(where, f"the column {name}: {len(odd)} cells say neither 1 nor 0 and are left out: {shown}", "write 1 or 0")


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items[:_SHOWN]) + (", …" if len(items) > _SHOWN else "")


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
