"""The sheets of validation.xlsx: one per table, and one that says what they are."""

from __future__ import annotations

import pandas as pd

from nptlens.reporting._sheets import Cell, Sheet
from nptlens.reporting.content import INVENTED
from nptlens.reporting.inputs import Provenance
from nptlens.reporting.validation._json import LEVEL_WORDS, TABLE_WORDS
from nptlens.reporting.validation._mismatches import Disputed
from nptlens.reporting.validation._shelf import FRAME_WORDS, STATISTIC_WORDS, TABLES, Shelf

_WIDTHS = {"coder": 22, "against": 22, "machine": 22, "code": 14, "code_against": 14, "statistic": 18, "frame": 12, "group": 18}


def sheets(shelf: Shelf, rows: tuple[Disputed, ...]) -> tuple[Sheet, ...]:
    """Return a sheet per table, with the names of codes beside their ids; mismatches carry the excerpt."""
    plain = [name for name, _ in TABLES if name != "mismatches"]
    return (*(_sheet(shelf, name, getattr(shelf.validation, name)) for name in plain), _mismatches(rows))


def _sheet(shelf: Shelf, name: str, table: pd.DataFrame) -> Sheet:
    names = [str(column) for column in table.columns]
    at = names.index("code") + 1 if "code" in names and name != "confusion" else 0
    titles = [*names[:at], "code_name", *names[at:]] if at else names
    columns = tuple((title, _WIDTHS.get(title, 28 if title == "code_name" else 11)) for title in titles)
    found = []
    for row in table.itertuples(index=False, name=None):
        found.append((*row[:at], shelf.name(row[at - 1]), *row[at:]) if at else row)
    return Sheet(name.capitalize() if name != "ceiling" else "Human ceiling", columns, tuple(found))


def _mismatches(rows: tuple[Disputed, ...]) -> Sheet:
    columns = (
        ("coder", 22),
        ("against", 22),
        ("codes", 24),
        ("codes_against", 24),
        ("hardness", 10),
        ("reason", 30),
        ("excerpt", 90),
        ("segment_id", 20),
        ("transcript", 16),
        ("start", 9),
        ("end", 9),
        ("participant", 12),
        ("role", 18),
        ("practice", 12),
    )
    found: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row.coder,
            row.against,
            row.codes,
            row.codes_against,
            row.hardness,
            row.reason,
            row.text,
            row.segment_id,
            row.transcript,
            row.start,
            row.end,
            row.participant,
            row.role,
            row.practice,
        )
        for row in rows
    )
    return Sheet("Mismatches", columns, found)


def about(shelf: Shelf, provenance: tuple[Provenance, ...], notices: list[str]) -> Sheet:
    """What the workbook holds, how it was made, and what did not fit into it."""
    validation = shelf.validation
    rows: list[tuple[Cell, ...]] = [("study", validation.study)]
    if validation.invented:
        rows.append(("notice", INVENTED))
    rows += [("coders", ", ".join(validation.coders)), ("transcripts", validation.transcripts)]
    rows.append(("intervals", f"{validation.confidence}, {validation.interval}, {validation.resamples} resamples of {validation.cluster}s"))
    for each in validation.trained:
        told = f"taught by {each.taught_by}; left out: {each.left_out or 'nothing'}; folds: {each.folds}; settings chosen on: "
        rows.append((f"trained: {each.coder}", told + ("; ".join(each.tuned) or "none")))
    rows += [(f"sheet {name}", words) for name, words in TABLE_WORDS.items()]
    rows += [(f"frame {name}", words) for name, words in FRAME_WORDS.items()]
    rows += [(f"level {name}", words) for name, words in LEVEL_WORDS.items()]
    rows += [(f"statistic {name}", words) for name, words in STATISTIC_WORDS.items()]
    rows += [(f"{each.severity.value}: {each.where}", f"{each.what} {each.hint}".strip()) for each in sorted(validation.problems)]
    rows += [(each.name, each.value) for each in provenance]
    rows += [("cut", notice) for notice in notices]
    return Sheet("About", (("what", 34), ("value", 100)), tuple(rows))
