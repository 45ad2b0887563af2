"""Codings as tables for other tools: CSV and XLSX with guarded cells, and JSON lines.

The first eight columns of the CSV are those that manual coding is read from (`exchange.manual`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from nptlens.core.delimited import as_opened, delimited
from nptlens.core.errors import UsageError
from nptlens.exchange.outgoing import OutgoingCoding, OutgoingProject
from nptlens.safety.cells import guarded
from nptlens.safety.workbooks import LONGEST, add_sheet, new_workbook

Cell = str | int | float | None
COLUMNS = (
    "transcript", "start", "end", "code", "stance", "coder", "text", "memo",
    "code_name", "probability", "decision", "margin", "runner_up", "nearest_seeds",
)  # fmt: skip
_CODEBOOK = ("id", "name", "definition", "include", "exclude", "source", "parent")
_MOST_ROWS = 1_048_575  # below the header


def rows(project: OutgoingProject) -> Iterator[tuple[Cell, ...]]:
    """Yield the codings as rows under `COLUMNS`; a person's coding has None where a machine's has its claim."""
    texts = {source.id: source.text for source in project.sources}
    names = {code.id: code.name for code in project.codebook}
    for coding in project.ordered():
        claim = coding.claim
        known: tuple[Cell, ...] = (None,) * 5
        if claim is not None:
            known = (round(claim.probability, 4), claim.decision, round(claim.margin, 4), claim.runner_up, claim.nearest_seeds)
        yield (
            coding.transcript, coding.span.start, coding.span.end, coding.code, coding.stance, coding.coder,
            _words(coding, texts), coding.memo, names.get(coding.code, ""), *known,
        )  # fmt: skip


def write_csv(project: OutgoingProject) -> bytes:
    """Return the codings as CSV; a cell that a spreadsheet could run is guarded by an apostrophe."""
    return _csv(COLUMNS, rows(project))


def write_jsonl(project: OutgoingProject) -> bytes:
    """Return the codings as JSON lines; nothing is guarded, as no spreadsheet opens them."""
    lines = (json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) for row in rows(project))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def write_xlsx(project: OutgoingProject) -> bytes:
    """Return the codings and the codebook as a workbook; raises UsageError where a sheet cannot hold the rows."""
    if len(project.codings) > _MOST_ROWS:
        raise UsageError(f"{len(project.codings)} codings are more than a sheet holds ({_MOST_ROWS})", hint="export --to csv")
    book, buffer = new_workbook(project.name)
    codes: Iterable[Sequence[Cell]] = ([getattr(code, field) for field in _CODEBOOK] for code in project.codebook)
    sources = sorted(project.sources, key=lambda source: source.id)
    memos: Iterable[Sequence[Cell]] = ([source.id, len(source.text), source.memo] for source in sources)
    sheets: tuple[tuple[str, Sequence[str], Iterable[Sequence[Cell]]], ...] = (
        ("codings", COLUMNS, rows(project)),
        ("codebook", _CODEBOOK, codes),
        ("transcripts", ("transcript", "characters", "memo"), memos),
    )
    for name, columns, content in sheets:
        add_sheet(book, name, [columns, *content])
    book.close()
    return buffer.getvalue()


def _words(coding: OutgoingCoding, texts: Mapping[str, str]) -> str:
    return "" if coding.withheld else coding.span.of(texts[coding.transcript])


def cut_cells(project: OutgoingProject) -> int:
    """Return how many codings hold words that a workbook's cell cannot hold; they are cut in the XLSX."""
    return sum(max(len(coding.span), len(coding.memo)) >= LONGEST for coding in project.codings)


def _csv(columns: Sequence[str], lines: Iterable[Sequence[Cell]]) -> bytes:
    cells = ([guarded(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return as_opened(delimited(chain([columns], cells)))
