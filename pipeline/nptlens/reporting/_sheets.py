"""The sheets of the workbook that are made from the report's view; `_xlsx` knows how to write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nptlens.reporting._agreement import VerdictRow
from nptlens.reporting._codes import CodeView
from nptlens.reporting._columns import Cell, Column, Sheet, sheet
from nptlens.reporting._readings import SegmentReading
from nptlens.reporting._topics import MapCell, TopicView
from nptlens.schemas.code_figures import EXPLAINED, HEADINGS, CodeFigures

if TYPE_CHECKING:
    from nptlens.reporting._view import ReportView

_CODES: tuple[Column[CodeView], ...] = (
    Column("code", 9, lambda code: code.id),
    Column("name", 28, lambda code: code.name),
    Column("parent", 9, lambda code: code.parent),
    Column("definition", 60, lambda code: code.definition),
    Column("include", 45, lambda code: code.include),
    Column("exclude", 45, lambda code: code.exclude),
    Column("source", 36, lambda code: code.source),
    Column("seeds", 8, lambda code: code.seeds),
    Column("threshold", 10, lambda code: code.threshold),
    Column("F1 held out", 10, lambda code: code.held_out_f1),
    Column("hand-coded excerpts", 12, lambda code: code.taught),
    Column("excerpts", 10, lambda code: code.assigned),
    Column("abstentions", 12, lambda code: code.abstained),
    Column("participants", 12, lambda code: code.participants),
    Column("practices", 10, lambda code: code.practices),
    Column("manual codings", 10, lambda code: code.manual),
    Column("contrary, mixed or hypothetical", 14, lambda code: len(code.contrary)),
    Column("contrary by the machine", 12, lambda code: code.machine_contrary if code.stances else None),
)
_READINGS: tuple[Column[SegmentReading], ...] = (
    Column("segment_id", 20, lambda row: row.segment_id),
    Column("level", 11, lambda row: row.level),
    Column("topic", 9, lambda row: row.topic if row.topic >= 0 else "no topic"),
    Column("code of the topic", 12, lambda row: row.topic_code),
    Column("direct codes", 22, lambda row: row.direct_codes),
    Column("reading", 13, lambda row: row.reading),
)
_AGREEMENT: tuple[Column[CodeFigures], ...] = (
    Column("coder", 22, lambda row: row.coder),
    Column("against", 18, lambda row: row.against),
    Column("code", 9, lambda row: row.code),
    Column("name", 28, lambda row: row.name),
    Column(HEADINGS["corrected"], 10, lambda row: row.corrected),
    Column(f"{HEADINGS['corrected']} low", 9, lambda row: row.corrected_low),
    Column(f"{HEADINGS['corrected']} high", 9, lambda row: row.corrected_high),
    Column(HEADINGS["counted"], 10, lambda row: row.counted),
    Column("excerpts of the study", 10, lambda row: row.excerpts),
    Column("of them given", 9, lambda row: row.given),
    Column("n", 8, lambda row: row.n),
    Column("of them drawn", 9, lambda row: row.drawn),
    Column("effective n", 9, lambda row: row.effective),
    Column("transcripts", 11, lambda row: row.transcripts),
    Column("coded", 8, lambda row: row.coded),
    Column("coded against", 9, lambda row: row.coded_against),
    Column(HEADINGS["prevalence"], 10, lambda row: row.prevalence),
    Column("threshold", 9, lambda row: row.threshold),
    Column(HEADINGS["precision"], 9, lambda row: row.precision),
    Column(f"{HEADINGS['precision']} low", 9, lambda row: row.precision_low),
    Column(f"{HEADINGS['precision']} high", 9, lambda row: row.precision_high),
    Column(HEADINGS["recall"], 9, lambda row: row.recall),
    Column(f"{HEADINGS['recall']} low", 9, lambda row: row.recall_low),
    Column(f"{HEADINGS['recall']} high", 9, lambda row: row.recall_high),
    Column(HEADINGS["f1"], 9, lambda row: row.f1),
    Column(f"{HEADINGS['f1']} low", 9, lambda row: row.f1_low),
    Column(f"{HEADINGS['f1']} high", 9, lambda row: row.f1_high),
    Column(HEADINGS["kappa"], 9, lambda row: row.kappa),
    Column(f"{HEADINGS['kappa']} low", 9, lambda row: row.kappa_low),
    Column(f"{HEADINGS['kappa']} high", 9, lambda row: row.kappa_high),
    Column(HEADINGS["average_precision"], 10, lambda row: row.average_precision),
)
_VERDICTS: tuple[Column[VerdictRow], ...] = (
    Column("code", 9, lambda row: row.code),
    Column("name", 28, lambda row: row.name),
    Column("verdict", 20, lambda row: row.verdict),
    Column("reason", 80, lambda row: row.reason),
    Column("against", 18, lambda row: row.against),
    Column("excerpts coded by hand", 12, lambda row: row.excerpts),
    Column("of them this code", 10, lambda row: row.coded),
    Column("in transcripts", 11, lambda row: row.transcripts),
    Column("yes from", 9, lambda row: row.yes_threshold),
    Column("no below", 9, lambda row: row.no_threshold),
    Column("decided alone", 9, lambda row: row.coverage),
    Column("as yes", 9, lambda row: row.yes_share),
    Column("as no", 9, lambda row: row.no_share),
    Column("precision where it decides", 9, lambda row: row.precision),
    Column("precision where it decides low", 9, lambda row: row.precision_low),
    Column("precision where it decides high", 9, lambda row: row.precision_high),
    Column("missed", 9, lambda row: row.missed),
    Column("more excerpts to settle it", 12, lambda row: row.more_excerpts),
)
_Mapped = tuple[TopicView, str, MapCell | None]  # a topic's card, a code that it was measured on, "" for none, and the figures
_TOPICS: tuple[Column[_Mapped], ...] = (
    Column("topic", 8, lambda row: row[0].number),
    Column("name", 24, lambda row: row[0].name),
    Column("stability", 10, lambda row: row[0].stability),
    Column("verdict", 13, lambda row: row[0].verdict),
    Column("words", 44, lambda row: ", ".join(row[0].words)),
    Column("excerpts", 10, lambda row: row[0].size),
    Column("participants", 12, lambda row: row[0].participants),
    Column("transcripts", 12, lambda row: row[0].transcripts),
    Column("code", 9, lambda row: row[1] or None),
    Column("weight", 9, lambda row: row[2].weight if row[2] else None),
    Column("low", 9, lambda row: row[2].low if row[2] else None),
    Column("high", 9, lambda row: row[2].high if row[2] else None),
    Column("base rate", 9, lambda row: row[2].base if row[2] else None),
    Column("above base rate", 10, lambda row: ("yes" if row[2].above else "no") if row[2] else None),
)


def codes(view: ReportView) -> Sheet:
    """Return the codebook with counts."""
    return sheet("Codes", _CODES, view.codes, frozen=2)


def practices(view: ReportView) -> Sheet:
    """Return code × practice with totals."""
    table = view.matrix
    columns = (("code", 9), ("name", 30), *((name, 11) for name in table.practices), ("total", 10))
    rows: list[tuple[Cell, ...]] = [(row.code, row.name, *row.counts, row.total) for row in table.rows]
    rows.append(("", "all codings", *table.totals, table.total))
    rows.append(("", "all segments, coded or not", *table.segments, sum(table.segments)))
    return Sheet("Code x practice", columns, tuple(rows), frozen=2)


def topics(view: ReportView) -> Sheet:
    """Return a row for each topic and code that were measured, with the card beside it."""
    rows: list[_Mapped] = []
    for card in view.topics.cards:
        measured: list[_Mapped] = [(card, code, cell) for code, cell in view.topics.measured(card.number)]
        rows += measured or [(card, "", None)]
    return sheet("Topics", _TOPICS, rows, frozen=2)


def readings(view: ReportView) -> Sheet:
    """Return a row for each segment and level: what its topic speaks of, what it was coded, whether the two say the same."""
    return sheet("Three readings", _READINGS, view.readings.rows, frozen=1)


def agreement(view: ReportView) -> Sheet:
    """Return every pair of coders, code by code; pairs of people stand below those of the machine."""
    return sheet("Agreement", _AGREEMENT, view.agreement.rows)


def verdicts(view: ReportView) -> Sheet:
    """Return what the machine may decide alone, code by code."""
    return sheet("Verdicts", _VERDICTS, view.verdicts, frozen=2)


def set_aside(view: ReportView) -> Sheet:
    """Return what was not coded: stretches by transcript and reason, with totals."""
    reasons = view.figures.set_aside
    columns = (("transcript", 24), *((tally.name, 12) for tally in reasons), ("stretches", 11), ("words", 10))
    rows: list[tuple[Cell, ...]] = [(row.transcript, *row.counts, row.total, row.words) for row in view.aside]
    rows.append(
        ("all transcripts", *(t.count for t in reasons), sum(row.total for row in view.aside), sum(t.words for t in reasons))
    )
    return Sheet("Set aside", columns, tuple(rows), frozen=1)


def about(view: ReportView, notices: Iterable[str]) -> Sheet:
    """Return how the results were made, and what a reader must know."""
    rows: list[tuple[Cell, ...]] = [("study", view.title), ("codebook", view.codebook)]
    rows += [("notice", view.notice)] if view.notice else []
    rows += [("what this is", paragraph) for paragraph in view.method]
    rows += [("notice", notice) for notice in notices]
    for problem in view.problems:
        rows.append(
            (problem.severity.value, f"{problem.where}: {problem.what}{f' ({problem.hint})' if problem.hint else ''}")
        )
    rows += [(HEADINGS[name], told) for name, told in EXPLAINED.items()] if view.agreement.rows else []
    rows += [(each.name, each.value) for each in view.provenance]
    return Sheet("About", (("what", 28), ("value", 110)), tuple(rows))
