"""What a stage at work may ask for: all that its definition declares, and nothing else; what it asked for is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from nptlens.schemas.settings import Settings
from nptlens.study.folder import Study
from nptlens.study.run.stage import EVERY_SETTING, NO_RESULT, Stage, UndeclaredError

T = TypeVar("T")
Thing = tuple[str, str]
"""What can be asked for: ("artefact", file), ("input", method of Study) or ("settings", section or section.key)."""
_FREE = ("root", "store", "results", "transcript_root")
"""Parts of a study that name a place; no content of a file hangs on them."""
_FINDS = {"codebook": "codebook_files", "source_files": "sources"}
"""Methods of `Study` that give what another one finds."""


@dataclass(slots=True)
class _AtWork:
    """A stage at work: what it declares, what it asked for, which files it made."""

    stage: Stage
    declared: frozenset[Thing]
    asked: set[Thing] = field(default_factory=set)
    made: dict[str, None] = field(default_factory=dict)


class Access:
    """Keeps watch over what is asked for. Without a stage at work everything may be."""

    def __init__(self) -> None:
        self._at_work: _AtWork | None = None
        self._deriving: list[set[Thing]] = []
        self._derived: dict[str, tuple[Any, frozenset[Thing]]] = {}
        self.asked: dict[str, frozenset[Thing]] = {}
        """What each stage that has run asked for."""

    @property
    def watched(self) -> bool:
        """Whether it matters what is asked for."""
        return self._at_work is not None or bool(self._deriving)

    @property
    def stage(self) -> str:
        """The name of the stage at work."""
        return self._now().stage.name

    @property
    def made(self) -> tuple[str, ...]:
        """The files that the stage at work has made."""
        return tuple(self._now().made)

    @contextmanager
    def limited_to(self, stage: Stage, study: Study) -> Iterator[None]:
        """Let be asked for what a stage declares, until it is done."""
        needs = stage.needs_of(study)
        declared = {("artefact", each.file) for each in (*needs.reads, *needs.takes, *stage.artefacts)}
        declared |= {("input", each) for each in needs.inputs} | {("settings", each) for each in (*needs.settings, *NO_RESULT)}
        self._at_work = now = _AtWork(stage, frozenset(declared))
        try:
            yield
        finally:
            self._at_work = None
            self.asked[stage.name] = frozenset(now.asked)

    def declared(self, kind: str, name: str) -> bool:
        """Tell whether a stage is at work that declares a thing; a setting is declared with its section too."""
        if self._at_work is None:
            return False
        section = name.partition(".")[0] if kind == "settings" else name
        return not {(kind, name), (kind, section), (kind, EVERY_SETTING)}.isdisjoint(self._at_work.declared)

    def ask(self, kind: str, name: str) -> None:
        """Note that a thing was asked for; raises UndeclaredError where the stage at work does not declare it."""
        for things in self._deriving:
            things.add((kind, name))
        if self._at_work is None:
            return
        if not self.declared(kind, name):
            raise UndeclaredError(f"stage {self.stage} asks for {kind} {name}, which it does not declare")
        self._at_work.asked.add((kind, name))

    def put(self, file: str, *, declared: bool = True) -> None:
        """Note that the stage at work makes a file; raises UndeclaredError where it does not declare it."""
        now = self._now()
        if declared and file not in {artefact.file for artefact in now.stage.artefacts}:
            raise UndeclaredError(f"stage {now.stage.name} makes {file}, which it does not declare")
        now.made[file] = None

    def derived(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once; it is asked for again what went into it, whoever asks."""
        if name not in self._derived:
            things: set[Thing] = set()
            self._deriving.append(things)
            try:
                made = make()
            finally:
                self._deriving.pop()
            self._derived[name] = made, frozenset(things)
        found, needed = self._derived[name]
        for kind, each in sorted(needed):
            self.ask(kind, each)
        return cast(T, found)

    def _now(self) -> _AtWork:
        if self._at_work is None:
            raise UndeclaredError("no stage is at work")
        return self._at_work


def limited_study(study: Study, access: Access) -> Study:
    """Return a study whose files and settings are asked for through `access`; the study itself where nobody watches."""
    return cast(Study, _LimitedStudy(study, access)) if access.watched else study


class _LimitedStudy:
    def __init__(self, study: Study, access: Access) -> None:
        self._study, self._access = study, access

    def __getattr__(self, name: str) -> Any:
        if name == "settings":
            return _LimitedSettings(self._study.settings, self._access)
        found = getattr(self._study, name)
        if name not in _FREE:
            self._access.ask("input", _FINDS.get(name, name))
        return found


class _LimitedSettings:
    """All settings; of a section that is not declared whole, the settings that are."""

    def __init__(self, settings: Settings, access: Access) -> None:
        self._settings, self._access = settings, access

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._settings, name)
        if not isinstance(found, BaseModel):
            self._access.ask("settings", EVERY_SETTING)
            return found
        if self._access.declared("settings", name):
            self._access.ask("settings", name)
            return found
        return _LimitedSection(name, found, self._access)


class _LimitedSection:
    def __init__(self, name: str, section: BaseModel, access: Access) -> None:
        self._name, self._section, self._access = name, section, access

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._section, name)
        self._access.ask("settings", f"{self._name}.{name}")
        return found
