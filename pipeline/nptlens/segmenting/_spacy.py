"""spaCy's sentencizer plus a component for speech, and nothing of spaCy beyond this file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from nptlens.core.text import Span
from nptlens.safety.imports import spacy_alone

with spacy_alone():
    import spacy
    from spacy.language import Language
    from spacy.tokens import Doc, Token

_TRAILING_OFF = {"...", "…", "--", "—", "–"}
_OPENING = {"(", "“", "‘", '"', "'"}


@Language.component("nptlens_speech")
def _speech(doc: Doc) -> Doc:
    """Undo sentence starts that speech does not have, and add those that a typist's line break means.

    A voice that trails off ("I mean ... we tried") goes on after it where no capital follows; a bracketed note such as
    "[laughs]" is no sentence of its own, it stays with what it follows. A quotation mark or bracket opens its own
    sentence; the sentencizer leaves it at the end of the one before.
    """
    note = False  # inside a bracketed note that followed the end of a sentence
    for token in doc[1:]:
        previous = doc[token.i - 1]
        if token.is_sent_start:
            note = previous.text == "["
            if note or (previous.text in _TRAILING_OFF and not token.text[:1].isupper()):
                token.is_sent_start = False
            elif _opens(doc, previous):
                token.is_sent_start = False
                previous.is_sent_start = True
        elif previous.is_space and previous.text.count("\n") > 1:
            token.is_sent_start = True
        elif note and previous.text == "]":
            token.is_sent_start = token.text[:1].isupper()
            note = False
    return doc


def _opens(doc: Doc, token: Token) -> bool:
    before = doc[token.i - 1] if token.i else None
    return token.text in _OPENING and not token.whitespace_ and (before is None or bool(before.whitespace_) or before.is_space)


@cache
def _pipeline() -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "...", "…", "。", "！", "？"]})
    nlp.add_pipe("nptlens_speech")
    nlp.max_length = 100_000_000
    return nlp


def sentences(texts: Iterable[str]) -> Iterator[list[Span]]:
    """Yield, for each text, the spans of its sentences without outer white space; together they hold all its words."""
    for doc in _pipeline().pipe(texts, batch_size=64):
        yield [
            span
            for sentence in doc.sents
            if len(span := Span(sentence.start_char, sentence.end_char).trimmed(doc.text)) > 0
        ]
