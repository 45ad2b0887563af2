"""What was found and how far it is to be trusted: one row a code, before everything else; and what a short report leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nptlens.core.hints import STUDY, command
from nptlens.reporting._codes import CodeView
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, listed, share
from nptlens.reporting.content import Block, Cell, Paragraph, Row, Section, Table, Text


def findings(view: ReportView) -> Iterator[Block]:
    """Yield what can be said of the whole in a sentence, and a table of the codes."""
    yield Paragraph(view.trust.sentence, "lead")
    figures = view.figures
    yield Paragraph(
        f"{counted(figures.participants, 'participant')} in {counted(figures.transcripts, 'transcript')}; "
        f"{counted(figures.coded, 'excerpt')} of {count(figures.segments)} carry a code."
    )
    practices, contrary, trusted = view.matrix.known(), _contrary_is_known(view), view.trust.measured
    columns: list[Text] = ["Code", "Share", "Excerpts", "Participants"]
    columns += ["Practices"] * practices + ["Contrary"] * contrary + ["How far to be trusted"] * trusted
    rows = [Row(code.name, tuple(_cells(view, code, practices, contrary)), code.id, code.level) for code in view.codes]
    last = frozenset({len(columns) - 1}) if trusted else frozenset[int]()
    yield Table("What was found, code by code", _caption(view, contrary), tuple(columns), tuple(rows), long=last, look="dense")


def _cells(view: ReportView, code: CodeView, practices: bool, contrary: bool) -> Iterator[Cell]:
    trust = view.trust.codes[code.id]
    if code.threshold is None and not code.assigned:
        yield Cell("not coded: too few seeds", span=2)
    else:
        interval = f"{share(trust.share_low)} to {share(trust.share_high)}" if trust.share_low == trust.share_low else ""
        yield Cell(share(trust.share), interval)
        yield Cell(count(code.assigned))
    yield Cell(count(code.participants))
    if practices:
        yield Cell(count(code.practices))
    if contrary:
        marked = sum(each.stance == "contrary" for each in code.contrary)
        judged = f"machine: {count(code.machine_contrary)}" if view.trust.stance.shown else ""
        yield Cell(count(marked) if code.manual else "–", judged)
    if view.trust.measured:
        yield Cell(trust.brief())


def _contrary_is_known(view: ReportView) -> bool:
    return view.trust.stance.shown or any(code.manual for code in view.codes)


def _caption(view: ReportView, contrary: bool) -> str:
    names = {view.trust.codes[code.id].share_name.lower() for code in view.codes}
    told = f"Share: of all excerpts of the study, {' or '.join(sorted(names))}. Excerpts: those that the machine gave the code. "
    told += "Contrary: marked by people as speaking against the code (–: nobody coded it by hand). " if contrary else ""
    told += "What the words on trust rest on stands under Agreement." if view.trust.measured else ""
    return told.rstrip()


def left_out(sections: Sequence[Section]) -> Iterator[Block]:
    """Yield what the full report has besides, and how to have it."""
    titles = [each.title for each in sections if each.blocks]
    yield Paragraph(f"This is the short report. The full one also has: {listed(titles)}; and more excerpts of each code.")
    how = command("report", STUDY, "--full")
    yield Paragraph(f"It is written by: {how}, and by each run with length = \"full\" under [report] in study.toml.")
