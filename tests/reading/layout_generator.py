"""Invented transcripts whose truth is known: a seed into a file, and who says each of its words.

Layouts, names and noise are those that people's transcripts have. What is made can be read rightly by a careful person, but for the layouts
of `UNNAMED`, where nobody is named: there a reader has to say so.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.reading.made import captions, containers, lines, machines, names, noise, tables
from tests.reading.made.script import Script, conversation

_NO_SIGNS = ("Name – text", "Name - text", "Name– text", "N. text")  # the talk itself would hold the layout's sign
_DOCX = ("docx: table with header", "docx: table without header", "docx: bold names without a sign")
UNNAMED = ("docx: bold questions, nobody named", "txt: paragraphs in turn, nobody named", "srt: dashes, nobody named")
LAYOUTS = (*(f"text: {name}" for name in lines.LAYOUTS), *captions.FORMS, *tables.KINDS, *machines.KINDS, *_DOCX, *UNNAMED)
_UNFIT = {
    "(Name) text": ("long", "with a role in brackets"),
    "[Name]": ("long",),
}


@dataclass(frozen=True)
class Made:
    """A file: its name and bytes, what was drawn for it, and the truth.

    `said` counts (speaker, word); all other words of the file are nobody's. `starts` are the start of turns in seconds, by a word that only
    that turn holds, for layouts that state times to the second.
    """

    seed: int
    name: str
    data: bytes
    layout: str
    kind: str
    odd: tuple[str, ...]
    said: Counter[tuple[str | None, str]]
    script: Script
    starts: tuple[tuple[str, float], ...] = ()

    def told(self) -> str:
        """Return what was drawn, in a line."""
        return f"seed {self.seed}: {self.layout} · {self.kind} · {', '.join(self.odd) or 'no noise'}"


def generate(seed: int) -> Made:
    """Return the file of a seed; consecutive seeds go through all layouts."""
    rng = random.Random(f"layouts {seed}")
    layout = LAYOUTS[seed % len(LAYOUTS)]
    kinds = _kinds(layout)
    kind = kinds[(seed // len(LAYOUTS) * 7 + seed) % len(kinds)]
    cast = names.cast(kind, rng, rng.choice((1, 1, 1, 2, 3, 4)))
    makers = {"text": _text, "machine": _machine, **dict.fromkeys(("csv", "tsv", "xlsx"), _table)}
    make = _captions if layout in captions.FORMS else _others if layout in (*_DOCX, *UNNAMED) else makers[layout.partition(":")[0]]
    return make(seed, layout, cast, rng)


def _kinds(layout: str) -> tuple[str, ...]:
    name = layout.partition(": ")[2]
    spec = lines.LAYOUTS.get(name) if layout.startswith("text: ") else None
    if spec and spec.fit:
        return spec.fit
    if layout in machines.KINDS and machines.names(layout):
        return machines.names(layout)
    if layout == "machine: SubStation":  # its fields are parted by commas
        return tuple(kind for kind in names.KINDS if kind not in ("surname first", "with a role after a comma", "long"))
    unfit = spec.unfit if spec else next((kinds for part, kinds in _UNFIT.items() if name.startswith(part)), ())
    return tuple(kind for kind in names.KINDS if kind not in unfit)


def _named(seed: int, suffix: str) -> str:
    return f"interview_{seed:05}.{suffix}"


def _made(seed: int, suffix: str, data: bytes, layout: str, odd: list[str], script: Script, *, timed: bool) -> Made:
    starts: list[tuple[str, float]] = []
    before = None
    for turn in script.turns if timed else ():
        if turn.speaker == before:
            continue  # a reader may join what one person says
        before = turn.speaker
        long = max(turn.text.replace("\n", " ").split(), key=len).strip(".,;:?!\"()[]“”¿¡。，：？")
        starts += [(long, turn.start)] if sum(long in other.text for other in script.turns) == 1 else []
    return Made(seed, _named(seed, suffix), data, layout, script.cast.kind, tuple(odd), script.said(), script, tuple(starts))


def _text(seed: int, layout: str, cast: names.Cast, rng: random.Random) -> Made:
    name = layout.removeprefix("text: ")
    spec = lines.LAYOUTS[name]
    several = spec.paragraphs and rng.random() < 0.15
    between = ("\n" if rng.random() < 0.3 else "\n\n") if several else ""
    script = conversation(cast, rng, quotes=name not in _NO_SIGNS, between=between)
    if name == "noScribe":
        script = _with_asides(script, rng)
    container = rng.choice(("txt",) * 6 + ("docx", "docx", "rtf", "odt", "html")) if not spec.markup else "md"
    wrap = rng.choice((60, 72, 80)) if spec.wraps and container in ("txt", "md") and rng.random() < 0.3 and cast.kind != "long" else 0
    bare = 5 if "number" in name else 6  # a bare number as the mark of a page would be one more number of a line
    pages = rng.randrange(bare) if rng.random() < 0.15 and container in ("txt", "docx", "rtf") else None
    odd = [container, *(["several paragraphs"] if several else []), *([f"lines of {wrap}"] if wrap else []), *([f"page marks {pages}"] if pages is not None else [])]
    parts = noise.blocks(script, spec, spec.make(rng), rng, wrap=wrap, pages=pages)
    above, below = _around(script, spec, rng, odd)
    gap = [""] * max(1, rng.randint(0, 2))
    rule = [rng.choice(("-----", "_______________", "* * *")), ""] if above and rng.random() < 0.15 else []
    shown = [line for block in above for line in (*block, "")] + (gap[1:] if above else []) + rule
    shown += noise.joined(parts, spec, rng, several=several)
    shown += [line for block in below for line in ("", *block)]
    data = _contained(container, shown, (cast.asks, *cast.answers), rng, odd)
    timed = name in ("time Name: text", "#f4# Name: text", "Name [time] text", "Otter", "Teams", "Teams, older", "Rev", "Happy Scribe", "Descript", "[0h1m3s] Name: text", "[smpte] Name: text", "time-time Name: text", "time<tab>Name<tab>text", "Name<tab>time<tab>text")
    return _made(seed, container, data, layout, odd, script, timed=timed)


def _with_asides(script: Script, rng: random.Random) -> Script:
    turns = []
    for turn in script.turns:
        others = [each for each in (script.cast.asks, *script.cast.answers) if each != turn.speaker]
        aside = (rng.choice(others), f"Mhm, {script.talk.token()}.") if len(turn.text.split()) > 6 and rng.random() < 0.3 else None
        turns.append(replace(turn, aside=aside))
    return replace(script, turns=tuple(turns))


def _around(script: Script, spec: lines.Layout, rng: random.Random, odd: list[str]) -> tuple[list[noise.Block], list[noise.Block]]:
    above: list[noise.Block] = []
    below: list[noise.Block] = []
    if rng.random() < 0.4:
        above = noise.header(script, rng)
        odd.append("header")
    if rng.random() < 0.25:
        below = noise.closing(spec, script, rng)
        odd.append("closing line")
    if rng.random() < 0.15:
        below = below + noise.notes(script, rng)
        odd.append("notes at the end")
    return above, below


def _contained(container: str, shown: list[str], labels: tuple[str, ...], rng: random.Random, odd: list[str]) -> bytes:
    if container == "docx":
        return containers.as_docx(shown, labels, rng, odd)
    makers: dict[str, Callable[[list[str]], bytes]] = {"rtf": containers.as_rtf, "odt": containers.as_odt, "html": containers.as_html}
    return makers[container](shown) if container in makers else containers.as_text(shown, rng, odd)


def _captions(seed: int, layout: str, cast: names.Cast, rng: random.Random) -> Made:
    script = conversation(cast, rng)
    suffix, text = captions.captions(layout, script, rng)
    odd: list[str] = []
    data = containers.as_text(text.split("\n"), rng, odd)
    return _made(seed, suffix, data, layout, odd, script, timed=True)


def _table(seed: int, layout: str, cast: names.Cast, rng: random.Random) -> Made:
    script = conversation(cast, rng)
    suffix, data, delimiter, odd = tables.table(layout, script, rng)
    if delimiter:
        odd.append({",": "commas", ";": "semicolons"}.get(delimiter, "tabs"))
        encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16"))
        data = data.decode().encode(encoding)
        odd += [encoding] if encoding != "utf-8" else []
    return _made(seed, suffix, data, layout, odd, script, timed=False)


def _machine(seed: int, layout: str, cast: names.Cast, rng: random.Random) -> Made:
    script = conversation(cast, rng)
    suffix, data = machines.machine(layout, script, rng)
    return _made(seed, suffix, data, layout, [], script, timed=not layout.startswith("machine: CHAT"))


def _others(seed: int, layout: str, cast: names.Cast, rng: random.Random) -> Made:
    script = conversation(cast, rng)
    odd: list[str] = []
    if layout == UNNAMED[2]:
        return _dashes(seed, layout, script)
    if layout == UNNAMED[1]:
        shown = [line for turn in script.turns for line in (turn.text, "")]
        return _made(seed, "txt", containers.as_text(shown, rng, odd), layout, odd, script, timed=False)
    if layout == UNNAMED[0]:
        questions = tuple(turn.text for turn in script.turns if turn.speaker == cast.asks)
        return _made(seed, "docx", containers.as_docx_bold([turn.text for turn in script.turns], questions), layout, odd, script, timed=False)
    if layout == _DOCX[2]:
        pairs = [(str(turn.speaker), turn.text) for turn in script.turns]
        return _made(seed, "docx", containers.as_docx_pairs(pairs), layout, odd, script, timed=False)
    rows = [[str(turn.speaker), turn.text] for turn in script.turns]
    rows = [[rng.choice(("Speaker", "Sprecher", "Who")), rng.choice(("Text", "Transcript"))], *rows] if layout == _DOCX[0] else rows
    above = [line for block in noise.header(script, rng) for line in block] if rng.random() < 0.4 else []
    odd += ["header"] if above else []
    return _made(seed, "docx", containers.docx_table(rows, above), layout, odd, script, timed=False)


def _dashes(seed: int, layout: str, script: Script) -> Made:
    pairs = [script.turns[at : at + 2] for at in range(0, len(script.turns), 2)]
    cues = []
    for number, pair in enumerate(pairs, start=1):
        body = "\n".join(f"- {turn.text}" for turn in pair)
        cues.append(f"{number}\n00:{number:02}:00,000 --> 00:{number:02}:40,000\n{body}")
    return _made(seed, "srt", "\n\n".join(cues).encode(), layout, [], script, timed=False)
