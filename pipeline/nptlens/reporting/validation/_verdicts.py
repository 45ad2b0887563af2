"""How far to trust the machine, in words: the top of the validation, and its sheet of the workbook."""

from __future__ import annotations

from nptlens.reporting._columns import Column, Sheet, sheet
from nptlens.reporting._trust import CodeTrust, Trust, judged, measured_rows
from nptlens.reporting._words import UNDETERMINED, count, share
from nptlens.reporting.content import Block, Cell, Paragraph, Row, Section, Table, estimate
from nptlens.reporting.validation._shelf import Shelf
from nptlens.schemas.code_figures import EXPLAINED, HEADINGS, how_counted, rows_of
from nptlens.schemas.patterns import BesideBaseline
from nptlens.schemas.records import Estimate

_KEYS = ("which", "all", "overall", "mean_kappa")


def trust(shelf: Shelf) -> Trust:
    """Return the verdicts of a validation: on the machine against the person whom they go by."""
    validation = shelf.validation
    rows = measured_rows(rows_of(validation.codes), validation.gold)
    machine, person = (rows[0].coder, rows[0].against) if rows else ("", "")
    means = [each for each in shelf.figures if (each.level, each.frame, each.scope, each.statistic) == _KEYS]
    kappa = next((Estimate(each.value, each.low, each.high) for each in means if (each.coder, each.against) == (machine, person)), None)
    columns = ["against", "baseline", "baseline_value", "difference", "difference_low", "difference_high"]
    beside = [BesideBaseline(*row) for row in validation.beside_baselines[columns].itertuples(index=False, name=None)]
    return judged(rows, {row.code: row.counted for row in rows}, shelf.codebook, kappa, beside)


def verdicts(shelf: Shelf, found: Trust) -> Section:
    """Return the section; empty where no machine was measured."""
    if not found.measured:
        return Section("trust", "How far to trust the machine", ())
    measured = [each for each in found.codes.values() if each.figures is not None]
    lines = tuple(_line(shelf, each) for each in measured)
    unknown = [each.code for each in found.codes.values() if each.figures is None]
    row = measured[0].figures
    assert row is not None
    caption = f"{how_counted(row, row.against)}. Below each figure: its {shelf.interval()}."
    names = ("corrected", "precision", "recall", "kappa")
    caption += "".join(f" {HEADINGS[name]}: {EXPLAINED[name]}." for name in names)
    columns = ("Code", "Verdict", *(HEADINGS[name] for name in names), "Coded by hand")
    blocks: list[Block] = [
        Paragraph(found.sentence, "lead"),
        Table("Code by code", caption, columns, lines, frozenset({1}), long=frozenset({1}), label="Verdicts, code by code"),
    ]
    if unknown:
        blocks.append(Paragraph(f"Not measured, so suggestions: {', '.join(unknown)}.", "note"))
    return Section("trust", "How far to trust the machine", tuple(blocks))


def _line(shelf: Shelf, each: CodeTrust) -> Row:
    row = each.figures
    assert row is not None
    between = f"{share(row.corrected_low)} to {share(row.corrected_high)}"
    below = f"{HEADINGS['counted'].lower()} {share(row.counted)}"
    cells = (
        Cell(each.sentence.removeprefix(f"{each.code}: ")),
        Cell(share(row.corrected), below if UNDETERMINED in between else f"{between}; {below}"),
        estimate(row.precision, row.precision_low, row.precision_high),
        estimate(row.recall, row.recall_low, row.recall_high),
        estimate(row.kappa, row.kappa_low, row.kappa_high),
        Cell(count(row.coded_against), f"of {count(row.n)} read"),
    )
    return Row(shelf.name(each.code), cells, each.code, shelf.depth(each.code))


_VERDICTS: tuple[Column[CodeTrust], ...] = (
    Column("code", 14, lambda each: each.code),
    Column("verdict", 14, lambda each: each.verdict),
    Column("in words", 110, lambda each: each.sentence),
    Column("share", 10, lambda each: each.share),
    Column("share low", 10, lambda each: each.share_low),
    Column("share high", 10, lambda each: each.share_high),
    Column("which share", 24, lambda each: each.share_name),
)


def verdict_sheet(found: Trust) -> Sheet:
    """Return the verdicts as a sheet, a row a code."""
    return sheet("Verdicts", _VERDICTS, tuple(found.codes.values()))
