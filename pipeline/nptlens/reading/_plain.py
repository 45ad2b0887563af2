"""Plain text and Markdown."""

from __future__ import annotations

import re

from nptlens.errors import ReadingError
from nptlens.reading._cues import Cue, turns_of_cues
from nptlens.reading._decode import decode, encoding_notes
from nptlens.reading._layout import lay_out
from nptlens.reading._shape import Shaped
from nptlens.reading._times import RANGE, last_seconds, seconds
from nptlens.text import canonical

_CHAT = re.compile(r"^[0-9]{1,2}:[0-9]{2}:[0-9]{2}\t[^\t\n]+\t", re.MULTILINE)
_RANGED = re.compile(rf"\[?(?P<time>{RANGE})\]?[ \t]+(?P<words>\S.*)")


def read_plain(data: bytes, *, where: str) -> Shaped:
    """Return a text or Markdown file in whichever layout its lines follow.

    Raises ReadingError for what is not text and for a saved chat, which is writing and no speech.
    """
    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    filled = [line for line in text.split("\n") if line.strip()]
    if len(_CHAT.findall(text)) * 2 > len(filled):
        raise ReadingError("this is a saved chat, not a transcript", where=where, hint="leave it out of the folder")
    cues = [match for line in filled if (match := _RANGED.fullmatch(line.strip()))]
    if len(cues) > 1 and len(cues) == len(filled):
        result = turns_of_cues([Cue(cue["words"], seconds(cue["time"]), last_seconds(cue["time"])) for cue in cues])
    else:
        result = lay_out(text)
    return Shaped(result.text, result.layout, result.utterances, result.furniture, encoding_notes(encoding))
