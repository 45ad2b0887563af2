"""The sentences of turns: equal turns are cut once, and known ones come from the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version

from nptlens.core.ids import digest
from nptlens.core.text import Span
from nptlens.store.sentences import SentenceCache

_RULES = 1  # to be raised where the rules for speech change
_BLOCK = 500


def cutter() -> str:
    """Return who cuts: spaCy and its version, and that of the rules for speech; sentences are cached under it."""
    return f"spaCy {version('spacy')}, rules {_RULES}"


def sentences_of(
    texts: Sequence[str], cache: SentenceCache | None = None, progress: Callable[[int], None] = lambda done: None
) -> list[list[Span]]:
    """Return the spans of each text's sentences without outer white space; together they hold all its words.

    A cached answer that does not hold all words is not believed. spaCy is imported only where a text is not known.
    `progress` is told how many texts are done; work already done survives an interruption.
    """
    known: dict[str, list[Span]] = {}
    keys = [digest(text) for text in texts]
    for start in range(0, len(texts), _BLOCK):
        block = dict(zip(keys[start : start + _BLOCK], texts[start : start + _BLOCK], strict=True))
        missing = {key: text for key, text in block.items() if key not in known}
        if cache is not None:
            found = {key: spans for key, text in missing.items() if (spans := cache.get(key)) is not None and _whole(text, spans)}
            known |= found
            missing = {key: text for key, text in missing.items() if key not in found}
        if missing:
            known |= _cut(missing, cache)
        progress(min(start + _BLOCK, len(texts)))
    return [known[key] for key in keys]


def _cut(texts: dict[str, str], cache: SentenceCache | None) -> dict[str, list[Span]]:
    from nptlens.segmenting._spacy import sentences  # spaCy takes seconds to import, and most verbs cut nothing

    found = dict(zip(texts, sentences(texts.values()), strict=True))
    if cache is not None:
        cache.put(found)
    return found


def _whole(text: str, spans: Sequence[Span]) -> bool:
    if any(span.end > len(text) for span in spans):
        return False
    pieces = "".join(span.of(text) for span in spans)
    return "".join(pieces.split()) == "".join(text.split())
