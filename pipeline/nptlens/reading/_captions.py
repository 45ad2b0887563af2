"""WebVTT by webvtt-py, SubRip by srt."""

from __future__ import annotations

import html
import re

from nptlens.errors import ReadingError
from nptlens.reading._cues import Cue, turns_of_cues
from nptlens.reading._decode import decode, encoding_notes
from nptlens.reading._shape import Shaped
from nptlens.reading._times import seconds
from nptlens.text import canonical

_VOICE = re.compile(r"<v(?:\.[\w.]+)*[ \t]+([^>]*)>")
_TAG = re.compile(r"</?(?:[cibuv]|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|<[0-9:.]+>|\{\\an[0-9]\}")
_BLOCK = re.compile(r"\n(?:[ \t]*\n)+")
_ASIDES = ("NOTE", "STYLE", "REGION")


def read_vtt(data: bytes, *, where: str) -> Shaped:
    """Return a WebVTT file; raises ReadingError where it is none or holds no cue."""
    import webvtt

    raw, encoding = decode(data, where=where)
    text = canonical(raw).lstrip()
    if not text.startswith("WEBVTT"):
        raise ReadingError(
            "no WEBVTT line at the top", where=where, hint="export the captions again, or rename to .txt"
        )
    mended, orphans = _mended(text)
    captions = webvtt.from_string(mended).captions
    lost = mended.count("-->") - len(captions)
    notes = list(encoding_notes(encoding))
    notes += [f"{orphans} blocks outside of cues left out"] if orphans else []
    notes += [f"{lost} cues could not be read"] if lost > 0 else []
    cues: list[Cue] = []
    for caption in captions:
        cues += _cues(caption.raw_text, seconds(caption.start), seconds(caption.end))
    return turns_of_cues(cues, notes=notes)


def read_srt(data: bytes, *, where: str) -> Shaped:
    """Return a SubRip file; raises ReadingError where it is none."""
    import srt

    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    cues: list[Cue] = []
    for subtitle in srt.parse(text):
        start_s, end_s = subtitle.start.total_seconds(), subtitle.end.total_seconds()
        cues += _cues(subtitle.content, round(start_s, 3), round(end_s, 3))
    return turns_of_cues(cues, notes=encoding_notes(encoding))


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
                voice = html.unescape(piece).strip() or None
            else:
                cues.append(Cue(html.unescape(_TAG.sub("", piece)), start_s, end_s, voice))
    return cues
