"""Plain text and Markdown: lines in whichever layout they follow, or another format that was saved under a name of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.text import canonical
from nptlens.reading.formats._captions import read_sbv, read_srt, read_vtt
from nptlens.reading.formats._chat import is_chat, read_chat
from nptlens.reading.layouts._cues import Cue, turns_of_cues
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._not_speech import refuse_abstract, refuse_chat
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._times import LOOSE, RANGE, cell_seconds, last_seconds, seconds
from nptlens.schemas.records import Problem, Severity

_RANGED = re.compile(rf"\[?(?P<time>{RANGE})\]?[ \t]+(?P<words>\S.*)")
_NUMBERED = re.compile(r"[ \t]*[(\[](?P<label>(?i:speaker)[ _]?[0-9A-Z?]{1,3})[)\]][ \t]*:?[ \t]*(?P<words>.*)")
_SUBRIP = re.compile(rf"^[0-9]{{1,6}}[ \t]*\n[ \t]*{LOOSE}[ \t]*-->[ \t]*{LOOSE}", re.MULTILINE)
_SBV = re.compile(rf"^{LOOSE},[0-9]{{1,3}}:{LOOSE}[ \t]*$", re.MULTILINE)
_MOST = 0.9


def read_plain(data: bytes, *, where: str) -> Shaped:
    """Return a text or Markdown file in whichever layout its lines follow; captions under such a name are read as captions.

    Raises ReadingError for what is not text and for a saved chat or an abstract, which are writing and no speech.
    """
    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    renamed = _reader_of(text)
    if renamed:
        name, reader = renamed
        shape = reader(data, where=where)
        return replace(
            shape, problems=(*shape.problems, Problem(where, f"its lines are those of {name}, and it is read so", "", Severity.NOTE))
        )
    refuse_chat(text, where=where)
    filled = [line for line in text.split("\n") if line.strip()]
    cues = _cues(filled)
    if cues:
        result = turns_of_cues(cues)
    else:
        result = lay_out(text)
        refuse_abstract(result, where=where)
    return replace(result, notes=(*result.notes, *encoding_notes(encoding)))


def _reader_of(text: str) -> tuple[str, Callable[..., Shaped]] | None:
    """Return the name and the reader of another format, where the text is plainly of it."""
    start = text.lstrip()
    if re.match(r"WEBVTT(?:[ \t\n]|$)", start):
        return "WebVTT", read_vtt
    if re.match(r"[0-9]{1,6}[ \t]*\n[^\n]*-->", start) and len(_SUBRIP.findall(text)) > 1:
        return "SubRip", read_srt
    if _SBV.match(start) and len(_SBV.findall(text)) > 1:
        return "captions of YouTube", read_sbv
    return ("CHAT", read_chat) if is_chat(text) else None


def _cues(filled: Sequence[str]) -> list[Cue]:
    """Return the lines as cues where all of them have a range of times, columns of times, or the number of a speaker; else nothing."""
    ranged = list(takewhile(bool, (_RANGED.fullmatch(line.strip()) for line in filled)))
    if len(ranged) == len(filled) > 1:
        return [Cue(cue["words"], seconds(cue["time"]), last_seconds(cue["time"])) for cue in ranged if cue]
    numbered = sum(_NUMBERED.fullmatch(line) is not None for line in filled if ")" in line or "]" in line)
    if numbered > 1 and numbered >= _MOST * len(filled):
        return _of_speakers(filled)
    return _annotations([line.split("\t") for line in filled]) if len(filled) > 1 and "\t" in filled[0] else []


def _of_speakers(filled: Sequence[str]) -> list[Cue]:
    """Return lines with a speaker's number each; a line without one goes on with the line before."""
    cues: list[Cue] = []
    for line in filled:
        match = _NUMBERED.fullmatch(line)
        cues.append(Cue(match["words"], None, None, match["label"]) if match else Cue(line, None, None, cues[-1].voice if cues else None))
    return cues


def _annotations(rows: Sequence[Sequence[str]]) -> list[Cue]:
    """Return rows of begin, end and words (Audacity), or of a tier, begin, end and words (ELAN), in the order of time; else nothing."""
    width = max(len(row) for row in rows)
    times = [column for column in range(width) if all(column < len(row) and cell_seconds(row[column]) is not None for row in rows)]
    if len(times) < 2 or width < 3:
        return []
    begin, end = times[:2]
    if any((cell_seconds(row[begin]) or 0.0) > (cell_seconds(row[end]) or 0.0) for row in rows):
        return []
    words = width - 1
    tiers = [row[0].strip() if begin > 0 else "" for row in rows]
    if words in times or (begin == 0 and any("." not in row[0] and ":" not in row[0] for row in rows)):
        return []
    cues = [
        Cue("\t".join(row[words:]), cell_seconds(row[begin]), cell_seconds(row[end]), tier or None)
        for row, tier in zip(rows, tiers, strict=True)
    ]
    return sorted(cues, key=lambda cue: cue.start_s or 0.0)
