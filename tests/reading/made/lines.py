"""Layouts of text: the lines that each turn of a conversation becomes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.reading.made import stamps
from tests.reading.made.script import Turn

Render = Callable[[Turn], list[str]]
EITHER, NEEDED, NEVER = "either", "needed", "never"
_BRACKETS = ("long", "with a role in brackets")


@dataclass(frozen=True)
class Layout:
    """A way to write turns; `blank` says whether empty lines stand between them, `unfit` which kinds of names cannot be written so.

    `paragraphs` says that a turn may have several, `wraps` that lines of a turn may break, `quotes` that its talk may hold signs.
    """

    make: Callable[[random.Random], Render]
    blank: str = EITHER
    unfit: tuple[str, ...] = ()
    fit: tuple[str, ...] = ()
    paragraphs: bool = True
    wraps: bool = True
    markup: bool = False
    ending: str = ""


def _sign(before: str, signs: tuple[str, ...]) -> Callable[[random.Random], Render]:
    def make(rng: random.Random) -> Render:
        sign = rng.choice(signs)
        return lambda turn: [f"{before}{turn.speaker}{sign}{turn.text}"]

    return make


def _around(opening: str, closing: str, after: tuple[str, ...]) -> Callable[[random.Random], Render]:
    def make(rng: random.Random) -> Render:
        sign = rng.choice(after)
        return lambda turn: [f"{opening}{turn.speaker}{closing}{sign}{turn.text}"]

    return make


def _numbered(rng: random.Random) -> Render:
    form = rng.choice(("{:02} ", "{}. ", "{}\t", "{:03}  ", "{} ", "[{}] ", "({}) "))
    count = iter(range(1, 10_000))
    return lambda turn: [f"{form.format(next(count))}{turn.speaker}: {turn.text}"]


def _gat(rng: random.Random) -> Render:
    """Numbers on every line, the label at the first line of a turn, lines below it aligned."""
    count = iter(range(1, 10_000))
    width = rng.choice((2, 3))
    gap = " " * rng.randint(1, 3)

    def render(turn: Turn) -> list[str]:
        words = turn.text.split()
        pieces = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
        label = f"{turn.speaker}:{gap}"
        heads = [label, *[" " * len(label)] * (len(pieces) - 1)]
        return [f"{next(count):0{width}} {head}{piece}" for head, piece in zip(heads, pieces, strict=True)]

    return render


def _own_line(sign: str, before: str = "") -> Callable[[random.Random], Render]:
    return lambda rng: lambda turn: [f"{before}{turn.speaker}{sign}", *turn.paragraphs]


def _time_before(rng: random.Random) -> Render:
    _, form = stamps.before(rng)
    gap = rng.choice((" ", "  ", "\t", " - "))
    return lambda turn: [f"{form(turn.start)}{gap}{turn.speaker}: {turn.text}"]


def _special_before(form: stamps.Form, brackets: bool) -> Callable[[random.Random], Render]:
    def make(rng: random.Random) -> Render:
        shown = stamps.bracketed(form, rng) if brackets else form
        return lambda turn: [f"{shown(turn.start)} {turn.speaker}: {turn.text}"]

    return make


def _range_before(rng: random.Random) -> Render:
    form = rng.choice((stamps.hms, stamps.milli, stamps.padded))
    dash = rng.choice(("-", " - ", "–", " --> "))
    opening, closing = rng.choice(("[]", ("", "")))
    return lambda turn: [f"{opening}{form(turn.start)}{dash}{form(turn.end)}{closing} {turn.speaker}: {turn.text}"]


def _time_after(rng: random.Random) -> Render:
    form = rng.choice((stamps.hms, stamps.short, stamps.padded, stamps.clock, stamps.clock_seconds))
    opening, closing = rng.choice(("[]", "()"))
    return lambda turn: [f"{turn.speaker} {opening}{form(turn.start)}{closing}: {turn.text}"]


def _time_after_colon(rng: random.Random) -> Render:
    form = rng.choice((stamps.hms, stamps.padded, stamps.f4))
    opening, closing = rng.choice(("[]", "()")) if form is not stamps.f4 else ("", "")
    return lambda turn: [f"{turn.speaker}: {opening}{form(turn.start)}{closing} {turn.text}"]


def _time_at_end(rng: random.Random) -> Render:
    form = rng.choice((stamps.f4, stamps.f4, lambda s: f"[{stamps.hms(s)}]", lambda s: f"({stamps.padded(s)})"))
    return lambda turn: [f"{turn.speaker}: {turn.text} {form(turn.end)}"]


def _time_within(rng: random.Random) -> Render:
    form = rng.choice((stamps.f4, lambda s: f"[{stamps.hms(s)}]", lambda s: f"[{stamps.short(s)}]", lambda s: f"({stamps.hms(s)})"))

    def render(turn: Turn) -> list[str]:
        words = turn.text.split(" ")
        cut = rng.randrange(len(words)) if len(words) > 6 and rng.random() < 0.6 else 0
        if not cut:
            return [f"{turn.speaker}: {turn.text}"]
        return [f"{turn.speaker}: {' '.join([*words[:cut], form((turn.start + turn.end) / 2), *words[cut:]])}"]

    return render


def _head(form: stamps.Form, gap: tuple[str, ...], around: tuple[tuple[str, str], ...] = (("", ""),), colon: str = "") -> Callable[[random.Random], Render]:
    """Name and time on a line, words below."""

    def make(rng: random.Random) -> Render:
        space, (opening, closing) = rng.choice(gap), rng.choice(around)
        return lambda turn: [f"{turn.speaker}{space}{opening}{form(turn.start)}{closing}{colon}", *turn.paragraphs]

    return make


def _time_head(rng: random.Random) -> Render:
    """Time and name on a line, words below."""
    form = rng.choice((stamps.hms, lambda s: f"[{stamps.hms(s)}]", lambda s: f"[{stamps.milli(s)}]", stamps.padded))
    gap = rng.choice((" ", " - ", "  ", "\t"))
    return lambda turn: [f"{form(turn.start)}{gap}{turn.speaker}", *turn.paragraphs]


def _teams_old(rng: random.Random) -> Render:
    return lambda turn: [f"{stamps.milli(turn.start)} --> {stamps.milli(turn.end)}", str(turn.speaker), *turn.paragraphs]


def _zoom(rng: random.Random) -> Render:
    return lambda turn: [f"[{turn.speaker}] {stamps.clock_seconds(turn.start)}", *turn.paragraphs]


def _overlaps(rng: random.Random) -> Render:
    """As noScribe writes: a time now and then, what the other says meanwhile between slashes."""

    def render(turn: Turn) -> list[str]:
        text = turn.text
        if turn.aside:
            first, _, rest = text.partition(" ")
            text = f"{first} //{turn.aside[0]}: {turn.aside[1]}// {rest}"
        stamp = f"[{stamps.hms(turn.start)}] " if rng.random() < 0.3 else ""
        return [f"{turn.speaker}: {stamp}{text}"]

    return render


LAYOUTS: dict[str, Layout] = {
    "Name: text": Layout(_sign("", (": ", ": ", ":  ", ":\u00a0"))),
    "Name : text": Layout(_sign("", (" : ", "\u00a0: "))),
    "Name:text": Layout(_sign("", (":",)), unfit=("gender colon",)),
    "NAME： text": Layout(_sign("", ("：",)), fit=("chinese", "japanese", "ids", "everyday words")),
    "Name – text": Layout(_sign("", (" – ", " — ")), unfit=("long",)),
    "Name - text": Layout(_sign("", (" - ",)), unfit=("long",)),
    "Name– text": Layout(_sign("", ("– ", "— ")), unfit=("long",)),
    "Name; text": Layout(_sign("", ("; ",)), fit=("ids", "initials", "letters")),
    "<NAME> text": Layout(_around("<", ">", (" ", " ", ": "))),
    "(NAME) text": Layout(_around("(", ")", (" ", ": ")), unfit=_BRACKETS),
    "[NAME] text": Layout(_around("[", "]", (" ", ": ")), unfit=("long",)),
    "{NAME} text": Layout(_around("{", "}", (" ", ": "))),
    "NAME> text": Layout(_around("", ">", (" ", " "))),
    ">> Name: text": Layout(_sign(">> ", (": ",))),
    "*NAME: text": Layout(_sign("*", (": ", ":\t")), fit=("ids", "initials", "first names", "everyday words")),
    "- Name: text": Layout(_sign("- ", (": ",))),
    "• Name: text": Layout(_sign("• ", (": ",))),
    "**Name:** text": Layout(_around("**", ":**", (" ",)), markup=True),
    "**Name**: text": Layout(_around("**", "**", (": ",)), markup=True),
    "*Name:* text": Layout(_around("*", ":*", (" ",)), markup=True),
    "**Name** text": Layout(_around("**", "**", (" ", "\n")), markup=True),
    "## Name / text": Layout(_own_line("", "## "), NEEDED, markup=True),
    "number Name: text": Layout(_numbered, unfit=("phone numbers",), wraps=False, paragraphs=False),
    "number on each line": Layout(_gat, NEVER, fit=("ids", "initials", "letters", "roles", "first names", "everyday words"), wraps=False, paragraphs=False),
    "Name / text": Layout(_own_line(""), NEEDED),
    "Name: / text": Layout(_own_line(":")),
    "Name<tab>text": Layout(_sign("", ("\t", "\t", "\t\t"))),
    "Name:<tab>text": Layout(_sign("", (":\t",))),
    "time Name: text": Layout(_time_before),
    "#f4# Name: text": Layout(_special_before(stamps.f4, False)),
    "[smpte] Name: text": Layout(_special_before(stamps.smpte, True)),
    "[0h1m3s] Name: text": Layout(_special_before(stamps.letters, True)),
    "date time Name: text": Layout(_special_before(stamps.iso, True)),
    "clock Name: text": Layout(_special_before(stamps.clock, True)),
    "time-time Name: text": Layout(_range_before),
    "Name (time): text": Layout(_time_after),
    "Name: [time] text": Layout(_time_after_colon),
    "Name [time] text": Layout(lambda rng: lambda turn: [f"{turn.speaker} [{stamps.hms(turn.start)}] {turn.text}"]),
    "Name<tab>time<tab>text": Layout(lambda rng: lambda turn: [f"{turn.speaker}\t{stamps.hms(turn.start)}\t{turn.text}"]),
    "time<tab>Name<tab>text": Layout(lambda rng: lambda turn: [f"{stamps.hms(turn.start)}\t{turn.speaker}\t{turn.text}"]),
    "Name: text time": Layout(_time_at_end),
    "Name: text time text": Layout(_time_within),
    "Otter": Layout(_head(stamps.short, ("  ", " ")), NEEDED, ending="otter"),
    "Teams": Layout(_head(stamps.short, ("   ", "  ")), NEEDED, ending="teams"),
    "Teams, older": Layout(_teams_old, NEEDED, ending="teams"),
    "Zoom": Layout(_zoom, NEEDED, ending="zoom"),
    "Rev": Layout(_head(stamps.padded, (" ",), (("(", ")"),), ":"), NEEDED),
    "Happy Scribe": Layout(_time_head, NEEDED),
    "Descript": Layout(_head(stamps.hms, (" ", ": "), (("[", "]"),)), NEEDED),
    "Meet": Layout(_sign("", (": ",)), ending="meet"),
    "noScribe": Layout(_overlaps, fit=("noScribe", "recogniser in words"), paragraphs=False),
    "N. text": Layout(_sign("", (".  ", ". ", ".\t")), fit=("letters", "initials")),
}
