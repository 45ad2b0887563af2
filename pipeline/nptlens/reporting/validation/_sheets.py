"""The sheets of validation.xlsx: one per table, and one that says what they are."""

from __future__ import annotations

import pandas as pd

from nptlens.reporting._columns import Cell, Column, Sheet, frame_columns, frame_rows, sheet
from nptlens.reporting.content import INVENTED
from nptlens.reporting.inputs import Provenance
from nptlens.reporting.validation._mismatches import Disputed
from nptlens.reporting.validation._shelf import FRAME_WORDS, LEVEL_WORDS, STATISTIC_WORDS, TABLES, Shelf, ValidationTable
from nptlens.reporting.validation._verdicts import trust, verdict_sheet

_WIDTHS = {
    **dict.fromkeys(("coder", "against", "machine"), 22), **dict.fromkeys(("code", "code_against"), 14),
    **dict.fromkeys(("statistic", "group"), 18), "code_name": 28, "frame": 12,
}  # fmt: skip


def sheets(shelf: Shelf, rows: tuple[Disputed, ...]) -> tuple[Sheet, ...]:
    """Return a sheet per table, with the names of codes beside their ids; mismatches carry the excerpt."""
    plain = [each for each in TABLES if each.name != "mismatches"]
    tables = (_sheet(shelf, each, getattr(shelf.validation, each.name)) for each in plain)
    return (verdict_sheet(trust(shelf)), *tables, sheet("Mismatches", _MISMATCHES, rows))


def _sheet(shelf: Shelf, told: ValidationTable, table: pd.DataFrame) -> Sheet:
    if "code" in table and told.name != "confusion":
        names = [shelf.name(code) for code in table["code"]]
        table = table.copy()
        table.insert(list(table.columns).index("code") + 1, "code_name", names)
    columns = frame_columns(table, lambda column: _WIDTHS.get(column, 11))
    return sheet(told.sheet, columns, frame_rows(table, whole=True))


_MISMATCHES: tuple[Column[Disputed], ...] = (
    Column("coder", 22, lambda row: row.coder),
    Column("against", 22, lambda row: row.against),
    Column("codes", 24, lambda row: row.codes),
    Column("codes_against", 24, lambda row: row.codes_against),
    Column("hardness", 10, lambda row: row.hardness),
    Column("reason", 30, lambda row: row.reason),
    Column("excerpt", 90, lambda row: row.text, quotes=True),
    Column("segment_id", 20, lambda row: row.segment_id),
    Column("transcript", 16, lambda row: row.transcript),
    Column("start", 9, lambda row: row.start),
    Column("end", 9, lambda row: row.end),
    Column("participant", 12, lambda row: row.participant),
    Column("role", 18, lambda row: row.role),
    Column("practice", 12, lambda row: row.practice),
)


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
    rows.append(("whole", trust(shelf).sentence))
    rows += [(f"sheet {each.name}", each.words) for each in TABLES]
    rows += [(f"frame {name}", words) for name, words in FRAME_WORDS.items()]
    rows += [(f"level {name}", words) for name, words in LEVEL_WORDS.items()]
    rows += [(f"statistic {name}", words) for name, words in STATISTIC_WORDS.items()]
    rows += [(f"{each.severity.value}: {each.where}", f"{each.what} {each.hint}".strip()) for each in sorted(validation.problems)]
    rows += [(each.name, each.value) for each in provenance]
    rows += [("cut", notice) for notice in notices]
    return Sheet("About", (("what", 34), ("value", 100)), tuple(rows))
