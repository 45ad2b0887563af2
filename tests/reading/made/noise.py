"""What stands around turns in real transcripts: headers, page marks, closing lines, notes, empty lines, breaks inside of turns."""

from __future__ import annotations

import random
import textwrap

from tests.reading.made import stamps
from tests.reading.made.lines import EITHER, NEEDED, NEVER, Layout, Render
from tests.reading.made.script import Script

Block = list[str]


def header(script: Script, rng: random.Random) -> list[Block]:
    """Return a title and fields that somebody put above the first turn."""
    token = script.talk.token
    who = rng.choice(script.cast.answers)
    title = [rng.choice((f"Interview {rng.randint(2, 40)}", f"Transcript of the group on {token()}", f"{token().capitalize()} study, interview {rng.randint(2, 40)}", f"{token()}_{rng.randint(2, 40)}.mp3", f"# Interview {token()}"))]
    fields = [
        f"Date: {rng.randint(2, 28)} March 2026",
        f"Date of interview: 0{rng.randint(2, 9)}/03/2026",
        f"Place: {token()} ward",
        f"Location: {token().capitalize()} Street {rng.randint(2, 99)}",
        f"Pseudonym: {who}",
        f"Participants: {', '.join(script.cast.answers)}",
        f"Interviewer: {token().capitalize()} {token().capitalize()}",
        f"Duration: {stamps.hms(script.turns[-1].end)}",
        f"Length: {rng.randint(20, 90)} minutes",
        f"Transcribed by: {token()}",
        f"Transcriber: {token().capitalize()}",
        f"Recording started at {rng.randint(9, 11)}:30",
        f"Audio file: {token()}.wav",
        f"Version {rng.randint(2, 9)}, checked",
        f"Key: {token()} = {token()}",
        f"Start time: {rng.randint(9, 11)}:05",
        f"Consent: {token()}",
    ]
    chosen = rng.sample(fields, rng.randint(1, 5))
    return [title, chosen] if rng.random() < 0.7 else [chosen]


def closing(layout: Layout, script: Script, rng: random.Random) -> list[Block]:
    """Return the lines that programs and people put below the last turn."""
    end = stamps.hms(script.turns[-1].end + 2)
    own = {
        "teams": [f"{script.cast.asks} stopped transcription"],
        "zoom": ["Meeting ended"],
        "meet": [f"Transcription ended after {end}"],
        "otter": ["Transcribed by https://otter.ai"],
    }.get(layout.ending)
    if own and rng.random() < 0.8:
        return [own]
    return [[rng.choice(("[End of transcript]", "END OF INTERVIEW", f"[Recording ends {end}]", "(End of recording)", "[End of interview]", "*** END ***", "- END -", "End of transcript", "[Ende der Aufnahme]", "[Audio ends]"))]]


def notes(script: Script, rng: random.Random) -> list[Block]:
    """Return field notes below the end."""
    token = script.talk.token
    said = f"The room was {token()} and the {token()} rang {rng.randint(2, 9)} times."
    return rng.choice(
        (
            [[f"Field notes: {said}"]],
            [["Field notes"], [said, f"Somebody brought {token()}."]],
            [[f"Transcriber's note: some {token()} were lost."]],
            [[f"[Note: {said}]"]],
            [["Notes:"], [said]],
            [["-----"], [f"Observations: {said}"], [f"Mood: {token()}"]],
        )
    )


def page_mark(number: int, form: int) -> Block:
    """Return what stands at the end of a page."""
    return [(f"[p. {number}]", f"Page {number} of 9", f"– {number} –", f"[Page {number}]", f"Seite {number} von 9", f"{number}")[form]]


def blocks(script: Script, layout: Layout, render: Render, rng: random.Random, *, wrap: int = 0, pages: int | None = None) -> list[Block]:
    """Return the turns as blocks of lines, with page marks between some."""
    made: list[Block] = []
    indent = rng.choice(("", "", "    ", "\t"))
    every = rng.randint(4, 9)
    for number, turn in enumerate(script.turns, start=1):
        lines = [piece for line in render(turn) for piece in line.split("\n")]
        if wrap:
            lines = [piece for line in lines for piece in (_wrapped(line, wrap, indent) if len(line) > wrap else [line])]
        made.append(lines)
        if pages is not None and number % every == 0 and number < len(script.turns):
            made.append(page_mark(number // every, pages))
    return made


def _wrapped(line: str, width: int, indent: str) -> list[str]:
    lead = line[: len(line) - len(line.lstrip())]
    return [lead + piece for piece in textwrap.wrap(line.strip(), width, subsequent_indent=indent, expand_tabs=False, replace_whitespace=False, break_long_words=False, break_on_hyphens=False)]


def joined(parts: list[Block], layout: Layout, rng: random.Random, *, several: bool) -> list[str]:
    """Return all lines; empty ones between blocks as the layout needs or leaves free, `several` paragraphs of one turn apart."""
    gap = {NEVER: 0, NEEDED: 1, EITHER: rng.choice((0, 1, 1, 2))}[layout.blank]
    gap = max(gap, 1) if several else gap
    uneven = gap > 0 and rng.random() < 0.2
    lines: list[str] = []
    for part in parts:
        lines += part + [""] * (gap + (rng.random() < 0.3 if uneven else 0))
    return lines
