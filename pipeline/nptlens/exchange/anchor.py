"""Find in our canonical text what another tool marked in its copy of the text.

From sure to less sure: the same text keeps its offsets; else the exact words; else the same words of two texts laid side by side; else
the words with case, punctuation and white space folded; else words that are nearly the same, with a high bar; else nothing. Where the
words stand more than once, their place in the tool's text decides: the same count of them, then the words around them, then the
distance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import numpy as np

from nptlens.core.text import Span, canonical
from nptlens.exchange._align import align
from nptlens.exchange._normalise import Folded, fold
from nptlens.exchange._places import loose, without_cut
from nptlens.exchange._said import furniture, repaired, said
from nptlens.exchange._signs import says_as_much, with_signs
from nptlens.exchange.project import ImportedCoding

_BAR = 0.9
_LEAST = 20
"""Folded characters that nearly-the-same words must have; shorter ones would match by chance."""
_PIECE = 8
_LONG = 400
_HEAD = 200
_AROUND = 40
_ENOUGH = 8
_MANY = 5_000


class How(StrEnum):
    """How sure an anchor is."""

    SAME = "same text"
    EXACT = "exact words"
    ALIGNED = "same words, without times and labels"
    TOLERANT = "words, but for case, punctuation or spaces"
    NEAR = "nearly the same words"
    FIRST = "one of several places"
    MISSING = "not found"
    EMPTY = "no words to look for"


@dataclass(frozen=True, slots=True)
class Anchored:
    """Where a coding's words stand in the transcript, None where they do not, and how they were found.

    FIRST says that the words stand several times and nothing tells which was meant: the first was taken.
    """

    span: Span | None
    how: How


def anchor(coding: ImportedCoding, source_text: str, transcript_text: str) -> Anchored:
    """Return where `coding`, made on `source_text` ("" where the tool holds no text), stands in the canonical `transcript_text`."""
    span = coding.span
    if span is not None and source_text and span.end > len(source_text):
        span = None
    if span is not None and source_text and source_text == transcript_text and len(span):
        return Anchored(span, How.SAME)
    placed = span if source_text else None
    words = canonical(placed.of(source_text)) if placed is not None else canonical(coding.quote)
    if not words.strip():
        return Anchored(None, How.EMPTY)
    if placed is None and span is not None and (there := _at_offsets(coding, words, transcript_text)) is not None:
        return Anchored(there, How.EXACT)
    return _by_words(words, span, source_text, transcript_text)


def _by_words(words: str, span: Span | None, source: str, transcript: str) -> Anchored:
    """Return where words stand, by the surest way that leads to a place; `span` is their place in the source, if it has a text."""
    placed, expected = span if source else None, _scaled(span, source, transcript)
    exact = [Span(at, at + len(words.strip())) for at in _every(transcript, words.strip())]
    if placed is not None and len(exact) != 1 and (there := _side_by_side(placed, source, transcript)) is not None:
        alike = How.TOLERANT if _folded_once(there.of(transcript)) == _folded_once(words) else How.ALIGNED
        return Anchored(there, How.EXACT if there in exact else alike)
    if found := exact or _tolerant(words, transcript):
        return _chosen(found, How.EXACT if exact else How.TOLERANT, placed, expected, source, transcript)
    if found := _over_borders(words, transcript):
        return _chosen(found, How.ALIGNED, None, expected, source, transcript)
    for reading in dict.fromkeys(filter(None, (repaired(words), *said(words), *map(repaired, said(words))))):
        found = [Span(at, at + len(reading)) for at in _every(transcript, reading)] or _tolerant(reading, transcript)
        if found:
            return _chosen(found, How.ALIGNED, None, expected, source, transcript)
    sought, folded = fold(words).text, fold(transcript)
    near = _near(sought, folded, expected) if len(sought) <= _LONG else _near_long(sought, folded, expected)
    return Anchored(with_signs(near, words, transcript) if near else None, How.NEAR if near else How.MISSING)


def _at_offsets(coding: ImportedCoding, words: str, transcript: str) -> Span | None:
    """Return the place that offsets alone give, where the words are all or the beginning of what stands there but for the gaps."""
    span = coding.span
    if span is None or span.end > len(transcript) or not len(span):
        return None
    edges = [span.start, *(edge for gap in coding.gaps for edge in (gap.start, gap.end)), span.end]
    shown = "\n".join(transcript[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    there, begin = loose(shown), without_cut(words)
    return span if there == loose(words) or (begin and there.startswith(begin)) else None


def _side_by_side(placed: Span, source: str, transcript: str) -> Span | None:
    """Return where all words of a stretch stand in the transcript, times and labels left out, by laying both texts side by side."""
    alignment = align(source, transcript)
    found = alignment.span(placed) if alignment else None
    if found is None:
        return None
    return _widest(found, placed.of(source), transcript)


def _widest(span: Span, words: str, transcript: str) -> Span:
    """Return the span with the signs at the ends of the words, also where times, labels or tags stand beside them."""
    wider = [with_signs(span, reading, transcript) for reading in (words, *said(words))]
    return Span(min(each.start for each in wider), max(each.end for each in wider))


def _over_borders(words: str, transcript: str) -> list[Span]:
    """Return where words stand if what may be a time, a label or a tag in them need not be there."""
    sought, folded, no_speech = fold(words), fold(transcript), np.zeros(len(words) + 1, dtype=bool)
    for start, end in furniture(words):
        no_speech[start:end] = True
    parts, spoken, at = [], 0, 0
    for token in sought.text.split():
        needed = not no_speech[sought.origin[at : at + len(token)]].all()
        parts.append(f"{re.escape(token)} " if needed else f"(?:{re.escape(token)} )?")
        spoken, at = spoken + needed * len(token), at + len(token) + 1
    if not no_speech.any() or spoken < _PIECE or len(parts) > _LONG:
        return []
    hits = re.finditer("(?<= )" + "".join(parts), f" {folded.text} ")
    return [_widest(folded.back(hit.start() - 1, hit.end() - 2), words, transcript) for hit in hits]


def _tolerant(words: str, transcript: str) -> list[Span]:
    """Return where the words stand but for case, signs and white space, with the signs that they have at their ends."""
    sought, folded = fold(words).text, fold(transcript)
    if not sought:
        return []
    found = [folded.back(at, at + len(sought)) for at in _every(folded.text, sought) if _whole_words(folded.text, at, at + len(sought))]
    if not found and len(sought.replace(" ", "")) >= _PIECE:
        found = _squeezed(sought.replace(" ", ""), folded)
    wider = [with_signs(each, words, transcript) for each in found]
    kept = [each for each in wider if says_as_much(each, words, transcript)]
    most = max(map(len, kept), default=0)
    return [each for each in kept if len(each) == most] if len(sought) < _LEAST else kept


def _squeezed(sought: str, folded: Folded) -> list[Span]:
    """Return where words stand if no white space counts: some tools put a space at every change of type."""
    kept = [at for at, character in enumerate(folded.text) if character != " "]
    bare = folded.text.replace(" ", "")
    places = ((kept[at], kept[at + len(sought) - 1] + 1) for at in _every(bare, sought))
    return [folded.back(start, end) for start, end in places if _whole_words(folded.text, start, end)]


def _every(text: str, words: str) -> list[int]:
    found: list[int] = []
    at = text.find(words)
    while at >= 0 and len(found) < _MANY:
        found.append(at)
        at = text.find(words, at + 1)
    return found


def _chosen(
    places: Sequence[Span], how: How, placed: Span | None, expected: int | None, source: str, transcript: str
) -> Anchored:
    """Return the place that was meant among those where the words stand."""
    if placed is None:
        if len(places) > 1 and expected is not None:
            return Anchored(min(places, key=lambda place: abs(place.start - expected)), how)
        whole = [place for place in places if _whole_words(transcript, place.start, place.end)] or list(places)
        return Anchored(whole[0], how if len(whole) == 1 else How.FIRST)
    inner = placed.trimmed(source)
    if how is How.EXACT:
        before = _every(source, inner.of(source))
        if len(before) == len(places) and inner.start in before:
            return Anchored(places[before.index(inner.start)], how)
    sides, hoped = _sides(source, inner), _scaled(inner, source, transcript) or 0
    shared = {place: _shared(_sides(transcript, place), sides) for place in places}
    best = max(places, key=lambda place: (shared[place], -abs(place.start - hoped)))
    if shared[best] < min(_ENOUGH, sum(map(len, sides))) and len(_folded_once(inner.of(source))) < _LEAST:
        return Anchored(None, How.MISSING)  # a few words that everybody says, among other words: the meant ones are not there
    return Anchored(best, how)


def _scaled(span: Span | None, source: str, transcript: str) -> int | None:
    """Return where a place of one text is to be expected in the other."""
    if span is None:
        return None
    return round(span.start * len(transcript) / len(source)) if source else span.start


def _sides(text: str, span: Span) -> tuple[str, str]:
    """Return the folded words before and after a span."""
    return _folded_once(text[max(0, span.start - _AROUND) : span.start]), _folded_once(text[span.end : span.end + _AROUND])


def _folded_once(text: str) -> str:
    return fold.__wrapped__(text).text  # not kept: there are many


def _shared(one: tuple[str, str], other: tuple[str, str]) -> int:
    """Return how many characters two surroundings share, counted from the words outwards."""
    before = _run(one[0][::-1], other[0][::-1])
    return before + _run(one[1], other[1])


def _run(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _whole_words(text: str, start: int, end: int) -> bool:
    def edge(at: int) -> bool:
        return at <= 0 or at >= len(text) or not (text[at - 1].isalnum() and text[at].isalnum())

    return edge(start) and edge(end)


def _near_long(sought: str, folded: Folded, expected: int | None) -> Span | None:
    """Return the stretch between what is most like the first and the last words of `sought`, if it holds nearly the same words."""
    first = _near(sought[:_HEAD], folded, expected)
    last = _near(sought[-_HEAD:], folded, None if first is None else first.start + len(sought))
    if first is None or last is None or last.end <= first.start:
        return None
    low, high = folded.origin.searchsorted([first.start, last.end])
    mine, theirs = Counter(sought.split()), Counter(folded.text[int(low) : int(high)].split())
    alike = (mine & theirs).total() / max(mine.total(), theirs.total())
    return Span(first.start, last.end) if alike >= _BAR else None


def _near(sought: str, folded: Folded, expected: int | None) -> Span | None:
    """Return the stretch most like `sought`, None where none is like enough.

    Short pieces of the words vote for where they would begin; only around the places with most votes is a full comparison made.
    """
    if len(sought) < _LEAST:
        return None
    votes: Counter[int] = Counter()
    slack = max(_PIECE, len(sought) // 8)
    for offset in range(0, len(sought) - _PIECE + 1, max(1, _PIECE // 2, len(sought) // 100)):
        for at in _every(folded.text, sought[offset : offset + _PIECE])[:200]:
            votes[max(0, at - offset) // slack] += 1
    ranked = sorted(votes, key=lambda slot: (-votes[slot] - votes[slot + 1], abs(slot * slack - (expected or 0)), slot))[:4]
    best: tuple[float, int, int] | None = None
    for slot in ranked:
        low = max(0, (slot - 1) * slack)
        found = _fitted(sought, folded.text[low : (slot + 2) * slack + len(sought) + slack])
        if found is not None and (best is None or found[0] > best[0]):
            best = found[0], low + found[1], low + found[2]
    return folded.back(best[1], best[2]) if best else None


def _fitted(sought: str, window: str) -> tuple[float, int, int] | None:
    """Return likeness, start and end of the part of `window` that is most like `sought`, in whole words."""
    blocks = [block for block in SequenceMatcher(None, window, sought, autojunk=False).get_matching_blocks() if block.size > 2]
    if not blocks:
        return None
    start = max(0, blocks[0].a - (blocks[0].b if blocks[0].b <= _PIECE else 0))
    end = min(len(window), blocks[-1].a + blocks[-1].size + min(_PIECE, len(sought) - blocks[-1].b - blocks[-1].size))
    while start > 0 and window[start - 1] != " " and window[start] != " ":
        start -= 1
    while end < len(window) and window[end] != " " and window[end - 1] != " ":
        end += 1
    piece = window[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    if start >= end:
        return None
    likeness = SequenceMatcher(None, window[start:end], sought, autojunk=False).ratio()
    return (likeness, start, end) if likeness >= _BAR else None
