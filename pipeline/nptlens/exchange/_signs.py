"""The signs at the ends of marked words: full stops, brackets, currency. They are not compared, so they are taken in afterwards."""

from __future__ import annotations

import unicodedata

from nptlens.core.text import Span
from nptlens.exchange._normalise import fold
from nptlens.exchange._places import loose


def with_signs(span: Span, words: str, text: str) -> Span:
    """Return the span with the signs before and after it that `words` have at their ends too."""
    before, after = ends(words)
    start, end = span.start, span.end
    for sign in reversed(before):
        at = start - 1
        while at >= 0 and text[at].isspace():
            at -= 1
        if at < 0 or not _alike(text[at], sign):
            break
        start = at
    for sign in after:
        at = end
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text) or not _alike(text[at], sign):
            break
        end = at + 1
    return Span(start, end)


def says_as_much(span: Span, words: str, text: str) -> bool:
    """Tell whether a span with its signs has all signs of `words` that change what is said: currency, per cent, plus and minus."""
    wanted, there = ends(words), ends(span.of(text))
    return all(set(filter(_weighs, one)) <= set(filter(_weighs, other)) for one, other in zip(wanted, there, strict=True))


def ends(words: str) -> tuple[str, str]:
    """Return the signs before the first and after the last letter or digit, white space left out."""
    folded = fold.__wrapped__(words)
    if not folded.text:
        return "", ""
    first, last = int(folded.origin[0]), int(folded.origin[-1]) + 1
    while last < len(words) and unicodedata.combining(words[last]):
        last += 1
    return "".join(words[:first].split()), "".join(words[last:].split())


def _alike(one: str, other: str) -> bool:
    return one == other or loose(one) == loose(other) != ""


def _weighs(sign: str) -> bool:
    return sign in "%‰" or unicodedata.category(sign) in ("Sc", "Sm")
