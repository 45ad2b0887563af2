"""The codes: what each means, how often it was found, its excerpts, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nptlens.reporting._codes import CodeView
from nptlens.reporting._contrary import Contrary
from nptlens.reporting._excerpts import Excerpt
from nptlens.reporting._groups import columns, line
from nptlens.reporting._memos import on_code
from nptlens.reporting._places import Place
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, decimal, listed, lower_first
from nptlens.reporting.content import (
    Block,
    Definitions,
    Group,
    Heading,
    Paragraph,
    Quotation,
    Quotations,
    Reason,
    Remainder,
    Run,
    Speech,
    Text,
    code_text,
    table,
)


def codes(view: ReportView) -> Iterator[Block]:
    """Yield the codes, each before those below it; in a short report those with an excerpt, with few words about each."""
    if view.short:
        yield from _briefly(view)
        return
    yield Paragraph(
        "For each code: what it means, how often the machine assigned it, excerpts that are typical and varied (near the code’s centre "
        "and probable, unlike each other, taking turns over participants, then practices), and what coders marked as speaking against it."
    )
    for code in view.codes:
        level = min(code.level + 3, 6)
        blocks = (
            Heading(code_text(code.id, code.name), level, code.anchor),
            *_meaning(code, taught=view.taught_by is not None, practices=view.matrix.known()),
            *on_code(view.memos, code.id),
            *_excerpts(code, level),
            Remainder(code.anchor, code.id),
            Group("against", (Heading(("Speaking against ", Run(code.id, "id")), level + 1, minor=True), *_against(code))),
        )
        yield Group("code", blocks)


def _briefly(view: ReportView) -> Iterator[Block]:
    yield Paragraph(
        "Typical and varied excerpts of each code: near its centre and probable, unlike each other, taking turns over participants, then "
        "practices. Below them, where there is one, an excerpt that speaks against it."
    )
    empty = [code for code in view.codes if not code.assigned and not code.contrary]
    for code in view.codes:
        if code not in empty:
            level = min(code.level + 3, 6)
            heading = Heading(code_text(code.id, code.name), level, code.anchor)
            shown = (*([Paragraph(code.definition, "definition")] if code.definition else []), *on_code(view.memos, code.id))
            yield Group("code", (heading, *shown, *_excerpts(code, level), *_one_against(code), Remainder(code.anchor, code.id)))
    if empty:
        yield Paragraph(f"No excerpt has the code{'s' if len(empty) > 1 else ''} {listed([code.id for code in empty])}.", "note")


def _one_against(code: CodeView) -> Iterator[Block]:
    """Yield an excerpt that speaks against a code: one that a person marked as contrary, else one that the machine judged to be."""
    marked = [each for each in code.contrary if each.stance == "contrary"]
    if marked:
        told = f"Speaking against it, marked by people ({count(len(marked))} in all):"
        yield Group("against", (Paragraph(told, "note"), Quotations((_marked(marked[0]),))))
    elif code.judged:
        told = f"Speaking against it, as the machine judged ({count(code.machine_contrary)} in all; it is often wrong about stance):"
        yield Group("against", (Paragraph(told, "note"), Quotations(_quotations(code.judged))))


def _meaning(code: CodeView, *, taught: bool, practices: bool) -> Iterator[Block]:
    yield Paragraph(code.definition or "No definition is given.", "definition")
    rules = tuple(pair for pair in (("Include", code.include), ("Exclude", code.exclude), ("Source", code.source)) if pair[1])
    if rules:
        yield Definitions(rules, "rules")
    parts = [
        counted(code.assigned, "excerpt"),
        counted(code.participants, "participant"),
        *([counted(code.practices, "practice")] if practices else []),
        counted(code.abstained, "abstention"),
        counted(code.seeds, "seed") + (f" and {counted(code.taught, 'hand-coded excerpt')}" if code.taught else ""),
    ]
    if code.threshold is None:
        parts.append("not coded by the machine: too few seeds")
    else:
        held_out = f"F1 on held-out {'excerpts' if taught else 'seeds'} {decimal(code.held_out_f1)}"
        parts += [f"threshold {decimal(code.threshold, 3)}", held_out]
    yield Paragraph(" · ".join(parts), "counts")


def _excerpts(code: CodeView, level: int) -> Iterator[Block]:
    if code.groups:
        caption = "Intervals: of excerpts by resampling whole transcripts, of participants by Wilson’s score."
        lines = [line(group) for group in code.groups]
        yield table(f"{code.id} by {lower_first(code.by)}", columns(code.by), lines, long=(0,), caption=caption)
        for group in code.groups:
            if group.excerpts:
                yield Heading(f"In {group.name}", level + 1, minor=True)
                yield from _listed(group.excerpts, group.assigned)
    elif code.excerpts:
        yield from _listed(code.excerpts, code.assigned)
    else:
        yield Paragraph("No excerpt was assigned this code.", "note")


def _listed(excerpts: tuple[Excerpt, ...], assigned: int) -> Iterator[Block]:
    yield Paragraph(f"Showing {count(len(excerpts))} of {counted(assigned, 'excerpt')}.", "note")
    yield Quotations(_quotations(excerpts))


def _against(code: CodeView) -> Iterator[Block]:
    if code.statement:
        yield Paragraph(code.statement)
    if code.contrary:
        yield Paragraph(f"Marked by coders, among {counted(code.manual, 'manual coding')} of this code.", "note")
        yield Quotations(tuple(map(_marked, code.contrary)))
    if code.machine_statement:
        yield Paragraph(code.machine_statement)
    if code.judged:
        yield Paragraph(
            f"Judged contrary by the machine: {count(code.machine_contrary)} among {counted(code.stances, 'excerpt')} of this code; "
            f"showing {count(len(code.judged))}, the surest first. The machine is often wrong about stance, so read them before you count "
            "them.",
            "note",
        )
        yield Quotations(_quotations(code.judged))


def _quotations(excerpts: Iterable[Excerpt]) -> tuple[Quotation, ...]:
    return tuple(
        Quotation((segment(each.segment_id, each.text),), (_source(each),), each.before, each.after, _reasons(each)) for each in excerpts
    )


def segment(segment_id: str, text: str) -> Speech:
    """Return a whole segment as a quotation's only piece."""
    return Speech("", "", segment_id, text, segment=True)


def _source(each: Excerpt) -> Text:
    told = who(each.place)
    if not each.stance:
        return told
    return (Run(each.stance.capitalize(), "stance"), f" ({decimal(each.stance_probability)}, by the machine) · ", *told)


def _reasons(each: Excerpt) -> tuple[Reason, ...]:
    assigned = f"; this code is assigned from {decimal(each.threshold, 3)}" if each.threshold is not None else ""
    lifted = ". Assigned because a code below it was." if each.lifted else ""
    stance = [Reason("Stance", f"{each.stance}, probability {decimal(each.stance_probability, 3)}")] if each.stance else []
    return (
        Reason("Probability", f"{decimal(each.probability, 3)}{assigned}{lifted}"),
        Reason("Runner-up", f"{each.runner_up or 'none'} (margin {decimal(each.margin, 3)})"),
        Reason("Nearest seeds", "" if each.seeds else "none named", each.seeds),
        *stance,
        Reason("Coder", each.coder),
    )


def _marked(each: Contrary) -> Quotation:
    source = (Run(each.stance.capitalize(), "stance"), f", marked by {', '.join(each.coders)} · ", *who(each.place))
    return Quotation(each.pieces, (source,), each.before, each.after)


def who(place: Place) -> tuple[str | Run, ...]:
    """Return who said it and where, in one line."""
    practice = f" · {place.practice}" if place.practice else ""
    turn = f", turn {count(place.turn)} ({place.percent}% in)" if place.turn else ""
    time = f", {place.time}" if place.time else ""
    where = f" · {place.role}{practice} · {place.transcript}{turn}{time}, characters {place.start}–{place.end}"
    return (Run(place.participant, "strong"), where)
