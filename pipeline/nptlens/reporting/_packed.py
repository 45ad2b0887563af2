"""All excerpts of the codes inside the page: an inert block of JSON, opened by the page's own script when a reader asks.

The block holds nothing but base64 of zlib streams of JSON, so that no word of a transcript is ever mark-up::

    {"size": 512, "names": Z, "codes": {anchor: Z}, "blocks": [Z, ...]}

`names` are what the others point to by number: transcripts (and how their names are shown), people (participant, role, practice),
coders, codes, seeds. A block holds `size` excerpts in columns: transcript, start, end, turn, percent, time, who, text (null where it
is withheld). A code holds its codings in columns, the most probable first: excerpt (its number over all blocks), probability and
margin in thousandths, stance, coder, runner_up, seeds (pairs of a number and a similarity in thousandths, null where none is stated).
An excerpt with several codes is held once. `places` reads the excerpts back, for whoever checks them.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nptlens.core.ids import segment_id
from nptlens.reporting._codes import CodeView
from nptlens.reporting._excerpts import similarities
from nptlens.reporting._index import Coding, Index
from nptlens.reporting._places import place_of
from nptlens.reporting._truncation import kept, ranked
from nptlens.reporting._words import visible

_SIZE = 512  # excerpts that are opened together
_MOST_CHARACTERS = 14_000_000  # of the block, so that the page stays below 20 MB
_MOST_CODINGS = 400_000  # that are tried at first: of real talk far fewer fit, and those of a million excerpts are never all packed
_MOST_BYTES = 64_000_000  # of one stream, opened: far more than is ever written


@dataclass(frozen=True, slots=True)
class Packed:
    """The block and what it holds: how many excerpts of each code (by anchor), out of how many that are not shown."""

    block: str
    held: Mapping[str, int]
    others: Mapping[str, int]


def pack(index: Index, codes: Sequence[CodeView]) -> Packed:
    """Pack the excerpts of each code that its section does not quote; where a page cannot hold them, the most probable of each code."""
    anchors = {code.id: code.anchor for code in codes}
    quoted = {code.id: code.quoted() for code in codes}
    codings = [coding for code in anchors for coding in index.assigned.get(code, ()) if coding.segment.id not in quoted[code]]
    others = _counted(codings, anchors)
    if not codings or not index.inputs.settings.all_excerpts:
        return Packed("", {}, others)
    most = min(len(codings), _MOST_CODINGS)
    while True:
        own = kept(codings, most)
        block = _block(index, own, anchors)
        if len(block) <= _MOST_CHARACTERS:
            return Packed(block, _counted(own, anchors), others)
        most = int(most * 0.97 * _MOST_CHARACTERS / len(block))


def _counted(codings: Sequence[Coding], anchors: Mapping[str, str]) -> dict[str, int]:
    counts = dict.fromkeys(anchors.values(), 0)
    for coding in codings:
        counts[anchors[coding.code]] += 1
    return counts


class _Names:
    """Values in the order they were first asked for; whoever asks gets a number."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def number(self, value: object) -> int:
        """Return the number of a value, a new one for a new value."""
        return self._numbers.setdefault(value, len(self._numbers))

    def values(self) -> list[object]:
        """Return the values by number."""
        return list(self._numbers)

    def shown(self) -> list[object]:
        """Return the values by number, as a reader sees them."""
        return [[visible(part) for part in value] if isinstance(value, tuple) else visible(str(value)) for value in self._numbers]


def _block(index: Index, codings: Sequence[Coding], anchors: Mapping[str, str]) -> str:
    names = {name: _Names() for name in ("transcripts", "people", "coders", "codes", "seeds")}
    segments = {coding.segment.position: coding.segment for coding in codings}
    order = {position: number for number, position in enumerate(sorted(segments))}
    positions, blocks = list(order), []
    for start in range(0, len(positions), _SIZE):
        columns: dict[str, list[object]] = defaultdict(list)
        for position in positions[start : start + _SIZE]:
            place = place_of(index, segments[position])
            columns["transcript"].append(names["transcripts"].number(place.transcript))
            columns["who"].append(names["people"].number((place.participant, place.role, place.practice)))
            columns["text"].append(index.text(segments[position]) or None)
            for name in ("start", "end", "turn", "percent", "time"):
                columns[name].append(getattr(place, name))
        blocks.append(_zipped(columns))
    by_code: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_code[anchors[coding.code]].append(coding)
    codes = {anchor: _zipped(_columns(ranked(own), order, names)) for anchor, own in by_code.items()}
    told = {name: each.shown() for name, each in names.items()}
    told |= {"transcripts": names["transcripts"].values(), "shown": told["transcripts"]}
    return json.dumps({"size": _SIZE, "names": _zipped(told), "codes": codes, "blocks": blocks}, separators=(",", ":"))


def _columns(codings: Sequence[Coding], order: Mapping[int, int], names: Mapping[str, _Names]) -> dict[str, list[object]]:
    def seeds(coding: Coding) -> list[object]:
        found = similarities(coding.nearest_seeds)
        return [(names["seeds"].number(name), None if value is None else round(1000 * value)) for name, value in found]

    return {
        "excerpt": [order[each.segment.position] for each in codings],
        "probability": [round(1000 * each.probability) for each in codings],
        "margin": [round(1000 * each.margin) for each in codings],
        "stance": [each.stance for each in codings],
        "coder": [names["coders"].number(each.coder) for each in codings],
        "runner_up": [names["codes"].number(each.runner_up) for each in codings],
        "seeds": [seeds(each) for each in codings],
    }


def _zipped(value: object) -> str:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")


def _unzipped(text: object) -> dict[str, list[object]]:
    data = base64.b64decode(str(text), validate=True)
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("a stream of excerpts is not spelled as it was written")
    stream = zlib.decompressobj()
    read = stream.decompress(data, _MOST_BYTES)
    if not stream.eof or stream.unused_data:
        raise ValueError("a stream of excerpts does not end where it should")
    value = json.loads(read)
    if not isinstance(value, dict):
        raise ValueError("a stream of excerpts holds no columns")
    return value


def places(block: str) -> Iterator[tuple[str, str | None]]:
    """Yield the place (``TRANSCRIPT:start-end``) and the words of each excerpt; None where they are withheld.

    Raises ValueError where the block is not what `pack` makes, so that the page would find another excerpt than that of a coding.
    """
    try:
        whole = json.loads(block)
        transcripts = _unzipped(whole["names"])["transcripts"]
        held = 0
        for each in whole["blocks"]:
            columns = _unzipped(each)
            rows = list(zip(*(columns[name] for name in ("transcript", "start", "end", "text")), strict=True))
            if held % whole["size"] or len(rows) > whole["size"]:
                raise ValueError("a block of excerpts has not the size that is stated")
            held += len(rows)
            yield from _placed(rows, transcripts)
        for each in whole["codes"].values():
            if any(not isinstance(number, int) or not 0 <= number < held for number in _unzipped(each)["excerpt"]):
                raise ValueError("a code has an excerpt that is not there")
    except (zlib.error, KeyError, IndexError, TypeError, AttributeError, ZeroDivisionError, RecursionError) as error:
        raise ValueError(f"the excerpts cannot be unpacked: {type(error).__name__}") from None


def _placed(rows: Sequence[tuple[object, ...]], transcripts: Sequence[object]) -> Iterator[tuple[str, str | None]]:
    for number, start, end, text in rows:
        if not (isinstance(number, int) and isinstance(start, int) and isinstance(end, int)) or number < 0:
            raise ValueError("an excerpt names no place")
        if not (text is None or isinstance(text, str)):
            raise ValueError("an excerpt has no words")
        yield segment_id(str(transcripts[number]), start, end), text
