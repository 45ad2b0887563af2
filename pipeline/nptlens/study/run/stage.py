"""What a stage of a run is: what goes in, what comes out, and the function that makes the one from the other.

A stage at work may ask for all that its definition declares, and for nothing else: `Access` watches over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from nptlens.schemas.records import Problem
from nptlens.schemas.tables import Table
from nptlens.store.files import read_array, read_records, read_table, write_array, write_bytes, write_records, write_table, write_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nptlens.schemas.settings import Settings
    from nptlens.study.folder import Study
T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Told of the work: (stage, units done, units in all)."""
EVERY_SETTING = "*"
NO_RESULT = ("study.threads",)
"""Settings that change no result: every stage may ask for them, and none hangs on them."""

Thing = tuple[str, str]
"""What can be asked for: ("artefact", file), ("input", method of Study) or ("settings", section or section.key)."""
_FREE = ("root", "store", "results", "transcript_root")
"""Parts of a study that name a place; no content of a file hangs on them."""
_FINDS = {"codebook": "codebook_files", "source_files": "sources"}
"""Methods of `Study` that give what another one finds."""


class UndeclaredError(RuntimeError):
    """A stage asked for, or made, something that its `Stage` does not declare: a fault of ours, whatever the study."""


@dataclass(frozen=True, slots=True)
class Artefact(Generic[T]):
    """A file of the store that a stage makes: its name, and how its content is read and written."""

    file: str
    read: Callable[[Path], T] = field(compare=False)
    write: Callable[[Path, T], None] = field(compare=False)


def table(file: str, schema: Table) -> Artefact[pd.DataFrame]:
    """Return an artefact that is a checked Parquet table."""
    return Artefact(file, lambda path: read_table(path, schema), lambda path, frame: write_table(path, schema, frame))


def records(file: str, kind: type[T]) -> Artefact[T]:
    """Return an artefact that is JSON of a type made of dataclasses, tuples and plain values."""
    return Artefact(file, lambda path: read_records(path, kind), write_records)


def array(file: str) -> Artefact[NDArray[np.float32]]:
    """Return an artefact that is a matrix of float32."""
    return Artefact(file, read_array, write_array)


def text(file: str) -> Artefact[str]:
    """Return an artefact that is UTF-8 text."""
    return Artefact(file, lambda path: path.read_text(encoding="utf-8"), write_text)


def data(file: str) -> Artefact[bytes]:
    """Return an artefact that is bytes."""
    return Artefact(file, Path.read_bytes, write_bytes)


def problems(stage: str) -> Artefact[tuple[Problem, ...]]:
    """Return the artefact in which a stage lists what a person should see."""
    return records(f"problems_{stage}.json", tuple[Problem, ...])


@dataclass(frozen=True, slots=True)
class Needs:
    """All that goes into a stage; it is made again where one of these changed, and is given nothing else.

    `inputs` are files of the study, named by the method of `Study` that finds them, or "encoder". `settings` are sections (``coding``) or
    single settings (``study.seed``). `reads` are artefacts of earlier stages. `takes` are artefacts of earlier stages too, of a stage that
    may be out of date: what they are made from is declared here as well. `versions` are names of packages.
    """

    inputs: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    reads: tuple[Artefact[Any], ...] = ()
    takes: tuple[Artefact[Any], ...] = ()
    versions: tuple[str, ...] = ()

    def __add__(self, other: Needs) -> Needs:
        """Return what goes into a stage that has both."""
        return Needs(
            self.inputs + other.inputs,
            self.settings + other.settings,
            self.reads + other.reads,
            self.takes + other.takes,
            self.versions + other.versions,
        )


def always(study: Study) -> bool:
    """Tell that every study has the stage."""
    return True


def nothing_more(study: Study) -> Needs:
    """Tell that the same goes into the stage whatever the study is like."""
    return Needs()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a run, defined in one place; `nptlens.study.run.pipeline` lists them in order.

    `title` says what it does and `unit` what its progress counts. `needs` goes in, and `also` where the study calls for it; `artefacts`
    come out. `run` names the function ``(artefacts, progress) -> None``, as ``package.module:function``, so that nothing heavy is imported
    before the stage runs. A study has the stage where it is `wanted`.
    """

    name: str
    title: str
    needs: Needs
    run: str = ""
    artefacts: tuple[Artefact[Any], ...] = ()
    unit: str = ""
    wanted: Callable[[Study], bool] = always
    also: Callable[[Study], Needs] = nothing_more

    def function(self) -> Callable[[Any, Progress], None]:
        """Import the function that runs the stage, and return it."""
        found: Callable[[Any, Progress], None] = resolve_name(self.run)
        return found

    def needs_of(self, study: Study) -> Needs:
        """Return all that goes into the stage in this study."""
        return self.needs + self.also(study)


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
    return cast("Study", _LimitedStudy(study, access)) if access.watched else study


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
        if callable(found):  # a method, which sees them all
            self._access.ask("settings", EVERY_SETTING)
            return found
        if self._access.declared("settings", name):
            self._access.ask("settings", name)
            return found
        return _LimitedSection(name, found, self._access)


class _LimitedSection:
    def __init__(self, name: str, section: object, access: Access) -> None:
        self._name, self._section, self._access = name, section, access

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._section, name)
        self._access.ask("settings", f"{self._name}.{name}")
        return found
