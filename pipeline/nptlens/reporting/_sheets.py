"""The sheets of the workbook as plain rows; `_xlsx` knows how to write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nptlens.reporting._complementary_suppression import Hidden
from nptlens.reporting._index import Index
from nptlens.reporting._truncation import ROWS, kept, left_out

if TYPE_CHECKING:
    from nptlens.reporting._view import ReportView

Cell = str | int | float | Hidden | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its columns as (title, width in characters), its rows, and how many columns stay in view.

    `left_out` says which rows the sheet does not hold, "" where it holds all.
    """

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]
    frozen: int = 0
    left_out: str = ""


def excerpts(index: Index) -> Sheet:
    """One row for each machine coding that is assigned or abstained, as in codings.csv, with its topic.

    Where a sheet cannot hold all, it holds the most probable of each code.
    """
    codings = [each for each in index.codings if index.shown(each.code)]
    held = kept(codings, ROWS)
    names = {code.id: code.name for code in index.inputs.codebook}
    rows = []
    for coding in held:
        segment = coding.segment
        topic = index.topic_of.get(segment.id)
        rows.append(
            (
                segment.id,
                segment.transcript_id,
                segment.span.start,
                segment.span.end,
                segment.participant,
                segment.role,
                segment.practice,
                coding.code,
                names.get(coding.code, ""),
                coding.decision,
                round(coding.probability, 4),
                round(coding.margin, 4),
                coding.runner_up,
                coding.nearest_seeds,
                coding.stance,
                None if coding.stance_probability is None else round(coding.stance_probability, 4),
                coding.coder,
                None if topic is None else topic if topic >= 0 else "no topic",
                index.text(segment),
            )
        )
    columns = (
        ("segment_id", 20),
        ("transcript", 16),
        ("start", 9),
        ("end", 9),
        ("participant", 12),
        ("role", 18),
        ("practice", 12),
        ("code", 9),
        ("code_name", 26),
        ("decision", 11),
        ("probability", 11),
        ("margin", 9),
        ("runner_up", 11),
        ("nearest_seeds", 26),
        ("stance", 12),
        ("stance_probability", 11),
        ("coder", 22),
        ("topic", 9),
        ("excerpt", 90),
    )
    return Sheet("Excerpts", columns, tuple(rows), frozen=1, left_out=left_out(len(held), len(codings)))


def codes(view: ReportView) -> Sheet:
    """The codebook with counts."""
    columns = (
        ("code", 9),
        ("name", 28),
        ("parent", 9),
        ("definition", 60),
        ("include", 45),
        ("exclude", 45),
        ("source", 36),
        ("seeds", 8),
        ("threshold", 10),
        ("F1 held out", 10),
        ("hand-coded excerpts", 12),
        ("excerpts", 10),
        ("abstentions", 12),
        ("participants", 12),
        ("practices", 10),
        ("manual codings", 10),
        ("contrary, mixed or hypothetical", 14),
        ("contrary by the machine", 12),
    )
    rows = tuple(
        (
            code.id,
            code.name,
            code.parent,
            code.definition,
            code.include,
            code.exclude,
            code.source,
            code.seeds,
            code.threshold,
            code.held_out_f1,
            code.taught,
            code.assigned,
            code.abstained,
            code.participants,
            code.practices,
            code.manual,
            len(code.contrary),
            code.machine_contrary,
        )
        for code in view.codes
    )
    return Sheet("Codes", columns, rows, frozen=2)


def practices(view: ReportView) -> Sheet:
    """Code × practice with totals."""
    table = view.matrix
    columns = (("code", 9), ("name", 30), *((name, 11) for name in table.practices), ("total", 10))
    rows: list[tuple[Cell, ...]] = [(row.code, row.name, *row.counts, row.total) for row in table.rows]
    rows.append(("", "all codings", *table.totals, table.total))
    rows.append(("", "all segments, coded or not", *table.segments, sum(table.segments)))
    return Sheet("Code x practice", columns, tuple(rows), frozen=2)


def topics(view: ReportView) -> Sheet:
    """One row for each topic and code that were measured, with the card beside it."""
    columns = (
        ("topic", 8),
        ("name", 24),
        ("stability", 10),
        ("verdict", 13),
        ("words", 44),
        ("excerpts", 10),
        ("participants", 12),
        ("transcripts", 12),
        ("code", 9),
        ("weight", 9),
        ("low", 9),
        ("high", 9),
        ("base rate", 9),
        ("above base rate", 10),
    )
    rows: list[tuple[Cell, ...]] = []
    for card in view.topics.cards:
        known = (card.number, card.name, card.stability, card.verdict)
        head = (*known, ", ".join(card.words), card.size, card.participants, card.transcripts)
        measured = view.topics.measured(card.number)
        for code, cell in measured:
            rows.append((*head, code, cell.weight, cell.low, cell.high, cell.base, "yes" if cell.above else "no"))
        if not measured:
            rows.append(head)
    return Sheet("Topics", columns, tuple(rows), frozen=2)


def readings(view: ReportView) -> Sheet:
    """One row for each segment and level: what its topic speaks of, what it was coded, whether the two say the same."""
    columns = (
        ("segment_id", 20),
        ("level", 11),
        ("topic", 9),
        ("code of the topic", 12),
        ("direct codes", 22),
        ("reading", 13),
    )
    rows = tuple(
        (each.segment_id, each.level, each.topic if each.topic >= 0 else "no topic", each.topic_code, each.direct_codes, each.reading)
        for each in view.readings.rows
    )
    return Sheet("Three readings", columns, rows, frozen=1)


def agreement(view: ReportView) -> Sheet:
    """Every pair of coders, code by code; pairs of people stand below those of the machine."""
    columns = (
        ("coder", 22),
        ("against", 18),
        ("code", 9),
        ("name", 28),
        ("n", 8),
        ("coded", 8),
        ("coded against", 9),
        *((name, 9) for name in ("precision", "recall", "F1", "F1 low", "F1 high", "kappa", "kappa low", "kappa high")),
        ("average precision", 10),
    )
    rows = tuple(
        (
            row.coder,
            row.against,
            row.code,
            row.name,
            row.n,
            row.coded,
            row.coded_against,
            row.precision,
            row.recall,
            row.f1,
            row.f1_low,
            row.f1_high,
            row.kappa,
            row.kappa_low,
            row.kappa_high,
            row.average_precision,
        )
        for row in view.agreement.rows
    )
    return Sheet("Agreement", columns, rows)


def verdicts(view: ReportView) -> Sheet:
    """What the machine may decide alone, code by code."""
    columns = (
        ("code", 9),
        ("name", 28),
        ("verdict", 20),
        ("reason", 80),
        ("against", 18),
        ("excerpts coded by hand", 12),
        ("of them this code", 10),
        ("in transcripts", 11),
        ("yes from", 9),
        ("no below", 9),
        ("decided alone", 9),
        ("as yes", 9),
        ("as no", 9),
        ("precision", 9),
        ("precision low", 9),
        ("precision high", 9),
        ("missed", 9),
        ("more excerpts to settle it", 12),
    )
    rows = tuple(
        (
            row.code,
            row.name,
            row.verdict,
            row.reason,
            row.against,
            row.excerpts,
            row.coded,
            row.transcripts,
            row.yes_threshold,
            row.no_threshold,
            row.coverage,
            row.yes_share,
            row.no_share,
            row.precision,
            row.precision_low,
            row.precision_high,
            row.missed,
            row.more_excerpts,
        )
        for row in view.verdicts
    )
    return Sheet("Verdicts", columns, rows, frozen=2)


def set_aside(view: ReportView) -> Sheet:
    """What was not coded: stretches by transcript and reason, with totals."""
    reasons = view.figures.set_aside
    columns = (("transcript", 24), *((tally.name, 12) for tally in reasons), ("stretches", 11), ("words", 10))
    rows: list[tuple[Cell, ...]] = [(row.transcript, *row.counts, row.total, row.words) for row in view.aside]
    rows.append(
        ("all transcripts", *(t.count for t in reasons), sum(row.total for row in view.aside), sum(t.words for t in reasons))
    )
    return Sheet("Set aside", columns, tuple(rows), frozen=1)


def about(view: ReportView, notices: Iterable[str]) -> Sheet:
    """How the results were made, and what a reader must know."""
    rows: list[tuple[Cell, ...]] = [("study", view.title), ("codebook", view.codebook)]
    rows += [("notice", view.notice)] if view.notice else []
    rows += [("what this is", paragraph) for paragraph in view.method]
    rows += [("notice", notice) for notice in notices]
    for problem in view.problems:
        rows.append(
            (problem.severity.value, f"{problem.where}: {problem.what}{f' ({problem.hint})' if problem.hint else ''}")
        )
    rows += [(each.name, each.value) for each in view.provenance]
    return Sheet("About", (("what", 28), ("value", 110)), tuple(rows))
