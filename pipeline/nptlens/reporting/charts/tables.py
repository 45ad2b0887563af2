"""Sheets of the workbook: the framework matrix to be filled in, and the codes in the same excerpts."""

from __future__ import annotations

import math
from collections import defaultdict

from nptlens.reporting._index import Coding, Index
from nptlens.reporting._sheets import Cell, Sheet
from nptlens.reporting._words import practice_words
from nptlens.reporting.charts._framework import shortest
from nptlens.schemas.patterns import CO_OCCURRENCE

SUMMARY = "summary (yours)"
"""The column of the sheet Framework that the researcher writes in."""


def framework_sheet(index: Index) -> Sheet:
    """A row per participant (transcript where nobody is named) and code: how many excerpts, the shortest, and the researcher's summary."""
    held: dict[tuple[str, str], list[Coding]] = defaultdict(list)
    for codings in index.assigned.values():
        for coding in codings:
            held[coding.segment.participant or coding.segment.transcript_id, coding.code].append(coding)
    columns = (
        ("case", 14),
        ("role", 18),
        ("practice", 12),
        ("code", 9),
        ("code_name", 26),
        ("excerpts", 10),
        ("segment_id", 20),
        ("transcript", 12),
        ("start", 9),
        ("end", 9),
        ("stance", 12),
        ("excerpt", 70),
        (SUMMARY, 60),
    )
    rows: list[tuple[Cell, ...]] = []
    leaves = [code for code in index.inputs.codebook if not index.inputs.codebook.children(code.id) and index.shown(code.id)]
    for case in sorted({name for name, _ in held}):
        for code in leaves:
            chosen = shortest(index, held.get((case, code.id), ()))
            if chosen is not None:
                segment = chosen.segment
                about = (case, segment.role, practice_words(segment.practice), code.id, code.name, len(held[case, code.id]))
                place = (segment.id, segment.transcript_id, segment.span.start, segment.span.end)
                rows.append((*about, *place, chosen.stance, index.text(segment), index.inputs.summaries.get((case, code.id), "")))
    return Sheet("Framework", columns, tuple(rows), frozen=1)


def unplaced(index: Index) -> int:
    """Return how many of the researcher's summaries have no row in the framework, since no excerpt is of their case and code."""
    placed = {
        (coding.segment.participant or coding.segment.transcript_id, code) for code, codings in index.assigned.items() for coding in codings
    }
    return sum(key not in placed for key in index.inputs.summaries)


def pairs_sheet(index: Index) -> Sheet:
    """A row per pair of codes that met in an excerpt, with Jaccard's index and phi."""
    table = index.inputs.patterns.pairs
    names = CO_OCCURRENCE.names()
    columns = tuple((name, 10) for name in names)
    if table is None:
        return Sheet("Codes together", columns, ())
    met = table.loc[table["both_n"] > 0, names]
    rows = tuple(
        tuple(None if isinstance(cell, float) and math.isnan(cell) else cell for cell in row)
        for row in met.itertuples(index=False, name=None)
    )
    return Sheet("Codes together", columns, rows, frozen=2)
