"""WebVTT, SubRip and YouTube's .sbv: timed cues into turns.

The libraries at hand drop identifiers, which name the speaker in Webex, or refuse a whole file for a number after an empty line; they are
the oracles of the tests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading.layouts._cues import Cue, turns_of_cues
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._references import resolved
from nptlens.reading.layouts._times import LOOSE, seconds

_VOICE = re.compile(r"<v(?:\.[\w.]+)*(?:[ \t]+([^>]*))?>")
_TAG = re.compile(r"</?(?:[cibuv]|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|<[0-9:.]+>|\{\\an?[0-9]{1,2}\}", re.IGNORECASE)
_TIMING = re.compile(rf"[ \t]*(?P<start>{LOOSE})[ \t]*--?>[ \t]*(?P<end>{LOOSE})(?:[ \t].*)?")
_COMMA = re.compile(rf"[ \t]*(?P<start>{LOOSE}),(?P<end>[0-9]{{1,3}}:{LOOSE})[ \t]*")
_WEBEX = re.compile(r'(?:[0-9]+[ \t]+)?"(?P<name>[^"\n]{1,120})"(?:[ \t]*\([0-9-]*\))?')
_DASH = re.compile(r"[-\u2013\u2014][ \t]*(?=\S)")
_ASIDES = ("NOTE", "STYLE", "REGION")
_LEAST, _LEAST_SHARE = 2, 0.2  # captions that go on below a repeated line, lest somebody who says a thing twice is cut


@dataclass(slots=True)
class _Caption:
    """A timing with the lines below it; `identifier` is the line above it."""

    start_s: float | None
    end_s: float | None
    identifier: str
    lines: list[str]


def read_vtt(data: bytes, *, where: str) -> Shaped:
    """Return a WebVTT file; raises ReadingError where it is none or holds no cue."""
    raw, encoding = decode(data, where=where)
    text = canonical(raw).lstrip()
    if not text.startswith("WEBVTT"):
        raise ReadingError("no WEBVTT line at the top", where=where, hint="export the captions again, or rename to .txt")
    _, _, body = text.partition("\n")
    captions, orphans = _captions(body.split("\n"), _TIMING)
    notes = list(encoding_notes(encoding))
    notes += [f"{orphans} blocks outside of cues left out"] if orphans else []
    return _turns(captions, notes)


def read_srt(data: bytes, *, where: str) -> Shaped:
    """Return a SubRip file; raises ReadingError where it holds no cue, or text before the first."""
    return _numbered(data, _TIMING, where=where, what="SubRip")


def read_sbv(data: bytes, *, where: str) -> Shaped:
    """Return captions as YouTube exports them (.sbv); raises ReadingError where it holds no cue, or text before the first."""
    return _numbered(data, _COMMA, where=where, what=".sbv")


def _numbered(data: bytes, timing: re.Pattern[str], *, where: str, what: str) -> Shaped:
    raw, encoding = decode(data, where=where)
    captions, orphans = _captions(canonical(raw).split("\n"), timing)
    if not captions or orphans:
        raise ReadingError(f"a part of it is no {what} caption", where=where, hint="export the captions again, or rename to .txt")
    return _turns(captions, encoding_notes(encoding))


def _captions(lines: Sequence[str], timing: re.Pattern[str]) -> tuple[list[_Caption], int]:
    """Return the cues and the number of blocks before the first that are none.

    What follows an empty line inside a cue is still of that cue, except for NOTE, STYLE and REGION blocks and the identifier of the next.
    """
    places = [(index, match) for index, line in enumerate(lines) if "--" in line or "," in line if (match := timing.fullmatch(line))]
    found: list[_Caption] = []
    stops = [*(index for index, _ in places[1:]), len(lines)][: len(places)]
    first = places[0][0] if places else len(lines)
    before, identifier = _payload(lines[:first], last=not places, cue=False)
    orphans = sum(bool(line.strip()) and (index == 0 or not before[index - 1].strip()) for index, line in enumerate(before))
    for (index, match), stop in zip(places, stops, strict=True):
        payload, following = _payload(lines[index + 1 : stop], last=stop == len(lines), cue=True)
        found.append(_Caption(seconds(match["start"]), seconds(match["end"]), identifier, payload))
        identifier = following
    return found, orphans


def _payload(lines: Sequence[str], *, last: bool, cue: bool) -> tuple[list[str], str]:
    """Return what is said in `lines`, which stand before the next timing unless they are the `last`, and the next identifier."""
    kept = list(lines)
    identifier = ""
    if (
        not last
        and kept
        and kept[-1].strip()
        and (len(kept) == 1 or not kept[-2].strip() or kept[-1].strip().isdigit())
        and (len(kept) > 1 or not cue)
    ):
        identifier = kept.pop().strip()
    said: list[str] = []
    aside = False
    for number, line in enumerate(kept):
        starts = number == 0 or not kept[number - 1].strip()
        aside = (aside and not starts) or (starts and not (cue and number == 0) and line.split(" ")[0].split("\t")[0] in _ASIDES)
        if not aside:
            said.append(line)
    return said, identifier


def _turns(captions: Sequence[_Caption], notes: Sequence[str]) -> Shaped:
    """Return the captions as turns; a line that rolling captions show again is taken once, and that is told."""
    names = _names(captions)
    dashed = sum(_dashes(caption.lines) > 1 for caption in captions)
    shown = [_cues(caption, names.get(caption.identifier), dashed=dashed > 0) for caption in captions]
    cues, repeated = _unrolled(shown)
    told = [f"rolling captions: {repeated} repeated lines are taken once"] if repeated else []
    if dashed:
        told.append(f"{dashed} captions hold a dash before the words of each speaker: a turn begins there, and nobody is named")
    return turns_of_cues(cues, notes=[*notes, *told])


def _names(captions: Sequence[_Caption]) -> dict[str, str]:
    """Return the speaker for each identifier that names one: as Webex writes it, or a name that comes again and again."""
    counts = Counter(caption.identifier for caption in captions if caption.identifier and not caption.identifier.isdigit())
    webex = {identifier: match["name"] for identifier in counts if (match := _WEBEX.fullmatch(identifier))}
    again = sum(count > 1 for count in counts.values())
    named = {identifier: identifier for identifier in counts if any(c.isalpha() for c in identifier)} if again * 2 >= len(counts) else {}
    return named | webex


def _dashes(lines: Sequence[str]) -> int:
    return sum(_DASH.match(line.lstrip()) is not None for line in lines)


def _cues(caption: _Caption, name: str | None, *, dashed: bool) -> Iterator[Cue]:
    """Yield a cue's lines, cut at its voice tags and freed of all tags and character references."""
    voice, changes = name, False
    for line in caption.lines:
        if "<" not in line and "&" not in line and "{" not in line:
            mark = _DASH.match(line.lstrip()) if dashed else None
            yield Cue(line.lstrip()[mark.end() :] if mark else line, caption.start_s, caption.end_s, voice, changes or mark is not None)
            changes = False
            continue
        for index, piece in enumerate(_VOICE.split(line)):
            if index % 2:
                voice = resolved(piece or "").strip().strip("-") or None
                changes = voice is None
            elif piece or index:
                words = resolved(_TAG.sub("", piece))
                mark = _DASH.match(words.lstrip()) if dashed else None
                yield Cue(
                    words.lstrip()[mark.end() :] if mark else words, caption.start_s, caption.end_s, voice, changes or mark is not None
                )
                changes = changes and not words.strip()


def _unrolled(shown: Sequence[Iterator[Cue]]) -> tuple[list[Cue], int]:
    """Return the lines of all captions, each once, and how many repeated lines were taken out.

    Rolling captions each show the line before once more, above the new one; what is shown again was said once. Nothing is taken out unless
    captions plainly roll: many repeat the last lines of the one before and add a line.
    """
    captions = [caption for each in shown if (caption := [cue for cue in each if cue.words.strip()])]
    if not captions:
        return [], 0
    repeated = [0, *(_repeated(before, after) for before, after in pairwise(captions))]
    rolling = sum(0 < count < len(caption) for caption, count in zip(captions, repeated, strict=True))
    if rolling < _LEAST or rolling < _LEAST_SHARE * len(captions):
        return [cue for caption in captions for cue in caption], 0
    lines = [cue for caption, count in zip(captions, repeated, strict=True) for cue in caption[count:]]
    return lines, sum(repeated)


def _repeated(before: Sequence[Cue], after: Sequence[Cue]) -> int:
    """Return how many lines at the end of `before` are those at the start of `after`."""
    old, new = [_comparable(cue) for cue in before], [_comparable(cue) for cue in after]
    counts = (count for count in range(min(len(old), len(new)), 0, -1) if old[-count:] == new[:count])
    return next(counts, 0)


def _comparable(cue: Cue) -> tuple[str, str | None]:
    return " ".join(cue.words.split()), cue.voice
