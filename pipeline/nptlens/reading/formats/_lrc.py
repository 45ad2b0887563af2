"""LRC, the lyrics format that Whisper programs write: a time in brackets before each line."""

from __future__ import annotations

import re

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.errors import ReadingError
from nptlens.core.text import canonical
from nptlens.reading.layouts._cues import Cue, turns_of_cues
from nptlens.reading.layouts._parsed import Shaped
from nptlens.reading.layouts._times import seconds

_STAMP = r"\[[0-9]{1,4}:[0-9]{1,2}(?:[.:,][0-9]{1,3})?\]"
_TIMED = re.compile(rf"[ \t]*(?P<times>{_STAMP}(?:[ \t]*{_STAMP})*)(?P<words>.*)")
_TAG = re.compile(r"\[(?P<name>ti|ar|al|au|by|re|ve|tool|length|offset|la|#)[ \t]*:(?P<value>[^\]]*)\][ \t]*", re.IGNORECASE)
_WORD_TIME = re.compile(r"<[0-9]{1,4}:[0-9]{1,2}(?:[.:][0-9]{1,3})?>")


def read_lrc(data: bytes, *, where: str) -> Shaped:
    """Return an LRC file. A time without words ends the line before it; a line without a time goes on with it.

    Raises ReadingError where no line has a time.
    """
    raw, encoding = decode(data, where=where)
    cues: list[Cue] = []
    timed = 0
    offset = 0.0
    for line in canonical(raw).split("\n"):
        tag, match = _TAG.fullmatch(line.strip()), _TIMED.fullmatch(line)
        if tag:
            offset = _offset(tag["value"]) if tag["name"].casefold() == "offset" else offset
        elif match is None:
            cues.append(Cue(line, cues[-1].start_s if cues else None, cues[-1].end_s if cues else None))
        else:
            timed += 1
            starts = [_shifted(stamp, offset) for stamp in re.findall(_STAMP, match["times"])]
            words = _WORD_TIME.sub("", match["words"])
            if words.strip():
                cues += [Cue(words, start, None) for start in starts]
            elif cues:
                cues[-1] = Cue(cues[-1].words, cues[-1].start_s, starts[0])
    if not timed:
        raise ReadingError("no line starts with a time in brackets", where=where, hint="rename it to .txt")
    if len({cue.start_s for cue in cues}) > 1 and re.search(rf"^{_STAMP}[ \t]*{_STAMP}", canonical(raw), re.MULTILINE):
        cues.sort(key=lambda cue: cue.start_s or 0.0)  # a line with several times is said at each of them
    return turns_of_cues(cues, notes=encoding_notes(encoding))


def _offset(value: str) -> float:
    """Return the tag ``[offset:+500]`` in seconds: milliseconds by which all comes earlier."""
    found = re.fullmatch(r"[ \t]*[+-]?[0-9]{1,7}[ \t]*", value)
    return int(value) / 1000 if found else 0.0


def _shifted(stamp: str, offset: float) -> float | None:
    hundredths = re.sub(r":([0-9]{1,3})\]$", r".\1]", stamp) if stamp.count(":") == 2 else stamp
    value = seconds(hundredths)
    return None if value is None else max(0.0, round(value - offset, 3))
