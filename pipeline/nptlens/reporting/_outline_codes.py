"""The codes section of a written report: definitions, counts, excerpts, and what speaks against each code."""

from __future__ import annotations

from collections.abc import Iterator

from nptlens.reporting._blocks import Block, Heading, Quote, Words, grid
from nptlens.reporting._codes import CodeView
from nptlens.reporting._contrary import Contrary
from nptlens.reporting._excerpts import Excerpt
from nptlens.reporting._groups import columns, line
from nptlens.reporting._places import Place
from nptlens.reporting._view import ReportView
from nptlens.reporting._words import count, counted, decimal

CHOICE = (
    "For each code: what it means, how often the machine assigned it, excerpts that are typical and varied (near the code’s centre and "
    "probable, unlike each other, taking turns over participants, then practices), and what speaks against it."
)


def codes(view: ReportView) -> Iterator[Block]:
    """Yield the codes, each before those below it."""
    yield Words(CHOICE)
    for code in view.codes:
        yield Heading(f"{code.id} {code.name}", min(code.level + 2, 3))
        yield from _meaning(code, taught=view.taught_by is not None, practices=view.matrix.known())
        yield from _excerpts(code)
        yield from _against(code)


def _meaning(code: CodeView, *, taught: bool, practices: bool) -> Iterator[Block]:
    yield Words(code.definition or "No definition is given.", "lead")
    for name, text in (("Include", code.include), ("Exclude", code.exclude), ("Source", code.source)):
        if text:
            yield Words(f"{name}: {text}")
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
    yield Words(" · ".join(parts), "note")


def _excerpts(code: CodeView) -> Iterator[Block]:
    if code.groups:
        yield grid(f"{code.id} by {code.by}", columns(code.by), [line(group) for group in code.groups], words=())
        for group in code.groups:
            if group.excerpts:
                yield Heading(f"{code.id} in {group.name}", 4)
                yield from (_quote(each) for each in group.excerpts)
    elif code.excerpts:
        yield Words(f"Showing {len(code.excerpts):,} of {counted(code.assigned, 'excerpt')}.", "note")
        yield from (_quote(each) for each in code.excerpts)
    if not code.assigned:
        yield Words("No excerpt was assigned this code.", "note")


def _against(code: CodeView) -> Iterator[Block]:
    yield Heading(f"Speaking against {code.id}", 4)
    if code.statement:
        yield Words(code.statement)
    if code.contrary:
        yield Words(f"Marked by coders, among {counted(code.manual, 'manual coding')} of this code.", "note")
        for each in code.contrary:
            yield from _marked(each)
    if code.machine_statement:
        yield Words(code.machine_statement)
    if code.judged:
        yield Words(
            f"Judged contrary by the machine: {count(code.machine_contrary)} among {counted(code.stances, 'excerpt')} of this code; "
            f"showing {count(len(code.judged))}, the surest first. The machine is often wrong about stance, so read them before you count "
            "them.",
            "note",
        )
        yield from (_quote(each) for each in code.judged)


def _quote(each: Excerpt) -> Quote:
    place = each.place
    return Quote(place.transcript, place.start, place.end, each.text, (who(place), why(each)))


def _marked(each: Contrary) -> Iterator[Block]:
    several = len(each.pieces) > 1
    marked = f"{each.stance.capitalize()}, marked by {', '.join(each.coders)} · {who(each.place)}"
    for number, piece in enumerate(each.pieces, start=1):
        transcript, start, end = place_in(piece.data_span)
        last = number == len(each.pieces)
        yield Quote(transcript, start, end, piece.text, (marked,) if last else (), piece.speaker if several else "")
    if not each.pieces:
        yield Words(f"Nobody speaks at this place. {marked}", "note")


def place_in(span: str) -> tuple[str, int, int]:
    """Return transcript, start and end of a `data_span`."""
    transcript, _, offsets = span.rpartition(":")
    start, _, end = offsets.partition("-")
    return transcript, int(start), int(end)


def who(place: Place) -> str:
    """Return who said it and where, in one line."""
    where = f"{place.transcript}, turn {place.turn:,}" if place.turn else place.transcript
    time = f", {place.time}" if place.time else ""
    people = " · ".join(filter(None, (place.participant, place.role, place.practice)))
    return f"{people} · {where}{time}, characters {place.start}–{place.end}"


def why(each: Excerpt) -> str:
    """Return why the machine coded it, in one line."""
    stance = f"{each.stance} ({decimal(each.stance_probability)}, by the machine) · " if each.stance else ""
    least = f" (assigned from {decimal(each.threshold, 3)})" if each.threshold is not None else ""
    lifted = ", because a code below it was" if each.lifted else ""
    seeds = ", ".join(seed.id for seed in each.seeds) or "none named"
    return (
        f"{stance}probability {decimal(each.probability, 3)}{least}{lifted} · runner-up {each.runner_up or 'none'} · "
        f"nearest seeds {seeds} · {each.coder}"
    )
