"""The sources of a project, the codings on them, and what of a database is not taken over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nptlens.core.text import canonical
from nptlens.exchange._offsets import UNITS
from nptlens.exchange._places import Places, place_problems
from nptlens.exchange._sqlite import Tables
from nptlens.exchange.project import ImportedCoding, ImportedSource
from nptlens.schemas.records import Problem, Severity

_UNITS = tuple(sorted(UNITS, key=lambda unit: (unit.line_end != UNITS[0].line_end, not unit.mark)))
"""The likelier units first: databases hold the text that their offsets count, a byte-order mark with it."""


class Gathered:
    """Sources and codings as they come from another tool's tables; every one left out is counted."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.sources: list[ImportedSource] = []
        self.codings: list[ImportedCoding] = []
        self._places: dict[object, tuple[str, Places]] = {}
        self._names: set[str] = set()
        self._how: list[str] = []
        self._lost = 0

    def source(self, key: object, name: str, raw: str, memo: str = "") -> None:
        """Take a source with its raw text; a name that another source has is numbered."""
        places = Places(raw)
        self.sources.append(ImportedSource(self._name(name), places.text, canonical(memo).strip()))
        self._places.setdefault(key, (self.sources[-1].name, places))

    def coding(
        self, key: object, code: str | None, *, start: int | None, end: int | None, quote: str, coder: str, memo: str = ""
    ) -> None:
        """Take a coding on the source of `key`; `code` is the codebook's id, None where the tool names no code that is there."""
        at = self._places.get(key)
        if code is None or at is None:
            self._lost += 1
            return
        found = at[1].locate(start, end, quote, _UNITS)
        self._how.append(found.how)
        quote = canonical(quote)
        if found.span is not None or quote.strip():
            coder = canonical(coder).strip() or Path(self.where).stem
            self.codings.append(ImportedCoding(at[0], code, coder, found.span, quote, memo=canonical(memo).strip()))

    def name_of(self, key: object) -> str:
        """Return the name of the source of a key, "" where there is none."""
        return self._places[key][0] if key in self._places else ""

    def problems(self) -> list[Problem]:
        """Return what a person should know of the codings: which were moved, which left out."""
        found = list(place_problems(self._how, where=self.where))
        if self._lost:
            found.append(Problem(self.where, f"{self._lost} codings name a code or a source that is not there", "they are left out"))
        return found

    def _name(self, name: str) -> str:
        name = " ".join(canonical(name).split()) or "(source without a name)"
        found, number = name, 2
        while found in self._names:
            found, number = f"{name} ({number})", number + 1
        self._names.add(found)
        return found


def not_taken(tables: Tables, names: Mapping[str, str], *, where: str) -> list[Problem]:
    """Return a note for each table that is not taken over and has rows."""
    counts = {what: tables.count(table) for table, what in names.items()}
    return [Problem(where, f"{count} {what} are not taken over", "", Severity.NOTE) for what, count in counts.items() if count]
