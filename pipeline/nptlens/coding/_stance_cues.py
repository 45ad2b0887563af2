"""Cues of a stance in what people say: spaCy's tokenizer, a list of phrases, and nothing of spaCy beyond this file.

`marks` finds the cues, `measure` makes numbers of them. There are rules only: a result must not hang on a language model being installed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nptlens.coding._stance_lexicon import KINDS, NEGATORS, PSEUDO
from nptlens.safety.imports import spacy_alone

SCOPE = 5
"""How many words a negation reaches within its clause (as NegEx, Chapman et al. 2001)."""

TURNED = ("good", "failed", "against", "stopped")
"""Kinds that mean something else after a negation, and become "not good" and so on."""

_NEGATORS = frozenset(NEGATORS.split())
_CONCORD = frozenset("nobody nothing nowhere nowt none".split())
_SAYING = frozenset("said says told tells saying reckoned reckons asked claimed".split())
_ENDS_SENTENCE = frozenset(". ! ? ... …".split())
_ENDS_CLAUSE = _ENDS_SENTENCE | frozenset("; : , — – -- ( ) but because so though although whereas unless if when which".split())
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})
_STEM = 3

_SEEN = ("not", "double not", *KINDS, *(f"not {kind}" for kind in TURNED))
_NOTED = ("not", "if", "would", "but", "stopped", "failed", "good", "not good", "yes", "unknown", "only", "now", "both")
_REPORTED = ("not", "good", "failed", "against")
_NO = frozenset("no not never none nobody nothing hardly".split())
_YES = frozenset("yes yeah yep oh absolutely".split())

FEATURES: tuple[str, ...] = (
    *(f"{kind}: count" for kind in _SEEN),
    *(f"{kind}: share of sentences" for kind in _SEEN),
    *(f"{kind}: in the first sentence" for kind in _NOTED),
    *(f"{kind}: in the last sentence" for kind in _NOTED),
    *(f"{kind}: reported" for kind in _REPORTED),
    "words",
    "a condition and what would follow",
    "good and bad with a contrast",
    "opens with no",
    "opens with yes",
    "a question",
)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A cue at words `start` to `end` of a text: its kind, and whether it stands in reported speech."""

    start: int
    end: int
    kind: str
    reported: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """The words of a text in lower case, its cues in order, and per word the number of its sentence, from 0."""

    words: tuple[str, ...]
    marks: tuple[Mark, ...]
    sentence: tuple[int, ...]

    def kinds(self) -> frozenset[str]:
        """Return the kinds of cue that the text holds."""
        return frozenset(mark.kind for mark in self.marks)


def marks(text: str) -> Marks:
    """Return the cues of a text. A negation that another one reaches is a "double not"."""
    words = _words(text)
    found = list(_found(words))
    empty_of_no = {at for start, end, kind in found if kind == "pseudo" for at in range(start, end)}
    negations = [at for at, word in enumerate(words) if word in _NEGATORS and at not in empty_of_no]
    turned = _turned(words, negations)
    reported = _reported(words)
    result = [Mark(at, at + 1, "double not" if at in turned else "not", at in reported) for at in negations]
    for start, end, kind in found:
        if kind != "pseudo" and start not in empty_of_no:
            result.append(Mark(start, end, f"not {kind}" if kind in TURNED and start in turned else kind, start in reported))
    return Marks(words, tuple(sorted(result)), _sentences(words))


def measure(texts: Iterable[str]) -> NDArray[np.float64]:
    """Return the numbers ``(n, len(FEATURES))`` of the cues of n texts, each by itself."""
    rows = [_row(text) for text in texts]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _row(text: str) -> list[float]:
    found = marks(text)
    count: dict[str, int] = defaultdict(int)
    reported: dict[str, int] = defaultdict(int)
    held: dict[str, set[int]] = defaultdict(set)
    for mark in found.marks:
        count[mark.kind] += 1
        reported[mark.kind] += mark.reported
        held[mark.kind].add(found.sentence[mark.start])
    last = found.sentence[-1] if found.sentence else 0
    first_word = next((word for word in found.words if word.isalpha()), "")
    return [
        *(float(np.log1p(count[kind])) for kind in _SEEN),
        *(len(held[kind]) / (last + 1) for kind in _SEEN),
        *(float(0 in held[kind]) for kind in _NOTED),
        *(float(last in held[kind]) for kind in _NOTED),
        *(float(np.log1p(reported[kind])) for kind in _REPORTED),
        float(np.log1p(len(found.words))),
        float(bool(held["if"] & held["would"]) or count["if had"] > 0),
        float(bool(count["good"] and (count["failed"] or count["not good"]) and count["but"])),
        float(first_word in _NO),
        float(first_word in _YES),
        float("?" in found.words),
    ]


@cache
def _tokenizer() -> Any:
    with spacy_alone():
        import spacy

    return spacy.blank("en").tokenizer


def _words(text: str) -> tuple[str, ...]:
    return tuple(token.lower_ for token in _tokenizer()(text.translate(_PLAIN)) if not token.is_space)


_Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


@cache
def _phrases() -> tuple[_Phrases, _Phrases]:
    """Return (phrase, kind): phrases of whole words by their first word, phrases that end in a stem by its first letters."""
    whole: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    stems: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for kind, listed in (("pseudo", PSEUDO), *KINDS.items()):
        for phrase in " ".join(listed.split()).split("|"):
            words = _words(phrase.rstrip("*"))
            (stems if phrase.endswith("*") else whole)[words[0][:_STEM] if phrase.endswith("*") else words[0]].append((words, kind))
    return whole, stems


def _found(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of the longest phrase of each kind at each word."""
    whole, stems = _phrases()
    for at, word in enumerate(words):
        longest: dict[str, int] = {}
        for phrase, kind in whole.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                longest[kind] = max(longest.get(kind, 0), len(phrase))
        for phrase, kind in stems.get(word[:_STEM], ()):
            here = tuple(words[at : at + len(phrase)])
            if len(here) == len(phrase) and here[:-1] == phrase[:-1] and here[-1].startswith(phrase[-1]):
                longest[kind] = max(longest.get(kind, 0), len(phrase))
        for kind, length in sorted(longest.items()):
            yield at, at + length, kind


def _turned(words: Sequence[str], negations: Sequence[int]) -> frozenset[int]:
    """Return the words that an odd number of negations reach, each to the end of its clause and SCOPE words at most."""
    reached: set[int] = set()
    for at in negations:
        for place in range(at + 1, min(at + 1 + SCOPE, len(words))):
            if words[place] in _ENDS_CLAUSE:
                break
            if words[at] == "n't" and words[place] in _CONCORD:
                break  # "didn't do nothing" is one negation said twice
            reached ^= {place}
    return frozenset(reached)


def _reported(words: Sequence[str]) -> frozenset[int]:
    """Return the words inside quotation marks, and those from a verb of saying to the end of its sentence."""
    inside: set[int] = set()
    quoted = saying = False
    for at, word in enumerate(words):
        quoted ^= word == '"'
        if quoted or saying:
            inside.add(at)
        saying = (saying or word in _SAYING) and word not in _ENDS_SENTENCE
    return frozenset(inside)


def _sentences(words: Sequence[str]) -> tuple[int, ...]:
    numbers: list[int] = []
    number = 0
    for at, word in enumerate(words):
        number += at > 0 and words[at - 1] in _ENDS_SENTENCE and word not in _ENDS_SENTENCE
        numbers.append(number)
    return tuple(numbers)
