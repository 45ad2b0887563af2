"""Plain text and Markdown."""

from __future__ import annotations

import re
from dataclasses import replace

from nptlens.core.decoding import decode, encoding_notes
from nptlens.core.text import canonical
from nptlens.reading._cues import Cue, turns_of_cues
from nptlens.reading._layout import lay_out
from nptlens.reading._not_speech import refuse_abstract, refuse_chat
from nptlens.reading._parsed import Shaped
from nptlens.reading._times import RANGE, last_seconds, seconds

_RANGED = re.compile(rf"\[?(?P<time>{RANGE})\]?[ \t]+(?P<words>\S.*)")


def read_plain(data: bytes, *, where: str) -> Shaped:
    """Return a text or Markdown file in whichever layout its lines follow.

    Raises ReadingError for what is not text and for a saved chat or an abstract, which are writing and no speech.
    """
    raw, encoding = decode(data, where=where)
    text = canonical(raw)
    filled = [line for line in text.split("\n") if line.strip()]
    refuse_chat(text, where=where)
    cues = [match for line in filled if (match := _RANGED.fullmatch(line.strip()))]
    if len(cues) > 1 and len(cues) == len(filled):
        result = turns_of_cues([Cue(cue["words"], seconds(cue["time"]), last_seconds(cue["time"])) for cue in cues])
    else:
        result = lay_out(text)
        refuse_abstract(result, where=where)
    return replace(result, notes=(*result.notes, *encoding_notes(encoding)))
