"""What in another tool's copy of a text is no speech (times, labels, tags), its words without it, and words read in a wrong encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,:]\d{1,3})?"
_TIMES = re.compile(rf"[\[(#<]?{_TIME}(?:\s*-+>?\s*{_TIME})?(?:-\d)?[\])#>]?")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,80}>")
_NUMBER = re.compile(r"^[ \t]*\d+[ \t]*$", re.MULTILINE)
_LABEL = re.compile(rf"(?:^|{_TIMES.pattern}|(?<=>))[ \t]*[^:\n<>.?!]{{1,60}}:(?=\s)", re.MULTILINE)
_LONE_TAG_END = re.compile(r"^[^<>\n]{0,80}>|<[^<>\n]{0,80}$")
_ENCODINGS = ("cp1252", "latin-1", "cp1254", "cp1250", "mac-roman")
_HIGH = re.compile("[^\x00-\x7f]")


def furniture(text: str) -> list[tuple[int, int]]:
    """Return the stretches of a text that may be times, tags, labels of speakers or numbers of captions."""
    return [match.span() for pattern in (_TIMES, _TAG, _LABEL, _NUMBER) for match in pattern.finditer(text)]


def said(quote: str) -> Iterator[str]:
    """Yield what a quotation may say where it was made over times, tags and labels: without times and tags, then without labels too."""
    seen = {quote}
    for patterns in ((_TAG, _TIMES), (_LABEL, _TAG, _TIMES), (_LABEL, _TAG, _TIMES, _LONE_TAG_END)):
        words = quote
        for pattern in patterns:
            words = pattern.sub(" ", words)
        words = " ".join(words.split())
        if words and words not in seen:
            seen.add(words)
            yield words


def repaired(text: str) -> str:
    """Return UTF-8 that was read in another encoding as what it says, "" where the text is none."""
    if not _HIGH.search(text):
        return ""
    for encoding in _ENCODINGS:
        try:
            found = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return found if found != text else ""
    return ""
