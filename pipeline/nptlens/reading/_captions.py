"""WebVTT by webvtt-py, SubRip by srt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading._cues import Cue, turns_of_cues
from nptlens.reading._parsed import Shaped
from nptlens.reading._references import resolved
from nptlens.reading._times import LOOSE, seconds

_VOICE = re.compile(r"<v(?:\.[\w.]+)*[ \t]+([^>]*)>")
_TAG = re.compile(r"</?(?:[cibuv]|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|<[0-9:.]+>|\{\\an[0-9]\}")
_BLOCK = re.compile(r"\n(?:[ \t]*\n)+")
_TIMING = re.compile(rf"^[ \t]*(?P<start>{LOOSE})[ \t]*--?>[ \t]*(?P<end>{LOOSE})(?P<rest>(?:[ \t][^\n]*)?)$", re.MULTILINE)
_ASIDES = ("NOTE", "STYLE", "REGION")
_LEAST, _LEAST_SHARE = 2, 0.2  # captions that go on below a repeated line, lest somebody who says a thing twice is cut


def read_vtt(data: bytes, *, where: str) -> Shaped:
    """Return a WebVTT file; raises ReadingError where it is none or holds no cue."""
    import webvtt

    raw, encoding = decode(data, where=where)
    text = canonical(raw).lstrip()
    if not text.startswith("WEBVTT"):
        raise ReadingError(
            "no WEBVTT line at the top", where=where, hint="export the captions again, or rename to .txt"
        )
    mended, orphans = _mended(_TIMING.sub(lambda found: _timing(found, "."), text))
    captions = webvtt.from_string(mended).captions
    lost = mended.count("-->") - len(captions)
    notes = list(encoding_notes(encoding))
    notes += [f"{orphans} blocks outside of cues left out"] if orphans else []
    notes += [f"{lost} cues could not be read"] if lost > 0 else []
    return _turns([_cues(caption.raw_text, seconds(caption.start), seconds(caption.end)) for caption in captions], notes)


def read_srt(data: bytes, *, where: str) -> Shaped:
    """Return a SubRip file; raises ReadingError where it is none."""
    import srt

    raw, encoding = decode(data, where=where)
    text = _TIMING.sub(lambda found: _timing(found, ","), canonical(raw))
    captions: list[list[Cue]] = []
    try:
        for subtitle in srt.parse(text):
            start_s, end_s = subtitle.start.total_seconds(), subtitle.end.total_seconds()
            captions.append(_cues(subtitle.content, round(start_s, 3), round(end_s, 3)))
    except (srt.SRTParseError, ValueError, OverflowError):
        raise ReadingError("a part of it is no SubRip caption", where=where, hint="export the captions again, or rename to .txt") from None
    return _turns(captions, encoding_notes(encoding))


def _turns(captions: Sequence[Sequence[Cue]], notes: Sequence[str]) -> Shaped:
    """Return the captions as turns; a line that rolling captions show again is taken once, and that is told."""
    cues, repeated = _unrolled(captions)
    told = [f"rolling captions: {repeated} repeated lines are taken once"] if repeated else []
    return turns_of_cues(cues, notes=[*notes, *told])


def _timing(found: re.Match[str], point: str) -> str:
    """Return a timing line in the full form, hh:mm:ss and milliseconds, that the libraries expect."""
    return f"{_full(found['start'], point)} --> {_full(found['end'], point)}{found['rest']}"


def _full(stamp: str, point: str) -> str:
    thousandths = round((seconds(stamp) or 0.0) * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{rest:03}"


def _mended(text: str) -> tuple[str, int]:
    """Join what stands after an empty line inside a cue to that cue; the format, and the library, would drop it.

    Blocks that belong to no cue are counted; NOTE, STYLE and REGION blocks are no speech and left to the library.
    """
    kept: list[str] = []
    orphans, in_cue = 0, False
    for index, block in enumerate(_BLOCK.split(text.strip())):
        if "-->" in block or index == 0 or block.startswith(_ASIDES):
            in_cue = "-->" in block
            kept.append(block)
        elif in_cue:
            kept[-1] += f"\n{block}"
        else:
            orphans += 1
    return "\n\n".join(kept), orphans


def _cues(payload: str, start_s: float | None, end_s: float | None) -> list[Cue]:
    """Return a cue's lines, cut at its voice tags and freed of all tags and character references."""
    cues: list[Cue] = []
    voice: str | None = None
    for line in payload.split("\n"):
        for index, piece in enumerate(_VOICE.split(line)):
            if index % 2:
                voice = resolved(piece).strip() or None
            else:
                cues.append(Cue(resolved(_TAG.sub("", piece)), start_s, end_s, voice))
    return cues


def _unrolled(captions: Sequence[Sequence[Cue]]) -> tuple[list[Cue], int]:
    """Return the lines of all captions, each once, and how many repeated lines were taken out.

    Rolling captions each show the line before once more, above the new one; what is shown again was said once. Nothing is taken out unless
    captions plainly roll: many repeat the last lines of the one before and add a line.
    """
    shown = [[cue for cue in caption if cue.words.strip()] for caption in captions]
    shown = [caption for caption in shown if caption]
    if not shown:
        return [], 0
    repeated = [0, *(_repeated(before, after) for before, after in pairwise(shown))]
    rolling = sum(0 < count < len(caption) for caption, count in zip(shown, repeated, strict=True))
    if rolling < _LEAST or rolling < _LEAST_SHARE * len(shown):
        return [cue for caption in captions for cue in caption], 0
    lines = [cue for caption, count in zip(shown, repeated, strict=True) for cue in caption[count:]]
    return lines, sum(repeated)


def _repeated(before: Sequence[Cue], after: Sequence[Cue]) -> int:
    """Return how many lines at the end of `before` are those at the start of `after`."""
    old, new = [_comparable(cue) for cue in before], [_comparable(cue) for cue in after]
    counts = (count for count in range(min(len(old), len(new)), 0, -1) if old[-count:] == new[:count])
    return next(counts, 0)


def _comparable(cue: Cue) -> tuple[str, str | None]:
    return " ".join(cue.words.split()), cue.voice
