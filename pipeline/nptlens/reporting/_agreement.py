"""Agreement as shown, for each machine and, beside it, what people reach with each other; what the machine may decide alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nptlens.reporting._index import Index
from nptlens.schemas.code_figures import CodeFigures, rows_of
from nptlens.schemas.records import AgreementSummary

_MACHINES = ("machine", "baseline")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the agreement table with the human–human kappa of the same code, ceiling by ceiling."""

    row: CodeFigures
    ceilings: tuple[CodeFigures | None, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One coder against another; `ceilings` name the pairs of people beside it."""

    coder: str
    against: str
    lines: tuple[Line, ...]
    ceilings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """All comparisons, empty where nobody coded by hand; `rows` is the whole table, pairs of the machine first."""

    summaries: tuple[AgreementSummary, ...]
    pairs: tuple[Pair, ...]
    rows: tuple[CodeFigures, ...]


def is_machine(coder: str) -> bool:
    """Tell whether a coder id is that of a machine or a baseline."""
    return coder.startswith(_MACHINES)


def agreement(index: Index) -> AgreementView:
    """Pair every machine with the people it was compared with; people stand alone where there is no machine."""
    tables: dict[tuple[str, str], dict[str, CodeFigures]] = {}
    rows = _rows(index)
    for row in rows:
        tables.setdefault((row.coder, row.against), {})[row.code] = row
    people = _people(tables)
    shown = [pair for pair in tables if any(map(is_machine, pair))] or people
    summaries = sorted(
        index.inputs.agreement_summaries, key=lambda each: (not is_machine(each.coder), each.coder, each.against)
    )
    return AgreementView(tuple(summaries), tuple(_pair(pair, tables, people) for pair in shown), tuple(rows))


def _rows(index: Index) -> list[CodeFigures]:
    place = {code.id: number for number, code in enumerate(index.inputs.codebook)}
    rows = rows_of(index.inputs.agreement, {code.id: code.name for code in index.inputs.codebook})
    return sorted(
        rows,
        key=lambda row: (not is_machine(row.coder), row.coder, row.against, place.get(row.code, len(place)), row.code),
    )


def _people(tables: Mapping[tuple[str, str], object]) -> list[tuple[str, str]]:
    """Return each pair of people once: kappa does not depend on who comes first."""
    seen: dict[frozenset[str], tuple[str, str]] = {}
    for pair in tables:
        if not any(map(is_machine, pair)):
            seen.setdefault(frozenset(pair), pair)
    return list(seen.values())


def _pair(
    pair: tuple[str, str], tables: Mapping[tuple[str, str], Mapping[str, CodeFigures]], people: list[tuple[str, str]]
) -> Pair:
    beside = [each for each in people if each != pair and set(each) & set(pair)] or [
        each for each in people if each != pair
    ]
    lines = tuple(Line(row, tuple(tables[each].get(code) for each in beside)) for code, row in tables[pair].items())
    return Pair(coder=pair[0], against=pair[1], lines=lines, ceilings=tuple(beside))


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A code's verdict; figures that the data do not determine are NaN."""

    code: str
    name: str
    against: str
    transcripts: int
    excerpts: int
    coded: int
    verdict: str
    reason: str
    yes_threshold: float
    no_threshold: float
    coverage: float
    yes_share: float
    no_share: float
    precision: float
    precision_low: float
    precision_high: float
    missed: float
    more_excerpts: float


def verdict_rows(index: Index) -> tuple[VerdictRow, ...]:
    """Return the verdicts in the order of the codebook."""
    place = {code.id: number for number, code in enumerate(index.inputs.codebook)}
    names = {code.id: code.name for code in index.inputs.codebook}
    rows = [
        VerdictRow(name=names.get(row["code"], ""), **{str(name): value for name, value in row.items()})
        for row in index.inputs.verdicts.to_dict("records")
    ]
    return tuple(sorted(rows, key=lambda row: (place.get(row.code, len(place)), row.code)))
