"""Paragraphs of a word processor into turns: by tables, by the layout of their lines, or by labels in bold or italic type.

Many typists set who speaks in bold and write no colon. Type that stands out is evidence only where it comes again and again; where whole
paragraphs stand out, a person is asked whether those are an interviewer's questions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nptlens.core.text import Span, canonical
from nptlens.core.text import lines as lines_of
from nptlens.reading.layouts._layout import lay_out
from nptlens.reading.layouts._page_furniture import many
from nptlens.reading.layouts._parsed import LABEL, Shaped
from nptlens.reading.layouts._rows import Block, Table, text_of, turns_of_tables
from nptlens.reading.layouts._turn_heads import Head, turns_of
from nptlens.schemas.records import Furniture, Problem, Severity

LAYOUT = "Name in bold or italic"
_MOST_WORDS, _MOST_CHARACTERS = 5, 40
_SENTENCE = re.compile(r"[?!,;\"“”…]|\w{5,}\.")
_SIGN = re.compile(r"[ \t]*[.:\u2013\u2014-]?(?=\s)")
_SHARE, _AGAIN = 1 / 3, 0.8  # of the paragraphs with words that have a label; of the labels, that come again
_ALTERNATING = 0.6
_MORE = 1.25  # times the turns that the layout of the lines gives to somebody


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; its first `lead` characters are set in a type that the rest is not, or all of it stands out (`whole`)."""

    text: str
    lead: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Label:
    name: str
    start: int
    end: int


def paragraph_of(runs: Sequence[tuple[str, int]]) -> Paragraph:
    """Return the paragraph that runs make up; the number of a run says how it stands out, 0 where it does not."""
    filled = [(words, kind) for words, kind in runs if words and not words.isspace()]
    text = "".join(words for words, _ in runs)
    if not filled or not filled[0][1]:
        return Paragraph(text)
    if all(kind for _, kind in filled):
        return Paragraph(text, whole=True)
    lead = 0
    for words, kind in runs:
        if kind != filled[0][1] and words.strip():
            break
        lead += len(words)
    return Paragraph(text, lead)


def shape_of(content: Sequence[Paragraph | Table], *, where: str) -> Shaped:
    """Return the turns of paragraphs and tables."""
    blocks: list[Block] = [each.text if isinstance(each, Paragraph) else each for each in content]
    tables = turns_of_tables(blocks, where=where)
    if tables is not None:
        return tables
    text = text_of(blocks)
    shape = lay_out(text, line_is_paragraph=True)
    if not any(isinstance(each, Paragraph) and (each.lead or each.whole) for each in content):
        return shape
    named = sum(turn.speaker is not None for turn in shape.utterances)
    placed = list(_placed(content, blocks))
    labels = [label for start, paragraph in placed if (label := _label(text, start, paragraph))]
    filled = sum(1 for _, paragraph in placed if paragraph.text.strip())
    if len(labels) > _MORE * named + 1 and _are_speakers(labels, filled):
        heads = [Head(each.start, each.end, each.name, furniture=_furniture(text, each)) for each in labels]
        return turns_of(text, heads, list(lines_of(text)), layout=LAYOUT)
    asked = () if named else _asked(labels, [paragraph for _, paragraph in placed], filled, where)
    return replace(shape, problems=(*shape.problems, *asked))


def _placed(content: Sequence[Paragraph | Table], blocks: Sequence[Block]) -> Iterator[tuple[int, Paragraph]]:
    """Yield each paragraph with the place in the text at which it begins."""
    position = 0
    for each, block in zip(content, blocks, strict=True):
        if isinstance(each, Paragraph):
            yield position, each
        position += len(text_of([block])) + 1


def _label(text: str, start: int, paragraph: Paragraph) -> _Label | None:
    """Return the first words of a paragraph where they stand out and look like a name."""
    if not paragraph.lead:
        return None
    lead = canonical(paragraph.text[: paragraph.lead])
    name = " ".join(lead.split()).strip(" .:\u2013\u2014-[]()<>")
    if not name or len(name) > _MOST_CHARACTERS or len(name.split()) > _MOST_WORDS or _SENTENCE.search(name):
        return None
    if not any(character.isalpha() for character in name) or not text.startswith(lead, start):
        return None
    end = start + len(lead.rstrip())
    sign = _SIGN.match(text, end)
    return _Label(name, start, sign.end() if sign else end)


def _furniture(text: str, label: _Label) -> tuple[Furniture, ...]:
    return (Furniture(Span(label.start, label.end).trimmed(text), LABEL),)


def _are_speakers(labels: Sequence[_Label], filled: int) -> bool:
    """Tell whether labels are those of speakers: two at least, on many paragraphs, nearly all more than once or in capitals."""
    counts = Counter(label.name for label in labels)
    sure = sum(1 for label in labels if counts[label.name] > 1 or (label.name.isupper() and " " not in label.name))
    return len(counts) > 1 and len(labels) >= _SHARE * filled and sure >= _AGAIN * len(labels)


def _asked(labels: Sequence[_Label], paragraphs: Sequence[Paragraph], filled: int, where: str) -> Iterable[Problem]:
    """Yield what a person is asked where type stands out and nobody is named."""
    whole = [paragraph.whole for paragraph in paragraphs if paragraph.text.strip()]
    followed = sum(1 for one, other in pairwise(whole) if one and not other)
    if sum(whole) > 1 and followed >= _ALTERNATING * sum(whole):
        what = f"{many(sum(whole), 'paragraph is', 'paragraphs are')} all in bold or italic type: questions of an interviewer?"
        yield Problem(where, what, "write labels before them and before the answers, e.g. INT: and P1:", Severity.WARNING)
    name, times = Counter(label.name for label in labels).most_common(1)[0] if labels else ("", 0)
    if times > 1 and times * 4 >= filled:
        what = f"{times} paragraphs begin with {name!r} in bold or italic type: a speaker?"
        yield Problem(where, what, "write a label with a colon before each turn, e.g. INT: and P1:", Severity.WARNING)
