"""What people wrote into the files of results/, back into the study: summaries, answers to checklists, values of projects.

Each cell is compared with what stood in it when nptlens wrote the file. One that a person changed goes into a table beside study.toml,
unless that table says something else by now as well: then the table stays, the file is kept, and both are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nptlens.core.errors import NptlensError, ReadingError
from nptlens.exchange.own_table import OwnTable, read_cells
from nptlens.reading import read_projects
from nptlens.reading.codebooks import codebook_of_file
from nptlens.reporting.filled import (
    ANSWERED,
    FRAMEWORK,
    VALUED,
    Filled,
    cell,
    checklist_cells,
    framework_cells,
    open_answer,
    tidy,
)
from nptlens.safety.paths import read_bytes
from nptlens.safety.workbooks import LONGEST
from nptlens.schemas.records import Codebook, Problem, Severity
from nptlens.store.outputs import Outputs
from nptlens.study.folder import ANSWERS, SUMMARIES, Study

_CASE, _ITEM, _VALUE = ("case", "code", "summary"), ("checklist", "item", "answer"), ("project_id", "coder", "code")
_SHOWN = 5  # cells that a problem names
_PERSON, _MACHINE = "person", "machine:"


def summaries(study: Study) -> dict[tuple[str, str], str]:
    """Return the researcher's summaries by case and code; raises UsageError where the table cannot be read."""
    return {(key[0], key[1]): text for key, text in OwnTable.of(study.summaries_file(), _CASE).texts().items()}


def answers(study: Study) -> dict[tuple[str, str], str]:
    """Return the researcher's answers by checklist and item; raises UsageError where the table cannot be read."""
    return {(key[0].upper(), key[1]): text for key, text in OwnTable.of(study.answers_file(), _ITEM).texts().items()}


def read_back(study: Study) -> tuple[Problem, ...]:
    """Take what people wrote into results into the study, and return what was taken from which file; whoever calls holds the lock.

    A file that cannot be read costs nothing but itself. Raises UsageError where a table beside study.toml cannot be read.
    """
    outputs = Outputs(study.store)
    outputs.sweep()
    return tuple(problem for path in _changed(study, outputs) for problem in _Back(study, outputs, path).told())


def _changed(study: Study, outputs: Outputs) -> Iterator[Path]:
    yield from (path for path in outputs.changed() if path.name in (FRAMEWORK, ANSWERED, VALUED))
    for name in (FRAMEWORK, ANSWERED, VALUED):  # where the record is gone
        path = study.results / name
        if path.is_file() and not outputs.knows(path):
            yield path


@dataclass(frozen=True, slots=True)
class _Back:
    study: Study
    outputs: Outputs
    path: Path

    def told(self) -> Iterator[Problem]:
        """Read the file back, and yield what a person should know of it."""
        try:
            data = read_bytes(self.path, max_megabytes=self.study.settings.reading.max_megabytes)
            if self.path.name == FRAMEWORK:
                yield from self._summaries(framework_cells(data, where=self.path.name))
            elif self.path.name == ANSWERED:
                yield from self._answers(checklist_cells(data, where=self.path.name))
            else:
                yield from self._values(data)
        except ReadingError as error:
            what = f"nothing was read back from it: {error.what}"
            yield self._problem(what, error.hint or "open it and save it again")

    def _summaries(self, filled: Filled) -> Iterator[Problem]:
        table = OwnTable.of(self.study.summaries_file(), _CASE)
        own = {cell(*key): text for key, text in table.texts().items()}
        taken, conflicts = self._merged(filled.cells, own)
        yield from self._kept(table, self.study.summaries_file() or self.study.root / SUMMARIES, taken, conflicts, "summary", "summaries")
        yield from self._unclear(filled)
        self.outputs.seen(self.path, filled.cells)

    def _answers(self, filled: Filled) -> Iterator[Problem]:
        if not self.outputs.noted(self.path):
            what = "nothing was read back from it: the record of what nptlens wrote is gone"
            yield self._problem(what, f"copy answers into {ANSWERS}: {','.join(_ITEM)}")
            return
        table = OwnTable.of(self.study.answers_file(), _ITEM)
        own = {cell(key[0].upper(), key[1]): text for key, text in table.texts().items()}
        given = {name: "" if open_answer(text) else text for name, text in filled.cells.items()}
        changed = {name: text for name, text in given.items() if text or name in own}  # an empty answer is none
        taken, conflicts = self._merged(changed, own, stood=filled.cells)
        yield from self._kept(table, self.study.answers_file() or self.study.root / ANSWERS, taken, conflicts, "answer", "answers")
        self.outputs.seen(self.path, filled.cells)

    def _merged(
        self, cells: Mapping[str, str], own: Mapping[str, str], *, stood: Mapping[str, str] | None = None
    ) -> tuple[dict[str, str], list[str]]:
        """Return the cells that a person changed, and the names of those that were changed in the table too; `stood` are the raw cells."""
        taken: dict[str, str] = {}
        conflicts = []
        for name, text in cells.items():
            now = own.get(name, "")
            raw = text if stood is None else stood[name]
            was = self.outputs.cell_was(self.path, name, raw)
            if was or (was is None and not text) or text == tidy(now[:LONGEST]):
                continue
            if not now or self.outputs.cell_was(self.path, name, tidy(now[:LONGEST])):
                taken[name] = text
            else:
                conflicts.append(name)
        return taken, conflicts

    def _kept(
        self, table: OwnTable, target: Path, taken: Mapping[str, str], conflicts: list[str], one: str, many: str
    ) -> Iterator[Problem]:
        for name, text in taken.items():
            table.put(tuple(name.split("\t")), text)
        yield from self._written(table, target, len(taken), one, many)
        if conflicts:
            number = _counted(len(conflicts), one, many)
            what = f"{number} in it: {target.name} was changed too, says something else, and stays: {_named(conflicts)}"
            yield self._problem(what, f"compare the two, and write into {target.name} what should stand")

    def _written(self, table: OwnTable, target: Path, number: int, one: str, many: str) -> Iterator[Problem]:
        if number:
            yield from self.outputs.write(target, table.data(), holds_all=True).problems
            yield self._problem(f"{_counted(number, one, many)} read back into {target.name}", "", Severity.NOTE)

    def _unclear(self, filled: Filled) -> Iterator[Problem]:
        if filled.unclear:
            number = _counted(len(filled.unclear), "cell", "cells")
            what = f"{number} of it cannot be read (a formula, or two rows that differ): {_named(filled.unclear)}"
            yield self._problem(what, "write the words themselves, once")

    def _values(self, data: bytes) -> Iterator[Problem]:
        register = self.study.projects_file()
        if register is None or not self.outputs.noted(self.path):
            what = "nothing was read back from it: what nptlens wrote there is not known"
            yield self._problem(what, "copy corrected rows into projects_coded.csv beside study.toml: project_id,code,coder")
            return
        given = _given(data, self.path.name)
        try:
            codebook = codebook_of_file(self.study.project_codebook_file())
            projects = set(read_projects(register)["project_id"])
        except NptlensError as error:  # the run itself says what is wrong with them
            raise ReadingError(error.what, where=error.where, hint=error.hint) from None
        table = OwnTable.of(self.study.project_values_file(), _VALUE)
        taken, odd = 0, []
        for project, attribute, code, coder in self._corrected(given):
            if project in projects and code in codebook and codebook.get(code).parent == attribute:
                taken += sum([_value(table, codebook, project, code, each) for each in _people(coder)])
            else:
                odd.append(cell(project, attribute))
        target = self.study.project_values_file() or self.study.root / "projects_coded.csv"
        yield from self._written(table, target, taken, "value", "values")
        if odd:
            number = _counted(len(odd), "corrected value", "corrected values")
            what = f"{number} not read back, which no value of the attribute has: {_named(odd)}"
            yield self._problem(what, f"correct {target.name}; to take a value back, delete its row there")
        self.outputs.seen(self.path, given)

    def _corrected(self, given: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
        """Yield (project, attribute, code, coder) where a person changed one of the last two; the coder is "" where the cell names none."""
        for project, attribute in dict.fromkeys((name.split("\t")[0], name.split("\t")[1]) for name in given):
            code, coder = (given[cell(project, attribute, name)] for name in ("code", "coder"))
            same = self.outputs.cell_was(self.path, cell(project, attribute, "coder"), coder)
            if same and self.outputs.cell_was(self.path, cell(project, attribute, "code"), code):
                continue
            yield project, attribute, code, coder

    def _problem(self, what: str, hint: str, severity: Severity = Severity.WARNING) -> Problem:
        return Problem(self.outputs.shown(self.path), what, hint, severity)


def _given(data: bytes, where: str) -> dict[str, str]:
    """Return the cells of values by project and attribute; of rows that come twice the first counts."""
    columns = ("project_id", "attribute", "code", "coder")
    found = read_cells(data, where=where, needed=columns, hint="keep its first row")
    given: dict[str, str] = {}
    for _, row in found.rows:
        project, attribute, code, coder = (tidy(found.of(row, name)) for name in columns)
        if project and attribute:
            given.setdefault(cell(project, attribute, "code"), code)
            given.setdefault(cell(project, attribute, "coder"), coder)
    return given


def _people(coder: str) -> list[str]:
    named = [name for part in coder.split(",") if (name := part.strip()) and not name.casefold().startswith(_MACHINE)]
    return named or [_PERSON]


def _value(table: OwnTable, codebook: Codebook, project: str, code: str, coder: str) -> bool:
    """Let a coder give a project a value, in place of the one of the same attribute; tell whether anything changed."""
    attribute = codebook.get(code).parent
    for row in table.rows():
        if row[:2] == (project, coder) and row[2] in codebook and codebook.get(row[2]).parent == attribute:
            table.replace(row, (project, coder, code))
            return row[2] != code
    table.add((project, coder, code))
    return True


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _named(cells: list[str] | tuple[str, ...]) -> str:
    shown = "; ".join(name.replace("\t", " ") for name in cells[:_SHOWN])
    return shown + ("; …" if len(cells) > _SHOWN else "")
