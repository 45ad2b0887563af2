"""Captions: the turns of a conversation cut into cues, with the speaker where programs put it."""

from __future__ import annotations

import html
import random
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tests.reading.made import stamps
from tests.reading.made.script import Script, Turn

Payload = Callable[[str, str], str]


@dataclass(frozen=True)
class Cue:
    """A caption; `first` says whether its turn begins with it."""

    turn: Turn
    words: str
    start: float
    end: float
    first: bool


def cues(script: Script, rng: random.Random) -> list[Cue]:
    """Return the turns cut at ends of sentences, sometimes within."""
    made: list[Cue] = []
    for turn in script.turns:
        pieces = [piece for piece in re.split(r"(?<=[.?!…。？]) +", turn.text) if piece]
        step = (turn.end - turn.start) / len(pieces)
        for index, piece in enumerate(pieces):
            start = turn.start + index * step
            made.append(Cue(turn, piece, round(start, 3), round(start + step * 0.95, 3), index == 0))
    return made


def _colon(name: str, words: str) -> str:
    return f"{name}: {words}"


_FORMS: dict[str, Payload] = {
    "Name: text": _colon,
    "[Name]: text": lambda name, words: f"[{name}]: {words}",
    "[Name] text": lambda name, words: f"[{name}] {words}",
    "(Name) text": lambda name, words: f"({name}) {words}",
    ">> Name: text": lambda name, words: f">> {name}: {words}",
    "- Name: text": lambda name, words: f"- {name}: {words}",
    "Name / text": lambda name, words: f"{name}:\n{words}",
    "NAME text in bold": lambda name, words: f"<b>{name}</b>: {words}",
}
_VTT_ONLY: dict[str, Payload] = {
    "<v Name>": lambda name, words: f"<v {name}>{words}</v>",
    "<v Name> unclosed": lambda name, words: f"<v {name}>{words}",
    "<v.loud Name>": lambda name, words: f"<v.loud {name}>{words}</v>",
    "Webex": lambda name, words: words,
    "ids in cues": lambda name, words: f"<v {name}>{words}</v>",
}
FORMS = tuple(f"{kind}: {form}" for kind in ("vtt", "srt", "sbv", "srt in .txt", "vtt in .txt", "sbv in .txt") for form in (*_FORMS, *(_VTT_ONLY if kind == "vtt" else ())))


def captions(layout: str, script: Script, rng: random.Random) -> tuple[str, str]:
    """Return the suffix and the text of captions; the label stands in each cue, or only in the first of a turn."""
    kind, _, form = layout.partition(": ")
    payload = {**_FORMS, **_VTT_ONLY}[form]
    each = form in _VTT_ONLY or rng.random() < 0.5
    escape = html.escape if kind.startswith("vtt") else str
    shown = cues(script, rng)
    ids = {speaker: rng.randrange(10**9, 2 * 10**9) for speaker in (script.cast.asks, *script.cast.answers)}
    numbered, stem = rng.random() < 0.6, uuid.UUID(int=rng.getrandbits(128))
    made: list[str] = []
    for number, cue in enumerate(shown, start=1):
        name = str(cue.turn.speaker)
        words = payload(escape(name, quote=False) if kind.startswith("vtt") else name, escape(cue.words, quote=False) if kind.startswith("vtt") else cue.words)
        if not (each or cue.first):
            words = escape(cue.words, quote=False) if kind.startswith("vtt") else cue.words
        if kind.startswith("sbv"):
            times = f"{stamps.short(cue.start) if cue.start >= 3600 else '0:' + stamps.padded(cue.start)}.{_ms(cue.start)},0:{stamps.padded(cue.end)}.{_ms(cue.end)}"
            made.append(f"{times}\n{words}")
            continue
        point = "." if kind.startswith("vtt") else ","
        identifier = f"{number}\n" if numbered or kind.startswith("srt") else ""
        identifier = f'{number} "{name}" ({ids[name]})\n' if form == "Webex" else identifier
        identifier = f"{stem}/{number}-0\n" if form == "ids in cues" else identifier
        made.append(f"{identifier}{stamps.milli(cue.start, point)} --> {stamps.milli(cue.end, point)}\n{words}")
    if kind.startswith("vtt"):
        note = [f"NOTE made by {script.talk.token()}\nwith {script.talk.token()}"] if rng.random() < 0.3 else []
        made = ["WEBVTT" + rng.choice(("", " - Interview", "\nKind: captions\nLanguage: en")), *note, *made]
    suffix = "txt" if kind.endswith("txt") else kind
    return suffix, "\n\n".join(made) + "\n"


def _ms(seconds: float) -> str:
    return stamps.milli(seconds)[-3:]
