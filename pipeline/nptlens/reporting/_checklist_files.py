"""The shipped reporting checklists, from config/checklists: their items in order, and what the report says of each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from nptlens.core.errors import IntegrityError
from nptlens.core.resources import resource


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item: `told` is what the report says of it, with facts of the study in braces, "" where software cannot know."""

    number: str
    topic: str
    asks: str
    told: str = ""

    def answer(self, facts: Mapping[str, str]) -> str:
        """Return what the report says with the facts filled in; raises IntegrityError where it names a fact that there is not."""
        try:
            return self.told.format_map(facts)
        except (KeyError, ValueError, IndexError) as error:
            raise IntegrityError(f"item {self.number} ({self.topic}) of a checklist names no fact of a study: {error}") from None


@dataclass(frozen=True, slots=True)
class ChecklistFile:
    """A checklist as its file has it."""

    name: str
    source: str
    items: tuple[ChecklistItem, ...]


@cache
def checklists() -> tuple[ChecklistFile, ...]:
    """Return the checklists in the order of their files; raises IntegrityError where a file is not as it was shipped."""
    found = []
    for path in sorted(resource("config", "checklists").glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            found.append(ChecklistFile(data["name"], data["source"], tuple(ChecklistItem(**item) for item in data["item"])))
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise IntegrityError(f"{path.name} is no checklist: {error}", where=str(path), hint="install nptlens again") from None
    return tuple(found)
