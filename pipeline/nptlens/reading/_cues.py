"""Captions: cues become turns. What a cue file adds to the words (numbers, times, tags) is no canonical text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nptlens.core.text import Span, canonical, count_words
from nptlens.reading._labelled import COLON
from nptlens.reading._labels import bare_label, can_be_label, is_known
from nptlens.reading._parsed import LABEL, Shaped, shaped
from nptlens.schemas.records import Furniture, Utterance

_PAUSE_S, _LONG_WORDS, _MOST_WORDS = 1.5, 100, 300
_CHANGE = re.compile(r">{2,3}[ \t]*(?=\S)")  # ``>> so``: another speaker begins, whom nobody names
_FINAL = (".", "?", "!", "…", '"', "”")


@dataclass(frozen=True, slots=True)
class Cue:
    """A line of a caption with the times of its cue; `voice` is the name in a ``<v Name>`` tag."""

    words: str
    start_s: float | None
    end_s: float | None
    voice: str | None = None


@dataclass(slots=True)
class _Turn:
    speaker: str | None
    start_s: float | None
    end_s: float | None
    label: str = ""
    lines: list[str] = field(default_factory=list)
    words: int = 0

    def takes(self, cue: Cue, speaker: str | None) -> bool:
        """Tell whether a cue goes on with this turn; without names, only up to a sentence end."""
        if speaker != self.speaker or speaker is not None:
            return speaker == self.speaker
        pause = 0.0 if cue.start_s is None or self.end_s is None else cue.start_s - self.end_s
        ended = self.lines[-1].rstrip().endswith(_FINAL)
        return self.words < _MOST_WORDS and not (ended and (pause >= _PAUSE_S or self.words >= _LONG_WORDS))


def turns_of_cues(cues: Iterable[Cue], *, notes: Sequence[str] = ()) -> Shaped:
    """Return the cues as turns: cues of one speaker that follow each other are one utterance.

    A label that a cue repeats for the same speaker is mark-up of the cue, like its number; the first of a turn is
    kept in the canonical text as furniture. A cue without a label belongs to the speaker before it where the file
    uses labels. Where nobody is named, a turn ends with a sentence, at a pause or after many words.
    """
    cues = [Cue(words, cue.start_s, cue.end_s, cue.voice) for cue in cues if (words := canonical(cue.words).strip())]
    labels = _labels(cues)
    turns: list[_Turn] = []
    speaker: str | None = None
    for cue in cues:
        label, tag = _label(cue.words) if cue.voice is None else (None, "")
        if label not in labels:
            label, tag = None, ""
        speaker = cue.voice or label or (speaker if labels else None)
        marked = None if label or cue.voice else _CHANGE.match(cue.words)
        if marked:
            speaker, tag = None, marked[0].rstrip()
        if marked or not turns or not turns[-1].takes(cue, speaker):
            turns.append(_Turn(speaker, cue.start_s, cue.end_s, tag))
        turns[-1].lines.append(cue.words[len(tag) :].strip())
        turns[-1].words += count_words(turns[-1].lines[-1])
        turns[-1].end_s = cue.end_s
    voices = any(cue.voice for cue in cues)
    layout = "captions, <v Name>" if voices else "captions, Name: text" if labels else "captions, no speakers"
    return _shaped(turns, layout=layout, notes=notes)


def _shaped(turns: Iterable[_Turn], *, layout: str, notes: Sequence[str]) -> Shaped:
    pieces: list[str] = []
    utterances: list[Utterance] = []
    furniture: list[Furniture] = []
    position = 0
    for turn in turns:
        label = f"{turn.label} " if turn.label else ""
        words = "\n".join(line for line in turn.lines if line)
        if label:
            furniture.append(Furniture(Span(position, position + len(turn.label)), LABEL))
        start = position + len(label)
        utterances.append(Utterance(Span(start, start + len(words)), turn.speaker, turn.start_s, turn.end_s))
        pieces.append(label + words)
        position = start + len(words) + 1
    return shaped("\n".join(pieces), layout=layout, turns=utterances, furniture=furniture, notes=notes)


def _label(words: str) -> tuple[str | None, str]:
    match = COLON.match(words)
    label = bare_label(match["label"]) if match else ""
    spaced = match is not None and (is_known(label) or words[match.end() - 1] == "：" or not words[match.end() : match.end() + 1].strip())
    return (label, words[: match.end()]) if match and spaced and can_be_label(label) else (None, "")


def _labels(cues: Sequence[Cue]) -> set[str]:
    """Return the labels to believe: those that recur or are known-like, and all of them where most cues have one."""
    counts = Counter(label for cue in cues if cue.voice is None and (label := _label(cue.words)[0]))
    most = counts.total() * 2 >= len(cues)
    return {label for label, count in counts.items() if count > 1 or most or is_known(label)}
