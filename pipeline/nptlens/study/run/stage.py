"""What a stage of a run is: what goes in, what comes out, and the function that makes the one from the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nptlens.schemas.records import Problem
from nptlens.schemas.tables import Table
from nptlens.store.files import read_array, read_records, read_table, write_array, write_bytes, write_records, write_table, write_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nptlens.study.folder import Study
    from nptlens.study.run.artefacts import Artefacts

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Told of the work: (stage, units done, units in all)."""
EVERY_SETTING = "*"
NO_RESULT = ("study.threads",)
"""Settings that change no result: every stage may ask for them, and none hangs on them."""


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

    def function(self) -> Callable[[Artefacts, Progress], None]:
        """Import the function that runs the stage, and return it."""
        found: Callable[[Artefacts, Progress], None] = resolve_name(self.run)
        return found

    def needs_of(self, study: Study) -> Needs:
        """Return all that goes into the stage in this study."""
        return self.needs + self.also(study)
