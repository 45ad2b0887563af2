"""What every format module returns: canonical text, and who said which part of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nptlens.core.text import Span, has_words
from nptlens.schemas.records import Furniture, Problem, Utterance

LABEL, TIME, HEADER, SPACE, WORDLESS = "label", "time", "header", "space", "wordless"


@dataclass(frozen=True, slots=True)
class Shaped:
    """A source as a format module understood it.

    `notes` are remarks that ask for a look, `problems` remarks with a severity of their own; neither holds words of the source.
    """

    text: str
    layout: str
    utterances: tuple[Utterance, ...]
    furniture: tuple[Furniture, ...]
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def shaped(
    text: str,
    *,
    layout: str,
    turns: Iterable[Utterance],
    furniture: Iterable[Furniture] = (),
    notes: Iterable[str] = (),
    problems: Iterable[Problem] = (),
) -> Shaped:
    """Return `turns` trimmed, without the wordless ones, and with white space between them declared.

    A gap that holds anything but white space is left undeclared, so that ``Transcript.verify`` finds it.
    """
    utterances: list[Utterance] = []
    declared = [piece for piece in furniture if len(piece.span)]
    for turn in turns:
        span = turn.span.trimmed(text)
        if has_words(span.of(text)):
            utterances.append(turn if span is turn.span else Utterance(span, turn.speaker, turn.start_s, turn.end_s))
        elif len(span):
            declared.append(Furniture(span, WORDLESS))
    spans = [utterance.span for utterance in utterances] + [piece.span for piece in declared]
    declared += _spaces(text, sorted((span.start, span.end) for span in spans))
    declared.sort(key=lambda piece: (piece.span.start, piece.span.end))
    return Shaped(text, layout, tuple(utterances), tuple(declared), tuple(notes), tuple(problems))


def _spaces(text: str, taken: list[tuple[int, int]]) -> list[Furniture]:
    """Return the white space between the places that are `taken`, which are in their order."""
    found: list[Furniture] = []
    position = 0
    for start, end in [*taken, (len(text), len(text))]:
        if start > position and text[position:start].isspace():
            found.append(Furniture(Span(position, start), SPACE))
        position = max(position, end)
    return found
