"""Timed Text (.ttml, .dfxp) and SubStation Alpha (.ass, .ssa): cues with times and, where the file names them, speakers, into turns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading.layouts._cues import Cue, turns_of_cues
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._times import seconds
from nptlens.safety.xml import parse_xml

_OFFSET = re.compile(r"(?P<value>[0-9]+(?:\.[0-9]+)?)(?P<unit>h|m|s|ms|f|t)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_METADATA = "{http://www.w3.org/ns/ttml#metadata}"
_PARAMETER = "{http://www.w3.org/ns/ttml#parameter}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_OVERRIDE = re.compile(r"\{[^{}]*\}")
_FORMAT = re.compile(r"(?im)^\[events\][^\[]*?^format:(?P<names>[^\n]*)$")


def read_ttml(data: bytes, *, where: str) -> Shaped:
    """Return a Timed Text file: a cue for each paragraph, the speaker where an agent names one.

    Raises ReadingError where it is no well-formed XML, declares a document type, or is no Timed Text.
    """
    root = parse_xml(data, where=where)
    if _local(root) != "tt":
        raise ReadingError("this is no Timed Text", where=where, hint="look at the file's ending")
    rate = (_rate(root, "frameRate", 30.0), _rate(root, "tickRate", 1.0))
    agents = {each.get(_ID, ""): " ".join("".join(each.itertext()).split()) for each in root.iter(_METADATA + "agent")}
    cues: list[Cue] = []
    for paragraph in (each for each in root.iter() if _local(each) == "p"):
        name = next(
            (agents.get(value, "") for each in (paragraph, *paragraph.iterancestors()) if (value := each.get(_METADATA + "agent"))), ""
        )
        start, end = (_time(paragraph.get(key), *rate) for key in ("begin", "end"))
        for words, span in _lines(paragraph):
            own = next((agents.get(value, "") for each in (span, *span.iterancestors()) if (value := each.get(_METADATA + "agent"))), "")
            cues.append(Cue(words, start, end, own or name or None))
    if not cues:
        raise ReadingError("no words were found", where=where, hint="is it a file of styles alone?")
    return turns_of_cues(cues)


def read_ass(data: bytes, *, where: str) -> Shaped:
    """Return a SubStation Alpha file: a cue for each dialogue line in the order of time, its name as the speaker, without drawings.

    Raises ReadingError where it has no events.
    """
    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    match = _FORMAT.search(text)
    names = [name.strip().casefold() for name in match["names"].split(",")] if match else []
    if "text" not in names or "start" not in names:
        raise ReadingError("no events of SubStation Alpha", where=where, hint="export the captions again")
    cues: list[Cue] = []
    drawings = 0
    for line in text.split("\n"):
        kind, _, values = line.partition(":")
        if kind.strip().casefold() != "dialogue":
            continue
        cells = dict(zip(names, values.split(",", len(names) - 1), strict=False))
        if re.search(r"\\p[1-9]", cells.get("text", "")):
            drawings += 1
            continue
        words = re.sub(r"\\[Nn]", "\n", _OVERRIDE.sub("", cells.get("text", ""))).replace(r"\h", " ")
        speaker = (cells.get("name") or cells.get("actor") or "").strip()
        cues += [Cue(part, seconds(cells.get("start")), seconds(cells.get("end")), speaker or None) for part in words.split("\n")]
    cues.sort(key=lambda cue: cue.start_s or 0.0)
    notes = [*encoding_notes(encoding), *([f"{drawings} drawings are no words"] if drawings else [])]
    return turns_of_cues(cues, notes=notes)


def _lines(paragraph: Any) -> Iterator[tuple[str, Any]]:
    """Yield the lines of a paragraph, each with the element that holds its first words; ``br`` ends a line."""
    pieces: list[str] = []
    holder = paragraph

    def flush() -> Iterator[tuple[str, Any]]:
        words = " ".join("".join(pieces).split())
        pieces.clear()
        if words:
            yield words, holder

    for text, element in _texts(paragraph):
        if element is None or (text.strip() and element.get(_METADATA + "agent") != holder.get(_METADATA + "agent")):
            yield from flush()
            holder = element if element is not None else holder
        if element is not None:
            pieces.append(text)
    yield from flush()


def _texts(element: Any) -> Iterator[tuple[str, Any]]:
    """Yield the text below an element with the element that holds it, and ("", None) at each line break; metadata holds no words."""
    yield element.text or "", element
    for child in element:
        if _local(child) == "br":
            yield "", None
        elif _local(child) not in ("metadata", "agent", "name", ""):
            yield from _texts(child)
        yield child.tail or "", element


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _rate(root: Any, name: str, otherwise: float) -> float:
    value = str(root.get(_PARAMETER + name, ""))
    return float(value) if value.isdecimal() and int(value) > 0 else otherwise


def _time(value: str | None, frames: float, ticks: float) -> float | None:
    """Return a time expression in seconds: ``hh:mm:ss.fraction``, ``hh:mm:ss:frames``, or an offset such as ``12.5s``."""
    if not value:
        return None
    match = _OFFSET.fullmatch(value.strip())
    if match is None:
        return seconds(value)
    number, unit = float(match["value"]), match["unit"]
    return round(number / frames if unit == "f" else number / ticks if unit == "t" else number * _UNITS[unit], 3)
