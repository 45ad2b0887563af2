"""What is written and not said: a saved chat, an abstract. They are refused, so that nobody's writing is coded as speech."""

from __future__ import annotations

import re

from nptlens.core.errors import ReadingError
from nptlens.core.text import count_words
from nptlens.reading.layouts._labels import is_role
from nptlens.reading.layouts._layout import NO_SPEAKERS
from nptlens.reading.layouts._parsed import Shaped

_CHATS = (
    re.compile(r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}\t(?P<name>[^\t\n]+):\t"),
    re.compile(
        r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?[ \t]+From[ \t]+(?P<name>\S[^\n:]{0,80}?)[ \t]{1,4}to[ \t]",
        re.IGNORECASE,
    ),
    re.compile(
        r"\u200e?\[?[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4},?[ ][0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:[ \u202f][AaPp][Mm])?"
        r"(?:\]| -) (?P<name>[^\n:]{1,60}): "
    ),
)
_FIRST = "0123456789[\u200e"  # what the lines of a chat begin with
_TOLD = re.compile(
    r"\b(?:interview|oral history|abstract|biograph(?:y|ical)|discuss(?:es|ing)|describes|reflects|recalls|recounts|talks about|"
    r"speaks about|shares|begins with|continues with|concludes|explains|this (?:study|paper|article))\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"(?<!War )(?<!Part )(?<!Phase )\bI\b|\bus\b|\b(?i:me|my|you|your|we|our|yeah|yes|um|uh|okay)\b")
_QUOTED = re.compile(r"[“\"][^“”\"\n]{0,400}[”\"]")
_HEADING = re.compile(r"\s*(?:#{1,6}[ \t]*)?\**(?:abstract|summary|synopsis)\b\**[ \t]*[:.]?\**", re.IGNORECASE)
_MOST_WORDS, _LEAST_WORDS, _LEAST_TOLD = 1_000, 25, 2


def refuse_chat(text: str, *, where: str) -> None:
    """Raise ReadingError where most lines are those of a saved chat (Zoom, WhatsApp)."""
    lines = [line for line in text.split("\n") if line.strip()]
    filled, timed = len(lines), [line for line in lines if line[0] in _FIRST]
    for pattern in _CHATS if len(timed) * 5 > filled * 2 else ():
        names = [found["name"].strip() for line in timed if (found := pattern.match(line))]
        roles = sum(is_role(name) for name in names)
        if len(names) > 1 and len(names) * 5 > filled * 2 and roles * 2 < len(names):
            raise ReadingError("this is a saved chat, not a transcript", where=where, hint="leave it out of the folder")


def refuse_abstract(shape: Shaped, *, where: str) -> None:
    """Raise ReadingError where a short text without speakers tells of an interview, and nobody speaks in it."""
    if shape.layout != NO_SPEAKERS:
        return
    text = _QUOTED.sub(" ", shape.text)
    words = count_words(text)
    if words > _MOST_WORDS:
        return
    headed = _HEADING.match(text) is not None and words >= 5
    told = words >= _LEAST_WORDS and len(_TOLD.findall(text)) >= _LEAST_TOLD
    if (told and not _SAID.search(text)) or (headed and len(_SAID.findall(text)) * 50 <= words):
        what = "this reads like an abstract, not a transcript: nobody speaks in it"
        raise ReadingError(what, where=where, hint="leave it out of the folder")
