"""Sheets of the workbook: the framework matrix to be filled in, and the codes in the same excerpts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from nptlens.reporting._columns import Column, Sheet, frame_columns, frame_rows, sheet
from nptlens.reporting._index import Coding, Index
from nptlens.reporting._words import practice_words
from nptlens.reporting.charts._framework import shortest
from nptlens.schemas.patterns import CO_OCCURRENCE
from nptlens.schemas.records import Code
from nptlens.schemas.tables import empty

SUMMARY = "summary (yours)"
"""The column of the sheet Framework that the researcher writes in."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A participant (transcript where nobody is named) and a code: how many excerpts, the shortest, and the researcher's summary."""

    name: str
    code: Code
    excerpts: int
    shortest: Coding
    text: str
    summary: str


_FRAMEWORK: tuple[Column[_Case], ...] = (
    Column("case", 14, lambda case: case.name),
    Column("role", 18, lambda case: case.shortest.segment.role),
    Column("practice", 12, lambda case: practice_words(case.shortest.segment.practice)),
    Column("code", 9, lambda case: case.code.id),
    Column("code_name", 26, lambda case: case.code.name),
    Column("excerpts", 10, lambda case: case.excerpts),
    Column("segment_id", 20, lambda case: case.shortest.segment.id),
    Column("transcript", 12, lambda case: case.shortest.segment.transcript_id),
    Column("start", 9, lambda case: case.shortest.segment.span.start),
    Column("end", 9, lambda case: case.shortest.segment.span.end),
    Column("stance", 12, lambda case: case.shortest.stance),
    Column("excerpt", 70, lambda case: case.text, quotes=True),
    Column(SUMMARY, 60, lambda case: case.summary),
)


def framework_sheet(index: Index) -> Sheet:
    """A row per participant (transcript where nobody is named) and code: how many excerpts, the shortest, and the researcher's summary."""
    return sheet("Framework", _FRAMEWORK, _cases(index), frozen=1)


def _cases(index: Index) -> Iterator[_Case]:
    held: dict[tuple[str, str], list[Coding]] = defaultdict(list)
    for codings in index.assigned.values():
        for coding in codings:
            held[coding.segment.participant or coding.segment.transcript_id, coding.code].append(coding)
    leaves = [code for code in index.inputs.codebook if not index.inputs.codebook.children(code.id) and index.shown(code.id)]
    for name in sorted({name for name, _ in held}):
        for code in leaves:
            own = held.get((name, code.id), ())
            chosen = shortest(index, own)
            if chosen is not None:
                summary = index.inputs.summaries.get((name, code.id), "")
                yield _Case(name, code, len(own), chosen, index.text(chosen.segment), summary)


def unplaced(index: Index) -> int:
    """Return how many of the researcher's summaries have no row in the framework, since no excerpt is of their case and code."""
    placed = {
        (coding.segment.participant or coding.segment.transcript_id, code) for code, codings in index.assigned.items() for coding in codings
    }
    return sum(key not in placed for key in index.inputs.summaries)


def pairs_sheet(index: Index) -> Sheet:
    """A row per pair of codes that met in an excerpt, with Jaccard's index and phi."""
    table = index.inputs.patterns.pairs
    table = empty(CO_OCCURRENCE) if table is None else table
    return sheet("Codes together", frame_columns(table, lambda _: 10), frame_rows(table.loc[table["both_n"] > 0], whole=True), frozen=2)
